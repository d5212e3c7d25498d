"""Outcomes of transfer on a made-up study whose numbers are chosen, so every expected value is known by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from isogloss.analysis import ledger, tidy, transfer
from isogloss.analysis.transfer import Board
from isogloss.core.errors import UnknownName
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec
from study_in_store import build

LANGUAGES = ("en", "de", "sw", "th", "zh")
HARDNESS = {"en": 0.0, "de": 0.1, "sw": 0.3, "th": 0.2, "zh": 0.2}


def share(encoder: int, intermediate: str, _task: str, language: str, seed: int) -> float:
    """English .8 in the first encoder and .82 in the second; seeds .01 apart; qa adds .05 to all, nli .1 to German."""
    gain = {"qa": 0.05, "nli": 0.1 * (language == "de")}.get(intermediate, 0.0)
    return 0.8 + 0.02 * encoder + 0.01 * seed - HARDNESS[language] + gain


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> ledger.Ledger:
    """Two encoders, two seeds, three targets of which nli is an intermediate too."""
    store = build(
        tmp_path_factory.mktemp("store"),
        share,
        targets={"topics": LANGUAGES, "nli": LANGUAGES},
        baselines={"majority": 0.35, "lexicon": 0.5},
    )
    return ledger.read(store, "made_up")


@pytest.fixture(scope="module")
def board(book: ledger.Ledger) -> Board:
    """The one of the target task "topics"."""
    return transfer.boards(book)[0]


def test_every_score_is_a_row(book: ledger.Ledger) -> None:
    """Two encoders, three conditions, two seeds, two tasks and five languages make 120 rows."""
    assert len(book.rows) == 2 * 3 * 2 * 2 * 5
    assert len(book.baselines) == 2 * 2 * 5
    assert book.missing == 0


def test_runs_are_named_by_what_was_done(book: ledger.Ledger) -> None:
    """Encoder, its copy, intermediate, target and seed come from the phases."""
    found = {(row.label.replicate, row.label.intermediate, row.label.target, row.label.seed) for row in book.rows}
    assert ("1", "qa", "topics", 0) in found
    assert ("0", "none", "nli", 1) in found


def test_an_unknown_study_is_named(book: ledger.Ledger) -> None:
    """The nearest study is suggested."""
    with pytest.raises(UnknownName, match="Did you mean 'made_up'"):
        ledger.read(book.store, "made_app")


def test_conditions_begin_with_none(board: Board) -> None:
    """None stands first, and the means say how many runs and encoders are in them."""
    assert [each.intermediate for each in board.conditions] == ["none", "nli", "qa"]
    assert {(each.runs, each.encoders) for each in board.conditions} == {(4, 2)}


def test_outcomes_are_those_of_the_definition(board: Board) -> None:
    """English, mean of the others, gap, retention above chance, worst language, worst quarter: by hand.

    Over encoders 0 and 1 and seeds 0 and 1 English has mean .815 (.8 + .01 + .005), the others .2 less.
    """
    none = {name: sample.estimate().value for name, sample in board.conditions[0].outcomes.items()}
    assert none["english"] == pytest.approx(0.815)
    assert none["others"] == pytest.approx(0.615)
    assert none["gap"] == pytest.approx(0.2)
    assert none["worst"] == pytest.approx(0.515)
    assert none["quarter"] == pytest.approx(0.515)  # a quarter of four languages is one
    ratios = [(e - 0.2 - 1 / 3) / (e - 1 / 3) for e in (0.8, 0.81, 0.82, 0.83)]
    assert none["retention"] == pytest.approx(np.mean(ratios))
    assert board.conditions[0].worst_languages == ("sw",)


def test_gains_are_paired(board: Board) -> None:
    """qa gains .05 in every language; nli gains .1 in German only, .025 on the mean of the others."""
    nli, qa = board.conditions[1:]
    assert qa.outcomes["gain english"].estimate().value == pytest.approx(0.05)
    assert qa.outcomes["gain others"].estimate().value == pytest.approx(0.05)
    assert qa.outcomes["gain gap"].estimate().value == pytest.approx(0.0, abs=1e-9)
    assert nli.outcomes["gain english"].estimate().value == pytest.approx(0.0)
    assert nli.outcomes["gain others"].estimate().value == pytest.approx(0.025)
    assert nli.gains["de"].estimate().value == pytest.approx(0.1)
    assert not board.conditions[0].gains


def test_a_gains_interval_is_of_the_paired_difference(board: Board) -> None:
    """The two runs of a pair share their right answers, so the gain's error is that of the 5% that changed.

    200 examples, the same ids in every language and encoder, seeds shift the threshold by 2 examples: the error of the
    difference is close to the root of .05 * .95 / 200, far below that of two independent shares (.037).
    """
    sample = board.conditions[2].gains["zh"]
    assert sample.error == pytest.approx(np.sqrt(0.05 * 0.95 / 199), rel=0.2)
    assert sample.estimate().unit == "seeds"


def test_seed_deviation_is_within_encoders(board: Board) -> None:
    """Seeds are .01 apart in each encoder: SD .01/√2, whatever lies between the encoders."""
    assert board.conditions[0].scores["en"].seed_sd == pytest.approx(0.01 / np.sqrt(2))


def test_the_same_task_is_a_control(book: ledger.Ledger) -> None:
    """nli before nli is named as more steps of the same task."""
    board = next(each for each in transfer.boards(book) if each.task == "nli")
    assert [each.same_task for each in board.conditions] == [False, True, False]
    assert board.conditions[1].name == "nli (same task)"


def test_baselines_and_chance(board: Board) -> None:
    """The strongest trivial baseline stands for each language; Swahili at .515 does not clear .5."""
    assert board.strongest("sw") == ("lexicon", 0.5)
    assert board.conditions[0].near_chance == {"sw"}
    assert board.conditions[0].competent
    assert board.baseline_outcomes("majority")["others"] == pytest.approx(0.35)


def test_what_english_did_not_learn_is_marked(tmp_path: Path) -> None:
    """At the strongest baseline in English the board is not competent, is still there, and has no retention."""
    store = build(
        tmp_path, lambda *_: 0.4, targets={"topics": ("en", "de")}, baselines={"majority": 0.4}, seeds=1, encoders=1
    )
    (board,) = transfer.boards(ledger.read(store, "made_up"))
    assert [each.competent for each in board.conditions] == [False] * 3
    assert "retention" not in board.conditions[0].outcomes
    assert board.conditions[0].scores["de"].estimate().unit == "examples"


def test_three_encoders_are_the_unit(tmp_path: Path) -> None:
    """With three encoders the interval is Student's t over their means, widened by the test examples."""
    store = build(tmp_path, share, targets={"topics": ("en", "de")}, encoders=3, seeds=1, n=1000)
    (board,) = transfer.boards(ledger.read(store, "made_up"))
    found = board.conditions[0].outcomes["english"].estimate()
    assert found.unit == "encoders"
    spread = stats.t.ppf(0.975, 2) * 0.02 / np.sqrt(3)
    # the three share one test set and nested answers: the error is near that of one share of .82
    assert found.high - found.value == pytest.approx(np.hypot(spread, 1.96 * np.sqrt(0.82 * 0.18 / 999)), rel=0.02)


def test_retrieval_pairs_with_the_encoder_before_fine_tuning(tmp_path: Path) -> None:
    """Retrieval after an intermediate task, whatever its seed, is compared with the pretrained encoder itself."""
    store = build(
        tmp_path,
        lambda _e, intermediate, task, _l, _s: 0.5 + 0.1 * (intermediate == "qa") * ("centred=no" in task),
        targets={"topics": ("en", "de")},
        retrieval=("de", "sw"),
        layers=2,
    )
    boards = transfer.boards(ledger.read(store, "made_up"), retrieval=True)
    assert len(boards) == 4
    assert boards[0].way.layer == 0
    raw = next(each for each in boards if not each.way.centred)
    qa = next(each for each in raw.conditions if each.intermediate == "qa")
    assert qa.outcomes["gain others"].estimate().value == pytest.approx(0.1)
    assert "english" not in qa.outcomes
    assert (qa.runs, raw.conditions[0].runs) == (4, 2)


def test_tidy_rows_hold_scores_and_gains(book: ledger.Ledger) -> None:
    """One row per run and language; gains are absent, not zero, where nothing is to be compared."""
    rows = tidy.tidy(book)
    assert len(rows) == 120
    qa = [each for each in rows if each.label.intermediate == "qa" and each.task == "topics"]
    assert [each.gain for each in qa] == pytest.approx([0.05] * 20)
    assert {each.gain for each in rows if each.label.intermediate == "none"} == {None}
    assert qa[0].signature.startswith("run:")


def test_phases_of_one_name_are_told_apart() -> None:
    """Two intermediates on one task that differ in steps, and two encoders that differ in their start, are named so."""
    pretrain = Phase(stage="pretrain", tasks=("text",), steps=10)
    aligned = Phase(stage="pretrain", tasks=("text",), steps=10, start="aligned")
    short = Phase(stage="intermediate", tasks=("nli", "qa"), steps=5)
    long = Phase(stage="intermediate", tasks=("nli", "qa"), steps=50, seed=3)
    runs = [
        RunSpec(encoder=Architecture(), phases=(first, second))
        for first in (pretrain, aligned)
        for second in (short, long)
    ]
    found = ledger.label({each.run_id: each for each in runs}, {})
    assert {each.intermediate for each in found.values()} == {"nli+qa (steps=5)", "nli+qa (steps=50)"}
    assert {each.encoder for each in found.values()} == {"own encoder (start=random)", "own encoder (start=aligned)"}
    assert {each.seed for each in found.values()} == {0, 3}


def test_a_collapsed_run_is_in_no_mean_unless_all_are(tmp_path: Path) -> None:
    """One of two seeds collapsed: the mean is the other's, the condition says one collapsed, tidy rows keep and mark
    both; where every run of a condition collapsed, they are what is shown."""
    made = build(
        tmp_path, lambda *about: 0.5 + 0.1 * about[-1], targets={"nli": ("en", "de")}, intermediates=("qa",),
        encoders=1, seeds=2,
    )  # fmt: skip
    labels = ledger.read(made, "made_up").labels
    for run, label in labels.items():
        if label.target and (label.intermediate == "qa" or not label.seed):
            made.finish(made.spec(run), {"steps": 1, "seconds": 1.0, "collapsed": "the loss is flat"})
    found = ledger.read(made, "made_up")
    (board,) = transfer.boards(found)
    none, qa = board.conditions
    assert (none.collapsed, none.all_collapsed, none.runs) == (1, False, 1)
    assert none.outcomes["english"].estimate().value == pytest.approx(0.6)
    assert (qa.collapsed, qa.all_collapsed, qa.runs) == (2, True, 2)
    assert {bool(row.collapsed) for row in tidy.tidy(found) if row.label.intermediate == "none"} == {True, False}


def test_a_run_after_an_intermediate_task_that_was_not_learned_is_in_no_mean(tmp_path: Path) -> None:
    """The intermediate run of seed 0 collapsed: what follows it is left out of qa's mean, which is seed 1's alone."""
    made = build(
        tmp_path, lambda *about: 0.5 + 0.1 * about[-1], targets={"nli": ("en", "de")}, intermediates=("qa",),
        encoders=1, seeds=2,
    )  # fmt: skip
    for run, label in ledger.read(made, "made_up").labels.items():
        if label.intermediate == "qa" and not label.target and label.seed == 0:
            made.finish(made.spec(run), {"steps": 1, "seconds": 1.0, "collapsed": "the loss is flat"})
    found = ledger.read(made, "made_up")
    none, qa = transfer.boards(found)[0].conditions
    assert (none.collapsed, qa.collapsed, qa.runs) == (0, 1, 1)
    assert qa.outcomes["english"].estimate().value == pytest.approx(0.6)
    assert set(found.collapsed.values()) == {"qa was not learned before it: the loss is flat"}
