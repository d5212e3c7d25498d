"""What a run is, what it depends on, and why it is (not) cached."""

from collections.abc import Mapping
from typing import Any

from isogloss.core.spec import RunSpec, plain
from isogloss.plan import captions
from isogloss.store.store import Store
from isogloss.store.study import SavedRun


def explain(store: Store, run_id: str) -> dict[str, Any]:
    """All about one run of the store or of a saved study; `run_id` may be shortened. Raises UnknownName."""
    studies = [store.study(name) for name in store.studies()]
    planned = {run.id: run for study in studies for run in study.runs}
    known = sorted({*store.begun(), *planned})
    name = store.full(run_id, known)
    spec = planned[name].spec if name in planned else store.spec(name)
    record = store.ended(name)
    return {
        "run": name,
        "title": captions.run(spec),
        "encoder": captions.encoder(spec),
        "phases": [captions.phase(phase) for phase in spec.phases],
        "data": {task: digest for phase in spec.phases for task, digest in phase.data.items()},
        "state": store.state(name),
        "why": _why(store, name, spec),
        "lineage": [{"run": each.run_id, "state": store.state(each.run_id)} for each in spec.lineage[:-1]],
        "children": sorted(run for run in known if _parent(store, run, planned) == name),
        "studies": [study.name for study in studies if any(run.id == name for run in study.runs)],
        "tested": sorted({f"{s.task} {s.split}" for s in store.scores(name)}),
        "record": record.plain() if record else {},
        "spec": plain(spec),
    }


def _why(store: Store, name: str, spec: RunSpec) -> str:
    if store.finished(name):
        return "Cached: it is finished and its weights are in the store."
    if store.freed(name):
        return (
            "Cached: its scores are in the store. gc freed its weights; they are trained again when a run needs them."
        )
    waits = [each.run_id for each in spec.lineage[:-1] if not store.finished(each.run_id)]
    if store.at.states(name):
        return "Not cached: it was begun, and goes on from its last saved state when its study runs."
    if store.at.spec(name).is_file():
        return "Not cached: it was begun, and stopped before its first saved state."
    near = _nearest(store, spec)
    told = f" The nearest finished run is {near[0]}; they differ in {'; '.join(near[1])}." if near else ""
    if waits:
        return f"Not cached: it has not begun; it waits for {', '.join(waits)}.{told}"
    return f"Not cached: it has not begun.{told}"


def _nearest(store: Store, spec: RunSpec) -> tuple[str, list[str]] | None:
    """The finished run that differs least, and where; None when all differ in more than a few things."""
    found = []
    for run in store.runs():
        other = store.spec(run)
        if len(other.phases) == len(spec.phases):
            found.append((run, captions.differences(spec, other)))
    best = min(found, key=lambda pair: (len(pair[1]), pair[0]), default=None)
    return best if best and len(best[1]) <= 4 else None


def _parent(store: Store, run: str, planned: Mapping[str, SavedRun]) -> str:
    if run in planned:
        return planned[run].parent or ""
    parent = store.spec(run).parent
    return parent.run_id if parent else ""
