"""COPA's layout, which XCOPA keeps: a premise, and two alternatives for its cause or its effect."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Place
from isogloss.core.shown import quoted
from isogloss.formats.json_text import fetch, objects

QUESTIONS = {"cause": "What was the cause of this?", "effect": "What happened as a result?"}
"""COPA's own wording. It stays English in every language, since XCOPA does not translate it."""


def read(path: Path, split: str) -> Iterator[Choice]:
    """Prompt = premise, a space, the question. Ids are `idx`, the same in every language. Raises DataError.

    XTREME sets every test label to 0, and SuperGLUE's COPA test has none: a test file whose labels are all 0 is
    unlabelled.
    """
    found = [_choice(path, line, values) for line, values in objects(path)]
    blank = split == "test" and all(not choice.label for choice in found)
    for choice in found:
        yield replace(choice, label=None) if blank else choice


def _choice(path: Path, line: int, values: object) -> Choice:
    question = fetch(values, "question", str, path, line)
    if question not in QUESTIONS:
        raise DataError.at(path, line, f"question is {quoted(question)}, expected cause or effect.")
    label = fetch(values, "label", int, path, line) if isinstance(values, dict) and "label" in values else None
    if label not in (None, 0, 1):
        raise DataError.at(path, line, f"label is {label}, expected 0 or 1.")
    return Choice(
        id=str(fetch(values, "idx", int, path, line)),
        prompt=f"{fetch(values, 'premise', str, path, line)} {QUESTIONS[question]}",
        choices=(fetch(values, "choice1", str, path, line), fetch(values, "choice2", str, path, line)),
        label=label,
        at=Place(path, line),
    )
