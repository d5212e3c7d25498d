"""What a store holds that no saved study needs any more, and how to free it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.spec import RunSpec
from isogloss.store.layout import PARTIAL
from isogloss.store.mirror import Mirror
from isogloss.store.store import Store
from isogloss.store.write import left, remove, size_of

CLAIM = "claim"
"""The lock under which a study says what it needs, and gc takes out of use what none does."""


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
    """What can go, runs before those they started from. Scores, predictions and records always stay.

    Weights go when every saved study has its evaluations of the run and starts no other run from it. `parents`: also
    those that other runs started from, when all of these are done; a later study would have to train them again.
    `abandoned`: also runs that were begun and that no saved study names.
    Earlier weights (snapshots) go when no saved study has still to test them or to start a run from them.
    Of a store at a URL only what killed writers left, there and in its copy on this machine: no lock reaches the other
    machines that may be working from it.
    """
    if isinstance(store, Mirror):
        there = [_leftover(f"{store.remote}/{name}", size) for name, size in sorted(store.remote.left().items())]
        return [*_states(store), *_leftovers(store), *there]
    specs = _specs(store)
    need = needs(store, specs)
    going: set[str] = set()
    items = _states(store)
    for run_id in sorted(specs, key=lambda run: -len(specs[run].phases)):
        if not specs[run_id].phases:
            continue  # a published encoder as it is, of which nothing lies here
        adapters = need.adapters.get(run_id, set()) - going
        kept = size_of(store.at.snapshots(run_id)) if store.finished(run_id) else 0
        earlier = kept and not (run_id in need.earlier or adapters)
        if run_id in need.weights:
            if earlier:
                items.append(_snapshots(run_id, kept))
        elif store.freed(run_id):
            if store.at.weights(run_id):
                items.append(_weights(store, run_id, "a gc that was to free them was killed"))
        elif run_id not in need.named:
            continue
        elif (run_id in need.started and not parents) or adapters:
            if earlier:
                items.append(_snapshots(run_id, kept))
        else:
            going.add(run_id)
            last = "all runs that start from it are done" if run_id in need.started else "no run starts from it"
            items.append(_weights(store, run_id, f"its evaluations are done and {last}"))
    if abandoned:
        items += [
            Item(what="unfinished", name=run, bytes=size_of(store.at.run(run)), why="no saved study names it")
            for run in store.unfinished()
            if run not in need.named
        ]
    return items + _leftovers(store)


def spent(store: Store, study: str, *, parents: bool = False) -> list[Item]:
    """Weights of one study's runs whose tests are done; with `parents`, of those that all have started from, too.

    A run that is neither tested nor started from was asked for as it is, and stays.
    """
    saved = store.study(study)
    used = {each.run for each in saved.evaluations} | {run.parent for run in saved.runs}
    named = used & {run.id for run in saved.runs}
    return [
        item for item in garbage(store, parents=parents) if item.what in ("weights", "snapshots") and item.name in named
    ]


def sweep(store: Store, items: list[Item]) -> int:
    """Free the items, except those another process works on or has come to need; returns the bytes freed."""
    freed = 0
    gone: set[str] = set()
    need, saved = needs(store, _specs(store)), _saved(store)
    for item in items:
        if item.what == "leftover":
            freed += _removed(store, item)
            continue
        with store.lock(item.name, wait=False) as mine:
            if not mine:
                continue
            with store.lock(CLAIM):
                if saved != (now := _saved(store)):  # needs grow by what is saved of studies, and by nothing else
                    need, saved = needs(store, _specs(store)), now
                wanted = {"weights": need.weights, "snapshots": need.earlier}.get(item.what)
                if wanted is not None and (item.name in wanted or need.adapters.get(item.name, set()) - gone):
                    continue
                if item.what == "weights":
                    store.retire(item.name)
                    gone.add(item.name)
            freed += sum(map(remove, _paths(store, item)))
    return freed


def _removed(store: Store, leftover: Item) -> int:
    if isinstance(store, Mirror) and leftover.name.startswith(f"{store.remote}/"):
        store.remote.remove(leftover.name.removeprefix(f"{store.remote}/"))
        return leftover.bytes
    freed = remove(Path(leftover.name))
    store.close_live()  # what was left may have been the last thing in it
    return freed


def _saved(store: Store) -> list[tuple[str, int]]:
    return [(path.name, path.stat().st_mtime_ns) for path in map(store.at.study, store.studies())]


def _paths(store: Store, item: Item) -> list[Path]:
    if item.what == "weights":
        return store.at.weights(item.name)
    if item.what == "snapshots":
        return [store.at.snapshots(item.name)]
    return [store.at.run(item.name)] if item.what == "unfinished" else store.at.states(item.name)


@dataclass(frozen=True)
class Needs:
    """What saved studies name, and what they have still to use."""

    named: set[str]
    """All their runs."""
    started: set[str]
    """Runs that others start from."""
    weights: set[str]
    """Runs that are still to be tested, or started from."""
    earlier: set[str]
    """Runs whose earlier weights are."""
    adapters: dict[str, set[str]]
    """Run → finished runs that are adapters of its encoder, or of the mean of its snapshots, and nothing without it;
    those that no study names count too."""


def _specs(store: Store) -> dict[str, RunSpec]:
    """What each run is that is done."""
    return {run: store.spec(run) for run in store.runs()}


def needs(store: Store, specs: Mapping[str, RunSpec]) -> Needs:
    """What is needed in a store whose runs that are done have these `specs`, as its saved studies say.

    A run that is to be trained, or trained again, needs its parent too, and finished runs that learned the same.
    """
    studies = [store.study(name) for name in store.studies()]
    runs = {run.id: run for study in studies for run in study.runs}
    kept = {run.spec.phases[-1].checkpoints for run in runs.values() if run.spec.phases}
    wanted: set[str] = set()
    earlier: set[str] = set()
    for each in (each for study in studies for each in study.evaluations):
        if not store.evaluated(each.run, each.key):
            wanted.add(each.run)
            if each.weights != "last":
                earlier.add(each.run)
    for run_id in sorted(runs, key=lambda run: -len(runs[run].spec.phases)):  # children first
        parent, spec = runs[run_id].parent, runs[run_id].spec
        if store.finished(run_id) or (store.freed(run_id) and run_id not in wanted):
            continue
        twins = {each.run_id for each in spec.twins(kept)}
        of = {twin for twin in twins if store.finished(twin)}  # it may be made of one of them
        wanted |= of
        if run_id in earlier:
            earlier |= of
        if parent:
            wanted.add(parent)
            if spec.phases[-1].parent_weights != "last":
                earlier.add(parent)
    adapters: dict[str, set[str]] = {}
    for run_id in filter(store.finished, specs):
        spec = specs[run_id]
        if spec.parent and spec.phases[-1].apart:
            adapters.setdefault(spec.parent.run_id, set()).add(run_id)
    started = {run.parent for run in runs.values() if run.parent}
    return Needs(named=set(runs), started=started, weights=wanted, earlier=earlier, adapters=adapters)


def _snapshots(run_id: str, kept: int) -> Item:
    return Item(what="snapshots", name=run_id, bytes=kept, why="nothing tests them or starts from them any more")


def _states(store: Store) -> list[Item]:
    """What finished runs have beside their weights. That of a run to be trained again stays: it goes on from there."""
    sizes = {run: sum(map(size_of, store.at.states(run))) for run in store.runs() if store.finished(run)}
    return [Item(what="state", name=run, bytes=size, why="the run is finished") for run, size in sizes.items() if size]


def _weights(store: Store, run_id: str, why: str) -> Item:
    return Item(what="weights", name=run_id, bytes=sum(size_of(path) for path in store.at.weights(run_id)), why=why)


def _leftovers(store: Store) -> list[Item]:
    """Half-written files whose writer is gone, and folders whose removal was cut short."""
    found = []
    for path in sorted(store.root.rglob(f"{PARTIAL}*")):
        if any(part.startswith(PARTIAL) for part in path.relative_to(store.root).parts[:-1]):
            continue  # part of one
        if left(path):
            found.append(_leftover(str(path), size_of(path)))
    return found


def _leftover(name: str, size: int) -> Item:
    return Item(what="leftover", name=name, bytes=size, why="its writer was killed")
