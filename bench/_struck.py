"""A command in a process of its own, hit by a signal at some moment, and who is left of it."""

import contextlib
import importlib
import json
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _killed import Verb

ORPHANED = 30.0
"""Seconds in which the processes of a command that is gone have to end."""


@dataclass(frozen=True)
class Moment:
    """When, how and what is hit."""

    kind: str
    """"event" or "time"."""
    at: float
    number: int
    target: str

    def __str__(self) -> str:
        when = f"file event {self.at:.0f}" if self.kind == "event" else f"{self.at:.2f} processor seconds"
        return f"{signal.Signals(self.number).name} of {self.target} at {when}"


@dataclass(frozen=True)
class Place:
    """A folder with all that one command may write to."""

    root: Path
    url: bool = False
    said: str = ""
    """How the files begin that what is said goes to."""

    @property
    def store(self) -> Path:
        """The store's files."""
        return self.root / ("far" if self.url else "store")

    def told(self, name: str) -> str:
        """A file of what a command says; empty where it had no time to begin one."""
        path = self.root / f"{self.said}{name}"
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""

    def words(self, verb: Verb, recipe: Path) -> list[str]:
        """The command."""
        runs = [run["id"] for run in self._study()["runs"]] or [""]
        known = {
            "store": f"file://{self.store}" if self.url else str(self.store), "recipe": str(recipe), "run": runs[-1],
            "out": str(self.root / "out"), "data": str(recipe.parent / "data"),
            "input": str(recipe.parent),
        }  # fmt: skip
        return shlex.split(verb.command.format(**known))

    def _study(self) -> Any:
        path = self.store / "studies" / "killed.json"
        return json.loads(path.read_text("utf-8")) if path.is_file() else {"runs": []}

    def environment(self) -> dict[str, str]:
        """Where the command finds its other folders; how far it is would stand between its last words."""
        for name in ("out", "tmp", "cache"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        cache = str(self.root / "cache")
        quiet = {"ISOGLOSS_QUIET": "1"}
        return {"TMPDIR": str(self.root / "tmp"), "XDG_CACHE_HOME": cache, "ISOGLOSS_CACHE": cache, **quiet}


def command(
    words: Sequence[str],
    place: Place,
    environment: Mapping[str, str],
    moment: Moment | None,
    settings: Mapping[str, Any],
    plant: str,
) -> None:
    """The command, in a session of its own."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))  # until it can answer
    os.setsid()
    root = place.root
    os.chdir(root)
    os.environ.update(environment)
    tempfile.tempdir = None  # the process this is forked from has looked it up
    for name, number in (("output", 1), ("error", 2)):
        handle = os.open(root / f"{place.said}{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
        os.close(handle)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from isogloss import cli

    for name, value in settings.items():
        module, _, attribute = name.partition(":")
        if not hasattr(importlib.import_module(module), attribute):
            raise AttributeError(f"{name} of bench/_killed.py is not there any more")
        setattr(sys.modules[module], attribute, value)
    if plant:
        from _plants import PLANTS

        PLANTS[plant]()
    _answering()
    count = _counting(root, moment) if moment else lambda: 0
    status = cli.main(list(words))
    sys.stdout.flush()
    sys.stderr.flush()
    if moment:
        (root / "events").write_text(str(count()), "ascii")
    os._exit(status)


def _answering() -> None:
    """Ask nothing before the command can answer, nor after it has: that is a few instructions, and nobody's."""
    from isogloss.core import signals

    real = signals.answered
    signal.pthread_sigmask(signal.SIG_BLOCK, signals.ASKED)

    @contextlib.contextmanager
    def answered() -> Iterator[None]:
        with real():
            signals.let_go()
            try:
                yield
            finally:
                signal.pthread_sigmask(signal.SIG_BLOCK, signals.ASKED)

    signals.answered = answered


def _counting(root: Path, moment: Moment) -> Callable[[], int]:
    """Count file events below a folder, and hit this process just before one of them."""
    count, at, own = 0, int(moment.at), os.getpid()
    below = f"{root}{os.sep}"
    kinds = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link"}

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in kinds or os.getpid() != own or not isinstance(arguments[0], str | os.PathLike):
            return
        if not os.path.abspath(os.fspath(arguments[0])).startswith(below):  # noqa: PTH100
            return
        if event == "open" and arguments[1] is not None and not set(arguments[1]) & set("wax+"):
            return
        if os.fspath(arguments[0]) == f"{below}events":  # the harness's own, which nobody answers for
            return
        count += 1
        if count == at and moment.number:
            Path(root / "events").write_text(str(count), "ascii")
            os.kill(own, moment.number)

    sys.addaudithook(hear)
    return lambda: count


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text("ascii").split())
    return found


def spent(pids: Sequence[int]) -> float:
    """Seconds of processor time they have had, those that have ended and were theirs included."""
    ticks = 0
    for each in pids:
        with contextlib.suppress(OSError, IndexError):
            ticks += sum(map(int, _stat(each)[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def strike(pid: int, moment: Moment) -> bool:
    """Send the signal; False when there is nobody to hit yet."""
    if moment.target == "worker":
        workers = [each for each in family(pid)[1:] if _is_worker(each)]
        if not workers:
            return False
        pid = workers[int(moment.at * 1e6) % len(workers)]
    try:
        os.killpg(pid, moment.number) if moment.target == "group" else os.kill(pid, moment.number)
    except ProcessLookupError:  # not yet a group, or not any more a process
        return False
    return True


def _is_worker(pid: int) -> bool:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"isogloss.run.worker" in words or b"spawn_main" in words
    return False


def _stat(pid: int) -> list[str]:
    """The fields of a process from its state on."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()


def orphans(session: int) -> list[str]:
    """Processes of a session that do not end although its leader has."""
    deadline = time.monotonic() + ORPHANED
    while True:
        there = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError):
                fields = _stat(int(path.name))
                if int(fields[3]) == session and int(path.name) != session and fields[0] not in "ZX":
                    there.append(int(path.name))
        if not there or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    for each in there:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    return [f"process {each}" for each in there]
