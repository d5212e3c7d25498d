"""Which intermediate task should come first: one small made-up study for each answer, its gains chosen by hand."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from isogloss.analysis import candidates, ledger, transfer
from isogloss.analysis.ranking import Ranking, rank
from study_in_store import build

LANGUAGES = ("en", "de", "sw")
Gains = Mapping[str, Sequence[float]]
"""Intermediate task → gain of each run, encoders before seeds."""


def study(
    folder: Path,
    gains: Gains,
    encoders: int = 1,
    seeds: int = 3,
    targets: Sequence[str] = ("topics",),
    baselines: Mapping[str, float] | None = None,
    none: float = 0.6,
    only: Callable[[str, str], float] = lambda *_: 1.0,
) -> Ranking:
    """English .1 above the others; a gain is the same in every language, times `only` of it on a target."""

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
        gain = gains[intermediate][encoder * seeds + seed] if intermediate in gains else 0.0
        return none + 0.1 * (language == "en") + gain * only(intermediate, task)

    store = build(
        folder, share, targets=dict.fromkeys(targets, LANGUAGES), intermediates=tuple(gains), encoders=encoders,
        seeds=seeds, n=2000, baselines={"majority": 0.4} if baselines is None else baselines,
    )  # fmt: skip
    book = ledger.read(store, "made_up")
    return rank(book, transfer.boards(book, retrieval=False))


CLEAR, OPEN, LOW = (0.1, 0.105, 0.095), (-0.03, 0.05, 0.01), (-0.08, -0.085, -0.075)


def test_one_that_helps_and_others_that_do_not_comes_first(tmp_path: Path) -> None:
    """+10 points in each of three seeds beside one that is open and one that does harm."""
    found = study(tmp_path, {"qa": CLEAR, "pos": OPEN, "ner": LOW})
    assert (found.kind, found.best, found.harmful) == ("first", ("qa",), ("ner",))
    assert [each.intermediate for each in found.candidates] == ["qa", "pos", "ner"]
    assert found.candidates[0].value == pytest.approx(0.1)


def test_two_that_help_alike_are_a_tie(tmp_path: Path) -> None:
    """+10.0 and +9.9 points are not told apart; +10 and +5 are."""
    assert study(tmp_path / "a", {"qa": CLEAR, "nli": (0.094, 0.104, 0.099)}).best == ("qa", "nli")
    found = study(tmp_path / "b", {"qa": CLEAR, "nli": (0.05, 0.055, 0.045)})
    assert (found.kind, found.best) == ("first", ("qa",))


def test_nothing_helps_when_a_gain_of_a_point_is_ruled_out(tmp_path: Path) -> None:
    """−8 and −3 points: both intervals end below +1."""
    found = study(tmp_path, {"qa": LOW, "nli": (-0.03, -0.032, -0.028)})
    assert (found.kind, found.harmful) == ("none", ("nli", "qa"))


def test_what_is_open_says_how_many_seeds_would_decide_it(tmp_path: Path) -> None:
    """+1 point with a spread of 4 over three seeds is undecided, and needs many more."""
    found = study(tmp_path, {"qa": OPEN})
    assert found.kind == "undecided"
    assert found.needed is not None
    assert (found.needed.unit, found.needed.why) == ("seeds", "")
    assert (found.needed.more or 0) > 20


def test_one_pair_of_runs_is_not_repeated(tmp_path: Path) -> None:
    """+10 points from a single pair, whatever its interval over examples: nothing is found, and none can say how many
    seeds would be enough."""
    found = study(tmp_path, {"qa": CLEAR}, seeds=1)
    assert (found.kind, found.best) == ("unrepeated", ())
    assert found.needed is not None
    assert found.needed.why == "one pair"


def test_two_runs_of_opposite_sign_decide_nothing(tmp_path: Path) -> None:
    """−1.0 and +8.6 points from two encoders."""
    found = study(tmp_path, {"qa": (-0.01, 0.086)}, encoders=2, seeds=1)
    assert (found.kind, found.needed and found.needed.why) == ("undecided", "sign")


def test_what_was_not_learned_is_not_read(tmp_path: Path) -> None:
    """English at .45 does not clear a baseline of .5, and a task without a baseline has nothing to clear."""
    found = study(tmp_path / "a", {"qa": CLEAR}, none=0.35, baselines={"majority": 0.5})
    assert (found.kind, [*found.unread["qa"].values()]) == ("unread", [candidates.UNLEARNED])
    found = study(tmp_path / "b", {"qa": CLEAR}, baselines={})
    assert (found.kind, [*found.unread["qa"].values()]) == ("unread", [candidates.BARE])


def test_what_is_at_the_ceiling_of_a_baseline_is_not_read(tmp_path: Path) -> None:
    """All languages at 100 where a trivial baseline is there too: English was learned, and no gain can be seen."""
    store = build(
        tmp_path, lambda *_: 1.0, targets={"topics": LANGUAGES}, intermediates=("qa",), encoders=1, seeds=3,
        baselines={"bag of words": 1.0, "majority": 0.4},
    )  # fmt: skip
    book = ledger.read(store, "made_up")
    found = rank(book, transfer.boards(book))
    assert (found.kind, [*found.unread["qa"].values()]) == ("unread", [candidates.FULL])


def test_where_only_english_was_tested_nothing_is_known_of_transfer(tmp_path: Path) -> None:
    """Pairs of runs are there, and no other language: that is the reason, not that a run has no partner."""
    store = build(
        tmp_path, lambda *_: 0.7, targets={"topics": ("en",)}, intermediates=("qa",), encoders=1, seeds=3,
        baselines={"majority": 0.4},
    )  # fmt: skip
    book = ledger.read(store, "made_up")
    found = rank(book, transfer.boards(book))
    assert (found.kind, [*found.unread["qa"].values()]) == ("unread", [candidates.ALONE])


def test_nothing_is_compared_without_an_intermediate_task(tmp_path: Path) -> None:
    """A study of direct transfer alone."""
    assert study(tmp_path, {}).kind == "nothing"


def test_the_mean_over_targets_leaves_out_a_task_before_itself(tmp_path: Path) -> None:
    """qa brings +10 on topics and +5 on pos: +7.5 on both. pos before pos is a control: topics alone."""
    found = study(
        tmp_path, {"qa": CLEAR, "pos": CLEAR}, targets=("topics", "pos"),
        only=lambda intermediate, task: 0.5 if (intermediate, task) == ("qa", "pos") else 1.0,
    )  # fmt: skip
    qa = next(each for each in found.candidates if each.intermediate == "qa")
    pos = next(each for each in found.candidates if each.intermediate == "pos")
    assert qa.value == pytest.approx(0.075, abs=1e-3)
    assert [each[0] for each in qa.targets] == ["topics", "pos"]
    assert [pair.gain for pair in qa.pairs] == pytest.approx([0.075, 0.0788, 0.0712], abs=1e-3)
    assert [each[0] for each in pos.targets] == ["topics"]
    assert [*found.unread["pos"].values()] == [candidates.SAME]


def test_on_one_target_the_gain_is_that_of_its_table(tmp_path: Path) -> None:
    """One question, one number: value, interval and English are those of the board, with two encoders and two seeds."""
    gains = {"qa": (0.1, 0.12, 0.08, 0.07)}

    def share(encoder: int, intermediate: str, _task: str, language: str, seed: int) -> float:
        return 0.6 + 0.1 * (language == "en") + (gains["qa"][2 * encoder + seed] if intermediate == "qa" else 0.0)

    store = build(tmp_path, share, targets={"topics": LANGUAGES}, intermediates=("qa",), baselines={"majority": 0.4})
    book = ledger.read(store, "made_up")
    (board,) = transfer.boards(book)
    (one,) = rank(book, [board]).candidates
    outcomes = board.conditions[1].outcomes
    assert one.gain.estimate() == outcomes["gain others"].estimate()
    assert one.english.estimate() == outcomes["gain english"].estimate()


def test_a_pair_that_lost_a_target_is_in_no_mean(tmp_path: Path) -> None:
    """Seed 0 of qa collapsed on nli: the mean over both targets is that of the two pairs that have both."""
    gains = {"qa": (0.3, 0.1, 0.12)}

    def share(_encoder: int, intermediate: str, _task: str, language: str, seed: int) -> float:
        return 0.5 + 0.1 * (language == "en") + (gains["qa"][seed] if intermediate == "qa" else 0.0)

    store = build(
        tmp_path, share, targets={"topics": LANGUAGES, "nli": LANGUAGES}, intermediates=("qa",), encoders=1, seeds=3,
        baselines={"majority": 0.4},
    )  # fmt: skip
    for run, label in ledger.read(store, "made_up").labels.items():
        if (label.intermediate, label.target, label.seed) == ("qa", "nli", 0):
            store.finish(store.spec(run), {"steps": 1, "seconds": 1.0, "collapsed": "the loss is flat"})
    book = ledger.read(store, "made_up")
    (one,) = rank(book, transfer.boards(book)).candidates
    assert [pair.seed for pair in one.pairs] == [1, 2]
    assert one.value == pytest.approx(0.11)
