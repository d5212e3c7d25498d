"""The averages of XTREME and XTREME-R: whose cells, which means, and what is refused."""

import csv
from pathlib import Path

import pytest

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.folder import load
from isogloss.core.metric import find
from isogloss.core.score import Score
from isogloss.leaderboard.averages import BENCHMARKS, OFFICIAL, RULES, WHY, XTREME, XTREME_R, aggregate, cells_of


def one(task: str, language: str, value: float, **rest: str) -> Score:
    """A score of the metric that counts officially."""
    settings = {"run": "r", "metric": OFFICIAL[task]} | rest
    return Score(task=task, split="test", language=language, value=value, n=10, **settings)  # type: ignore[arg-type]


# XNLI, PAWS-X, POS, NER, F1 and EM of XQuAD, MLQA, TyDiQA, and the printed mean of the seven tasks:
# RemBERT's Table 16 (arXiv 2010.12821), XTREME test, without retrieval. FILTER's row is left out: its printed mean,
# 74.9, does not follow from its printed parts (74.4).
PRINTED = {
    "X-STILTs": (80.0, 87.9, 74.9, 64.0, 78.7, 63.3, 72.4, 53.7, 76.0, 59.5, 72.7),
    "XLM-R Large": (79.2, 86.4, 73.8, 65.4, 76.6, 60.8, 71.6, 53.2, 65.1, 45.0, 70.1),
    "VECO": (83.0, 91.1, 75.1, 65.7, 79.9, 66.3, 73.1, 54.9, 75.0, 58.9, 74.1),
    "RemBERT": (80.8, 87.5, 76.5, 70.1, 79.6, 64.0, 73.1, 55.0, 77.0, 63.0, 74.4),
}


@pytest.mark.parametrize("system", PRINTED)
def test_averages_are_those_printed(system: str) -> None:
    """The mean over seven tasks, QA as (F1 + EM) / 2, is the printed one of four systems, to the printed digit."""
    row = PRINTED[system]
    values = dict(zip(("xnli", "pawsx", "udpos", "panx"), row, strict=False))
    values |= {task: (row[at] + row[at + 1]) / 2 for task, at in (("xquad", 4), ("mlqa", 6), ("tydiqa", 8))}
    found = aggregate(
        {(task, code): values[task] for task, code in XTREME.cells if task in values}, XTREME, partial=True
    )
    assert found.total.value == pytest.approx(row[-1], abs=0.0501)
    assert {task for task, _ in found.total.missing} == {"bucc2018", "tatoeba"}


def test_a_task_is_the_mean_over_its_languages_english_included() -> None:
    """Two values over seven languages of PAWS-X: English counts like any other."""
    cells = dict.fromkeys(XTREME.cells, 0.5) | {("pawsx", "en"): 1.0}
    found = aggregate(cells, XTREME)
    assert found.tasks["pawsx"].value == pytest.approx((6 * 0.5 + 1.0) / 7)
    assert found.groups["classification"].value == pytest.approx((found.tasks["pawsx"].value + 0.5) / 2)
    assert found.total.value == pytest.approx((8 * 0.5 + found.tasks["pawsx"].value) / 9)


def test_a_missing_cell_is_refused() -> None:
    """One of 162 cells missing: no total, and the error says which."""
    cells = {cell: 0.5 for cell in XTREME.cells if cell != ("xnli", "sw")}
    with pytest.raises(MetricError, match=r"XTREME: 1 of \d+ cells have no score \(xnli sw\)"):
        aggregate(cells, XTREME)


def test_a_partial_average_is_marked() -> None:
    """Asked for, it is the mean over what is there, with the number and the names of what is not."""
    found = aggregate({("xnli", "en"): 0.8, ("xnli", "de"): 0.6, ("udpos", "en"): 0.9}, XTREME_R, partial=True)
    assert found.tasks["xnli"].value == pytest.approx(0.7)
    assert found.total.value == pytest.approx((0.7 + 0.9) / 2)
    assert found.total.cells == 3
    assert len(found.total.missing) == len(XTREME_R.cells) - 3
    assert found.plain()["groups"]["classification"]["missing"] == 13 + 11
    assert "qa" not in found.groups


def test_nothing_has_no_average() -> None:
    """Not even a partial one."""
    with pytest.raises(MetricError, match="none of its"):
        aggregate({("mnli", "en"): 1.0}, XTREME, partial=True)


def test_every_task_of_xtreme_r_counts_once() -> None:
    """Ten tasks, each in one group: XCOPA is not counted twice and LAReQA not left out, as in the official script."""
    grouped = [task for members in XTREME_R.groups.values() for task in members]
    assert sorted(grouped) == sorted(XTREME_R.languages)
    assert len(grouped) == len(set(grouped)) == 10
    assert len(XTREME_R.languages["lareqa"]) == 11


def test_the_metrics_that_count_exist_and_are_the_tasks_own() -> None:
    """Both rules name metrics of the folder, of the task's type; a reason stands where the rules differ."""
    for task in OFFICIAL:
        kind = load("tasks", task).type
        for rule in RULES:
            scored = find(RULES[rule][task]).type
            assert scored == kind or (kind, scored) == ("choice", "classification")
        assert RULES["official"][task] == RULES["corrected"][task] or task in WHY


def test_cells_come_from_scores() -> None:
    """What counts is taken, by the rule; another metric, or a task outside the benchmarks, is not."""
    scores = [
        one("udpos", "en", 0.8),
        one("udpos", "en", 0.9, metric="token_accuracy"),
        Score(run="r", task="sib200", split="test", language="en", metric="accuracy", value=0.3, n=5),
    ]
    assert cells_of(scores) == {("udpos", "en"): 0.8}
    assert cells_of(scores, "corrected") == {("udpos", "en"): 0.9}
    with pytest.raises(UnknownName, match="no rule named 'offical'"):
        cells_of(scores, "offical")


def test_a_cell_has_one_value() -> None:
    """Two runs, or two variants of a retrieval, are an error; a variant can be named."""
    several = [one("tatoeba", "de", 0.4, variant="layer=1"), one("tatoeba", "de", 0.6, variant="layer=2")]
    with pytest.raises(MetricError, match="tatoeba de has two scores"):
        cells_of(several)
    assert cells_of(several, variants={"tatoeba": "layer=2"}) == {("tatoeba", "de"): 0.6}
    with pytest.raises(MetricError, match=r"run r .* and run s"):
        cells_of([one("xnli", "de", 0.4), one("xnli", "de", 0.6, run="s")])


@pytest.mark.real
def test_languages_are_those_of_the_official_script(real: Path) -> None:
    """Language for language as read in google-research/xtreme's evaluate.py; LAReQA's list is empty there."""
    path = real.parent / "published" / "xtreme_tasks_languages.csv"
    if not path.is_file():
        pytest.skip("the published tables are not beside this checkout")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        ours = BENCHMARKS[row["version"].replace("-", "_")].languages[row["task"]]
        if row["task"] != "lareqa":
            assert sorted(ours) == sorted(row["langs"].split(","))
    assert len(rows) == len(XTREME.languages) + len(XTREME_R.languages)
