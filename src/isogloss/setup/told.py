"""A guess in words, each with the lines that it rests on."""

from collections import Counter
from collections.abc import Sequence

from isogloss.core.shown import quoted, some
from isogloss.setup.guess import Guess
from isogloss.setup.table import Seen

SHOWN = 8
"""Labels that are named."""


def asks(found: Guess) -> str:
    """The type, and what it means."""
    if found.kind == "classification":
        texts = "two texts that are judged together" if "text_pair" in found.columns else "one text"
        return f"classification of {texts}"
    return {
        "tagging": "tagging: a tag for each token",
        "span": "span: an answer that stands in a text",
        "choice": "choice: which of several continuations is right"
        + (f", written {', '.join(found.answers)}" if found.answers else ""),
    }[found.kind]


def field(seen: Seen, column: str | Sequence[str]) -> str:
    """Which column or columns a field is, with what they hold in the first line."""
    names = (column,) if isinstance(column, str) else column
    called = " and ".join(f"column {name}" if name.isdigit() else f"'{name}'" for name in names)
    line, row = seen.rows[0]
    return f"{called}: {' | '.join(_shown(row.get(name)) for name in names)} (line {line})"


def labels(counts: Counter[str]) -> str:
    """The labels with their numbers, the most frequent first."""
    return some((f"{quoted(label)[1:-1]} ({n:,})" for label, n in counts.most_common()), SHOWN)


def _shown(value: object) -> str:
    return quoted(" ".join(map(str, value)) if isinstance(value, list | tuple) else value)
