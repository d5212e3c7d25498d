"""Contenders in turns: each in a process of its own, and while one works the others wait.

A slow moment of the machine then meets all of them, and none pays for another's memory.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


class Turn:
    """A contender's side: it waits for its turn, works, and hands over."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self.connection = connection
        self.begun = 0.0

    def wait(self) -> None:
        """Until it is this contender's turn."""
        self.connection.recv()
        self.begun = time.process_time()

    def over(self) -> None:
        """The turn ends here; its processor seconds (whatever else the machine does) and the memory held are told."""
        self.connection.send((time.process_time() - self.begun, resident()))


@dataclass
class Result:
    """What one contender did."""

    seconds: list[float] = field(default_factory=list)
    """Of the processor, per turn."""
    resident: list[int] = field(default_factory=list)
    """Bytes of memory held at the end of each turn."""
    peak: int = 0
    """Largest memory of the process, in bytes."""
    about: dict[str, Any] = field(default_factory=dict)
    """What it returned."""


Contender = Callable[..., dict[str, Any]]


def run(contenders: Mapping[str, tuple[Contender, tuple[Any, ...]]], turns: int) -> dict[str, Result]:
    """Name → (function, arguments): the function gets a `Turn` first and calls `wait` and `over` once per turn."""
    spawn = multiprocessing.get_context("spawn")
    found = {name: Result() for name in contenders}
    links: dict[str, Any] = {}
    for name, (function, arguments) in contenders.items():
        here, there = spawn.Pipe()
        process = spawn.Process(target=_work, args=(there, function, arguments), daemon=True)
        process.start()
        there.close()
        links[name] = (here, process)
        here.recv()  # ready: it has loaded what it needs, and the next one may load
    for turn in range(turns):
        for name, (here, _) in links.items():
            here.send("go")
            seconds, held = here.recv()
            found[name].seconds.append(seconds)
            found[name].resident.append(held)
            print(f"  turn {turn + 1}, {name:34} {seconds:8.2f} s   {held / 2**30:6.2f} GiB", flush=True)
    for name, (here, process) in links.items():
        found[name].about, found[name].peak = here.recv()
        process.join()
    return found


def _work(connection: "Connection[Any, Any]", function: Contender, arguments: tuple[Any, ...]) -> None:
    about = function(Turn(connection), *arguments)
    connection.send((about, peak()))


def ready(turn: Turn) -> None:
    """Tell that loading is over."""
    turn.connection.send("ready")


def resident() -> int:
    """Bytes this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """Most bytes this process ever held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
