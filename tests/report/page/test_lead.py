"""The verdict at the top of the page, one made-up study for each: what it says, its badge, and its forty words."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from isogloss.analysis import ledger
from isogloss.analysis.ranking import rank
from isogloss.analysis.transfer import boards, usual
from isogloss.report import findings
from isogloss.report.page import lead
from isogloss.report.page.lead import WORDS, Lead
from isogloss.report.parts import names
from isogloss.store.store import Store
from study_in_store import build

LANGUAGES = ("en", "de", "sw")
CLEAR, ALIKE, OPEN, LOW = (0.1, 0.105, 0.095), (0.094, 0.104, 0.099), (-0.03, 0.05, 0.02), (-0.08, -0.085, -0.075)
Gains = Mapping[str, Sequence[float]]


def study(
    folder: Path,
    gains: Gains,
    encoders: int = 1,
    baselines: Mapping[str, float] | None = None,
    titles: Mapping[str, str] | None = None,
    none: float = 0.6,
) -> Store:
    """One target; a gain for each run of each intermediate task, encoders before seeds; English .1 above the others."""
    seeds = len(next(iter(gains.values()), (0,))) // encoders

    def share(encoder: int, intermediate: str, _task: str, language: str, seed: int) -> float:
        gain = gains[intermediate][encoder * seeds + seed] if intermediate in gains else 0.0
        return none + 0.1 * (language == "en") + gain

    made = build(
        folder, share, targets={"topics": LANGUAGES}, intermediates=tuple(gains), encoders=encoders, seeds=seeds,
        n=2000, baselines={"majority": 0.4} if baselines is None else baselines,
    )  # fmt: skip
    saved = made.study("made_up").plain()
    for name, title in (titles or {}).items():
        saved["tasks"][name] = saved["tasks"]["topics"] | {"title": title, "trained_on": []}
    made.save_study("made_up", saved)
    return made


def said(store: Store, name: str = "made_up") -> Lead:
    """Its verdict."""
    book = ledger.read(store, name)
    return lead.lead(rank(book, usual(boards(book, retrieval=False))), names.of(book), book.missing)


@pytest.mark.parametrize(
    ("gains", "encoders", "says", "because", "badge", "tone"),
    [
        ({"qa": CLEAR, "pos": OPEN, "ner": LOW}, 1, "Put qa first.", "raises the zero-shot score by 10.0 points [+",
         "found", "good"),
        ({"qa": CLEAR, "pos": ALIKE}, 1, "Put qa or pos first.", "They are not told apart; the first raises",
         "found", "good"),
        ({"qa": (0.1, 0.11, 0.09)}, 3, "Put qa first.", "in three of three encoders, and English by +10.0.",
         "found", "good"),
        ({"qa": (0.1, 0.1003)}, 2, "Put qa first.", "in both of two runs", "found", "good"),
        ({"qa": LOW, "pos": (-0.03, -0.032, -0.028)}, 1, "Nothing beats none.",
         "Both lower the zero-shot score, qa by 8.0 points [−", "found", "bad"),
        ({"qa": (0.0, 0.0005, -0.0005)}, 1, "Nothing beats none.",
         "One intermediate task compared; none can bring more", "found", "bad"),
        ({"qa": (0.02, 0.05)}, 1, "Not decided: about", "Qa leads with +3.5 points zero-shot [", "not decided", "open"),
        ({"qa": OPEN, "ner": LOW}, 1, "Not decided: about", "ner lowers it", "not decided", "open"),
        ({"qa": (-0.01, 0.086)}, 2, "Not decided: the two encoders disagree, so it takes a third.",
         "Qa leads with +3.8", "not decided", "open"),
        ({"qa": (0.1,)}, 1, "Not decided: one run each, not repeated.",
         "How many more seeds would decide cannot be said from one pair.", "", "open"),
        ({}, 1, "Nothing to compare yet.", "No run with an intermediate task", "", "open"),
    ],
)  # fmt: skip
def test_the_verdict_of_each_kind_of_study(
    tmp_path: Path, gains: Gains, encoders: int, says: str, because: str, badge: str, tone: str
) -> None:
    """What one helps by is said with what was repeated; one run each has no badge; bad news is not badged as good."""
    found = said(study(tmp_path, gains, encoders))
    assert found.says.startswith(says)
    assert because in found.because
    assert (found.badge, found.tone) == (badge, tone)
    assert found.words <= WORDS == 40


@pytest.mark.parametrize(
    ("none", "baselines", "because"),
    [
        (0.35, {"majority": 0.5}, "English itself was not learned on any target"),
        (0.6, {}, "No trivial baseline was scored"),
    ],
)
def test_what_the_page_warns_of_makes_no_verdict(
    tmp_path: Path, none: float, baselines: Mapping[str, float], because: str
) -> None:
    """Three runs with +10 points each, on a task that was not learned or has no baseline: nothing can be told."""
    found = said(study(tmp_path, {"qa": CLEAR}, none=none, baselines=baselines))
    assert (found.says, found.badge) == ("Nothing can be told.", "")
    assert found.because.startswith(because)


def test_an_intermediate_task_that_was_not_learned_is_not_praised(tmp_path: Path) -> None:
    """Two of qa's three intermediate runs collapsed: what is left is one pair, which is not repeated."""
    made = study(tmp_path, {"qa": (0.1, 0.12, 0.09)})
    for run, label in ledger.read(made, "made_up").labels.items():
        if (label.intermediate, label.target) == ("qa", "") and label.seed:
            made.finish(made.spec(run), {"steps": 1, "seconds": 1.0, "collapsed": "the loss is flat"})
    assert said(made).says == "Not decided: one run each, not repeated."


def test_one_of_several_whose_runs_were_lost_is_named(tmp_path: Path) -> None:
    """Two of ner's three intermediate runs collapsed, all of pos's are there: nothing else was "one run each"."""
    made = study(tmp_path, {"pos": (-0.03, 0.02, 0.0), "ner": (-0.1, -0.12, -0.09)})
    for run, label in ledger.read(made, "made_up").labels.items():
        if (label.intermediate, label.target) == ("ner", "") and label.seed:
            made.finish(made.spec(run), {"steps": 1, "seconds": 1.0, "collapsed": "the loss is flat"})
    found = said(made)
    assert (found.says, found.badge) == ("Not decided: only one run of ner can be read.", "not decided")
    assert found.because.startswith("None is above 0; the best is pos, −0.3 points zero-shot [")


def test_a_study_that_is_looked_at_half_way_is_hedged(tmp_path: Path) -> None:
    """+10 points in three seeds, one test missing: so far, and the badge says that it is unfinished."""
    made = study(tmp_path, {"qa": CLEAR})
    saved = made.study("made_up").plain()
    lost = saved["runs"][0]["id"]
    saved["evaluations"].append({"run": lost, "task": "topics", "split": "test", "key": "x", "data": ""})
    made.save_study("later", saved | {"name": "later"})
    found = said(made, "later")
    assert (found.says, found.badge, found.tone) == ("So far, put qa first.", "unfinished", "open")


def test_a_gain_that_holds_alone_but_not_among_all_is_undecided_and_says_so(tmp_path: Path) -> None:
    """Its own interval leaves out 0; among five intermediate tasks together it does not."""
    shape = {"qa": (0.02, 0.03, 0.04), **dict.fromkeys(("a", "b", "c", "d"), OPEN)}
    found = said(study(tmp_path, shape))
    assert found.says.startswith("Not decided: about")
    assert "not significant among five tasks" in found.because


def test_long_names_leave_the_verdict_within_forty_words(tmp_path: Path) -> None:
    """Three intermediate tasks of nine words each, not told apart."""
    title = "A task that takes no fewer than nine words {}"
    gains = dict.fromkeys(("qa", "pos", "ner"), ALIKE)
    found = said(study(tmp_path, gains, titles={name: title.format(name) for name in gains}))
    assert found.says.count("A task that takes no …") == 3
    assert found.words <= WORDS


def test_the_terminal_says_what_the_page_says(tmp_path: Path) -> None:
    """One question, one answer."""
    made = study(tmp_path, {"qa": CLEAR})
    found = said(made)
    assert f"{found.says} {found.because}" in findings.summary(made, "made_up")
