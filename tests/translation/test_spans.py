"""Answers are followed into the translated context, or the question is dropped."""

import pytest

from isogloss.core.examples import Span
from isogloss.translation import spans
from isogloss.translation.engine import Pieces, Translation, plain
from isogloss.translation.fields import Dropped

CONTEXT = "He came in May. The old dog saw 19.7% of Rome."
QUESTION = "What?"


def span(answer: str) -> Span:
    return Span(id="1", context=CONTEXT, question=QUESTION, answers=(answer,), starts=(CONTEXT.index(answer),))


def look(*extra: tuple[Pieces, Pieces | str | None]) -> "dict[Pieces, Translation | None]":
    known: dict[Pieces, Translation | None] = {
        plain("What?"): Translation(plain("¿Qué?")),
        plain("He came in May."): Translation(plain("Vino en mayo.")),
        plain("The old dog saw 19.7% of Rome."): Translation(plain("El perro viejo vio 19.7% de Roma.")),
    }
    for source, made in extra:
        known[source] = None if made is None else Translation(plain(made) if isinstance(made, str) else made)
    return known


def test_a_marked_answer_is_what_the_marks_enclose() -> None:
    """The words of an answer may change places; its text and offset are those of the new context."""
    source = span("old dog")
    begin = CONTEXT.index("old") - CONTEXT.index("The")
    marked = spans.marked("The old dog saw 19.7% of Rome.", begin, begin + 7)
    assert marked == (("The ", ()), ("old", (0,)), (" ", ()), ("dog", (1,)), (" saw 19.7% of Rome.", ()))
    made = (("El ", ()), ("perro", (1,)), (" ", ()), ("viejo", (0,)), (" vio 19.7% de Roma.", ()))
    known = look((marked, made), (plain("old dog"), None))
    assert set(spans.to_translate(source, marks=True)) == set(known)
    found = spans.rebuilt(source, known.__getitem__, marks=True)
    assert found == Span(
        id="1", context="Vino en mayo. El perro viejo vio 19.7% de Roma.", question="¿Qué?",
        answers=("perro viejo",), starts=(17,),
    )  # fmt: skip
    assert found.context[17:28] == "perro viejo"


def test_a_sign_at_the_end_of_an_answer_goes_with_it() -> None:
    """No mark is on a per-cent sign; the answer has it all the same, as its source has."""
    begin = CONTEXT.index("19.7") - CONTEXT.index("The")
    marked = spans.marked("The old dog saw 19.7% of Rome.", begin, begin + 5)
    made = (("El perro viejo vio ", ()), ("19.7", (0,)), ("% de Roma.", ()))
    known = look((marked, made), (plain("19.7%"), None))
    assert spans.rebuilt(span("19.7%"), known.__getitem__, marks=True).answers == ("19.7%",)


@pytest.mark.parametrize(
    "made",
    [
        (("El ", ()), ("perro", (1,)), (" vio 19.7% de Roma, ", ()), ("viejo", (0,)), (".", ())),
        (("El ", ()), ("perro", (1,)), (" vio 19.7% de Roma.", ())),
        None,
    ],
    ids=["other words in between", "a word without its mark", "no translation"],
)
def test_an_answer_that_lost_its_words_is_dropped(made: Pieces | None) -> None:
    """Torn apart, incomplete or untranslated: without another way to find it there is no answer."""
    begin = CONTEXT.index("old") - CONTEXT.index("The")
    marked = spans.marked("The old dog saw 19.7% of Rome.", begin, begin + 7)
    known = look((marked, made), (plain("old dog"), "can antiguo"))
    with pytest.raises(Dropped, match="answer not found"):
        spans.rebuilt(span("old dog"), known.__getitem__, marks=True)


def test_without_marks_the_answer_is_sought_by_its_words() -> None:
    """An engine without marks: the answer alone is translated, and must occur exactly once, as whole words."""
    known = look((plain("old dog"), "perro viejo"), (plain("Rome"), "Roma"), (plain("saw"), "vi"))
    assert spans.rebuilt(span("old dog"), known.__getitem__, marks=False).answers == ("perro viejo",)
    assert spans.rebuilt(span("Rome"), known.__getitem__, marks=False).answers == ("Roma",)
    with pytest.raises(Dropped):
        spans.rebuilt(span("saw"), known.__getitem__, marks=False)


def test_an_answer_within_a_word_is_dropped() -> None:
    """No mark follows half a word: "Rom" of Rome."""
    with pytest.raises(Dropped):
        spans.rebuilt(span("Rom"), look().__getitem__, marks=False)


def test_a_question_without_answer_stays_one() -> None:
    """SQuAD v2.0's unanswerable questions have nothing to follow."""
    source = Span(id="1", context=CONTEXT, question=QUESTION, answerable=False)
    found = spans.rebuilt(source, look().__getitem__, marks=True)
    assert (found.answers, found.answerable, found.question) == ((), False, "¿Qué?")
