"""What the natural language inference tasks share: their labels, and the two layouts they circulate in."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.formats.json_text import fetch, objects
from isogloss.formats.tsv import Row

LABELS = ("entailment", "neutral", "contradiction")
MEANT = {"contradictory": "contradiction"}
"""XNLI's machine translations of MultiNLI call it otherwise."""
UNDECIDED = "-"
"""The annotators did not agree. The authors leave these rows out, and so do we: they carry no gold label."""


def from_rows(split: str, path: Path, rows: Iterable[Row]) -> Iterator[Classification]:
    """(premise, hypothesis[, label]) rows of a file → examples whose id is the row's number, 0-based."""
    for number, (line, (premise, hypothesis, *label)) in enumerate(rows):
        if label == [UNDECIDED]:
            continue
        gold = MEANT.get(label[0].strip(), label[0].strip()) if label else None
        at = Place(path, line)
        yield Classification(id=f"{split}-{number}", text=premise, text_pair=hypothesis, label=gold, at=at)


def from_jsonl(split: str, path: Path) -> Iterator[Classification]:
    """The `sentence1`, `sentence2`, `gold_label` objects of SNLI and MultiNLI."""
    return from_rows(split, path, ((line, _cells(path, line, values)) for line, values in objects(path)))


def _cells(path: Path, line: int, values: object) -> list[str]:
    return [fetch(values, key, str, path, line) for key in ("sentence1", "sentence2", "gold_label")]
