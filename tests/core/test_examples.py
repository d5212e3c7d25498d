"""Example types: what must be written where a seventh is added, and which examples are labelled."""

import ast
from pathlib import Path

import pytest

import isogloss
from isogloss.core.examples import (
    TYPES,
    Choice,
    Classification,
    Example,
    Passage,
    Place,
    Span,
    Tagging,
    Text,
    labelled,
    texts_of,
    untaught,
)

ROOT = Path(isogloss.__file__).parent
NAMES = {kind.__name__ for kind in TYPES.values()}


def test_every_match_on_examples_ends_in_assert_never() -> None:
    """A new type is then an error of mypy in every place that does not know it; none slips through a default."""
    found = 0
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Match) and _kinds(node) & NAMES:
                found += 1
                last = node.cases[-1]
                assert ast.unparse(last.pattern) == "_", f"{path}:{node.lineno}"
                assert ast.unparse(last.body[0]).startswith("assert_never("), f"{path}:{node.lineno}"
                assert _kinds(node) >= NAMES, f"{path}:{node.lineno}"
    assert found >= 12


def _kinds(node: ast.Match) -> set[str]:
    """Classes that a match names."""
    patterns = [each for case in node.cases for each in ast.walk(case.pattern)]
    return {ast.unparse(each.cls) for each in patterns if isinstance(each, ast.MatchClass)}


@pytest.mark.parametrize(
    ("example", "known"),
    [
        (Classification(id="1", text="a", label="x"), True),
        (Classification(id="1", text="a"), False),
        (Choice(id="1", prompt="a", choices=("b", "c"), label=0), True),
        (Choice(id="1", prompt="a", choices=("b", "c")), False),
        (Tagging(id="1", tokens=("a",), tags=("X",)), True),
        (Tagging(id="1", tokens=("a",)), False),
        (Span(id="1", context="a", question="b", answers=("a",), starts=(0,)), True),
        (Span(id="1", context="a", question="b"), False),
        (Span(id="1", context="a", question="b", answerable=False), True),  # SQuAD v2.0's "no answer"
        (Passage(id="1", side="query", text="a", keys=("k",)), False),
        (Text(id="1", text="a"), False),
    ],
)
def test_an_example_is_labelled_where_it_says_what_is_right(example: Example, known: bool) -> None:
    """The label 0 of a choice is one; a question without an answer says so."""
    assert labelled(example) is known


@pytest.mark.parametrize(
    ("example", "lacks"),
    [
        (Classification(id="x7", text="w1", at=Place(Path("a.tsv"), 3)), "label"),
        (Tagging(id="x7", tokens=("w1",), at=Place(Path("a.tsv"), 3)), "tags"),
        (Choice(id="x7", prompt="w1", choices=("w2", "w3"), at=Place(Path("a.tsv"), 3)), "label"),
        (Span(id="x7", context="w1", question="w2", at=Place(Path("a.tsv"), 3)), "answer"),
    ],
)
def test_an_unlabelled_example_cannot_be_learned_from(example: Example, lacks: str) -> None:
    """The error names its place and what it lacks. Texts and passages have no answer to lack."""
    blank: list[Example] = [Text(id="t", text="w"), Passage(id="p", side="query", text="w", keys=())]
    assert untaught(blank) is None
    told = str(untaught([*blank, example]))
    assert told.startswith(f"a.tsv, line 3: example 'x7' has no {lacks}, so nothing can be learned from it.")


def test_a_blank_second_text_makes_one_text() -> None:
    """A file of pairs in which some second texts are blank has both; other types have none to count."""
    pairs = [Classification(id="1", text="a", text_pair="b"), Classification(id="2", text="a", text_pair="")]
    assert texts_of(pairs) == (1, 2)
    assert texts_of(pairs[:1]) == (2,)
    assert texts_of([Classification(id="3", text="a"), *pairs[1:]]) == (1,)
    assert texts_of([Tagging(id="4", tokens=("a",))]) == ()
