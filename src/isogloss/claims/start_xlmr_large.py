"""The encoder is XLM-R Large."""

from isogloss.claims._paper import method

CLAIM = method(
    "start_xlmr_large",
    "The starting point is XLM-R Large.",
    fact="encoders",
    right=frozenset({"xlm-roberta-large"}),
    says="XLM-R Large is the encoder, and the only one",
)
