"""What a store holds that no saved study needs any more, and how to free it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import StoreError
from isogloss.store.layout import PARTIAL
from isogloss.store.mirror import Mirror
from isogloss.store.store import Store
from isogloss.store.write import remove, size_of

STALE = 3600.0
"""Seconds after which a half-written file has no writer any more."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that can go."""

    what: str
    """"weights", "snapshots", "state", "unfinished" or "leftover"."""
    name: str
    """The run, or the file."""
    bytes: int
    why: str


def garbage(store: Store, *, parents: bool = False, abandoned: bool = False) -> list[Item]:
    """What can go. Scores, predictions and records always stay.

    Weights go when every saved study has its evaluations of the run and starts no other run from it. `parents`: also
    those that other runs started from, when all of these are done; a later study would have to train them again.
    `abandoned`: also runs that were begun and that no saved study names.
    Earlier weights (snapshots) go when no saved study has still to test them or to start a run from them.
    Raises StoreError for a store at a URL: no lock reaches the other machines that may be working from it.
    """
    if isinstance(store, Mirror):
        raise StoreError(
            f"{store}: gc frees nothing at a URL, since another machine may be working from it and locks do not reach "
            f"there. What lies here is a copy, {store.root}: delete that folder while no isogloss runs on this machine."
        )
    studies = [store.study(name) for name in store.studies()]
    named = {run["id"] for study in studies for run in study["runs"]}
    started = {run["parent"] for study in studies for run in study["runs"]}
    needed = set(_needed(store, studies))
    earlier = set(_earlier(store, studies))
    bases = set(_bases(store)) if parents else set()
    found = []
    for run_id in store.runs():
        states = sum(size_of(path) for path in store.at.states(run_id))
        if states:
            found.append(Item(what="state", name=run_id, bytes=states, why="the run is finished"))
        if not store.finished(run_id) or run_id not in named:
            continue
        kept = size_of(store.at.snapshots(run_id))
        if kept and run_id not in earlier and (run_id in needed or (run_id in started and not parents)):
            why = "nothing tests them or starts from them any more"
            found.append(Item(what="snapshots", name=run_id, bytes=kept, why=why))
        if run_id in needed:
            continue
        if run_id not in started:
            found.append(_weights(store, run_id, "its evaluations are done and no run starts from it"))
        elif parents and run_id not in bases:
            found.append(_weights(store, run_id, "its evaluations and all runs that start from it are done"))
    if abandoned:
        found += [
            Item(what="unfinished", name=run, bytes=size_of(store.at.run(run)), why="no saved study names it")
            for run in store.unfinished()
            if run not in named
        ]
    return found + [_leftover(path) for path in _leftovers(store)]


def sweep(store: Store, items: list[Item]) -> int:
    """Free the items, except those another process works on; returns the bytes freed."""
    freed = 0
    for item in items:
        if item.what == "leftover":
            freed += remove(Path(item.name))
            continue
        with store.lock(item.name, wait=False) as mine:
            if not mine:
                continue
            if item.what == "weights":
                freed += store.free(item.name)
            elif item.what == "snapshots":
                freed += remove(store.at.snapshots(item.name))
            elif item.what == "unfinished":
                freed += remove(store.at.run(item.name))
            else:
                freed += sum(remove(path) for path in store.at.states(item.name))
    return freed


def _needed(store: Store, studies: list[dict[str, object]]) -> Iterator[str]:
    """Runs that some saved study has still to test, or to start another run from."""
    for study in studies:
        for each in study["evaluations"]:  # type: ignore[attr-defined]
            if not store.evaluated(each["run"], each["key"]):
                yield each["run"]
        for run in study["runs"]:  # type: ignore[attr-defined]
            if run["parent"] and not (store.finished(run["id"]) or store.freed(run["id"])):
                yield run["parent"]


def _earlier(store: Store, studies: list[dict[str, object]]) -> Iterator[str]:
    """Runs whose earlier weights some saved study has still to test, or to start another run from."""
    for study in studies:
        for each in study["evaluations"]:  # type: ignore[attr-defined]
            if "weights" in each and not store.evaluated(each["run"], each["key"]):
                yield each["run"]
        for run in study["runs"]:  # type: ignore[attr-defined]
            done = store.finished(run["id"]) or store.freed(run["id"])
            if run["parent"] and not done and "parent_weights" in run["spec"]["phases"][-1]:
                yield run["parent"]


def _bases(store: Store) -> Iterator[str]:
    """Runs to whose encoder adapters belong that were saved without it and are still there."""
    for run_id in store.runs():
        spec = store.spec(run_id)
        if store.finished(run_id) and spec.parent and not spec.phases[-1].lora_merge:
            yield spec.parent.run_id


def _weights(store: Store, run_id: str, why: str) -> Item:
    return Item(what="weights", name=run_id, bytes=sum(size_of(path) for path in store.at.weights(run_id)), why=why)


def _leftovers(store: Store) -> Iterator[Path]:
    for path in store.root.rglob(f"{PARTIAL}*"):
        try:
            if time.time() - path.stat().st_mtime > STALE and PARTIAL not in str(path.parent):
                yield path
        except FileNotFoundError:
            continue


def _leftover(path: Path) -> Item:
    return Item(what="leftover", name=str(path), bytes=size_of(path), why="its writer was killed")
