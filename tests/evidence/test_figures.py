"""evidence/figures.py and binding.py: what a figure is, and whether a passage says it of the same thing."""

import pytest

import _tamper
from isogloss.core.seeds import rng
from isogloss.evidence.binding import held, introduced, names
from isogloss.evidence.figures import COUNT, PLAIN, POINTS, TIMES, figures

GAIN = (
    "The best bridge task gains 4.2 points over BASE on XNLI, 1.7 points on PAWS-X and 12% on MLQA; neither of the "
    "seven translations helps consistently."
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a 5.4 point improvement", [(5.4, POINTS)]),
        ("+14.6% on XNLI and 3 percentage points", [(14.6, POINTS), (3, POINTS)]),
        ("nine intermediate tasks", [(9, COUNT)]),
        ("one hundred and five languages", [(105, COUNT)]),
        ("twenty-one tasks of 1,234 sentences", [(21, COUNT), (1234, COUNT)]),
        ("550 million parameters and 12K questions", [(550e6, COUNT), (12000, COUNT)]),
        ("3.2x the size, 4 times as fast, a 2-fold rise", [(3.2, TIMES), (4, TIMES), (2, TIMES)]),
        ("gains of 8.2, 7.5, and 7.0 points", [(8.2, POINTS), (7.5, POINTS), (7.0, POINTS)]),
        ("an accuracy of 82.3", [(82.3, PLAIN)]),
        ("GPT-3, T5, F1, mT5-XL and BERT-base; Section 3, Table 2, (1), [12]", []),
        ("trained (Smith et al., 2018; Lee, 2020) well", []),
        ("grade 2 of type 1", []),
        ("one of the best ways, and no one knows", []),
        ("one of the tasks", [(1, COUNT)]),
        ("a one-step model", [(1, COUNT)]),
        ("24/7 support", []),
    ],
)  # fmt: skip
def test_what_counts_as_a_figure(text: str, found: list[tuple[float, str]]) -> None:
    """Numbers with their units; those of names, citations, lists and labels are none."""
    assert [(figure.value, figure.unit) for figure in figures(text)] == found


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ("The best bridge task gains 4.2 points on XNLI.", "agree"),
        ("Bridge tasks gain 1.7 percentage points on PAWS-X.", "agree"),
        ("The best bridge task gains 12 points on MLQA.", "agree"),
        ("The best bridge task gains 12 points on MLQA over BASE.", "unclear"),
        ("The best bridge task gains 4.9 points on XNLI.", "differ"),
        ("The best bridge task gains 4.2 points on PAWS-X.", "differ"),
        ("The best bridge task gains 1.7 points on XNLI over BASE.", "differ"),
        ("The best bridge task loses 4.2 points on XNLI.", "unclear"),
        ("The best bridge task gains 4.2 points on SQuAD.", "absent"),
        ("The best bridge task gains 4.2 points over OTHER on XNLI.", "absent"),
        ("A bridge gains 4.2 times.", "absent"),
        ("Neither of the seven translations helps.", "agree"),
        ("The seven translations help consistently.", "unclear"),
        ("The best bridge task is best.", "absent"),
    ],
)  # fmt: skip
def test_a_figure_belongs_to_its_names(claim: str, says: str) -> None:
    """A number swapped with another metric's stands in the passage and is not agreed to."""
    assert held(claim, GAIN).says == says


ROWS = """Tuning gains 5.4 points on XNLI and 3.1 points on MLQA.
Accuracy falls by 2.3% on TyDiQA.
Our encoder is trained on nine tasks.
The gain lies between 3 and 7 points on PAWS-X.
Errors drop from 12.4% to 9.8% on SWAG.
Pruning may improve accuracy by 4.5 points on UDPOS.
Neither GPT-2 nor T5 consistently outperforms the baseline by 6.5 points.
Tuning did not, as was hoped, improve NER by 8.8 points.
Training takes 3.5 hours on a single machine.
The temperature is −4.5 degrees.
We see gains of up to 17 points on Tatoeba.
We gain at least 21 points on BUCC.""".splitlines()


@pytest.mark.parametrize(
    ("row", "claim"),
    [
        (0, "Tuning gains −5.4 points on XNLI."),
        (0, "Tuning gains -5.4 points on XNLI."),
        (0, "Tuning gains minus 5.4 points on XNLI."),
        (0, "Tuning gains at least 5.4 points on XNLI."),
        (0, "Tuning gains more than 5.4 points on XNLI."),
        (0, "Tuning gains 5.4 points or more on XNLI."),
        (0, "Tuning gains 5.4 standard deviations on XNLI."),
        (0, "Tuning loses 5.4 points on XNLI."),
        (0, "Tuning does not gain 5.4 points on XNLI."),
        (0, "Tuning fails to gain 5.4 points on XNLI."),
        (0, "Tuning gains 5.4 to 9 points on XNLI."),
        (1, "Accuracy rises by 2.3% on TyDiQA."),
        (1, "Accuracy falls to 2.3% on TyDiQA."),
        (1, "Accuracy changes by +2.3% on TyDiQA."),
        (1, "Accuracy doesn’t fall by 2.3% on TyDiQA."),
        (2, "Our encoder is not trained on nine tasks."),
        (2, "Our encoder is trained on more than 9 tasks."),
        (3, "The gain is 7 points on PAWS-X."),
        (3, "The gain lies between 7 and 3 points on PAWS-X."),
        (4, "Errors rise from 12.4% to 9.8% on SWAG."),
        (4, "Errors drop by 9.8% on SWAG."),
        (5, "Pruning improves accuracy by 4.5 points on UDPOS."),
        (6, "GPT-2 and T5 consistently outperform the baseline by 6.5 points."),
        (7, "Tuning, as was hoped, improved NER by 8.8 points."),
        (8, "Training takes 3.5 days on a single machine."),
        (9, "The temperature is 4.5 degrees."),
        (10, "We see gains of 17 points on Tatoeba."),
        (10, "We see gains of at least 17 points on Tatoeba."),
        (11, "We gain 21 points on BUCC."),
        (11, "We gain more than 21 points on BUCC."),
    ],
)
def test_a_number_that_is_taken_another_way_is_not_agreed_to(row: int, claim: str) -> None:
    """Sign, bound, unit, direction, negation or hedge differ; the sentence itself agrees with itself."""
    assert held(ROWS[row], ROWS[row]).says == "agree"
    assert held(claim, ROWS[row]).says in ("unclear", "absent", "differ")


def test_up_to_is_not_a_value() -> None:
    """A bound in the source that the claim leaves out does not agree."""
    passage = "Accuracy on MLDoc rises by up to 17 points with bridge tasks."
    assert held("Accuracy on MLDoc rises by 17 points with bridge tasks.", passage).says == "unclear"
    assert held("Accuracy on MLDoc rises by up to 17 points with bridge tasks.", passage).says == "agree"


def test_a_list_keeps_its_order() -> None:
    """ "A, B: 1.5 and 2.5 points" is agreed to as it stands, and not turned round."""
    passage = "ALPHA and BETA gain 1.5 and 2.5 points on the benchmark."
    assert held("ALPHA and BETA gain 1.5 and 2.5 points on the benchmark.", passage).says == "agree"
    assert held("ALPHA and BETA gain 2.5 and 1.5 points on the benchmark.", passage).says != "agree"
    assert held("BETA and ALPHA gain 1.5 and 2.5 points on the benchmark.", passage).says != "agree"


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("A 2.5-to-many mapping gains 4.2 points.", "A one-to-many mapping gains 4.2 points."),
        ("GPT-4 gains 4.2 points.", "GPT-3 gains 4.2 points."),
        ("It moves US$ 12 billion and gains 4.2 points.", "It moves US$ 10 billion and gains 4.2 points."),
        ("Step 2 gains 4.2 points.", "Step 3 gains 4.2 points."),
    ],
)
def test_no_number_of_any_kind_may_be_new(claim: str, passage: str) -> None:
    """A number in a name, a list or a phrase that the passage has not: no agreement, whatever else agrees."""
    assert held(passage, passage).says == "agree"
    assert held(claim, passage).says != "agree"


def test_names() -> None:
    """Capitals inside, digits, and words that a text introduces; the first of a sentence is none by its capital."""
    assert names("Using XLM-R Large, we test mBERT in Basque. Results vary.") == {"xlmr", "large", "mbert", "basque"}
    assert introduced(["We present a new encoder, AMBER.", "Our model, dubbed FIRE-2, wins."]) == {"amber", "fire2"}


PAIRS = (("XNLI", "MLQA"), ("PAWS-X", "TyDiQA"), ("PAN-X", "XQuAD"), ("BUCC", "Tatoeba"))
SENTENCES = tuple(
    f"On {name} the {kind} model gains {one:g} points with {two} languages, {other} gains {three:g} points and "
    f"{more} tasks remain."
    for at, (name, other) in enumerate(PAIRS)
    for kind, one, two, three, more in (
        ("small", 1.5 + at, "nine", 3.5 + at, 40 + at), ("large", 12.25 - at, "fourteen", 7.0 + at, 110 + at),
        ("bridge", 21.3 + at, "six", 2.8 + at, 17 + at),
    )
)  # fmt: skip


@pytest.mark.parametrize("way", ["number", "exchange", "name"])
def test_a_thousand_tampered_figures(way: str) -> None:
    """Changed, exchanged, or hung on another name: none of a thousand is agreed to; all untouched ones are."""
    draw = rng("tests/evidence", way)
    done = 0
    assert all(held(each, each).says == "agree" for each in SENTENCES)
    while done < 1000:
        passage = SENTENCES[done % len(SENTENCES)]
        changed = _tamper.WAYS[way](passage, draw, ["Then ZULU-7 and DELTA came."])
        assert changed
        assert changed != passage
        assert held(changed, passage).says != "agree", changed
        done += 1
