"""Damage to a store, file by file: is all of it noticed, and always as an error of ours?

Bits are flipped, files cut short, blocks zeroed, files of one kind swapped, and files deleted: in a store with every
kind of file (`_every_file.py`), and in one that `isogloss run smoke` and the verbs behind it have made. After each, the
store is verified and everything in it is read as verbs read it, then the file is put back.

The last line is one JSON object. `unnoticed`: damages that `verify-store` passes over. `misread`: those after which
something is read that is not what was written, without an error. `foreign`: those that raise an error that is not ours.
What may be lost (caches, optimizer state) is not deleted here.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _every_file import build
from isogloss.core.errors import IsoglossError
from isogloss.store import seal
from isogloss.store.layout import HELD, Weights
from isogloss.store.store import Store
from isogloss.store.verify import Verifier

MADE = (["run", "smoke"], ["measure", "smoke", "--limit", "40"], ["analyse", "smoke"], ["semdiv", "smoke"])
MAY_GO = ("cache/", "locks/")
BLOCK = 512
WRONG = ("unnoticed", "misread", "foreign")
Damage = Callable[[random.Random, bytes], bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--damages", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--made-up", action="store_true", help="only in the store that no model was trained for")
    asked = parser.parse_args()
    begun = time.process_time()
    tally: Counter[str] = Counter()
    worst: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        stores = [build(Path(scratch) / "made-up")]
        if not asked.made_up:
            stores.append(trained(Path(scratch) / "smoke"))
        for store in stores:
            for kind, said in damaged(store, asked.damages // len(stores), random.Random(asked.seed)):
                tally[kind] += 1
                worst += [said] if kind.startswith(WRONG) else []
    print(*worst[:20], sep="\n")
    for kind, count in sorted(tally.items()):
        print(f"{count:>6}  {kind}")
    found = {name: sum(n for kind, n in tally.items() if kind.startswith(name)) for name in WRONG}
    spent = round(time.process_time() - begun, 1)
    print(json.dumps({"damages": sum(tally.values()), **found, "processor_seconds": spent}))


def trained(root: Path) -> Store:
    """A store as a user's."""
    from isogloss.cli import main as isogloss

    for verb in MADE:
        print("isogloss", *verb, file=sys.stderr)
        if isogloss([*verb, "--store", str(root)]):
            raise SystemExit(f"isogloss {' '.join(verb)} failed")
    return Store(root)


def damaged(store: Store, count: int, draw: random.Random) -> Iterator[tuple[str, str]]:
    """(what came of it and the kind of file, where and how) of each damage; the store is whole again after it."""
    kinds = by_kind(store.root)
    before = read(store)
    if Verifier(store).verify():
        raise SystemExit("the store is damaged before it is damaged")
    for _ in range(count):
        kind = draw.choice(list(kinds))
        path = draw.choice(kinds[kind])
        how, put_back = spoil(store.root, path, kinds[kind], draw)
        try:
            said = judge(store, before)
        finally:
            put_back()
        yield f"{said}: {kind}, {how}", f"{said}: {path.relative_to(store.root)}, {how}"


def judge(store: Store, before: dict[str, Any]) -> str:
    """What a damage came to: "noticed", "unnoticed", "misread" or "foreign"."""
    seal.forget()
    try:
        found = [each for each in Verifier(Store(store.root)).verify() if each.what != "unchecked"]
    except IsoglossError:
        found = ["no store"]  # type: ignore[list-item]
    except Exception as error:
        return f"foreign {type(error).__name__}"
    if not found:
        return "unnoticed"
    for name, value in before.items():
        try:
            now = reader(Store(store.root), name)()
        except IsoglossError:
            continue
        except Exception as error:
            return f"foreign {type(error).__name__}"
        if now not in (value, None, [], {}):
            return "misread"
    return "noticed"


def read(store: Store) -> dict[str, Any]:
    """Everything in a store, by the name of what reads it."""
    names = [f"study {name}" for name in store.studies()]
    names += [f"{what} {run}" for run in store.runs() for what in ("spec", "record", "folder")]
    names += [f"{what} {run} {key}" for run, key in store.evaluations() for what in ("about", "scores", "predictions")]
    names += [f"{what} {name}" for name in store.studies() for what in ("divergences", "drifts", "analysis")]
    names += [f"baselines {path.stem}" for path in (store.root / "baselines").glob("*.json")]
    names += [f"translation {path.stem}" for path in (store.root / "translations").glob("*.json")]
    names += [f"vectors {path.stem}" for path in (store.root / "cache" / "vectors").glob("*.npy")]
    names += [f"cached {path.stem}" for path in (store.root / "cache").glob("*.json")]
    names += [f"state {run}" for run in store.unfinished()]
    return {name: reader(store, name)() for name in names}


def reader(store: Store, name: str) -> Callable[[], Any]:
    """What reads one thing, as plain values; nothing where it is not there."""
    what, *given = name.split()

    def found() -> Any:
        if what == "folder":
            return store.folder(*given, snapshots=True).name if store.finished(*given) else None
        if what == "state":
            from isogloss.training import checkpoint

            path = Weights(store.at.run(*given)).state
            tensors, about = checkpoint.read(path) if path.is_file() else ({}, {})
            return {key: value.tolist() for key, value in tensors.items()}, about
        if what == "predictions":
            return store.predictions(given[0], "", "", given[1])
        if what == "vectors":
            vectors = store.vectors(*given)
            return None if vectors is None else vectors.tolist()
        if what in ("about", "scores") and not store.evaluated(*given):
            return None
        if what in ("spec", "record") and given[0] not in store.runs():
            return None
        if what == "study" and given[0] not in store.studies():
            return None
        if what == "baselines":
            return [store.scores(each, *given) for each in store.baselines(*given) or ()]
        return getattr(store, what)(*given)

    return found


def by_kind(root: Path) -> dict[str, list[Path]]:
    """Kind of file → its files."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and path.stat().st_size and not name.startswith("locks/"):
            parts = Path(name).parts
            state = next((part for part in parts if part.startswith(("state", "snapshots"))), "")
            kind = f"{parts[0]}/{path.name if path.name == HELD or parts[0] == 'runs' else path.suffix}"
            kind = kind.replace("/", f"/{state}/", 1) if state not in ("", path.name) else kind
            kinds.setdefault(kind, []).append(path)
    return kinds


def spoil(root: Path, path: Path, alike: list[Path], draw: random.Random) -> tuple[str, Callable[[], None]]:
    """Damage a file; returns how, and what puts it back."""
    data = path.read_bytes()
    name = path.relative_to(root).as_posix()
    ways = ["bit", "bits", "cut", "zeros", "random"]
    others = [each for each in alike if each != path and each.read_bytes() != data]
    ways += ["swapped"] if others else []
    ways += ["deleted"] if not name.startswith(MAY_GO) and "/state" not in name else []
    how = draw.choice(ways)
    if how == "deleted":
        path.unlink()
        return how, lambda: _write(path, data)
    if how == "swapped":
        other = draw.choice(others)
        theirs = other.read_bytes()
        path.write_bytes(theirs)
        other.write_bytes(data)

        def both() -> None:
            _write(path, data)
            _write(other, theirs)

        return how, both
    path.write_bytes(_changed(how, data, draw))
    return how, lambda: _write(path, data)


def _changed(how: str, data: bytes, draw: random.Random) -> bytes:
    """Other bytes than these."""
    while True:
        made = bytearray(data)
        place = draw.randrange(len(made))
        if how in ("bit", "bits"):
            for _ in range(1 if how == "bit" else draw.randint(2, 20)):
                made[draw.randrange(len(made))] ^= 1 << draw.randrange(8)
        elif how == "cut":
            del made[place:]
        else:
            end = min(len(made), place + draw.randint(1, BLOCK))
            made[place:end] = bytes(end - place) if how == "zeros" else draw.randbytes(end - place)
        if bytes(made) != data:
            return bytes(made)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


if __name__ == "__main__":
    main()
