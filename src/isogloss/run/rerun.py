"""Train a run of the store again, in a scratch folder, and say whether it comes out the same."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.models.place import here
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.plan.twins import learned
from isogloss.run import retries, weights
from isogloss.run.execute import evaluate
from isogloss.store.layout import Weights
from isogloss.store.run_record import RunRecord, read
from isogloss.store.store import Store
from isogloss.store.write import scratch

LOST = "its weights were freed by gc, so they cannot be compared"


def rerun(site: Site, run_id: str, say: Callable[[int, int], None]) -> dict[str, Any]:
    """Train and test a finished run again from its stored parent; nothing that the store has is changed.

    The scratch folder lies beside the run under a name that `gc` removes once this process is gone, however it ends; in
    the temporary folder where the store may not be written.
    Returns, for weights, losses and scores, the largest difference (0 = the same to the bit) and how many there are.
    Raises SpecError for a run that trained nothing, StoreError when the parent's weights are gone.
    """
    store = site.store
    spec, record = here(store.spec(run_id), store), store.record(run_id)
    if not spec.phases:
        raise SpecError(f"run {run_id} is a published encoder as it is: nothing was trained.")
    parent = weights.parent_folder(site, spec)
    named = learned(store, spec)
    with scratch(store.at.run(run_id)) as apart:
        again = Store(apart)
        folder = again.begin(spec)
        trained = replace(site, precision=_precision(record, record.precision))
        new = retries.train(trained, named, folder=folder, parent=parent, report=say)
        again.finish(spec, new)
        comparison: dict[str, Any] = {
            "run": run_id,
            "weights": _weights(store.folder(run_id), folder) if store.finished(run_id) else {"absent": LOST},
            "losses": _losses(record, read(new)),
            "scores": _scores(site, replace(site, store_root=apart), record),
        }
        parts = [comparison[name] for name in ("weights", "losses", "scores")]
        comparison["same"] = all(each.get("largest") == 0 for each in parts if "absent" not in each)
        changed = {
            name: [record.versions.get(name), version]
            for name, version in new["versions"].items()
            if record.versions.get(name) != version
        }
        return comparison | {"versions_changed": changed}


def sentence(comparison: dict[str, Any]) -> list[str]:
    """The same for a person."""
    lines = []
    for name in ("weights", "losses", "scores"):
        each = comparison[name]
        if "absent" in each:
            lines.append(f"{name}: not compared: {each['absent']}.")
        elif each["largest"] == 0:
            lines.append(f"{name}: all {each['compared']:,} identical to the bit.")
        elif each["largest"] is None:
            lines.append(f"{name}: they are not the same in number or shape.")
        else:
            lines.append(
                f"{name}: {each['differ']:,} of {each['compared']:,} differ, by {each['largest']:.3g} at most."
            )
    for name, (old, new) in comparison["versions_changed"].items():
        lines.append(f"{name} was {old or 'not recorded'}, is {new}.")
    return lines


def _weights(old: Path, new: Path) -> dict[str, Any]:
    import torch

    largest, compared, differ = 0.0, 0, 0
    for before, after in _states(Weights(old), Weights(new)):
        if {key: value.shape for key, value in before.items()} != {key: value.shape for key, value in after.items()}:
            return {"largest": None, "compared": compared, "differ": differ}
        for key, value in before.items():
            compared += value.numel()
            if not torch.equal(value, after[key]):
                off = (value.double() - after[key].double()).abs()
                largest, differ = max(largest, float(off.max())), differ + int((off > 0).sum())
    return {"largest": largest, "compared": compared, "differ": differ}


def _states(old: Weights, new: Weights) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Encoder and head of both. Encoders that are not laid out alike (one is of an older version) are opened whole."""
    from safetensors.torch import load_file

    from isogloss.models.open import load

    names = sorted(path.name for path in old.encoder.glob("*.safetensors"))
    if names == sorted(path.name for path in new.encoder.glob("*.safetensors")):
        yield from ((load_file(old.encoder / name), load_file(new.encoder / name)) for name in names)
    else:
        yield load(old.encoder).model.state_dict(), load(new.encoder).model.state_dict()
    yield load_file(old.head), load_file(new.head) if new.head.is_file() else {}


def _losses(old: RunRecord, new: RunRecord) -> dict[str, Any]:
    if old.losses is None:
        return {"absent": "its record has none"}
    return _compared([loss for _, loss in old.losses], [loss for _, loss in new.losses or ()])


def _precision(record: RunRecord, stated: str) -> str:
    """What a result was computed in. Where nothing is stated it was float32, or a GPU's usual."""
    return stated or ("auto" if record.device.startswith("cuda") else "float32")


def _scores(site: Site, again: Site, record: RunRecord) -> dict[str, Any]:
    """Every evaluation that a saved study names, and that the store has."""
    run_id = again.store.runs()[0]
    old: list[float] = []
    new: list[float] = []
    tests = {
        each.key: each
        for name in site.store.studies()
        for each in site.store.study(name).evaluations
        if each.run == run_id and site.store.evaluated(run_id, each.key)
    }
    for key, test in tests.items():
        job = Job(
            kind="evaluate", id=f"{run_id}/{key}", title=key, run=site.store.spec(run_id), task=test.task,
            split=test.split, languages=test.languages, limit=test.limit, key=key,
            weights=test.weights, perturbation=test.perturbation,
        )  # fmt: skip
        before = site.store.scores(run_id, key)
        tested_in = next((score.precision for score in before), "")
        evaluate(job, replace(again, precision=_precision(record, tested_in)), lambda *_: None)
        old += [score.value for score in before]
        new += [score.value for score in again.store.scores(run_id, key)]
    return _compared(old, new) if tests else {"absent": "no saved study tests it"}


def _compared(old: list[float], new: list[float]) -> dict[str, Any]:
    if len(old) != len(new):
        return {"largest": None, "compared": len(old), "differ": abs(len(old) - len(new))}
    off = [abs(a - b) for a, b in zip(old, new, strict=True)]
    return {"largest": max(off, default=0.0), "compared": len(old), "differ": sum(each > 0 for each in off)}
