"""Take what is damaged out of use, so that the commands that made it make it again. Nothing is deleted.

Damaged files are moved to `quarantine/` in the store, with what is worth nothing without them. A run's record stays
where it is whole: its weights count as freed, and are trained again once something needs them.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from isogloss.core.errors import StoreError
from isogloss.core.spec import RunSpec
from isogloss.store.disk import reaching
from isogloss.store.layout import ABOUT, HELD, QUARANTINE, SNAPSHOTS, VERSION
from isogloss.store.mirror import Mirror
from isogloss.store.store import Store
from isogloss.store.verify import Finding

MOVE, FREE, REWRITE = "move", "free", "rewrite"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that a repair does."""

    does: str
    """MOVE; FREE: move a run's weights, keep its record; REWRITE: what it holds is known from elsewhere."""
    name: str
    """Below the store: what is moved or written."""
    why: tuple[str, ...]
    costs: str
    """What making it again takes, in words that follow "makes it again"."""
    seconds: float | None
    """None where no record tells."""


def steps(store: Store, findings: Sequence[Finding]) -> list[Step]:
    """What a repair would do; each thing once, whatever is wrong with it. Raises StoreError for a store at a URL."""
    if isinstance(store, Mirror):
        raise StoreError(
            f"{store}: nothing is repaired at a URL, since another machine may be working from it. Delete there what "
            "is damaged, and give the commands that made it again."
        )
    made: dict[str, Step] = {}
    for finding in findings:
        if finding.what == "unchecked":
            continue
        step = _step(store, finding)
        if step is None:
            continue
        before = made.get(step.name)
        why = (*(before.why if before else ()), *step.why)
        made[step.name] = replace(step, why=tuple(dict.fromkeys(why)))
    return [
        each for each in made.values() if not any(_inside(each.name, other) for other in made if other != each.name)
    ]


def repair(store: Store, todo: Sequence[Step]) -> Path | None:
    """Do them, but for those of runs that another process works on; returns the quarantine, if anything went there."""
    place = store.root / QUARANTINE / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    with store.writing():
        for step in todo:
            parts = Path(step.name).parts
            key = parts[1] if parts[0] == "runs" and len(parts) > 1 else "repair"
            with store.lock(key, wait=False) as mine:
                if mine:
                    _do(store, step, place)
    return place if place.is_dir() else None


def _do(store: Store, step: Step, place: Path) -> None:
    path = store.root / step.name
    if step.does == REWRITE:
        _aside(store, path, place)
        _rewrite(store, path)
        return
    if step.does == FREE:
        run_id = path.name
        store.retire(run_id)  # first, so that nobody finds half of its weights
        for each in store.at.weights(run_id):
            _aside(store, each, place)
        return
    if path.parent == store.at.runs:  # of a run all but what it is
        for each in sorted(path.iterdir()):
            if each.name != store.at.spec(path.name).name:
                _aside(store, each, place)
        return
    _aside(store, path, place)


def _aside(store: Store, path: Path, place: Path) -> None:
    """Move something to the quarantine, by where it lay."""
    with reaching(path):
        if path.exists():
            target = place / path.relative_to(store.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)


def _rewrite(store: Store, path: Path) -> None:
    if path.name == HELD:
        store.hold(path.parent)
    elif path == store.at.version:
        path.write_text(f"{VERSION}\n", encoding="utf-8")
    elif spec := _known(store, path.parent.name):
        store.keep_spec(spec)


def _step(store: Store, finding: Finding) -> Step | None:
    """What to do about one finding; None where there is nothing to take away: it is made again by its command."""
    path, parts = store.root / finding.path, Path(finding.path).parts
    made = {"why": (f"{finding.path}: {finding.why}",), "seconds": finding.seconds, "costs": finding.advice}

    def step(does: str, what: Path, **more: object) -> Step:
        return Step(**(made | {"does": does, "name": what.relative_to(store.root).as_posix()} | more))  # type: ignore[arg-type]

    if path.name == HELD or path == store.at.version:
        return step(REWRITE, path, seconds=0.0)
    if finding.what == "gone" and path.name in (store.held(path.parent) or ()):
        return step(REWRITE, path.parent / HELD)
    if parts[0] == "runs":
        return _of_run(store, finding, step)
    if parts[0] == "evaluations" and finding.what == "gone" and not path.parent.is_dir():
        baseline = store.at.baselines(parts[2])
        return step(MOVE, baseline) if baseline.is_file() and not store.at.run(parts[1]).is_dir() else None
    what = store.root.joinpath(*parts[:2]) if parts[0] == "analyses" else store.root / finding.unit
    return step(MOVE, what) if what.exists() else None


def _of_run(store: Store, finding: Finding, step: Callable[[str, Path], Step]) -> Step | None:
    """The same for a file of a run."""
    _, run_id, *below = Path(finding.path).parts
    path, folder = store.root / finding.path, store.at.run(run_id)
    if path == store.at.spec(run_id):
        return step(REWRITE if _known(store, run_id) else MOVE, path)
    if below[0] in ABOUT:
        return step(MOVE, folder) if finding.what == "damaged" else None
    if not store.finished(run_id):
        return step(MOVE, path)
    if below[0] == SNAPSHOTS:
        mean = len(below) > 1 and below[1].startswith("mean")
        return step(MOVE, folder.joinpath(*below[: 2 if mean else 1]))
    return step(FREE, folder)


def _known(store: Store, run_id: str) -> RunSpec | None:
    """What a run is, as a saved study says; its id is the hash of it."""
    for name in store.studies():
        try:
            runs = store.study(name).runs
        except StoreError:
            continue
        for run in runs:
            if run.id == run_id and run.values and run.spec.run_id == run_id:
                return run.spec
    return None


def _inside(name: str, folder: str) -> bool:
    return Path(name).is_relative_to(folder)
