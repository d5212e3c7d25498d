"""Tagging F1 against seqeval itself, and against a second, slow statement of the official rule."""

import warnings
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score

from isogloss.core.errors import MetricError
from isogloss.core.metric import find

UPOS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
IOB = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]
ODD = [*IOB, "E-LOC", "S-PER", "NOUN", "SYM", "INTJ", "B", "I-A-B", "X-A-B", ".-LOC", "BIG", "OTHER"]


@st.composite
def taggings(draw: st.DrawFn, tags: list[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Predicted and gold tags of a few sentences; mostly equal, so that some chunks match."""
    gold = draw(st.lists(st.lists(st.sampled_from(tags), max_size=8), min_size=1, max_size=6))
    found = [
        [draw(st.sampled_from(tags)) if draw(st.integers(0, 3)) == 0 else tag for tag in sentence] for sentence in gold
    ]
    return found, gold


def by_seqeval(found: list[list[str]], gold: list[list[str]]) -> float:
    """seqeval's number; it warns of tags that look like no IOB tag and of undefined precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(f1_score(gold, found))


def chunks(tags: list[str], of: str) -> set[tuple[int, int, str]]:
    """The official UD-POS rule on UPOS, said another way: maximal runs of one tag, but S-tags stand alone."""
    spans, at = set(), 0
    for tag, run in groupby(tags):
        size = len(list(run))
        ends = range(at + 1, at + size + 1) if tag.startswith("S") else [at + size]
        begin = at
        for end in ends:
            spans.add((begin, end, f"{of}/{tag}"))
            begin = end
        at += size
    return spans


def compare(metric: str, found: list[list[str]], gold: list[list[str]], expected: float) -> None:
    """Equal to 1e-12; where we call the score undefined, the official script prints 0."""
    try:
        assert find(metric)(found, gold) == pytest.approx(expected, abs=1e-12)
    except MetricError:
        assert expected == 0.0


@settings(max_examples=250, deadline=None)
@given(taggings(IOB))
def test_span_f1_is_seqevals(case: tuple[list[list[str]], list[list[str]]]) -> None:
    """Span F1 of IOB tags, well formed or not, equals seqeval's (seqeval 1.2.2, default mode, which is conlleval's)."""
    compare("span_f1", *case, by_seqeval(*case))


@settings(max_examples=250, deadline=None)
@given(taggings(UPOS.split()))
def test_run_f1_on_upos_is_the_official_rule(case: tuple[list[list[str]], list[list[str]]]) -> None:
    """On UPOS tags the official F1 is the F1 of maximal runs, S-tags alone (FORMATS.md: seqeval < 1.0 chunking)."""
    found, gold = case
    ours = [chunks(tags, str(row)) for row, tags in enumerate(found)]
    theirs = [chunks(tags, str(row)) for row, tags in enumerate(gold)]
    correct = sum(len(a & b) for a, b in zip(ours, theirs, strict=True))
    total = sum(map(len, ours)) + sum(map(len, theirs))
    compare("run_f1", found, gold, 2 * correct / total if total else 0.0)


@settings(max_examples=250, deadline=None)
@given(taggings(ODD))
def test_run_f1_on_any_tags_is_seqevals_older_rule(case: tuple[list[list[str]], list[list[str]]]) -> None:
    """seqeval >= 1.0 differs from < 1.0 only in how it cuts a tag in two; handed tags cut the old way, it agrees."""
    cut = [[["O" if tag == "O" else f"{tag[0]}-{tag.split('-')[-1]}" for tag in row] for row in side] for side in case]
    compare("run_f1", *case, by_seqeval(*cut))


def test_seqeval_1_really_differs() -> None:
    """The newer rule drops the first letter of a tag, so CCONJ and SCONJ are one type to it: the figures differ."""
    gold, found = [["CCONJ", "SCONJ", "NOUN"]], [["CCONJ", "SCONJ", "VERB"]]
    assert find("run_f1")(found, gold) == pytest.approx(2 / 3, abs=1e-12)
    assert by_seqeval(found, gold) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("metric", ["run_f1", "span_f1"])
def test_rows_add_up(metric: str) -> None:
    """Each sentence has its own counts: scoring two sentences apart and adding is scoring them together."""
    one, two = [["B-LOC", "I-LOC", "O"]], [["I-PER", "B-PER"]]
    gold_one, gold_two = [["B-LOC", "O", "O"]], [["I-PER", "I-PER"]]
    rows = find(metric).rows(one + two, gold_one + gold_two)
    assert rows[0].tolist() == find(metric).rows(one, gold_one)[0].tolist()
    assert rows[1].tolist() == find(metric).rows(two, gold_two)[0].tolist()


@pytest.mark.parametrize("metric", ["run_f1", "span_f1", "token_accuracy"])
def test_a_missing_tag_is_an_error(metric: str) -> None:
    """A prediction with fewer tags than tokens is an error that names the sentence, never a silent cut."""
    with pytest.raises(MetricError, match=r"sentence 1 .* has 2 gold tags and 1 predicted"):
        find(metric).rows([["O"], ["O"]], [["O"], ["O", "O"]])


def test_an_empty_tag_is_an_error() -> None:
    """A tag that is the empty string cannot be scored."""
    with pytest.raises(MetricError, match="empty string"):
        find("span_f1").rows([[""]], [["O"]])


def test_nothing_to_find_is_undefined() -> None:
    """Where nothing is gold and nothing predicted, F1 is undefined; where only one side is empty, it is 0."""
    with pytest.raises(MetricError, match="undefined"):
        find("span_f1")([["O"]], [["O"]])
    assert find("span_f1")([["B-LOC"]], [["O"]]) == 0.0
