"""Kill a verb of isogloss at random moments, give the same command again, and say what is not as if nothing had been.

A moment is a number of file events (every file opened for writing, renamed, removed …), at which the command kills
itself, or a number of seconds of processor time that the command and its processes have had, at which it is killed from
outside: neither depends on what else the machine does.
"""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from _killed import INPUT, STUDIES, VERBS, Verb
from _remains import PARTIAL, bits, landed, torn, unlike
from _struck import Moment, Place, command, family, orphans, spent, strike
from _tiny import published

PRELOADED = [
    "isogloss.training.phase", "isogloss.evaluation.zero_shot", "isogloss.evaluation.retrieval.layers", "isogloss.cli",
    "isogloss.measuring.study", "isogloss.meaning.study", "isogloss.analysis.conclusions", "isogloss.report.page.page",
    "scipy.sparse", "scipy.stats", "scipy.optimize", "altair", "vl_convert", "jinja2", "pyarrow.parquet", "pandas",
    "peft",
]  # fmt: skip
"""Imported once, before all that is killed: a kill a second, not one per import."""
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
PATIENCE = 600.0
"""Seconds after which a process that does not end is a fault."""


@dataclass
class Verdict:
    """What a number of kills came to. All but `kills` should be 0."""

    kills: int = 0
    lost: int = 0
    """Finished things that a kill took away, or that were other things afterwards."""
    torn: int = 0
    """Files under their own name that end in the middle."""
    different: int = 0
    """Results that are not those of an undisturbed command, to the bit; a command that does not end well."""
    left: int = 0
    """What stays after the same command and `gc`: files, or processes after the kill."""
    said: int = 0
    """Answers to SIGTERM and Ctrl-C that are not one line and the right exit status."""
    findings: list[str] = field(default_factory=list)

    def note(self, kind: str, what: Collection[str], where: str) -> None:
        """Count what was found."""
        setattr(self, kind, getattr(self, kind) + len(what))
        self.findings += [f"{kind}: {each} ({where})" for each in sorted(what)]

    def add(self, other: "Verdict") -> None:
        """Count another's too."""
        for name in ("kills", "lost", "torn", "different", "left", "said", "findings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Killer:
    """Kills, in a folder of its own; remembers what undisturbed commands leave and how long they are."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.context = _context()
        self.seconds = 0.0
        """Processor time of all commands so far."""
        (root / "data").mkdir(parents=True, exist_ok=True)
        for name, text in {**INPUT, **{f"{name}.py": recipe for name, recipe in STUDIES.items()}}.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, "utf-8")
        published(root / "encoder")
        self._whole: dict[str, Whole] = {}
        self._number = 0

    def kill(self, name: str, moments: Iterable[Moment], plant: str = "") -> Verdict:
        """Kill a verb at some moments in one place, then let it end and look at what is there.

        `plant` names a fault that is put in.
        """
        verb, whole, found = VERBS[name], self.whole(name), Verdict()
        place = self._begun(verb)
        for moment in moments:
            before = landed(place, verb)
            ended = self.run(verb, place, moment, plant)
            where = f"{name}, {moment}"
            found.kills += ended.hit
            found.note("said", ended.wrong(moment), where)
            found.note("left", ended.orphans, where)
            found.note("torn", torn(place), where)
            after = landed(place, verb)
            found.note("lost", [path for path, what in before.items() if after.get(path) != what], where)
            if ended.status == 0 or not ended.hit:
                break
        last = self.run(verb, place, None, plant)
        if last.status != 0:
            found.note("different", [f"it ends with status {last.status}: {last.error.strip()[-300:]}"], name)
        else:
            found.note("different", unlike(whole.bits, bits(place, last.output, verb)), name)
            found.note("torn", torn(place), f"{name}, at the end")
            found.note("left", self._swept(verb, place) - whole.swept, name)
        if not found.findings:
            shutil.rmtree(place.root)
        return found

    def beside(self, name: str, gc: str) -> Verdict:
        """Two processes do the same, and `gc` frees what it can all the while."""
        verb, whole, found = VERBS[name], self.whole(name), Verdict()
        place = self._begun(verb)
        both = [self._started(verb, Place(place.root, place.url, f"{each}-")) for each in ("one", "other")]
        while any(each.exitcode is None for each in both):
            ended = self.run(VERBS[gc], place)
            found.note("different", [] if ended.status == 0 else [f"gc: status {ended.status}: {ended.error}"], name)
        for each, process in zip(("one", "other"), both, strict=True):
            told = Place(place.root, said=f"{each}-").told("error")
            wrong = [] if (process.exitcode, told) == (0, "") else [f"status {process.exitcode}: {told}"]
            found.note("different", wrong, f"{name} beside {gc}")
        kept = {path: what for path, what in whole.bits.items() if path.startswith("store/evaluations/")}
        here = bits(place, "", verb)
        found.note("different", unlike(kept, {path: here[path] for path in here.keys() & kept.keys()}), name)
        found.note("torn", torn(place), f"{name} beside {gc}")
        found.note("left", [str(path) for path in place.root.rglob(f"{PARTIAL}*")], f"{name} beside {gc}")
        return found

    def whole(self, name: str) -> "Whole":
        """What a verb leaves when nobody disturbs it."""
        if name not in self._whole:
            verb = VERBS[name]
            place = self._begun(verb)
            ended = self.run(verb, place, Moment("event", 0, 0, "parent"))
            if ended.status != 0:
                raise RuntimeError(f"{name} undisturbed ends with status {ended.status}:\n{ended.error}")
            kept = self._next(verb)
            shutil.copytree(place.root, kept.root, dirs_exist_ok=True, symlinks=True)
            self._whole[name] = Whole(
                kept, bits(place, ended.output, verb), self._swept(verb, place), ended.events, ended.seconds
            )
            shutil.rmtree(place.root)
        return self._whole[name]

    def run(self, verb: Verb, place: Place, moment: Moment | None = None, plant: str = "") -> "Ended":
        """Do a command, hit at a moment; Moment 0 only counts file events."""
        process = self._started(verb, place, moment if moment and moment.kind == "event" else None, plant)
        pid = int(process.pid or 0)
        hit, seconds = False, 0.0
        if moment and moment.kind == "time":
            while process.exitcode is None and not hit:
                process.join(0.01)
                seconds = spent(family(pid))
                hit = seconds >= moment.at and (place.root / "error").exists() and strike(pid, moment)
        deadline = time.monotonic() + PATIENCE
        while process.exitcode is None:
            seconds = max(seconds, spent(family(pid)))
            process.join(0.1)
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
                raise RuntimeError(f"{verb.command}: it does not end ({moment}).")
        self.seconds += seconds
        told = {name: place.told(name) for name in ("output", "error", "events")}
        events = int(told["events"] or 0)
        hit = hit or bool(moment and moment.kind == "event" and moment.number and events >= moment.at)
        for name in ("output", "error", "events"):
            (place.root / name).unlink(missing_ok=True)
        return Ended(int(process.exitcode), told["output"], told["error"], events, seconds, hit, orphans(pid))

    def _started(self, verb: Verb, place: Place, inside: Moment | None = None, plant: str = "") -> Any:
        words = place.words(verb, self.root / f"{verb.study}.py")
        process = self.context.Process(
            target=command, args=(words, place, place.environment(), inside, dict(verb.settings), plant)
        )
        process.start()
        return process

    def moments(self, name: str, stream: random.Random, most: int) -> Iterator[Moment]:
        """Some random moments of a verb."""
        return (self._moment(VERBS[name], self.whole(name), stream) for _ in range(most))

    def _moment(self, verb: Verb, whole: "Whole", stream: random.Random) -> Moment:
        number = stream.choice(SIGNALS)
        target = stream.choice(verb.targets)
        if target == "worker":
            number = signal.SIGKILL if number == signal.SIGINT else number  # Ctrl-C is the parent's to answer
        if target == "parent" and stream.random() < 0.6:
            return Moment("event", float(stream.randint(1, max(1, whole.events))), number, target)
        return Moment("time", stream.uniform(0.0, whole.seconds), number, target)

    def _begun(self, verb: Verb) -> Place:
        place = self._next(verb)
        if verb.after:
            shutil.copytree(self.whole(verb.after).place.root, place.root, dirs_exist_ok=True, symlinks=True)
        return place

    def _next(self, verb: Verb) -> Place:
        self._number += 1
        while (root := self.root / f"{self._number}").exists():  # kept by an earlier run
            self._number += 1
        root.mkdir()
        return Place(root, verb.url)

    def _swept(self, verb: Verb, place: Place) -> set[str]:
        """What is there after a `gc`, caches and locks aside; all that is half-written is named."""
        gc = Verb(command="gc --parents --abandoned --store {store}", study=verb.study)
        ended = self.run(gc, place)
        found = {str(path.relative_to(place.root)) for path in place.root.rglob("*")}
        kept = {
            path for path in found
            if PARTIAL in path or not ({"cache", "locks"} & set(Path(path).parts) or path.endswith(".lock"))
        }  # fmt: skip
        return kept if ended.status == 0 else kept | {f"gc ends with status {ended.status}: {ended.error}"}


def _context() -> multiprocessing.context.ForkServerContext:
    """Where commands are forked from: a process that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, "_warm"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), before)))
    forkserver.ensure_running()
    del os.environ["PYTHONPATH"]
    os.environ |= {"PYTHONPATH": before} if before is not None else {}
    return context


@dataclass(frozen=True)
class Whole:
    """What an undisturbed command left, and how long it was."""

    place: Place
    bits: Mapping[str, str]
    swept: set[str]
    events: int
    seconds: float


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    output: str
    error: str
    events: int
    seconds: float
    hit: bool
    orphans: list[str]

    def wrong(self, moment: Moment) -> list[str]:
        """What is not as it should be in its last words."""
        lines = [line for line in self.error.splitlines() if line.strip()]
        if "Traceback" in self.error or "Exception ignored" in self.error:
            return [f"a traceback: {' / '.join(lines)[-600:]}"]
        if not self.hit or self.status == 0 or moment.target == "worker" or moment.number == signal.SIGKILL:
            return [] if moment.target != "worker" or self.status == 0 else [f"status {self.status}: {self.error}"]
        begin, status = ("Interrupted. ", 130) if moment.number == signal.SIGINT else ("Stopped by SIGTERM. ", 143)
        right = self.status == status and len(lines) == 1 and lines[0].startswith(begin)
        return [] if right else [f"status {self.status}: {' / '.join(lines) or 'nothing'}"]


def every(
    killer: Killer, names: Sequence[str], kills: int, stream: random.Random, plant: str = ""
) -> Iterator[tuple[str, Verdict]]:
    """Kill each verb about as often, some times in each place, in random order: verb and what came of it."""
    left = Counter({name: kills // len(names) + (place < kills % len(names)) for place, name in enumerate(names)})
    while +left:
        name = stream.choice(sorted(+left))
        found = killer.kill(name, killer.moments(name, stream, min(left[name], stream.randint(1, 4))), plant)
        left[name] -= found.kills
        yield name, found
