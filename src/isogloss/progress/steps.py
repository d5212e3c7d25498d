"""How far a piece of work is: steps by name and weight, and whoever listens to what is heard of them.

Who does the work says what happens; a terminal, a log, a live page and trackers of experiments listen. None of them
knows of the others, and the work knows of none.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, Self

from isogloss.core import quantities
from isogloss.core.doing import heard
from isogloss.core.shown import visible

BEAT = 1.0
"""Seconds after which listeners are told to look again though nothing was heard."""
STILL = 5.0
"""Seconds without news of a step after which it is said for how long there were none."""
UNKNOWN = 10.0
"""Seconds that a step without an estimate counts."""


class Weighed(Protocol):
    """What progress is made in: a job of a plan, or a `Step`."""

    @property
    def id(self) -> str:
        """What it is called when it is heard of."""

    @property
    def title(self) -> str:
        """What a person reads."""

    @property
    def seconds(self) -> float | None:
        """Estimate; None where nothing is known."""


@dataclass(frozen=True)
class Step:
    """A step by its name alone. Its weight is the seconds it may take; `key` tells apart steps of one name."""

    title: str
    seconds: float | None = None
    key: str = ""

    @property
    def id(self) -> str:
        """What it is called when it is heard of."""
        return self.key or self.title


class Listener:
    """Hears what happens to steps; one that listens for less leaves methods as they are. Calls never overlap."""

    def changed(self, progress: "Progress", *, last: bool = False) -> None:
        """Something was heard, or a second has passed; `last` says that all is done."""

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """A step has measured something `at` a training step: a loss, a learning rate, scores."""

    def finished(self, step: str) -> None:
        """A step is done."""

    def say(self, line: str) -> None:
        """A sentence for whoever watches."""

    def close(self) -> None:
        """Nothing more will be heard."""


@dataclass
class Now:
    """A step in work, as it was last heard of."""

    id: str
    title: str
    done: int = 0
    total: int = 1
    """Of its own steps; 0 of 0: it waits for another process."""
    doing: str = ""
    """What it is at, until its next step."""
    values: dict[str, float] = field(default_factory=dict)
    """What it measured last."""
    news: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        """What a person reads: the work, how far it is, and for how long nothing was heard."""
        quiet = time.monotonic() - self.news
        since = f", {quantities.duration(quiet)}" if quiet >= STILL else ""
        if not self.total:
            return f"{self.title}: another process works on it, waiting{since}"
        if self.doing:  # first, since the line may be cut
            return f"{'still ' if since else ''}{self.doing}{since}: {self.title}"
        count = f" {self.done:,}/{self.total:,}" if self.total > 1 else ""
        loss = f", loss {self.values['loss']:.3g}" if "loss" in self.values else ""
        return f"{self.title}{count}{loss}{since}"


class Progress:
    """Told what happens, it tells its listeners. The share done weighs steps by their estimated time.

    A thread of its own tells them to look again when nothing is heard, until `close`: a long step shows that it lives.
    """

    def __init__(
        self,
        steps: Iterable[Weighed],
        *,
        workers: int = 1,
        listeners: Sequence[Listener] = (),
    ) -> None:
        self.workers = workers
        self._steps = {step.id: step for step in steps}
        self._weight = {step.id: step.seconds or UNKNOWN for step in self._steps.values()}
        self.estimated = any(step.seconds for step in self._steps.values())
        self._total = sum(self._weight.values()) or 1.0
        self._finished = 0.0
        self.count = 0
        """Steps that are done."""
        self.now: dict[str, Now] = {}
        """Those in work."""
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._heart: threading.Thread | None = None
        self._begun = time.monotonic()
        self.listeners = tuple(listeners)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def at(self, step: str) -> Iterator[Callable[[int, int], None]]:
        """A step that is done here while the block runs; yields what is told (done, total)."""
        self.started(step)
        try:
            with heard(partial(self.doing, step), partial(self.measured, step)):
                yield partial(self.step, step)
        except BaseException:
            self.failed(step)
            raise
        self.finished(step)

    def started(self, step: str) -> None:
        """A step begins."""
        self._news(step)
        if self._heart is None and self.listeners:
            self._heart = threading.Thread(target=self._beat, daemon=True)
            self._heart.start()

    def step(self, step: str, done: int, total: int) -> None:
        """It has done some of its own steps; (0, 0): it waits for another process."""
        self._news(step, done=done, total=total, doing="")

    def doing(self, step: str, what: str) -> None:
        """It says what it is at, until its next step."""
        self._news(step, doing=what)

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """It has measured something at a training step."""
        with self._lock:
            if step in self.now:
                self.now[step].values |= values
            for each in self.listeners:
                each.measured(step, at, values)

    def tell(self, kind: str, step: str, *said: object) -> None:
        """What a worker sends of a step: ("step" | "doing" | "measured", its id, what those methods take)."""
        {"step": self.step, "doing": self.doing, "measured": self.measured}[kind](step, *said)  # type: ignore[operator]

    def finished(self, step: str) -> None:
        """A step is done."""
        with self._lock:
            self.now.pop(step, None)
            self._finished += self._weight[step]
            self.count += 1
            for each in self.listeners:
                each.finished(step)
            self._changed(last=self.count == len(self._weight))

    def failed(self, step: str) -> None:
        """A step has stopped without a result."""
        with self._lock:
            self.now.pop(step, None)

    def say(self, line: str) -> None:
        """Tell whoever watches a sentence."""
        with self._lock:
            for each in self.listeners:
                each.say(visible(line))

    def close(self) -> None:
        """Nothing more happens."""
        self._over.set()
        if self._heart is not None:
            self._heart.join()
        for each in self.listeners:
            each.close()

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self._weight)

    @property
    def spent(self) -> float:
        """Seconds since the begin."""
        return time.monotonic() - self._begun

    @property
    def share(self) -> float:
        """Share done in [0, 1]."""
        part = sum(self._weight[each.id] * each.done / each.total for each in self.now.values() if each.total)
        return min(1.0, (self._finished + part) / self._total)

    @property
    def left(self) -> float:
        """Seconds left: by the estimates at first, by the pace so far once it shows."""
        spent, share = self.spent, self.share
        planned = self._total * (1 - share) / self.workers
        if share <= 0:
            return planned
        trust = min(1.0, share / 0.2)
        return trust * spent * (1 - share) / share + (1 - trust) * planned

    @property
    def head(self) -> str:
        """The share done, how many steps, and the time left; empty where nothing is known of it yet."""
        left = quantities.duration(self.left)
        known = self.estimated or self.share > 0
        return f"{100 * self.share:3.0f}%  {self.count}/{self.total} jobs  {left} left" if known else ""

    @property
    def doings(self) -> list[str]:
        """What each step in work is at."""
        return [visible(each.text) for each in self.now.values()]

    def _news(self, step: str, **news: object) -> None:
        with self._lock:
            now = self.now.setdefault(step, Now(step, self._steps[step].title))
            vars(now).update(news, news=time.monotonic())
            self._changed()

    def _changed(self, *, last: bool = False) -> None:
        for each in self.listeners:
            each.changed(self, last=last)

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            with self._lock:
                self._changed()
