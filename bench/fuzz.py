"""Spoilt files for every reader: each is read, or refused by an error of ours that names the file, and soon.

The last line is one JSON object. `readers`: formats, and tasks with each split and place in which their files may lie.
`foreign`: inputs that raised anything but an error of isogloss. `slow`: inputs (of at most 200 kB) that took more than
`SLOW` seconds of processor time. `unnamed`: share of the refusals that do not name a file that was read. `megabytes`:
the most memory that this process ever had.
"""

import argparse
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _samples import Reader, readers
from _spoil import spoilt
from isogloss.core.errors import IsoglossError

SLOW = 3.0
GIVEN_UP = 30.0
"""Seconds of processor time after which an input is not waited for any longer."""


class GivenUp(BaseException):
    """An input that takes for ever."""


@dataclass
class Tally:
    """What came of the inputs, and the worst of them: kind → (reader, number, what was said)."""

    inputs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    worst: list[tuple[str, str, int, str]] = field(default_factory=list)

    def add(self, kind: str, reader: str, number: int, said: str) -> None:
        """Count one."""
        self.counts[kind] += 1
        if kind in ("foreign", "slow", "unnamed"):
            self.worst.append((kind, reader, number, said[:200]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="readers whose names hold this")
    parser.add_argument("--number", type=int, help="this input alone, and keep it in the folder ./spoilt")
    asked = parser.parse_args()
    begun = time.monotonic()
    chosen = [reader for reader in readers() if asked.only in reader.name]
    if asked.number is not None:
        with laid_out(chosen) as root:
            one(chosen, root, asked.seed, asked.number, tally := Tally())
            print(dict(tally.counts), *tally.worst, sep="\n")
            shutil.copytree(root / str(asked.number % len(chosen)), "spoilt", dirs_exist_ok=True)
        return
    tally = fuzz(chosen, range(asked.inputs), asked.seed, shown)
    for kind, reader, number, said in tally.worst[:20]:
        print(f"{kind}: {reader}: {said!r} (--seed {asked.seed} --only '{asked.only}' --number {number})")
    print(json.dumps({**facts(tally, len(chosen)), "seconds": round(time.monotonic() - begun)}))
    raise SystemExit(bool(tally.worst))


def facts(tally: Tally, number: int) -> dict[str, Any]:
    """The figures."""
    counts = tally.counts
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)
    return {
        "name": "fuzz", "inputs": tally.inputs, "readers": number, "foreign": counts["foreign"], "slow": counts["slow"],
        "unnamed": round(counts["unnamed"] / max(1, counts["refused"]), 5), "refused": counts["refused"],
        "megabytes": round(peak),
    }  # fmt: skip


def shown(done: int) -> None:
    if done % 10_000 == 0 and done:
        print(f"{done:,} inputs", flush=True)


def fuzz(chosen: list[Reader], numbers: range, seed: int, tell: Callable[[int], None] = lambda _: None) -> Tally:
    """Spoil and read, reader by reader in turns. The same numbers and seed give the same inputs."""
    tally = Tally()
    with laid_out(chosen) as root, warnings.catch_warnings(), _given_up():
        warnings.simplefilter("ignore")
        for number in numbers:
            one(chosen, root, seed, number, tally)
            tell(tally.inputs)
    return tally


@contextmanager
def laid_out(chosen: list[Reader]) -> Iterator[Path]:
    """A folder with the whole files of every reader, in memory where that is possible."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as made:
        root = Path(made)
        for place, reader in enumerate(chosen):
            for name, data in reader.files.items():
                path = root / str(place) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        yield root


@contextmanager
def _given_up() -> Iterator[None]:
    """An alarm by processor time that ends an input, and not the process."""

    def end(*_: object) -> None:
        raise GivenUp

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def one(chosen: list[Reader], root: Path, seed: int, number: int, tally: Tally) -> None:
    """Spoil one file of one reader, read, and put the whole file back."""
    reader, folder = chosen[number % len(chosen)], root / str(number % len(chosen))
    draw = random.Random(f"{seed}/{reader.name}/{number}")
    name = draw.choice(list(reader.files))
    (folder / name).write_bytes(spoilt(draw, reader.files[name]))
    tally.inputs += 1
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP)
    try:
        reader.read(folder)
    except IsoglossError as error:
        tally.add("refused", reader.name, number, "")
        if not any(str(folder / each) in str(error) for each in reader.files):
            tally.add("unnamed", reader.name, number, str(error))
    except KeyboardInterrupt:
        raise
    except GivenUp:
        pass
    except BaseException as error:  # a Rust panic is not an Exception
        tally.add("foreign", reader.name, number, f"{type(error).__name__}: {error}")
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    if (took := time.process_time() - begun) > SLOW:
        tally.add("slow", reader.name, number, f"{took:.1f} s")
    if tally.counts["foreign"] + tally.counts["slow"] > 200:
        raise SystemExit("more than 200 foreign or slow inputs; the first ones are enough to begin with")
    (folder / name).write_bytes(reader.files[name])


if __name__ == "__main__":
    main()
