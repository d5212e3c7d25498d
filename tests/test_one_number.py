"""One question, one number: whatever two outputs of a study both show, they print alike (tests/one_number.py)."""

import numpy as np
import pytest

import told
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from one_number import Walk, Walked, differing
from study_in_store import OTHERS, build

LANGUAGES = ("en", "de", "fi", "sw", "zh")
OUTPUTS = {"run", "page", "table", "figure", "figure of gains", "page's overview", "table's overview", "page's matrix",
           "page's verdicts", "table's verdicts", "show", "show as JSON", "scores.csv", "analyse", "analyse as JSON",
           "analysis on the page", "outcomes.csv", "verdicts.csv", "claims", "claims as JSON",
           "claims on the page", "sentences of run", "sentences of the page", "sentences of analyse", "ranking",
           "ranking, as drawn", "measure", "page's measures", "file of measures", "divergences.csv",
           "figure of divergence", "semdiv", "semdiv as JSON"}  # fmt: skip


def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
    """Every run differs from every other, so that no two means agree by chance."""
    base = 0.8 - 0.05 * LANGUAGES.index(language) - 0.3 * task.startswith("pairs")
    helped = 0.08 * (intermediate == "qa") * (1 + encoder)
    told = [encoder, seed, *map(ord, f"{intermediate} {task} {language}")]
    return base + helped + 0.05 * float(np.random.default_rng(told).standard_normal())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """As of the demo: two encoders, of which one has two seeds, and runs that collapsed before and after."""
    made: Store = build(
        tmp_path_factory.mktemp("store"),
        share,
        targets={"topics": LANGUAGES, "places": LANGUAGES},
        seeds=((0, 2), (1,)),
        baselines={"majority": 0.35, "lexicon": 0.4},
        retrieval=LANGUAGES[1:],
        ways=OTHERS,
        collapsed={(0, "none", "places", 2), (0, "nli", "", 0), (1, "qa", "topics", 1)},
    )
    study = made.study("made_up")
    roots = sorted({spec.pretrained.run_id for spec in study.specs.values()})
    random = np.random.default_rng(5)
    rows = [
        Divergence(
            encoder=root, measure=measure, version="", family="lexical", direction="distance", intermediate=first,
            target=task, split="test", language=code, value=float(random.random()), layer=None, pooling="", n=9, m=9,
        )
        for root in roots for measure in ("jaccard", "jensen_shannon") for first in ("nli", "qa")
        for task in ("topics", "places", "pairs") for code in LANGUAGES
    ]  # fmt: skip
    rows += [
        Divergence(
            encoder=root, measure="mexa", version="raw", family="alignment", direction="similarity", intermediate="",
            target="", split="test", language=code, value=float(random.random()), layer=1, pooling="mean", n=9, m=9,
        )
        for root in roots for code in LANGUAGES[1:]
    ]  # fmt: skip
    made.save_divergences("made_up", "all", rows)
    for number, code in enumerate(LANGUAGES[1:]):
        for kind, task, split in (
            ("test", "topics", "test"),
            ("test", "places", "test"),
            ("training", "nli_de", "train"),
        ):
            lost = 0.03 * (number + 1) + 0.01 * len(kind)
            below, drifted = ({"value": part, "low": part / 2, "high": part * 1.5} for part in (lost + 0.05, lost))
            made.save_drift(
                "made_up",
                f"{code}-{kind}-{task}",
                {
                    "task": task,
                    "split": split,
                    "language": code,
                    "kind": kind,
                    "engine": "",
                    "encoder": roots[0],
                    "view": "",
                    "pairs": 90,
                    "too_long": 0,
                    "n": 90,
                    "below": below,
                    "expected": 0.05,
                    "drifted": drifted,
                    "calibration": {"threshold": 0.5, "hits": 0.9 - lost, "method": ""},
                    "calibrated": "synthetic",
                },
            )
    return made


@pytest.fixture(scope="module")
def walked(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """All its numbers."""
    return Walk(store, "made_up", tmp_path_factory.mktemp("page")).all()


def test_no_two_outputs_print_one_number_differently(walked: Walked) -> None:
    """Terminal, page, tables and figures as CSV, JSON, claims and analysis, to the digit that is printed."""
    assert list(differing(walked)) == []


def test_every_output_shares_numbers_with_others(walked: Walked) -> None:
    """The walk reads what it says it reads: no output falls out of it unseen, and almost all numbers are shared."""
    shared = [outputs for outputs in walked.values() if len(outputs) > 1]
    assert {output for outputs in shared for output in outputs} >= OUTPUTS
    assert len(shared) > 0.9 * len(walked) > 200


def test_the_walk_sees_a_difference(walked: Walked) -> None:
    """A tenth of a point in one output, and an interval's end in another, are told."""
    number = ("score", "topics last", "none", "english")
    one = {number: walked[number] | {"run": "12.3"}}
    assert "run 12.3" in next(differing(one))
    assert next(differing({number: {"run": "1.0 [0.5, 1.5]", "page": "1.0 [0.4, 1.5]", "show": "1.0"}}))
    assert not list(differing({number: {"run": "1.0 [0.5, 1.5]", "show": "1.0"}}))


def test_the_mean_is_over_encoders_each_the_mean_of_its_seeds(walked: Walked) -> None:
    """By hand from the shares: encoder 0 has seeds 0 and 2, encoder 1 seed 1; 200 answers round them."""
    of = {(e, s): round(200 * share(e, "none", "topics", "en", s)) / 200 for e, s in ((0, 0), (0, 2), (1, 1))}
    expected = ((of[0, 0] + of[0, 2]) / 2 + of[1, 1]) / 2
    assert walked["score", "topics last", "none", "english"]["run"].split(" ")[0] == f"{100 * expected:.1f}"


def test_numbers_within_sentences_are_read() -> None:
    """Of every kind of sentence: a gain with English and the gap beside it, the first line, an effect, a count."""
    firsts, tasks = {"Parts of speech": "pos", "Topics": "topic"}, {"Questions": "qa"}
    told_gain = (
        "most for Parts of speech before Questions (−17.5 points, 95% interval [−24.6, −10.5]), where English itself "
        "changed by −9.0 and its gap to the others grew by 8.5. The lowest is Topics before Questions in German (−2.0 "
        "points, one run each, not repeated)."
    )
    assert {number: text for text, number in told.gains(told_gain, firsts, tasks, {"German": "de"})} == {
        ("gain", "qa", "pos", "others"): "−17.5 [−24.6, −10.5]",
        ("gain", "qa", "pos", "english"): "−9.0",
        ("gain of gap", "qa", "pos", ""): "8.5",
        ("gain", "qa", "topic", "de"): "−2.0",
    }
    raised = "Put topics first. It raises the zero-shot score by 3.1 points [+1.0, +5.2] in three of three encoders."
    assert list(told.leads(raised, firsts)) == [("3.1 [+1.0, +5.2]", ("size of the mean gain", "topic"))]
    best = "None is above 0; the best is topics, −1.2 points zero-shot [−4.0, +1.6]; parts of speech lowers it."
    assert list(told.leads(best, firsts)) == [("−1.2 [−4.0, +1.6]", ("mean gain", "topic"))]
    worst = "All three lower the zero-shot score, parts of speech by 17.5 points [−24.6, −10.5]."
    assert list(told.leads(worst, firsts)) == [("17.5 [−24.6, −10.5]", ("size of the mean gain", "pos"))]
    effect = "The nearest is MMD (raw) on gap to English (worse by +1.8 [−0.6, +4.3] points per standard deviation: a"
    assert list(told.slopes(effect, {"MMD (raw)": "mmd (raw)", "MMD": "mmd"}, {"gap to English": "gap"})) == [
        ("+1.8 [−0.6, +4.3]", ("effect", "mmd (raw)", "gap"))
    ]
    counts = "Of 12 effects of a measure on an outcome, 3 are supported. For 2 an effect of interest is ruled out."
    assert list(told.verdicts(counts)) == [("supported", "3"), ("refuted", "2")]
