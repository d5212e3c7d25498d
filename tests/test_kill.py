"""kill -9 at any moment: the study goes on, and its results are those of an undisturbed run, to the bit."""

import multiprocessing
import os
import random
import runpy
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from results import results

KILLS = 20
RECIPE = '''
"""Every stage once, in some seconds."""
from isogloss.core.spec import Architecture, Evaluation, Phase, RunSpec, Study

def grid() -> Study:
    encoder = Architecture(vocabulary=2000, tokenizer="words", width=16, layers=2, heads=2, hidden=32, positions=64)
    text = Phase(stage="pretrain", tasks=("world_text",), limit=600, steps=25, tokens=512, lr=8e-3,
                 optimizer="muon", objective={"mask": 0.3})
    tune = {"steps": 15, "batch": 8, "lr": 2e-3, "limit": 100}
    base = RunSpec(encoder=encoder, phases=(text,))
    middle = base.then(Phase(stage="intermediate", tasks=("world_paraphrase",), **tune))
    runs = [run.then(Phase(stage="target", tasks=(task,), **tune)) for run in (base, middle)
            for task in ("world_nli", "world_qa")]
    tests = [Evaluation(run=run, task=run.phases[-1].tasks[0], languages=("en", "x3"), limit=20) for run in runs]
    tests += [Evaluation(run=run, task="world_retrieval", languages=("x3",), limit=20) for run in (base, middle)]
    return Study(name="killed", title="Killed", runs=(base, middle, *runs), baselines=("world_nli",),
                 evaluations=tuple(tests))
'''


COMMAND = """
import os
from isogloss import cli
from isogloss.training import loop
loop.SAVE_SECONDS = 0.02  # it saves its state all the time
os._exit(cli.main(["run", RECIPE, "--store", STORE, "--workers", "1", "--quiet"]))
"""


@pytest.fixture(scope="module")
def forks() -> multiprocessing.context.ForkServerContext:
    """Processes that have torch already: a kill per second, not per import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["isogloss.training.phase", "isogloss.evaluation.zero_shot", "isogloss.evaluation.retrieval", "scipy.sparse"]
    )
    return context


def test_a_killed_study_ends_with_the_same_bits(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    """Killed at twenty random moments, the study finishes with the weights, predictions and scores of a run that was
    left alone; no optimizer state and nothing half-written stays."""
    recipe, command = tmp_path / "killed.py", tmp_path / "command.py"
    recipe.write_text(RECIPE)
    command.write_text(COMMAND)

    def start(store: Path) -> Any:
        names = {"RECIPE": str(recipe), "STORE": str(store)}
        process = forks.Process(target=runpy.run_path, args=(str(command), names))
        process.start()
        return process

    alone = tmp_path / "alone"
    begun = time.monotonic()
    process = start(alone)
    process.join()
    assert process.exitcode == 0
    whole = time.monotonic() - begun
    expected = results(alone)
    assert sum(name.endswith("scores.json") for name in expected) >= 6

    moments = random.Random(20260101)
    kills, stores = 0, 0
    while kills < KILLS:
        stores += 1
        store = tmp_path / f"killed-{stores}"
        process = start(store)
        while True:
            process.join(moments.uniform(0, whole / 6) if kills < KILLS else None)
            if process.exitcode is not None:
                break
            assert process.pid
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            kills += 1
            process = start(store)
        assert process.exitcode == 0
        assert results(store) == expected
        assert not [path for path in store.glob("runs/*/*") if path.name.startswith("state")]
