"""The verb that looks after a store: is everything in it what it was, and what to do about what is not."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.shown import amount
from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.store.repair import Step
    from isogloss.store.store import Store
    from isogloss.store.verify import Finding

SHOWN = 10
"""Files without a hash that are named."""


def verify_store(arguments: argparse.Namespace) -> int:
    """Read every file of the store and hold it against its hash. Exit status 1 if anything is damaged or gone.

    --repair shows what would be taken out of use, and what making it again costs; with --yes it does that. Damaged
    files are moved to a quarantine in the store, never deleted; the commands that made them make them again.
    """
    from isogloss.core.errors import SpecError

    if arguments.yes and not arguments.repair:
        raise SpecError("--yes goes with --repair.")
    with _opened(arguments) as store:
        found, files, size = _verified(arguments, store)
        return _told(arguments, store, found, files, size)


@contextmanager
def _opened(arguments: argparse.Namespace) -> "Iterator[Store]":
    """The store; of one at a URL a copy that was fetched for this alone, weights included."""
    from isogloss.core.errors import StoreError
    from isogloss.store.mirror import Mirror, opened
    from isogloss.store.write import scratch

    place = places.named(arguments)
    if isinstance(place, Path):
        yield places.store(arguments)
        return
    with scratch(opened(place).at.copy) as folder:
        store = Mirror(place, folder)
        store.sync()
        for run_id in store.runs():
            if store.finished(run_id):
                try:
                    store.folder(run_id, snapshots=True)
                except StoreError:  # it is found again
                    continue
        yield store


def _verified(arguments: argparse.Namespace, store: "Store") -> "tuple[list[Finding], int, int]":
    from isogloss.core.errors import IsoglossError
    from isogloss.literature import lock
    from isogloss.store.verify import Finding, Verifier

    with places.watched("reading the files of the store", places.quiet(arguments)) as step:
        verifier = Verifier(store, step)
        found = verifier.verify()
        for name in lock.names(store):
            search = lock.Lock(store, name)
            if search.whole:
                try:
                    search.verify()
                except IsoglossError as error:
                    path = f"evidence/{name}/lock.json"
                    advice = "Take the original back, or search again."
                    found.append(Finding(what="damaged", path=path, why=str(error), advice=advice, seconds=None))
    return found, len(verifier.files), sum(verifier.files.values())


def _told(arguments: argparse.Namespace, store: "Store", found: "list[Finding]", files: int, size: int) -> int:
    from isogloss.core import quantities
    from isogloss.store.repair import repair, steps

    wrong = [each for each in found if each.what != "unchecked"]
    old = [each for each in found if each.what == "unchecked"]
    todo = steps(store, found) if arguments.repair else []
    quarantine = repair(store, todo) if arguments.yes and todo else None
    left = 0 if arguments.yes and todo and not _still(store) else len(wrong)
    if arguments.json:
        print_json(
            {
                "store": str(store), "files": files, "bytes": size, "damaged": [vars(each) for each in wrong],
                "unchecked": [each.path for each in old], "repair": [vars(each) for each in todo],
                "done": bool(arguments.yes), "quarantine": str(quarantine) if quarantine else None,
            }
        )  # fmt: skip
        return int(bool(left))
    if wrong:
        print_table(
            ("what", "file", "why", "cost"), [(each.what, each.path, each.why, _cost(each.seconds)) for each in wrong]
        )
        say()
    if old:
        names = ", ".join(each.path for each in old[:SHOWN]) + (" …" if len(old) > SHOWN else "")
        say(f"Older than hashes, as is what made it, so not checked: {amount(len(old), 'file')} ({names}).")
    say(
        f"{amount(files, 'file')}, {quantities.size(size)}: "
        + (f"{len(wrong)} damaged or gone." if wrong else "all whole.")
    )
    _repaired(arguments, wrong, todo, quarantine)
    return int(bool(left))


def _repaired(
    arguments: argparse.Namespace, wrong: "list[Finding]", todo: "list[Step]", quarantine: Path | None
) -> None:
    """What was, or would be, taken out of use."""
    if not arguments.repair:
        if wrong:
            say("`isogloss verify-store --repair` shows what can be done about it, and what it costs.")
        return
    for step in todo:
        say("", f"{DOES[step.does]} {step.name}", *(f"  {each}" for each in step.why), sep="\n")
        say(f"  Then: {step.costs} It costs {_cost(step.seconds) or 'time that no record tells'}.")
    if not todo:
        say("There is nothing to take out of use." if wrong else "")
    elif arguments.yes:
        say("", f"Done. What was damaged lies in {quarantine}." if quarantine else "Done.", sep="\n")
    else:
        say("", "Nothing was changed. `isogloss verify-store --repair --yes` does it.", sep="\n")


DOES = {"move": "Move", "free": "Move the weights of", "rewrite": "Write again"}


def _still(store: "Store") -> list[Any]:
    """What is wrong after a repair, but for what the commands that made it make again."""
    from isogloss.store.verify import Verifier

    return [each for each in Verifier(store).verify() if each.what in ("damaged", "unfinished")]


def _cost(seconds: float | None) -> str:
    from isogloss.core import quantities

    if seconds is None:
        return ""
    return quantities.duration(seconds) if seconds else "nothing"
