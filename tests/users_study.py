"""A user's recipe and task in a folder."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from isogloss.plan.job import Job
from isogloss.plan.plan import plan
from isogloss.plan.site import Site

TASK = '''
"""Colours of things: one label per line."""
from pathlib import Path
from isogloss.core.examples import Classification
from isogloss.core.task import Source, Task

def read(folder, split, language):
    for number, line in enumerate((folder / f"{split}-{language}.tsv").read_text("utf-8").splitlines()):
        text, label = line.split("\\t")
        yield Classification(id=str(number), text=text, label=label)

TASK = Task(
    name="colour", type="classification", title="Colours", languages=("en", "de", "yo"), read=read,
    source=Source(folder="colour", licence="none", cite="none"), trained_on=("colour",), labels=("red", "blue"),
    metrics=("accuracy",), chance=0.5,
)
'''
LINES = """
from isogloss.core.examples import Text
from isogloss.core.task import Source, Task

def read(folder, split, language):
    for number, line in enumerate((folder / "train-en.tsv").read_text("utf-8").splitlines()):
        yield Text(id=str(number), text=line.split("\\t")[0])

TASK = Task(name="lines", type="text", title="Lines", languages=("en",), read=read,
            source=Source(folder="colour", licence="none", cite="none"), splits=("train",))
"""
RECIPE = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

def grid(seeds: int = 2, steps: int = 3, name: str = "colours", twice: bool = False) -> Study:
    base = RunSpec(encoder=Published(name="nowhere/encoder"))
    middle = base.then(Phase(stage="intermediate", tasks=("colour",), steps=steps))
    runs = [middle.then(Phase(stage="target", tasks=("colour",), epochs=2, batch=2, seed=s)) for s in range(seeds)]
    return Study(
        name=name, title="Colours of things", runs=tuple(runs),
        evaluations=tuple(Evaluation(run=run, task="colour") for run in runs), notes=("A note.",),
    )
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A user's folder with a recipe, a task, its data in two of three languages, its text to pretrain on, and an empty
    store."""
    (tmp_path / "colour.py").write_text(textwrap.dedent(TASK))
    (tmp_path / "lines.py").write_text(LINES)
    (tmp_path / "colours.py").write_text(textwrap.dedent(RECIPE))
    folder = tmp_path / "data" / "colour"
    folder.mkdir(parents=True)
    for name in ("train-en", "test-en", "test-de"):
        (folder / f"{name}.tsv").write_text("sky\tblue\nblood\tred\nsea\tblue\n")
    return Site(recipe=str(tmp_path / "colours.py"), options={}, store_root=tmp_path / "store", data=tmp_path / "data")


@pytest.fixture
def planned(site: Site) -> Callable[[], list[Job]]:
    """What is missing now, as a new command would find it."""

    def missing() -> list[Job]:
        return list(plan(site.study, site.store, site.data, site.find).missing)

    return missing
