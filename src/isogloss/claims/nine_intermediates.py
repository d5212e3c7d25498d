"""Nine intermediate tasks are compared."""

from isogloss.claims._paper import method

CLAIM = method(
    "nine_intermediates",
    "Nine English intermediate tasks are compared.",
    fact="intermediate tasks",
    right=9,
    says="nine intermediate tasks are in the record",
)
