"""Submissions to the XTREME leaderboard: written from a store, and scored where the labels are at hand.

Both sides are folders `<task>/test-<language>.{tsv,json,jsonl}`. Every number exists twice: as the official script
counts it, and corrected (see `aggregate`). Values are in [0, 1].
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from isogloss.core.errors import MetricError, SpecError, StoreError
from isogloss.core.examples import Example
from isogloss.core.metric import find
from isogloss.core.task import Task
from isogloss.leaderboard.averages import BENCHMARKS, OFFICIAL, RULES, WHY, aggregate
from isogloss.leaderboard.files import FORMS, Rows, lines, name, read, squad, suffix
from isogloss.metrics import bucc_best_f1
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from isogloss.store.write import write_text

UNANSWERED = "\ue000"
"""Stands for the answer to a question that has no prediction; it equals nothing."""


def score(predictions: Path, labels: Path, *, lenient: bool = False, partial: bool = False) -> dict[str, Any]:
    """Score a folder of predictions against a folder of labels; plain data, ready for JSON.

    "tasks": per task and language n, what was counted and the scores by metric, and per rule the task's mean, and
    those of its parts where two metrics count together;
    "averages": per benchmark and rule its averages, or why there are none; "why": what the two rules differ in;
    "ignored": files that do not belong to the layout or have no labels. Missing and unknown ids raise MetricError;
    `lenient` counts a missing one as wrong and leaves an unknown one out, as the official scripts do. `partial` asks
    for averages over the cells that are there.
    """
    for folder in (predictions, labels):
        if not folder.is_dir():
            raise SpecError(f"{folder} is not a folder; give one that holds <task>/test-<language>.tsv.")
    tasks: dict[str, Any] = {}
    ignored: list[str] = []
    for task in FORMS:
        files = _languages(predictions, task)
        golds = _languages(labels, task)
        ignored += [str(path.relative_to(predictions)) for code, path in files.items() if code not in golds]
        both = {code: (path, golds[code]) for code, path in files.items() if code in golds}
        if both:
            tasks[task] = _task(task, both, lenient) | {"missing": sorted(golds.keys() - both.keys())}
    known = {predictions / name(task, code) for task, facts in tasks.items() for code in facts["languages"]}
    everything = {path for path in predictions.rglob("*") if path.is_file() and not path.name.startswith(".")}
    ignored = sorted({*ignored, *(str(path.relative_to(predictions)) for path in everything - known)})
    if not tasks:
        raise MetricError(
            f"{predictions} and {labels} have no file in common; expected, in both, files such as "
            f"{name('xnli', 'de')}. Tasks: {', '.join(FORMS)}."
        )
    return {
        "tasks": tasks,
        "averages": {benchmark: _averages(tasks, benchmark, partial=partial) for benchmark in BENCHMARKS},
        "why": {task: WHY[task] for task in tasks if task in WHY},
        "ignored": ignored,
    }


def submit(
    store: Store,
    folder: Path,
    *,
    runs: Sequence[str] = (),
    split: str = "test",
    labels: Path | None = None,
    find_task: Callable[[str], Task] | None = None,
    data: Path | None = None,
) -> dict[str, Any]:
    """Write the predictions of runs in the leaderboard's layout, and with `labels` their golds beside them.

    `runs` are ids or how they begin; none means all, and then each task must have been tested by one run only. With
    `find_task` and `data`, Tatoeba's lines are in XTREME's order (English sorted) for the languages on disk; the others
    are in the release's, which only labels written here match. Returns which run and languages each task's files are
    from.
    """
    chosen = _chosen(store, runs, split)
    if not chosen:
        raise StoreError(
            f"{store} has no {split} predictions for a task of the leaderboard; those are {', '.join(FORMS)}."
        )
    written: dict[str, Any] = {}
    for task, (run, key) in chosen.items():
        rows = store.predictions(run, task, split, key)
        if task == "bucc2018":
            rows = _mined(store, run, rows)
        in_order = []
        for language in rows.languages:
            here = rows.of(language)
            if task == "tatoeba" and find_task is not None and data is not None:
                of_task = find_task(task)
                if language in of_task.available(data, split):
                    here = _in_order(here, of_task.examples(data, split, language))
                    in_order.append(language)
            write_text(folder / name(task, language), lines(task, _predicted(task, here)))
            if labels is not None and len(here.labelled()):
                golds = _golds(task, here.labelled())
                text = squad(golds) if FORMS[task] == "answers" else lines(task, golds)
                write_text(labels / name(task, language), text)
        written[task] = {"run": run, "split": split, "languages": rows.languages, "examples": len(rows)}
        if task == "tatoeba":
            written[task]["in_official_order"] = in_order
    return written


def _languages(folder: Path, task: str) -> dict[str, Path]:
    end = f".{suffix(task)}"
    paths = sorted((folder / task).glob(f"test-*{end}"))
    return {path.name.removeprefix("test-").removesuffix(end): path for path in paths}


def _task(task: str, files: Mapping[str, tuple[Path, Path]], lenient: bool) -> dict[str, Any]:
    languages = {code: _cell(task, code, *paths, lenient) for code, paths in files.items()}
    means = {}
    for rule, metrics in RULES.items():
        name = metrics[task]
        scored = [cell["scores"] for cell in languages.values() if name in cell["scores"]]
        if scored:
            means[rule] = {"metric": name, "mean": fmean(each[name] for each in scored), "languages": len(scored)}
            if "+" in name:
                means[rule]["parts"] = {part: fmean(each[part] for each in scored) for part in name.split("+")}
    return {"languages": languages, **means}


def _cell(task: str, language: str, predictions: Path, labels: Path, lenient: bool) -> dict[str, Any]:
    golds, given = read(labels, task, language, gold=True), read(predictions, task, language, gold=False)
    counted = {"missing": 0, "unknown": 0, "empty": sum(not value for value in given.values() if value != 0)}
    if FORMS[task] == "pairs":  # pairs have no ids to miss: precision and recall count both sides
        keys = list(dict.fromkeys((*golds, *given)))
        pairs = [given.get(key, []) for key in keys], [golds.get(key, []) for key in keys]
        return {"n": sum(map(len, golds.values())), **counted, "scores": _scores(task, language, *pairs)}
    missing, unknown = [key for key in golds if key not in given], [key for key in given if key not in golds]
    with_ids = FORMS[task] in ("answers", "rankings")
    if (missing or unknown) and not with_ids:
        raise MetricError(
            f"{predictions} has {len(given)} predictions and {labels} {len(golds)} labels; give one for each, in order."
        )
    if (missing or unknown) and not lenient:
        seen = f"no prediction for {len(missing)} of {len(golds)} ids" if missing else f"{len(unknown)} unknown ids"
        raise MetricError(
            f"{predictions}: {seen}, such as '{(missing or unknown)[0]}'. Predict each id of {labels}, or ask for "
            "lenient scoring, which counts a missing one as wrong and says how many."
        )
    absent: Any = UNANSWERED if FORMS[task] == "answers" else []
    values = [given.get(key, absent) for key in golds]
    if task == "tatoeba":
        values, aligned = [[value] for value in values], [[value] for value in golds.values()]
    else:
        aligned = list(golds.values())
    counted |= {"missing": len(missing), "unknown": len(unknown)}
    try:
        scores = _scores(task, language, values, aligned)
    except MetricError as error:
        raise MetricError(f"{predictions}: {error}") from error
    return {"n": len(golds), **counted, "scores": scores}


def _scores(task: str, language: str, predictions: Sequence[Any], golds: Sequence[Any]) -> dict[str, float]:
    """Every metric of either rule, joint ones with their parts; one that is undefined is absent."""
    joint = dict.fromkeys(metrics[task] for metrics in RULES.values())
    found = {}
    for metric in map(find, dict.fromkeys(part for each in joint for part in (each, *each.split("+")))):
        sums = metric.rows(predictions, golds, [language] * len(golds)).sum(axis=0)
        try:
            found[metric.name] = metric.score(sums)
        except MetricError:
            continue
    return found


def _averages(tasks: Mapping[str, Any], benchmark: str, *, partial: bool) -> dict[str, Any]:
    averages: dict[str, Any] = {}
    for rule, metrics in RULES.items():
        cells = {
            (task, code): cell["scores"][metrics[task]]
            for task, facts in tasks.items()
            for code, cell in facts["languages"].items()
            if metrics[task] in cell["scores"]
        }
        try:
            averages[rule] = aggregate(cells, BENCHMARKS[benchmark], partial=partial).plain()
        except MetricError as error:
            averages[rule] = {"refused": str(error)}
    return averages


def _chosen(store: Store, runs: Sequence[str], split: str) -> dict[str, tuple[str, str]]:
    """Task → the one evaluation to write. Raises StoreError when several fit."""
    there: dict[str, list[tuple[str, str]]] = {}
    tested = set()
    for run, key in store.evaluations():
        if runs and not any(run.startswith(prefix) for prefix in runs):
            continue
        tested.add(run)
        about = store.about(run, key)
        if "perturbation" in about:
            continue
        if about["split"] == split and about["task"] in OFFICIAL and (runs or store.finished(run)):
            there.setdefault(about["task"], []).append((run, key))
    for prefix in runs:
        if not any(run.startswith(prefix) for run in tested):
            raise StoreError(f"no run that begins with '{prefix}' has predictions in {store}; `isogloss show`.")
    asked_for = {(each.run, each.key) for name in store.studies() for each in store.study(name).evaluations}
    for task, every in there.items():
        # A run tested again after its study asked for other languages or sizes: the study as it is now decides.
        there[task] = runs_of = [each for each in every if each in asked_for] or every
        if len(runs_of) > 1:
            listed = ", ".join(sorted({run for run, _ in runs_of}))
            raise StoreError(
                f"{task} ({split}) was tested {len(runs_of)} times, by: {listed}. A submission is one system: name the "
                "run of each task."
            )
    return {task: runs_of[0] for task, runs_of in there.items()}


def _predicted(task: str, rows: Predictions) -> Rows:
    values = [value.get("ids", []) if isinstance(value, dict) else value for value in rows.prediction]
    if task == "tatoeba":
        values = [_row(found[0]) if found else "" for found in values]
    if FORMS[task] == "rankings":
        values = [found[:20] for found in values]
    return dict(zip(rows.id, values, strict=True))


def _golds(task: str, rows: Predictions) -> Rows:
    golds = [_row(gold[0]) for gold in rows.gold] if task == "tatoeba" else rows.gold
    return dict(zip(rows.id, golds, strict=True))


def _row(candidate: str) -> int:
    """The row that a Tatoeba id such as "de-57" names."""
    return int(candidate.rsplit("-", 1)[-1])


def _in_order(rows: Predictions, examples: Sequence[Example]) -> Predictions:
    """Tatoeba's queries as XTREME has them: its English side is sorted, repeated sentences in file order."""
    text = {example.id: getattr(example, "text", "").strip() for example in examples}
    order = sorted(range(len(rows)), key=lambda row: text[rows.id[row]])
    return Predictions(
        **{
            column: [getattr(rows, column)[row] for row in order]
            for column in ("language", "id", "prediction", "gold", "confidence")
        }
    )


def _mined(store: Store, run: str, rows: Predictions) -> Predictions:
    """BUCC's pairs at the threshold that is best on dev, per language. Raises UnknownName without a dev evaluation."""
    dev = store.predictions(run, "bucc2018", "dev")
    parts = []
    for language in rows.languages:
        tuned, here = dev.of(language), rows.of(language)
        least = bucc_best_f1.threshold(tuned.prediction, tuned.gold)
        parts.append(
            Predictions(
                language=here.language,
                id=here.id,
                prediction=bucc_best_f1.above(here.prediction, least),
                gold=here.gold,
                confidence=here.confidence,
            )
        )
    return Predictions.joined(parts)
