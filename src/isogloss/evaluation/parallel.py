"""Which examples of a test translate each other: one rule for alignment, and for what translations mean.

Equal ids are not enough, since files that are not parallel may number their rows alike (treebanks do). So what must be
the same in every language has to agree under equal ids: the label, but for the odd mistake (in PAWS-X's dev sets 3 to
32 of 2,000 labels are not those of the English). Tags of words differ between languages that say the same in another
order; where they do, ids must name what was translated, as UD's parallel treebanks do, and not number a file's rows.
The whole test is asked, however few of its examples are looked at.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text

AGREE = 0.95
"""Share of equal ids whose labels agree, at least."""
COUNTED = re.compile(r"[a-z]+-\d+|\d+")
"""An id that numbers a row of its file."""
Answers = Mapping[str, object]
"""id → what must be the same in every language: a label, tags (none of them where they are not known); None where
nothing is."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The ids of examples that translate each other, in the order of the English; none where the test is not a
    translation."""

    ids: tuple[str, ...] = ()
    differing: int = 0
    """How many of them have another label."""

    @property
    def told(self) -> str:
        """How many labels differ, in words; nothing where all agree."""
        return f"{self.differing:,} of {len(self.ids):,} labels differ from the English" if self.differing else ""


def answers(examples: Iterable[Example]) -> dict[str, object]:
    """What must be the same in every language, by id."""
    return {each.id: _answer(each) for each in examples}


def _answer(example: Example) -> object:
    match example:
        case Classification() | Choice():
            return example.label
        case Tagging():
            return example.tags or ()
        case Span() | Passage() | Text():  # an answer's place moves with its text
            return None
        case _:
            assert_never(example)


def shared(english: Answers, other: Answers) -> Shared:
    """What two languages of a test translate, by all of their answers."""
    ids = tuple(name for name in english if name in other)
    differ = [name for name in ids if english[name] != other[name]]
    if any(isinstance(english[name], tuple) for name in ids):
        open_ = [name for name in ids if english[name] != other[name] or not english[name]]
        return Shared() if any(COUNTED.fullmatch(name) for name in open_) else Shared(ids=ids)
    if len(ids) - len(differ) < AGREE * len(ids):
        return Shared()
    return Shared(ids=ids, differing=len(differ))
