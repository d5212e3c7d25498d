"""Perturbed tests ask the same questions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging
from isogloss.core.folder import load
from isogloss.core.perturbation import KINDS, Perturbation, parse
from isogloss.evaluation.dictionary import dictionary
from isogloss.evaluation.perturb.robustness import changed, changer, perturb, perturbed

WORDS = st.lists(
    st.text(st.sampled_from("abcdeéüABCжщёאבגงก京東नावा'-"), min_size=1, max_size=7), min_size=1, max_size=12
)
HOW = st.builds(lambda kind, rate: Perturbation(kind=kind, rate=rate), st.sampled_from(sorted(KINDS)), st.floats(0, 1))
BOOK = {"ab": ("x",), "abc": ("y", "z"), "éa": ("w",)}
SENTENCE = Classification(id="7", text="Die Fähre fährt um sieben , die Bäckerei öffnet um acht .", label="1")


def test_a_perturbation_is_written_as_kind_and_rate() -> None:
    """And code-switching names the parallel text of its dictionary; what is asked is what is printed."""
    assert parse("typos:0.1") == Perturbation(kind="typos", rate=0.1)
    assert str(parse("switching:0.2")) == "switching:0.2:ntrex"
    assert str(parse("switching:0.2:world_text")) == "switching:0.2:world_text"


@pytest.mark.parametrize(("text", "error"), [("typos", SpecError), ("typos:x", SpecError), ("typos:1.1", SpecError),
                                             ("typo:0.1", UnknownName), ("case:0.1:ntrex", SpecError)])  # fmt: skip
def test_what_is_no_perturbation_is_said(text: str, error: type[Exception]) -> None:
    """Before anything is trained."""
    with pytest.raises(error):
        parse(text)


@given(WORDS, HOW)
def test_a_tagged_sentence_keeps_a_tag_for_each_token(words: list[str], how: Perturbation) -> None:
    """Tokens change or move, and tags stay with them; no token becomes empty or two."""
    tags = tuple(f"T{place}" for place in range(len(words)))
    example = Tagging(id="1", tokens=tuple(words), tags=tags)
    found = perturbed(example, how, "de", BOOK)
    assert isinstance(found, Tagging)
    assert found.tags is not None
    assert len(found.tokens) == len(words)
    assert sorted(found.tags) == sorted(tags)
    assert all(token and " " not in token for token in found.tokens)
    if how.kind == "order":
        assert [words[int(tag[1:])] for tag in found.tags] == list(found.tokens)
    else:
        assert found.tags == tags


def test_a_name_moves_as_one() -> None:
    """B- and I- tags never part: "New York" is one thing among words that swap."""
    example = Tagging(id="3", tokens=("in", "New", "York", "today"), tags=("O", "B-LOC", "I-LOC", "O"))
    for rate in (0.5, 1.0):
        found = perturbed(example, Perturbation(kind="order", rate=rate), "en")
        assert isinstance(found, Tagging)
        assert found.tags is not None
        at = found.tokens.index("New")
        assert found.tokens[at : at + 2] == ("New", "York")
        assert found.tags[at : at + 2] == ("B-LOC", "I-LOC")
        assert found.tokens != example.tokens


@given(WORDS, st.data(), HOW)
def test_answers_stay_in_their_context(words: list[str], data: st.DataObject, how: Perturbation) -> None:
    """Each answer is found at its new place, letter by letter."""
    context = " ".join(words)
    cuts = data.draw(st.lists(st.tuples(st.integers(0, len(context) - 1), st.integers(1, 6)), min_size=1, max_size=3))
    answers = tuple(context[start : start + length] for start, length in cuts)
    example = Span(
        id="1", context=context, question="ab abc ?", answers=answers, starts=tuple(start for start, _ in cuts)
    )
    found = perturbed(example, how, "de", BOOK)
    assert isinstance(found, Span)
    assert found.answers == answers
    assert [found.context[at : at + len(text)] for at, text in zip(found.starts, answers, strict=True)] == [*answers]


@given(WORDS, st.sampled_from(sorted(KINDS)))
def test_rate_0_changes_nothing(words: list[str], kind: str) -> None:
    """In an example of any type."""
    text = " ".join(words)
    examples: list[Example] = [
        Classification(id="1", text=text, text_pair=text, label="a"),
        Choice(id="2", prompt=text, choices=(text, "b"), label=0),
        Tagging(id="3", tokens=tuple(words)),
        Span(id="4", context=text, question=text, answers=(words[0],), starts=(0,)),
        Passage(id="5", side="query", text=text, keys=("k",)),
    ]
    assert perturb(examples, Perturbation(kind=kind, rate=0.0), "de", BOOK) == examples


@given(WORDS, HOW)
def test_what_becomes_of_an_example_depends_on_nothing_else(words: list[str], how: Perturbation) -> None:
    """Not on the examples beside it: every run sees the same perturbed test, whatever its limit."""
    examples = [Classification(id=str(place), text=" ".join(words)) for place in range(3)]
    assert perturb(examples, how, "de", BOOK)[2:] == perturb(examples[2:], how, "de", BOOK)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.75, 1.0])
@pytest.mark.parametrize("kind", ["typos", "case"])
def test_the_rate_is_the_share_of_words_that_change(kind: str, rate: float) -> None:
    """In each sentence to within one word, and over many on average."""
    tokens = ("Ferry", "leaves", "at", "seven", "and", "Bakery", "opens", "at", "eight", ".")
    examples = [Tagging(id=str(number), tokens=tokens) for number in range(300)]
    found = perturb(examples, Perturbation(kind=kind, rate=rate), "en")
    changes = [sum(a != b for a, b in zip(each.tokens, tokens, strict=True)) for each in found]  # type: ignore[union-attr]
    assert all(abs(count - 9 * rate) < 1 for count in changes), "the full stop cannot change"
    assert sum(changes) / len(changes) == pytest.approx(9 * rate, abs=0.1)


def test_words_of_other_scripts_are_not_moved_by_guess() -> None:
    """Chinese has no spaces, so order cannot change; that is nothing at all rather than letters stirred."""
    example = Classification(id="1", text="渡船七点开，面包店八点开门。")
    assert perturbed(example, Perturbation(kind="order", rate=1.0), "zh") == example
    assert perturbed(SENTENCE, Perturbation(kind="order", rate=1.0), "de") != SENTENCE


def test_the_label_and_the_second_text_are_kept_apart() -> None:
    """Both texts of a pair change, neither takes words from the other, the label stays."""
    example = Classification(id="1", text="aaa bbb", text_pair="ccc ddd", label="x")
    found = perturbed(example, Perturbation(kind="order", rate=1.0), "en")
    assert found == Classification(id="1", text="bbb aaa", text_pair="ddd ccc", label="x")


def test_a_language_in_which_nothing_changes_is_left_out() -> None:
    """A drop of 0 by construction is no finding; if no language is left, that is said."""
    tests: dict[str, list[Example]] = {"de": [SENTENCE], "zh": [Classification(id="1", text="渡船七点开。")]}
    assert set(changed(tests, changer(parse("case:1"), None, Path()), "here")) == {"de"}
    with pytest.raises(SpecError, match="changes nothing"):
        changed({"zh": tests["zh"]}, changer(parse("case:1"), None, Path()), "here")


def test_a_dictionary_from_parallel_text_translates(real: Path) -> None:
    """NTREX's lines align common German words with their translations (any dictionary)."""
    book = dictionary(load("tasks", "ntrex"), real / ".", "de")
    assert (book["und"], book["nicht"], book["jahre"], book["polizei"]) == (("and",), ("not",), ("years",), ("police",))
    found = perturbed(SENTENCE, Perturbation(kind="switching", rate=1.0, source="ntrex"), "de", book)
    assert isinstance(found, Classification)
    assert "the" in found.text.split()


def test_english_and_unspaced_scripts_have_no_dictionary(real: Path) -> None:
    """So code-switching leaves them out."""
    assert dictionary(load("tasks", "ntrex"), real, "en") == {}
    change = changer(parse("switching:1"), load("tasks", "ntrex"), real)
    sentence = Classification(id="1", text="The ferry leaves at seven .")
    assert change([sentence], "en") == [sentence]
