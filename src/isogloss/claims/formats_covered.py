"""The intermediate tasks cover classification, question answering and multiple choice."""

from isogloss.claims._paper import method

CLAIM = method(
    "formats_covered",
    "The intermediate tasks cover classification, question answering and multiple choice.",
    fact="formats of intermediate tasks",
    relation="has",
    right=frozenset({"classification", "span", "choice"}),
    says="classification, span extraction and multiple choice are among the intermediate tasks",
)
