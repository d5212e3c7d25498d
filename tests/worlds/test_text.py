"""Pretraining text: five kinds of documents in their shares."""

import numpy as np
import pytest

from isogloss.worlds import text
from isogloss.worlds.concepts import EMPTY, Field
from isogloss.worlds.events import meant
from isogloss.worlds.judge import ENTAILMENT, judge
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import DEFAULT

TELLER = speaker(DEFAULT, "en")
FIRST, SECOND, ANSWER = text.documents(TELLER, np.random.default_rng(0), 20_000)
QUESTION = SECOND[:, Field.ASKED] != EMPTY


def test_one_in_five_is_a_question() -> None:
    """A fifth of the documents ask and answer."""
    assert QUESTION.mean() == pytest.approx(0.20, abs=0.01)
    assert ((ANSWER != EMPTY).any(axis=1) == QUESTION).all()


def test_half_are_restatements() -> None:
    """.35 + .15 restate the first sentence; what is restated is entailed."""
    entailed = (judge(FIRST, SECOND, TELLER.relations) == ENTAILMENT) & ~QUESTION
    assert entailed.mean() == pytest.approx(0.50, abs=0.015)


def test_consequences_have_the_same_participants() -> None:
    """.15 tell what follows: the same subject and object, another verb."""
    who = [Field.SUBJECT_KIND, Field.SUBJECT, Field.OBJECT_KIND, Field.OBJECT]
    same = (FIRST[:, who] == SECOND[:, who]).all(axis=1)
    follows = same & ~QUESTION & (TELLER.relations.consequence[meant(FIRST)] == meant(SECOND))
    assert follows.mean() == pytest.approx(0.15, abs=0.015)


def test_answers_stand_in_the_first_sentence() -> None:
    """A question's answer is said in the sentence before it."""
    found = 0
    for document in text.examples(DEFAULT, "dev", "x3"):
        if "?" in document.text_pair:
            answer = document.text_pair.split("? ")[1].removesuffix(" .")
            found += 1
            assert f" {answer} " in f" {document.text} "
    assert found > 50


def test_texts_of_two_languages_are_no_translations() -> None:
    """Independent events: hardly any document of one language has the names of its row in another."""
    rows = [
        [frozenset(word for word in item.text.split() if word[0].isupper()) for item in found]
        for found in (list(text.examples(DEFAULT, "dev", code)) for code in ("en", "x1"))
    ]
    both = [one == two for one, two in zip(*rows, strict=True) if one and two]
    assert np.mean(both) < 0.1
