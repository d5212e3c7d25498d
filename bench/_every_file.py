"""A small store with a file of every kind that isogloss writes, made in a second: no model is trained.

A complete study with divergences, drifts, an analysis and a translation; runs finished, freed, with checkpoints and
their mean; one in progress with its state; caches.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, RunSpec, plain
from isogloss.store import seal
from isogloss.store.divergence import Divergence
from isogloss.store.layout import Weights
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from isogloss.store.study import COMPLETE
from isogloss.store.write import replacing, write_json
from isogloss.training import checkpoint, snapshots
from isogloss.translation.cache import Cache
from isogloss.translation.engine import Translation
from isogloss.translation.engine import plain as pieces

LANGUAGES = ("en", "de", "sw")
ROOTS = tuple(
    RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=8, seed=seed),))
    for seed in (0, 1)
)
TUNE = Phase(stage="target", tasks=("topics",), steps=4, checkpoints=2, average=2)
BASELINES = ("majority", "lexicon")


def build(folder: Path) -> Store:
    """The store."""
    store = Store(folder)
    leaves = tuple(root.then(TUNE) for root in ROOTS)
    for number, spec in enumerate((*ROOTS, *leaves)):
        _finish(store, spec, number)
    store.free(ROOTS[1].run_id)
    for spec in leaves:
        snapshots.mean(
            store.folder(spec.run_id), [snapshots.place(store.at.run(spec.run_id), 2), store.at.run(spec.run_id)]
        )
    evaluations = []
    for number, spec in enumerate((*ROOTS, *leaves)):
        for key in ("topics-test-0", "topics-test-mean-1"):
            store.save_evaluation(spec.run_id, key, *_tested(spec.run_id, number), seconds=1.5 + number)
            evaluations.append(
                {"run": spec.run_id, "task": "topics", "split": "test", "key": key, "languages": [*LANGUAGES]}
            )
    for number, name in enumerate(BASELINES):
        store.save_evaluation(name, "topics-test-0-x", *_tested(name, number), seconds=0.1)
    store.save_baselines("topics-test-0-x", BASELINES)
    for language in LANGUAGES[1:]:
        store.save_translation(f"made-train-{language}-0", {"task": "made", "kept": 3, "language": language})
        cache = Cache(store.at.sentences, "engine 1", language)
        cache.add([pieces("a sentence"), pieces("another")], [Translation((("ein Satz", ()),), 0), None])
    runs = [
        {"id": s.run_id, "parent": s.parent.run_id if s.parent else None, "spec": plain(s)} for s in (*ROOTS, *leaves)
    ]
    for name in ("one", "two"):
        _study(store, name, runs, evaluations)
    for key in ("0123456789abcdef", "fedcba9876543210"):
        store.save_vectors(key, np.random.default_rng(len(key)).standard_normal((12, 8)).astype(np.float32))
    store.cache("data", {"a/b/c": {"code": "x", "files": {}, "count": {"examples": 3}}})
    store.cache("dev-run", {"topics/en/0": [[1, 0.5], [2, 0.625]]})
    _begin(store)
    return store


def _study(store: Store, name: str, runs: list[Any], evaluations: list[Any]) -> None:
    tasks = {
        "topics": {"title": "Topics", "type": "classification", "languages": [*LANGUAGES], "metrics": ["accuracy"]}
    }
    store.save_study(name, {
        "name": name, "title": f"Study {name}", "runs": runs, "evaluations": evaluations, "tasks": tasks,
        "baselines": [{"task": "topics", "split": "test", "key": "topics-test-0-x"}],
        "translations": [f"made-train-{language}-0" for language in LANGUAGES[1:]], COMPLETE: True,
    })  # fmt: skip
    for part in ("a-0", "a-1"):
        rows = [
            Divergence(
                encoder=ROOTS[0].run_id, measure=measure, family="lexical", direction="distance", version="",
                intermediate=name, target="topics", split="test", language=language, value=0.125 * number, n=3, m=3,
            )
            for measure in ("jaccard", "mmd")
            for number, language in enumerate(LANGUAGES)
        ]  # fmt: skip
        store.save_divergences(name, part, rows)
    for part in ("de-0", "sw-0"):
        share = {"value": 0.25, "low": 0.2, "high": 0.3}
        told: dict[str, Any] = {
            "encoder": ROOTS[0].run_id,
            "task": "topics",
            "split": "test",
            "kind": "test",
            "language": part[:2],
        }
        told |= {"view": "", "pairs": 90, "too_long": 0, "n": 90, "below": share, "expected": 0.05, "drifted": share,
                 "calibration": {"threshold": 0.5, "hits": 0.9}, "calibrated": "synthetic", "data": name}  # fmt: skip
        store.save_drift(name, part, told)
    tables = {"outcomes.csv": f"a,b\n1,{name}\n", "verdicts.csv": "measure,verdict\njaccard,undecided\n"}
    store.save_analysis(name, {"study": name, "outcomes": [], "verdicts": []}, tables)


def _tested(run: str, number: int) -> tuple[Predictions, list[Score]]:
    draw = np.random.default_rng(number)
    columns: dict[str, list[Any]] = {"language": [], "id": [], "prediction": [], "gold": [], "confidence": []}
    for language in LANGUAGES:
        for row in range(30):
            columns["language"].append(language)
            columns["id"].append(f"test-{row}")
            columns["prediction"].append(f"label {draw.integers(3)}")
            columns["gold"].append(f"label {row % 3}")
            columns["confidence"].append(float(draw.random()))
    scores = [
        Score(run=run, task="topics", split="test", language=code, metric="accuracy", value=float(draw.random()), n=30)
        for code in LANGUAGES
    ]
    return Predictions(**columns), scores


def _weights(folder: Path, number: int) -> None:
    """Files as those of an encoder and its head."""
    draw, at = torch.Generator().manual_seed(number), Weights(folder)
    at.encoder.mkdir(parents=True)
    table = {"embeddings": torch.randn(40, 8, generator=draw)}
    save_file(table, at.encoder / "model.safetensors", {"format": "pt"})
    (at.encoder / "config.json").write_text(f'{{"hidden_size": 8, "number": {number}}}', encoding="utf-8")
    (at.encoder / "tokenizer.json").write_text(f'{{"model": ["a", "b", {number}]}}', encoding="utf-8")
    save_file({"topics/weight": torch.randn(3, 8, generator=draw)}, at.head, {"labels": "{}"})


def _finish(store: Store, spec: RunSpec, number: int) -> None:
    folder = store.begin(spec)
    if spec.phases[-1].checkpoints:
        with replacing(snapshots.place(folder, 2)) as draft:
            _weights(draft, number + 10)
            seal.list_files(draft)
    _weights(folder, number)
    store.finish(spec, {"steps": 4, "seconds": 2.5 + number, "losses": [[1, 1.1], [2, 0.9]]})


def _begin(store: Store) -> None:
    """Two runs in progress."""
    tensors: Mapping[str, torch.Tensor] = {"encoder/weight": torch.arange(64.0), "optimizer0/0/step": torch.tensor(3.0)}
    for number, root in enumerate(ROOTS):
        spec = root.then(Phase(stage="intermediate", tasks=("nli",), steps=9, checkpoints=3))
        folder = store.begin(spec)
        at = Weights(folder)
        checkpoint.write(at.state, {key: value + number for key, value in tensors.items()}, {"step": "3"})
        place = f"{folder.name}/state-attempts.json"
        write_json(folder / "state-attempts.json", {"attempts": [{"seed": number, "collapsed": "flat"}]}, place)
        attempt = folder / "state-attempt-1"
        attempt.mkdir()
        checkpoint.write(Weights(attempt).state, {key: value - number for key, value in tensors.items()}, {"step": "2"})
        with replacing(snapshots.place(attempt, 3)) as draft:
            _weights(draft, number + 30)
            seal.list_files(draft)
        with replacing(at.tokenizer) as draft:
            draft.mkdir()
            (draft / "tokenizer.json").write_text(f'{{"model": ["a", {number}]}}', encoding="utf-8")
            seal.list_files(draft)
        with replacing(snapshots.place(folder, 3)) as draft:
            _weights(draft, number + 20)
            seal.list_files(draft)
