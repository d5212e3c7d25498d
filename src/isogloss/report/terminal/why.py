"""What a run is, what it depends on, and why it is (not) cached, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core import quantities
from isogloss.core.errors import UnknownName
from isogloss.core.spec import RunSpec, plain
from isogloss.plan import captions
from isogloss.report.terminal.study import state
from isogloss.store.run_record import RunRecord, read
from isogloss.store.store import Store
from isogloss.store.study import SavedRun


def explain(store: Store, run_id: str) -> dict[str, Any]:
    """All about one run of the store or of a saved study; `run_id` may be shortened. Raises UnknownName."""
    studies = [store.study(name) for name in store.studies()]
    planned = {run.id: run for study in studies for run in study.runs}
    known = sorted({*store.runs(), *store.unfinished(), *planned})
    name = full(store, run_id, known)
    spec = planned[name].spec if name in planned else store.spec(name)
    return {
        "run": name,
        "title": captions.run(spec),
        "encoder": captions.encoder(spec),
        "phases": [captions.phase(phase) for phase in spec.phases],
        "data": {task: digest for phase in spec.phases for task, digest in phase.data.items()},
        "state": state(store, name),
        "why": _why(store, name, spec),
        "lineage": [{"run": each.run_id, "state": state(store, each.run_id)} for each in spec.lineage[:-1]],
        "children": sorted(run for run in known if _parent(store, run, planned) == name),
        "studies": [study.name for study in studies if any(run.id == name for run in study.runs)],
        "tested": sorted({f"{s.task} {s.split}" for s in store.scores(name)}),
        "record": store.record(name).plain() if name in store.runs() else {},
        "spec": plain(spec),
    }


def full(store: Store, run_id: str, known: Sequence[str] = ()) -> str:
    """The whole of a run's id that may be shortened; among the finished runs, unless others are known too."""
    among = known or store.runs()
    matches = [run for run in among if run.startswith(run_id)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UnknownName(f"'{run_id}' begins {len(matches)} runs: {', '.join(matches)}. Give more of it.")
    raise UnknownName.of("run", run_id, among, f"{store}; `isogloss plan RECIPE` shows a recipe's runs")


def text(found: dict[str, Any]) -> str:
    """The same for a person."""
    record = read(found["record"])
    spent = "" if record.seconds is None else f" It took {quantities.duration(record.seconds)}."
    lines = [f"{found['run']}: {found['title']}", "", f"Starts from {found['encoder']}."]
    lines += [f"{number}. {phase}" for number, phase in enumerate(found["phases"], 1)]
    if found["data"]:
        lines.append("Training data: " + ", ".join(f"{task} {digest}" for task, digest in found["data"].items()) + ".")
    lines += captions.trained(record)
    lines += ["", found["why"] + spent, *_provenance(record), ""]
    chain = " → ".join(f"{each['run']} ({each['state']})" for each in found["lineage"])
    lines.append(f"Depends on: {chain or 'no other run'}.")
    lines.append(f"Runs that start from it: {', '.join(found['children']) or 'none'}.")
    lines.append(f"Tested on: {', '.join(found['tested']) or 'nothing yet'}.")
    lines.append(f"In studies: {', '.join(found['studies']) or 'none'}.")
    return "\n".join(lines)


def _provenance(record: RunRecord) -> list[str]:
    """With what it was trained, as far as that was recorded."""
    lines = []
    if record.versions:
        versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
        changed = " with changes" if record.code.get("changed") else ""
        commit = f", commit {record.code['commit'][:12]}{changed}" if "commit" in record.code else ""
        where = record.device_name or record.device or "?"
        half = " in bfloat16" if record.precision == "bfloat16" else ""
        lines.append(f"Trained with {versions}{commit}; on {where}{half}.")
    if record.energy:
        lines.append(f"Energy: {record.energy['kwh']:.3g} kWh ({record.energy['how']}).")
    lines += [f"Seed {each.seed} collapsed: {each.collapsed}." for each in record.attempts]
    if record.collapsed:
        lines.append(f"Collapsed: {record.collapsed}.")
    return lines


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
