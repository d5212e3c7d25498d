"""core/cut: parts of a task's examples that do not depend on how its files are sorted."""

import string
from collections.abc import Iterator

import numpy as np
import pytest

from isogloss.core.cut import Head, sides, sorted_head, spread
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging
from isogloss.core.seeds import rng


def labelled(labels: str) -> list[Example]:
    """An example a letter."""
    return [Classification(id=str(place), text="x", label=label) for place, label in enumerate(labels)]


@pytest.mark.parametrize(
    ("files", "first", "limit", "found"),
    [
        (["a" * 30 + "b" * 30], 0, 20, ("a", 20, 31)),
        (["a" * 30 + "b" * 30], 20, 0, ("a", 20, 31)),
        (["a" * 30 + "b" * 30], 0, 50, None),  # both are there
        (["a" * 30 + "b" * 30], 0, 9, ("a", 9, 31)),  # too few to tell that it is sorted
        (["a" * 30 + "b" * 30], 1, 0, ("a", 1, 31)),
        (["ba" + "a" * 30], 0, 9, None),  # too few to tell, and of two classes
        (["a" * 30], 0, 20, None),  # the file has no other
        (["a" * 30, "b" * 30], 0, 20, ("a", 20, 1)),
        (["a" * 30, "b" * 30], 20, 0, None),
        (["a" * 15, "a" * 15 + "b"], 0, 20, ("a", 20, 16)),
        (["a" * 15 + "b", "a" * 15 + "b"], 10, 0, ("a", 20, 16)),
        (["a" * 15 + "b", "a" * 15 + "b"], 10, 12, ("a", 12, 16)),
        (["ab" * 30], 0, 0, None),
    ],
)
def test_a_head_of_one_class_is_told_from_files_of_one(
    files: list[str], first: int, limit: int, found: tuple[str, int, int] | None
) -> None:
    """Of each file the first so many, of all together the first so many; and only where files hold another class."""
    head = sorted_head(map(labelled, files), first=first, limit=limit)
    assert head == (None if found is None else Head(label=found[0], here=found[1], count=found[1], place=found[2]))


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        (Choice(id="", prompt="p", choices=("a", "b"), label=1), Choice(id="", prompt="p", choices=("a", "b"), label=0),
         "choice 1"),
        (Span(id="", context="c", question="q", answerable=False),
         Span(id="", context="c", question="q", answers=("c",), starts=(0,)), "without an answer"),
        (Tagging(id="", tokens=("a", "b"), tags=("O", "O")), Tagging(id="", tokens=("a",), tags=("B-LOC",)), "O"),
        (Tagging(id="", tokens=("a",), tags=("O",)), Tagging(id="", tokens=("a", "b"), tags=("O", "B-LOC")), "O"),
    ],
)  # fmt: skip
def test_choices_answers_and_tags_are_classes_too(one: Example, other: Example, label: str) -> None:
    """A constant answer is right wherever the first examples want the same one."""
    head = sorted_head([[one] * 20 + [other]], limit=20)
    assert head is not None
    assert head.label == label
    assert sorted_head([[one] * 19 + [other]], limit=20) is None


def test_sentences_of_several_tags_are_of_no_class() -> None:
    """Parts of speech differ within a sentence, so no tag for all is right."""
    several = Tagging(id="", tokens=("a", "b"), tags=("DET", "NOUN"))
    assert sorted_head([[several] * 20 + [Tagging(id="", tokens=("a",), tags=("NOUN",))]], limit=20) is None


@pytest.mark.parametrize(
    ("labels", "limit", "says"),
    [
        ("a" * 50 + "b" * 50 + "c" * 50, 100, "'c' is 0 of the first 100 examples and 50 of the next 50"),
        ("b" + "a" * 199 + "b" * 199, 150, "'b' is 1 of the first 150 examples and 199 of the next 249"),
        ("a" * 100 + "ab" * 20 + "b" * 100, 130, "'b' is 15 of the first 130 examples and 105 of the next 110"),
        (string.ascii_letters * 20, 100, ""),
        ("".join(letter * 20 for letter in string.ascii_letters), 400,
         "'u' is 0 of the first 400 examples and 20 of the next 640"),
        ("ab" * 100 + "b" * 20, 150, ""),
        ("aab" * 40, 10, ""),
    ],
)  # fmt: skip
def test_a_head_of_another_mix_than_its_file_is_told(labels: str, limit: int, says: str) -> None:
    """A sorted file whose head lacks a class, or has nearly one alone; small differences and even order say nothing."""
    head = sorted_head([labelled(labels)], limit=limit)
    assert (head.says.removeprefix("its files are sorted, ") if head else "") == says


def test_files_in_any_order_are_not_said_to_be_sorted() -> None:
    """Of 3,000 shuffled files, whatever their shares and wherever they are cut: none."""
    stream = rng("tests/cut", "shuffled")
    for number in range(3000):
        kinds = int(stream.integers(2, 8 if number % 2 else 50))
        labels = stream.choice(kinds, size=int(stream.integers(20, 600)), p=stream.dirichlet(np.full(kinds, 0.7)))
        limit = int(stream.integers(10, len(labels) + 1))
        file = [Classification(id="", text="x", label=str(label)) for label in labels]
        if len({*labels[:limit].tolist()}) > 1:
            assert sorted_head([file], limit=limit) is None


def test_no_more_is_read_than_tells() -> None:
    """Of one class a file is read to its second; of several as much again as the head has, some thousand at least."""
    read = []

    def file(labels: str) -> Iterator[Example]:
        for example in labelled(labels):
            read.append(example)
            yield example

    assert sorted_head([file("a" * 50 + "b" * 100)], limit=50) is not None
    assert len(read) == 51
    read.clear()
    assert sorted_head([file("ab" * 10_000)], limit=50) is None
    assert len(read) == 1050


def test_unlabelled_examples_have_no_class() -> None:
    """Nothing is said of them."""
    assert sorted_head([[Classification(id="", text="x")] * 20 + labelled("ab")], limit=20) is None


def test_a_part_is_spread_over_the_file() -> None:
    """Every class of a sorted file is in it, in the file's order; a part as large as the whole is the whole."""
    assert spread("aaaaaabbbccc", 4) == ["a", "a", "b", "c"]
    assert spread([1, 2, 3], 3) == spread([1, 2, 3], 5) == spread([1, 2, 3], 0) == [1, 2, 3]


def passage(side: str, name: str, *keys: str) -> Passage:
    return Passage(id=name, side=side, text=name, keys=keys)


def test_a_cut_keeps_what_answers_the_queries() -> None:
    """One side is sorted in another way: the first queries' translations come last, and are kept before others."""
    queries = [passage("query", f"q{at}", str(at)) for at in range(6)]
    candidates = [passage("candidate", f"c{at}", str(at)) for at in reversed(range(6))]
    asked, found = sides([*queries, *candidates], 3)
    assert [each.id for each in asked] == ["q0", "q1", "q2"]
    assert [each.id for each in found] == ["c2", "c1", "c0"]
    asked, found = sides([*queries[:2], *candidates], 3)
    assert [each.id for each in found] == ["c5", "c1", "c0"]
    assert sides([*queries, *candidates], 0) == (queries, candidates)


def test_of_sides_in_one_order_a_cut_is_the_head_of_both() -> None:
    """As it was before: row i translates row i."""
    queries = [passage("query", f"q{at}", str(at)) for at in range(6)]
    candidates = [passage("candidate", f"c{at}", str(at)) for at in range(6)]
    assert sides([*queries, *candidates], 4) == (queries[:4], candidates[:4])
