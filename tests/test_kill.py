"""Every verb survives: killed at random moments and given again, it leaves to the bit what it leaves undisturbed.

The harness is bench/_kills.py, and bench/kills.py the long run. To repeat a failure: `KILLS_SEED=… pytest
tests/test_kill.py`.
"""

import argparse
import os
import random
import signal

import pytest

from _killed import NOT_KILLED, VERBS
from _kills import Killer, Verdict
from _plants import PLANTS
from _struck import Moment
from isogloss import cli

KILLS = {
    "run": 3, "run-kept": 2, "run-mixed": 2, "run-published": 2, "measure": 2, "analyse": 1, "report": 1, "gc": 2,
    "rerun": 1, "semdiv": 1, "search": 2, "read": 1, "verify": 1, "synthesis": 1,
}  # fmt: skip
"""What is killed here, and how often; bench/kills.py also kills workers, and works on stores at URLs."""


pytestmark = pytest.mark.xdist_group("kill")  # one process: undisturbed results are had once


@pytest.fixture(scope="module")
def seed() -> int:
    """Another one each time."""
    return int(os.environ.get("KILLS_SEED") or random.SystemRandom().randrange(10**6))


def test_killed_verbs_end_with_the_same_bits(killer: Killer, seed: int) -> None:
    """kill -9, SIGTERM and Ctrl-C of a command or its group, at random moments: nothing is lost or torn, the same
    command ends with the same bits, gc leaves what it leaves without a kill, and no process stays."""
    stream, found = random.Random(seed), Verdict()
    for name, most in KILLS.items():
        found.add(killer.kill(name, killer.moments(name, stream, most)))
    assert not found.findings, f"KILLS_SEED={seed}"
    assert found.kills > sum(KILLS.values()) / 2
    assert sum(path.endswith("scores.json") for path in killer.whole("run").bits) >= 6


def test_two_runs_beside_gc_end_well(killer: Killer) -> None:
    """While two commands do the same study a third frees weights all the time: all end with status 0, every evaluation
    is there and whole, and nothing is half-written."""
    found = killer.beside("run", "gc")
    assert not found.findings


@pytest.mark.parametrize("plant", ["torn", "lost", "left", "said"])
def test_a_fault_that_is_put_in_is_found(killer: Killer, seed: int, plant: str) -> None:
    """A file written in two halves, a finished thing taken away, a file left without its writer's name, a SIGTERM that
    nobody answers: each is reported as what it is."""
    events = list(range(1, killer.whole("analyse").events + 1))
    random.Random(seed).shuffle(events)
    number = signal.SIGTERM if plant == "said" else signal.SIGKILL
    for event in events:
        found = killer.kill("analyse", [Moment("event", event, number, "parent")], plant)
        if getattr(found, plant):
            break
    else:
        pytest.fail(f"KILLS_SEED={seed}: {plant} is not found")


def test_a_state_that_is_not_whole_is_found(killer: Killer, seed: int) -> None:
    """A phase that goes on without its optimizer's state ends with other weights."""
    stream = random.Random(seed)
    for _ in range(10):
        at = killer.whole("run").events * stream.uniform(0.3, 0.7)
        found = killer.kill("run", [Moment("event", int(at), signal.SIGKILL, "parent")], "different")
        if found.different:
            return
    pytest.fail(f"KILLS_SEED={seed}: it is not found")


def test_every_verb_that_writes_is_killed() -> None:
    """A verb that says that something is kept when it is stopped has an entry, or a reason why it has none."""
    parser = cli.parser()
    (listed,) = (each.choices for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    writing = {name for name, each in listed.items() if each.get_default("kept") != cli.READ}
    assert writing == {verb.command.split()[0] for verb in VERBS.values()} | set(NOT_KILLED)
    assert {"run", "measure", "gc"} <= writing
    assert set(PLANTS) == {"torn", "lost", "left", "said", "different"}
