"""Answers of extractive QA against slow, plain statements of the official rules."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isogloss.core.errors import MetricError
from isogloss.core.metric import find

# What the articles of MLQA's seven languages are (MLQA evaluation script, v1).
ARTICLES = {
    "en": "a an the",
    "es": "un una unos unas el la los las",
    "vi": "của là cái chiếc những",
    "de": "ein eine einen einem eines einer der die das den dem des",
}


def squad(text: str) -> str:
    """SQuAD v1.1: lower case, no ASCII punctuation, no English articles, single spaces, in this order."""
    kept = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def mlqa(language: str) -> Callable[[str], str]:
    """MLQA: the same with Unicode punctuation, the language's articles, and Chinese characters apart."""

    def normal(text: str) -> str:
        kept = "".join(
            letter
            for letter in text.lower()
            if not unicodedata.category(letter).startswith("P") and letter not in string.punctuation
        )
        if language in ARTICLES:
            kept = re.sub(rf"\b({ARTICLES[language].replace(' ', '|')})\b", " ", kept)
        if language == "ar":
            kept = kept.replace("ال", " ")
        if language == "zh":
            kept = "".join(f" {letter} " if "\u4e00" <= letter <= "\u9fa5" else letter for letter in kept)
        return " ".join(kept.split())

    return normal


def f1(found: str, gold: str) -> float:
    """F1 of two normalised texts as bags of tokens; 0 without a common token."""
    same = sum((Counter(found.split()) & Counter(gold.split())).values())
    if not same:
        return 0.0
    precision, recall = same / len(found.split()), same / len(gold.split())
    return 2 * precision * recall / (precision + recall)


def official(normal: Callable[[str], str], found: str, golds: list[str]) -> tuple[float, float]:
    """(exact match, F1), each the best over the accepted answers."""
    pairs = [(normal(found), normal(gold)) for gold in golds]
    return max(float(a == b) for a, b in pairs), max(f1(a, b) for a, b in pairs)


def official_v2(found: str, golds: list[str]) -> tuple[float, float]:
    """SQuAD v2.0: empty answers are dropped; without any, only an empty prediction is right, and wholly so."""
    kept = [squad(gold) for gold in golds if squad(gold)] or [""]
    exact = max(float(squad(found) == gold) for gold in kept)
    if kept == [""]:
        return exact, exact
    return exact, max(f1(squad(found), gold) for gold in kept)


SAMPLE = (
    "the The a an a1 Cat cat, sat. U.S. won't der die Das el la los của là البيت ال بيت 北京 大学 北京大学 。 、 -- "
    "the–cat “the” 3.5 I'm İstanbul straße \u00a0 \t x\x00the \x1f ก็ ไทย ½ ² été"
)
WORDS = st.sampled_from(SAMPLE.split(" "))
TEXTS = st.one_of(
    st.lists(WORDS, max_size=6).map(" ".join), st.text(max_size=12), st.lists(WORDS, max_size=4).map("".join)
)
CASES = st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))


@settings(max_examples=700, deadline=None)
@given(CASES)
def test_squad_v1(case: tuple[str, list[str]]) -> None:
    """Exact match and F1 equal the plain statement of SQuAD v1.1's rule."""
    found, golds = case
    ours = find("exact_match")([found], [golds]), find("answer_f1")([found], [golds])
    assert ours == pytest.approx(official(squad, found, golds), abs=1e-12)


@settings(max_examples=700, deadline=None)
@given(st.tuples(TEXTS, st.lists(TEXTS, max_size=3)))
def test_squad_v2(case: tuple[str, list[str]]) -> None:
    """Exact match and F1 equal the plain statement of SQuAD v2.0's rule, unanswerable questions included."""
    found, golds = case
    ours = find("squad2_exact_match")([found], [golds]), find("squad2_answer_f1")([found], [golds])
    assert ours == pytest.approx(official_v2(found, golds), abs=1e-12)


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "hi", "vi", "zh"])
@settings(max_examples=200, deadline=None)
@given(case=CASES)
def test_mlqa(language: str, case: tuple[str, list[str]]) -> None:
    """Exact match and F1 equal the plain statement of MLQA's rule in each of its languages."""
    found, golds = case
    ours = tuple(find(name)([found], [golds], [language]) for name in ("mlqa_exact_match", "mlqa_answer_f1"))
    assert ours == pytest.approx(official(mlqa(language), found, golds), abs=1e-12)


@pytest.mark.parametrize("size", [3, 60])
def test_long_answers_count_repeated_tokens_once_each(size: int) -> None:
    """The overlap is one of bags: 'x' twice against once is one common token, however long the texts."""
    rest = " ".join(f"w{number}" for number in range(size))
    assert find("answer_f1")([f"x x {rest}"], [[f"x {rest} y"]]) == pytest.approx(2 * (size + 1) / (2 * size + 4))


def test_a_hand_worked_answer() -> None:
    """'the black cat' against 'Cat!': tokens {black, cat} and {cat}; precision 1/2, recall 1, F1 2/3."""
    assert find("answer_f1")(["the black cat"], [["Cat!"]]) == pytest.approx(2 / 3, abs=1e-12)
    assert find("exact_match")(["the black cat"], [["Cat!"]]) == 0.0
    assert find("exact_match+answer_f1")(["the black cat"], [["Cat!"]]) == pytest.approx(1 / 3, abs=1e-12)


def test_chinese_answers_are_one_token_to_xtreme_and_characters_to_mlqa() -> None:
    """XTREME scores 北京大学 against 北京 with F1 0 (one token each); by characters precision is 2/4 and recall 1."""
    assert find("answer_f1")(["北京大学"], [["北京"]]) == 0.0
    assert find("mlqa_answer_f1")(["北京大学"], [["北京"]], ["zh"]) == pytest.approx(2 / 3, abs=1e-12)


def test_an_article_alone_scores_zero_f1_and_full_exact_match() -> None:
    """SQuAD v1.1's rule has no common token between two empty bags, though the empty strings match."""
    assert find("exact_match")(["the"], [["a"]]) == 1.0
    assert find("answer_f1")(["the"], [["a"]]) == 0.0


def test_a_question_without_answer_wants_an_empty_prediction() -> None:
    """A gold of [] is right for '' only, in every rule."""
    for name in ("exact_match", "answer_f1", "squad2_exact_match", "squad2_answer_f1"):
        assert find(name).rows(["", "cat"], [[], []])[:, 0].tolist() == [1.0, 0.0]


def test_a_rule_by_language_needs_languages() -> None:
    """MLQA's rule without languages is an error that says what is missing."""
    with pytest.raises(MetricError, match="0 languages for 1 examples"):
        find("mlqa_answer_f1")(["x"], [["x"]])


def test_languages_may_be_mixed() -> None:
    """Each row is normalised in its own language: 'der Hund' is 'Hund' in German and not in Spanish."""
    rows = find("mlqa_exact_match").rows(["der Hund"] * 2, [["Hund"]] * 2, ["es", "de"])
    assert rows[:, 0].tolist() == [0.0, 1.0]


@pytest.mark.real
def test_real_answers_score_like_the_plain_rule(real: Path) -> None:
    """Shifted windows of real contexts, in Chinese, Arabic, Hindi and English, score as the plain rule says."""
    import json

    for path in ("xquad/xquad.zh.json", "xquad/xquad.ar.json", "xquad/xquad.hi.json", "xquad/xquad.en.json"):
        found, golds = [], []
        for article in json.loads((real / path).read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    start, text = question["answers"][0]["answer_start"], question["answers"][0]["text"]
                    shift = len(found) % 5
                    found.append(paragraph["context"][max(0, start - shift) : start + len(text)])
                    golds.append([text])
        pairs = [official(squad, one, many) for one, many in zip(found, golds, strict=True)]
        for metric, side in (("exact_match", 0), ("answer_f1", 1)):
            expected = sum(pair[side] for pair in pairs) / len(pairs)
            assert find(metric)(found, golds) == pytest.approx(expected, abs=1e-12)


def test_xtremes_own_mock_submission() -> None:
    """MLQA's part of it: exact match 57.142857142857146 and F1 81.76870748299321, means over seven languages.

    google-research/xtreme: answers in mock_test_data/{predictions,labels}/mlqa, the means in evaluate_test.py.
    """
    answers = {
        "ar": [("الطرق الترابية", "الطرق الترابية"), ("شمال شرق", "شمال شرق")],
        "de": [("3050 und 3350", "3050 und 3350 Meter")],
        "en": [("had sustained skin,", "had sustained skin, liver, and respiratory injuries")],
        "es": [
            (
                "unas estructuras en",
                "unas estructuras en forma de abanico que seguían un patrón de hojas, lenguas y lóbulos",
            )
        ],
        "hi": [("उत्तर पूर्व", "उत्तर पूर्व")],
        "vi": [("Đài Loan", "Đài Loan"), ("Khách Gia", "Khách Gia")],
        "zh": [("电化电池", "电化电池")],
    }
    means = {
        name: sum(
            find(name)([found for found, _ in pairs], [[gold] for _, gold in pairs], [language] * len(pairs))
            for language, pairs in answers.items()
        )
        / len(answers)
        for name in ("mlqa_exact_match", "mlqa_answer_f1")
    }
    assert means["mlqa_exact_match"] == pytest.approx(0.57142857142857146, abs=1e-12)
    assert means["mlqa_answer_f1"] == pytest.approx(0.8176870748299321, abs=1e-12)
