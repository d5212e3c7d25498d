"""The scores of XTREME and XTREME-R: one number per task, per group of tasks, and for all.

A task is the mean over its languages, English included, of the metric that counts; extractive QA counts (F1 + EM) / 2.
A group, and the whole, is the unweighted mean over its tasks (Hu et al. 2020). Each of them exists under two rules:
"official", as the authors' script computes it, and "corrected", where that script is known to mislead (`WHY`).

XTREME-R's own script never gives a total: it lists no language for LAReQA, which is in no group, and puts XCOPA into
two. The total here is the one its paper describes: the unweighted mean over ten tasks in four groups, XCOPA with XNLI,
LAReQA with the retrieval tasks, its value the mean over the eleven languages of its questions.

A total that lacks a cell is refused unless asked for, and then says how many it lacks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import codes
from isogloss.core.score import Score
from isogloss.core.shown import some

Cells = Mapping[tuple[str, str], float]
"""(task, language) → the value that counts."""

QA = "exact_match+answer_f1"
BY_LANGUAGE = "mlqa_exact_match+mlqa_answer_f1"
OFFICIAL: Mapping[str, str] = {
    "xnli": "accuracy",
    "pawsx": "accuracy",
    "xcopa": "accuracy",
    "udpos": "run_f1",
    "panx": "span_f1",
    "xquad": QA,
    "mlqa": BY_LANGUAGE,
    "tydiqa": QA,
    "bucc2018": "bucc_f1",
    "tatoeba": "retrieval_accuracy",
    "mewslix": "mrr_at_20",
    "lareqa": "map_at_20",
}
CORRECTED: Mapping[str, str] = {**OFFICIAL, "udpos": "token_accuracy", "xquad": BY_LANGUAGE, "tydiqa": BY_LANGUAGE}
RULES: Mapping[str, Mapping[str, str]] = MappingProxyType({"official": OFFICIAL, "corrected": CORRECTED})
"""Rule → task → the metric that counts."""
WHY: Mapping[str, str] = MappingProxyType(
    {
        "udpos": "The official F1 takes runs of equal tags for names, so one wrong tag can cost two runs; corrected: "
        "token accuracy. With seqeval 1.0 or later the official script gives other figures than with the version that "
        "the benchmark was scored with (up to .38 points on spoilt predictions); these are the older one's.",
        "xquad": "The official script drops English articles and splits at spaces in every language; corrected: "
        "normalised as each language asks.",
        "tydiqa": "The official script drops English articles and splits at spaces in every language; corrected: "
        "normalised as each language asks.",
        "mewslix": "Called mAP@20 officially; with one gold entity per mention it is MRR@20, the same number.",
    }
)
"""Why two numbers stand side by side, or why a name differs; one sentence per task."""
_PANX = codes(
    "af ar bg bn de el en es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr ms my nl pt ru sw ta te th tl tr ur vi "
    "yo zh"
)
_UDPOS = codes("af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh")
_TATOEBA = codes(
    "af ar bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr nl pt ru sw ta te th tl tr ur vi zh"
)
_XNLI = codes("ar bg de el en es fr hi ru sw th tr ur vi zh")
_XQUAD = codes("ar de el en es hi ru th tr vi zh")
_MLQA = codes("ar de en es hi vi zh")
_TYDIQA = codes("ar bn en fi id ko ru sw te")


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Which tasks count, in which languages, in which groups."""

    name: str
    title: str
    groups: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, tuple[str, ...]]
    """Task → its languages."""

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Every (task, language) that counts."""
        return [(task, code) for task, members in self.languages.items() for code in members]


XTREME = Benchmark(
    name="xtreme",
    title="XTREME",
    groups={
        "classification": ("pawsx", "xnli"),
        "tagging": ("udpos", "panx"),
        "qa": ("xquad", "mlqa", "tydiqa"),
        "retrieval": ("bucc2018", "tatoeba"),
    },
    languages={
        "pawsx": codes("de en es fr ja ko zh"),
        "xnli": _XNLI,
        "udpos": _UDPOS,
        "panx": _PANX,
        "xquad": _XQUAD,
        "mlqa": _MLQA,
        "tydiqa": _TYDIQA,
        "bucc2018": codes("de fr ru zh"),
        "tatoeba": _TATOEBA,
    },
)
XTREME_R = Benchmark(
    name="xtreme_r",
    title="XTREME-R",
    groups={
        "classification": ("xnli", "xcopa"),
        "tagging": ("udpos", "panx"),
        "qa": ("xquad", "mlqa", "tydiqa"),
        "retrieval": ("tatoeba", "mewslix", "lareqa"),
    },
    languages={
        "xnli": _XNLI,
        "xcopa": codes("et ht id it qu sw ta th tr vi zh"),
        "udpos": _UDPOS + codes("lt pl uk wo ro"),
        "panx": _PANX + codes("qu pl uk az lt pa gu ro"),
        "xquad": _XQUAD + codes("ro"),
        "mlqa": _MLQA,
        "tydiqa": _TYDIQA,
        "tatoeba": _TATOEBA + codes("az lt pl uk ro"),
        "mewslix": codes("ar de en es fa ja pl ro ta tr uk"),
        "lareqa": _XQUAD,
    },
)
BENCHMARKS: Mapping[str, Benchmark] = MappingProxyType({each.name: each for each in (XTREME, XTREME_R)})
INTERMEDIATES = (
    "anli_plus", "ccg", "commonsenseqa", "cosmosqa", "hellaswag", "mnli", "qqp", "squad", "squad2",
)  # fmt: skip
"""The nine English tasks that Phang et al. 2020 train on before those of XTREME."""


@dataclass(frozen=True, kw_only=True)
class Average:
    """A mean, over how many cells, and which are missing."""

    value: float
    cells: int
    missing: tuple[tuple[str, str], ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON values; a partial average names what is missing."""
        found: dict[str, Any] = {"value": self.value, "cells": self.cells, "missing": len(self.missing)}
        if self.missing:
            found["missing_cells"] = [f"{task} {code}" for task, code in self.missing]
        return found


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """A benchmark's averages. Tasks and groups without a single cell are absent."""

    benchmark: str
    total: Average
    tasks: Mapping[str, Average]
    groups: Mapping[str, Average]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "benchmark": self.benchmark,
            "total": self.total.plain(),
            "groups": {name: each.plain() for name, each in self.groups.items()},
            "tasks": {name: each.plain() for name, each in self.tasks.items()},
        }


def aggregate(cells: Cells, benchmark: Benchmark, *, partial: bool = False) -> Aggregate:
    """All averages of a benchmark. Raises MetricError when a cell is missing, unless `partial`, or when all are.

    A partial mean is over what is there: it compares with nothing but a mean over the same cells.
    """
    missing = [cell for cell in benchmark.cells if cell not in cells]
    if len(missing) == len(benchmark.cells):
        raise MetricError(f"{benchmark.title}: none of its {len(missing)} cells (task and language) has a score.")
    if missing and not partial:
        shown = some((f"{task} {code}" for task, code in missing), 5)
        raise MetricError(
            f"{benchmark.title}: {len(missing)} of {len(benchmark.cells)} cells have no score ({shown}). "
            "Evaluate them, or ask for a partial average, which is marked as such."
        )
    tasks = {}
    for task, languages in benchmark.languages.items():
        there = [cells[task, code] for code in languages if (task, code) in cells]
        if there:
            lacking = tuple((task, code) for code in languages if (task, code) not in cells)
            tasks[task] = Average(value=sum(there) / len(there), cells=len(there), missing=lacking)
    groups = {
        name: _over(tasks, members, benchmark)
        for name, members in benchmark.groups.items()
        if any(task in tasks for task in members)
    }
    total = _over(tasks, tuple(benchmark.languages), benchmark)
    return Aggregate(benchmark=benchmark.name, total=total, tasks=tasks, groups=groups)


def cells_of(scores: Iterable[Score], rule: str = "official", variants: Mapping[str, str] | None = None) -> Cells:
    """What counts among the scores of one system. `variants` names the one to take where a task was done in several.

    Raises MetricError when a cell has two values: several runs, or several variants, are not one system.
    """
    if rule not in RULES:
        raise UnknownName.of("rule", rule, RULES)
    scores_of: dict[tuple[str, str], Score] = {}
    for score in scores:
        if RULES[rule].get(score.task) != score.metric or score.variant != (variants or {}).get(
            score.task, score.variant
        ):
            continue
        other = scores_of.setdefault((score.task, score.language), score)
        if other is not score:
            raise MetricError(
                f"{score.task} {score.language} has two scores: run {other.run} ({other.variant or 'no variant'}) and "
                f"run {score.run} ({score.variant or 'no variant'}). Choose one run and one variant per task."
            )
    return {cell: score.value for cell, score in scores_of.items()}


def _over(tasks: Mapping[str, Average], members: Sequence[str], benchmark: Benchmark) -> Average:
    there = [tasks[task] for task in members if task in tasks]
    gone = [(task, code) for task in members if task not in tasks for code in benchmark.languages[task]]
    return Average(
        value=sum(each.value for each in there) / len(there),
        cells=sum(each.cells for each in there),
        missing=(*(cell for each in there for cell in each.missing), *gone),
    )
