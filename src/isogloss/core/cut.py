"""A part of a task's examples: what the head of a file gives, and parts that do not depend on how a file is sorted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import pi, sqrt
from typing import TypeVar, assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text, labelled
from isogloss.core.shown import quoted

SORTED = 10
"""So many examples of one class at the head of a file that has others mean that the file is sorted."""
UNLIKE, BEYOND = 0.2, 6.0
"""So does a head of several classes whose shares are another fifth apart from those of what follows, and farther than
chance makes them by so many standard deviations."""
FOLLOWING, LEAST, MOST = 9, 1_000, 20_000
"""How many examples are read on for each of a head of several classes; in all at least, and at most."""
CLASSED = ("classification", "choice", "span", "tagging")
"""Task types whose examples have classes; files of others need not be read to know."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The first examples of sorted files: they have other classes than what follows."""

    label: str
    """The only class; of several the one that is the rarest beside what follows."""
    here: int
    """Examples of that class in the head."""
    count: int
    """Examples of the head."""
    after: int = 0
    """Examples of that class among those that follow."""
    following: int = 0
    """Examples that follow, as far as they were read; 0 where the head has one class, which tells enough."""
    place: int
    """In its file, the first example that follows and is of another class, or of the rare one; 1-based."""

    @property
    def few(self) -> bool:
        """Whether it is too small to tell that the files are sorted: it may be of one class by chance."""
        return self.count < SORTED

    @property
    def says(self) -> str:
        """What was seen, in half a sentence."""
        if self.few:
            seen = "only example is" if self.count == 1 else f"first {self.count} examples are all"
            return f"its {seen} {quoted(self.label)}, though its files hold other classes"
        if not self.following:
            return f"its files are sorted, the first {self.count} examples are all {quoted(self.label)}"
        shares = f"{self.here} of the first {self.count:,} examples and {self.after:,} of the next {self.following:,}"
        return f"its files are sorted, {quoted(self.label)} is {shares}"


def sorted_head(files: Iterable[Iterable[Example]], *, first: int = 0, limit: int = 0) -> Head | None:
    """The head of some files, where they are sorted: it is of one class and they have others, or its mix is another.

    The head is the `first` of each file and the first `limit` of all together, 0 = all. Files are read no further than
    is needed to tell. None for files in another order or without classes. A head of fewer than SORTED examples that
    has one class is one too: nothing else can be learned from it or scored on it. Of more classes it tells nothing.
    """
    head: Counter[str] = Counter()
    rest: list[tuple[int, Iterator[Example]]] = []
    for file in files:
        examples, begin = iter(file), head.total()
        while (not first or head.total() - begin < first) and (not limit or head.total() < limit):
            example = next(examples, None)
            if example is None:
                break
            if not (label := _class(example)):
                return None
            head[label] += 1
        rest.append((head.total() - begin, examples))
    if not head or (head.total() < SORTED and len(head) > 1):
        return None
    following = ((place, label) for begin, examples in rest for place, example in enumerate(examples, begin + 1)
                 if (label := _class(example)) != "")  # fmt: skip
    return _one_class(head, following) if len(head) == 1 else _unlike(head, following)


def _one_class(head: Counter[str], following: Iterable[tuple[int, str | None]]) -> Head | None:
    (label,) = head
    place = next((place for place, other in following if other != label), None)
    return None if place is None else Head(label=label, here=head[label], count=head[label], place=place)


def _unlike(head: Counter[str], following: Iterable[tuple[int, str | None]]) -> Head | None:
    """Whether shares differ by more than a drawing without replacement makes them differ (hypergeometric)."""
    count = head.total()
    places: dict[str, int] = {}
    rest: Counter[str] = Counter()
    for place, label in islice(following, min(max(FOLLOWING * count, LEAST), MOST)):
        places.setdefault(label or "several at once", place)
        rest[label or "several at once"] += 1
    both = head + rest
    total = both.total()
    if not rest:
        return None
    expected = {label: count * of / total for label, of in both.items()}
    spread = [sqrt(each * (1 - each / count) * (1 - count / total)) for each in expected.values()]
    apart = sum(abs(head[label] - each) for label, each in expected.items()) / 2
    mean, error = sqrt(2 / pi) * sum(spread) / 2, sqrt((1 - 2 / pi) * sum(each**2 for each in spread) / 2)
    if apart < UNLIKE * count or apart <= mean + BEYOND * error:
        return None
    rare = max(places, key=lambda label: expected[label] - head[label])
    return Head(label=rare, here=head[rare], count=count, after=rest[rare], following=rest.total(), place=places[rare])


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
    wanted = {key for query in queries for key in query.keys}
    answers = {place for place, each in enumerate(candidates) if not wanted.isdisjoint(each.keys)}
    others = (place for place in range(len(candidates)) if place not in answers)
    kept = sorted(answers.union(islice(others, max(0, limit - len(answers)))))
    return queries, [candidates[place] for place in kept]
