"""A study made up for tests of the desk: real specs, predictions and scores in a real store, with numbers we choose."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from isogloss.core.metric import find
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, RunSpec, plain
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store

Share = Callable[[int, str, str, str, int], float]
"""(encoder, intermediate, task, language, seed) → share of right answers."""

RETRIEVAL = "layer={layer} pooling=mean centred={centred} margin=cosine direction=en-xx"
OTHERS = (
    "layer={layer} pooling=first centred={centred} margin=cosine direction=en-xx",
    "layer={layer} pooling=mean centred={centred} margin=cosine direction=xx-en",
)
"""Ways of retrieval that stand for nothing; they find more, by five and ten points."""


def build(
    folder: Path,
    share: Share,
    *,
    targets: Mapping[str, Sequence[str]],
    intermediates: Sequence[str] = ("nli", "qa"),
    encoders: int = 2,
    seeds: int | Sequence[Sequence[int]] = 2,
    n: int = 200,
    labels: int = 3,
    baselines: Mapping[str, float | Mapping[str, float]] | None = None,
    retrieval: Sequence[str] = (),
    ways: Sequence[str] = (),
    layers: int = 3,
    collapsed: Collection[tuple[int, str, str, int]] = (),
    title: str = "A made-up study",
    notes: Sequence[str] = (),
    name: str = "made_up",
    unlabelled: Collection[str] = (),
    curve: Callable[[RunSpec], list[tuple[int, float]]] = lambda _: [],
    learned: float = 0.0,
) -> Store:
    """A store that holds one finished study. Right answers are nested: a higher share adds right answers.

    `seeds` are so many, or those of each encoder; `ways` are further ways of retrieval; `collapsed` has (encoder,
    intermediate, task, seed) of runs that learned nothing, an empty task for the intermediate phase itself. Languages
    that are `unlabelled` are predicted, and have no gold answer and no score. `curve` gives the losses of a run.
    With `learned`, each intermediate phase has that share of right answers in a test of its own task, in English.
    """
    store = Store(folder)
    specs: dict[str, RunSpec] = {}
    evaluations: list[dict[str, Any]] = []

    fell = {"collapsed": "the loss ended where a blind guess's does"}

    def collapse(spec: RunSpec) -> dict[str, str]:
        by = {phase.stage: phase for phase in spec.phases}
        tasks = ["".join(by[stage].tasks) if stage in by else "" for stage in ("intermediate", "target")]
        at = (spec.phases[0].seed, tasks[0] or "none", tasks[1], spec.phases[-1].seed)
        return fell if at in collapsed and len(by) > 1 else {}

    def add(spec: RunSpec) -> RunSpec:
        while spec.run_id not in specs:
            specs[spec.run_id] = spec
            if not store.finished(spec.run_id):
                store.begin(spec)
                losses = {"losses": found} if (found := curve(spec)) else {}
                store.finish(spec, {"steps": 400, "seconds": 12.5, "tokens": 409_600, **losses, **collapse(spec)})
            if spec.parent is None:
                break
            spec = spec.parent
        return spec

    def evaluate(spec: RunSpec, task: str, found: tuple[Predictions, list[Score]]) -> None:
        key = f"{task}-all"
        store.save_evaluation(spec.run_id, key, *found, task=task, split="test", seconds=0.5)
        asked = {"languages": list(dict.fromkeys(found[0].language))} if unlabelled else {}
        evaluations.append({"run": spec.run_id, "task": task, "split": "test", "key": key, "data": "0" * 12, **asked})

    for encoder in range(encoders):
        pretrained = RunSpec(
            encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=2800, seed=encoder),)
        )
        for intermediate in ("", *intermediates):
            if not intermediate and retrieval:
                add(pretrained)
                evaluate(
                    pretrained,
                    "pairs",
                    _retrieved(pretrained.run_id, encoder, "none", retrieval, layers, share, 0, ways),
                )
            for seed in range(seeds) if isinstance(seeds, int) else seeds[encoder]:
                before = pretrained
                if intermediate:
                    before = pretrained.then(Phase(stage="intermediate", tasks=(intermediate,), steps=400, seed=seed))
                    if retrieval:
                        add(before)
                        found = _retrieved(before.run_id, encoder, intermediate, retrieval, layers, share, seed, ways)
                        evaluate(before, "pairs", found)
                    if learned:
                        add(before)
                        evaluate(
                            before, intermediate, answered(before.run_id, intermediate, {"en": learned}, n, labels)
                        )
                for task, languages in targets.items():
                    spec = before.then(Phase(stage="target", tasks=(task,), steps=200, seed=seed))
                    add(spec)
                    shares = {each: share(encoder, intermediate or "none", task, each, seed) for each in languages}
                    predicted, scores = answered(spec.run_id, task, shares, n, labels)
                    evaluate(spec, task, _blind(predicted, scores, unlabelled))
    for baseline, value in (baselines or {}).items():
        for task, languages in targets.items():
            shares = dict(value) if isinstance(value, Mapping) else dict.fromkeys(languages, value)
            store.save_evaluation(baseline, f"{task}-baseline", *answered(baseline, task, shares, n, labels))
    for task in targets if baselines else ():
        store.save_baselines(f"{task}-baseline", sorted(baselines or {}))
    tasks: dict[str, dict[str, Any]] = {
        task: _facts(task, "classification", languages, "accuracy", 1 / labels) for task, languages in targets.items()
    }
    for task in intermediates if learned else ():
        tasks.setdefault(task, _facts(task, "classification", ("en",), "accuracy", 1 / labels))
    if retrieval:
        tasks["pairs"] = _facts("pairs", "retrieval", retrieval, "retrieval_accuracy", 1 / 300)
    store.save_study(
        name,
        {
            "name": name,
            "title": title,
            "notes": list(notes),
            "runs": [
                {"id": run, "parent": spec.parent.run_id if spec.parent else None, "spec": plain(spec)}
                for run, spec in specs.items()
            ],
            "evaluations": evaluations,
            "baselines": [{"task": task, "split": "test", "key": f"{task}-baseline"} for task in targets if baselines],
            "tasks": tasks,
            "version": "0.1.0",
        },
    )
    return store


def _blind(
    found: Predictions, scores: list[Score], languages: Collection[str]
) -> tuple[Predictions, list[Score]]:  # fmt: skip
    """Without the gold answers of some languages."""
    golds = [None if code in languages else gold for code, gold in zip(found.language, found.gold, strict=True)]
    return replace(found, gold=golds), [each for each in scores if each.language not in languages]


def answered(run: str, task: str, shares: Mapping[str, float], n: int, labels: int) -> tuple[Predictions, list[Score]]:
    """Predictions with the given share of right answers in each language, and their accuracy."""
    names = [f"label {each}" for each in range(labels)]
    order = np.random.default_rng(7).permutation(n)
    columns: dict[str, list[Any]] = {"language": [], "id": [], "prediction": [], "gold": [], "confidence": []}
    for language, share in shares.items():
        right = order < round(share * n)
        columns["language"] += [language] * n
        columns["id"] += [f"{each}" for each in range(n)]
        columns["gold"] += [names[each % labels] for each in range(n)]
        columns["prediction"] += [names[(each + (not right[each])) % labels] for each in range(n)]
        columns["confidence"] += [0.9] * n
    predictions = Predictions(**columns)
    metric = find("accuracy")
    scores = []
    for language in shares:
        part = predictions.of(language)
        value = metric(part.prediction, part.gold)
        scores.append(_score(run, task, language, "accuracy", value, n))
    return predictions, scores


def _retrieved(
    run: str,
    encoder: int,
    intermediate: str,
    languages: Sequence[str],
    layers: int,
    share: Share,
    seed: int,
    ways: Sequence[str],
) -> tuple[Predictions, list[Score]]:
    scores = [
        _score(
            run,
            "pairs",
            language,
            "retrieval_accuracy",
            round(
                share(encoder, intermediate, f"pairs layer={layer} centred={centred}", language, seed) + place / 20, 3
            ),
            300,
            way.format(layer=layer, centred=centred),
        )
        for place, way in enumerate((RETRIEVAL, *ways))
        for layer in range(layers)
        for centred in ("no", "yes")
        for language in languages
    ]
    return Predictions(language=[], id=[], prediction=[], gold=[], confidence=[]), scores


def _score(run: str, task: str, language: str, metric: str, value: float, n: int, variant: str = "") -> Score:
    return Score(
        run=run,
        task=task,
        split="test",
        language=language,
        metric=metric,
        value=value,
        n=n,
        variant=variant,
        data="0123456789ab",
        tokenizer="ba9876543210",
        version="0.1.0",
    )


def _facts(task: str, kind: str, languages: Sequence[str], metric: str, chance: float) -> dict[str, Any]:
    return {
        "title": f"{task.capitalize()}, made up",
        "type": kind,
        "languages": list(languages),
        "metrics": [metric],
        "chance": chance,
        "labels": [],
        "trained_on": [task] if kind != "retrieval" else [],
        "benchmarks": [],
        "licence": "CC0-1.0",
        "cite": "Nobody 2000",
    }
