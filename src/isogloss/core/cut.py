"""A part of a task's examples: what the head of a file gives, and parts that do not depend on how a file is sorted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar, assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text, labelled

SORTED = 10
"""So many examples of one class at the head of a file that has others mean that the file is sorted."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class OneClass:
    """A head that holds one class alone, of files that hold others."""

    label: str
    count: int
    """Examples of the head."""
    place: int
    """Of the first example of another class in its file, 1-based."""


def one_class(files: Iterable[Iterable[Example]], *, first: int = 0, limit: int = 0) -> OneClass | None:
    """Whether the first examples of some files are of one class though the files have others: they are sorted then.

    The head is the `first` of each file and the first `limit` of all together, 0 = all. Files are read no further than
    is needed to tell. Also None without classes, or with too few examples to tell.
    """
    seen, count = "", 0
    rest: list[tuple[int, Iterator[Example]]] = []
    for file in files:
        examples, begin = iter(file), count
        while (not first or count - begin < first) and (not limit or count < limit):
            example = next(examples, None)
            if example is None:
                break
            label = _class(example)
            if not label or (seen and label != seen):
                return None
            seen, count = label, count + 1
        rest.append((count - begin, examples))
    if count < SORTED:
        return None
    for begin, examples in rest:
        for place, example in enumerate(examples, begin + 1):
            if _class(example) not in ("", seen):
                return OneClass(label=seen, count=count, place=place)
    return None


def _class(example: Example) -> str | None:
    """The one right answer; None where there are several at once (tags of a sentence), "" where none is known."""
    match example:
        case Classification():
            return example.label or ""
        case Choice():
            return "" if example.label is None else f"choice {example.label}"
        case Span() if labelled(example):
            return "with an answer" if example.answerable else "without an answer"
        case Tagging() if example.tags:
            return example.tags[0] if len({*example.tags}) == 1 else None
        case Span() | Tagging() | Passage() | Text():
            return ""
        case _:
            assert_never(example)


def spread(examples: Sequence[T], count: int) -> list[T]:
    """At most `limit` of the examples, evenly spread over the file, in its order; all of them for 0."""
    size = len(examples)
    return list(examples) if not count or size <= count else [examples[at * size // count] for at in range(count)]


def sides(examples: Iterable[Example], limit: int) -> tuple[list[Passage], list[Passage]]:
    """Queries and candidates: the first `limit` of each, 0 = all, but every candidate that answers one of the queries.

    The two sides of a file may be sorted each in its own way, so that the first queries' translations come late.
    """
    passages = [each for each in examples if isinstance(each, Passage)]
    queries = [each for each in passages if each.side == "query"]
    candidates = [each for each in passages if each.side == "candidate"]
    if not limit:
        return queries, candidates
    queries = queries[:limit]
    asked = {key for query in queries for key in query.keys}
    answers = {place for place, each in enumerate(candidates) if not asked.isdisjoint(each.keys)}
    others = (place for place in range(len(candidates)) if place not in answers)
    kept = sorted(answers.union(islice(others, max(0, limit - len(answers)))))
    return queries, [candidates[place] for place in kept]
