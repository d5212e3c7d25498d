"""Every task on its real files, end to end: trained for two steps where it can be, tested, scored."""

from pathlib import Path

import pytest

from isogloss.core import folder
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.evaluation import zero_shot
from isogloss.evaluation.retrieval import layers
from isogloss.training.phase import train

TASKS = [name for name in folder.names("tasks") if not name.startswith("world_")]
QUIET = {"report": lambda *_: None}


def find(name: str) -> Task:
    task: Task = folder.load("tasks", name)
    return task


def languages(task: Task, data: Path, split: str) -> list[str]:
    """English and two others, of those that are on disk."""
    return sorted(task.available(data, split), key=lambda code: code != "en")[:3]


def split_of(task: Task, data: Path) -> str | None:
    """The split to test on: the test if it is there, else dev."""
    return next((split for split in ("test", "dev") if task.available(data, split)), None)


@pytest.mark.real
@pytest.mark.parametrize("name", TASKS)
def test_a_task_trains_and_evaluates_on_its_real_files(name: str, real: Path, xlmr: Path, tmp_path: Path) -> None:
    """Reading, encoding, two steps of training, zero-shot prediction and scoring work on the published files."""
    task = find(name)
    start = RunSpec(encoder=Published(name=str(xlmr)))
    split = split_of(task, real)
    if task.type == "retrieval":
        if split is None or not task.metrics:
            pytest.skip(f"no file of {name} to search is in the pack")
        _, scores = layers.evaluate(
            start,
            folder=None,
            task=task,
            split=split,
            languages=languages(task, real, split),
            limit=2000 if name == "bucc2018" else 12,  # the first of its sentences have no partner, so no score
            data=real,
            **QUIET,
        )
        assert {score.metric for score in scores} == {task.metrics[0]}
        assert all(0 <= score.value <= 1 and score.n <= 2000 for score in scores)
        return
    teachers = [find(each) for each in task.trained_on] or [task]
    if any("en" not in teacher.available(real, "train") for teacher in teachers):
        pytest.skip(f"no English training file for {name} is in the pack")
    run, parent = start, None
    for number, teacher in enumerate(teachers):
        stage = "intermediate" if task.type == "text" else "target"
        run = run.then(Phase(stage=stage, tasks=(teacher.name,), steps=2, batch=4, limit=24, lr=1e-4))
        here = tmp_path / str(number)
        here.mkdir()
        record = train(run, folder=here, parent=parent, find=find, data=real, **QUIET)
        assert record["steps"] == 2
        parent = here
    if task.type == "text" or split is None or parent is None:
        return
    found = languages(task, real, split)
    predictions, scores = zero_shot.evaluate(
        run, folder=parent, task=task, split=split, languages=found, limit=5, data=real, **QUIET
    )
    assert len(predictions) == 5 * len(found)
    if any(gold is not None for gold in predictions.gold):
        assert task.metrics[0] in {score.metric for score in scores}
    assert all(0 <= score.value <= 1 for score in scores)
