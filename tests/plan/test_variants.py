"""plan: what it knows of mixtures and of text beside a task."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.examples import Classification, Text
from isogloss.core.parts import MLM
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study
from isogloss.core.task import Source, Task
from isogloss.plan import captions
from isogloss.plan.job import Job
from isogloss.plan.plan import plan
from isogloss.store.run_record import read
from isogloss.store.store import Store

TUNE = Phase(stage="intermediate", tasks=("label",), epochs=3.0, batch=4)
TEXT = MLM(share=0.25, tasks=("prose",), languages=("de", "sw"))
BESIDE = dataclasses.replace(TUNE, mlm=TEXT)


def make(name: str, kind: str, examples: list[Any], languages: tuple[str, ...] = ("en", "de", "sw")) -> Task:
    source = Source(folder="", licence="ours", cite="ours", generated=str(len(examples)))
    return Task(name=name, type=kind, title=name, languages=languages, read=lambda *_: examples, source=source,
                labels=("x",))  # fmt: skip


def tasks(texts: int = 10) -> Callable[[str], Task]:
    labelled = [Classification(id=str(number), text="abc def ghi", label="x") for number in range(40)]
    prose = [Text(id=str(number), text="one text of thirty characters .") for number in range(texts)]
    found = [make("label", "classification", labelled), make("prose", "text", prose)]
    return {task.name: task for task in found}.__getitem__


def job(phase: Phase, folder: Path, find: Callable[[str], Task]) -> Job:
    spec = RunSpec(encoder=Published(name="nowhere"), phases=(phase,))
    study = Study(name="s", title="s", runs=(spec,))
    return plan(study, Store(folder), folder, find).jobs[-1]


def test_the_text_beside_a_task_makes_the_run(tmp_path: Path) -> None:
    """Its hash stands in the run's data; other text, another share or other languages are other runs."""
    here = job(BESIDE, tmp_path / "a", tasks())
    assert here.run is not None
    assert set(here.run.phases[-1].data) == {"label", "prose"}
    others = [
        job(BESIDE, tmp_path / "b", tasks(texts=11)),
        job(dataclasses.replace(TUNE, mlm=dataclasses.replace(TEXT, share=0.5)), tmp_path / "a", tasks()),
        job(dataclasses.replace(TUNE, mlm=dataclasses.replace(TEXT, languages=("de",))), tmp_path / "a", tasks()),
        job(TUNE, tmp_path / "a", tasks()),
    ]
    assert len({here.id, *(other.id for other in others)}) == 5


def test_steps_of_text_come_on_top_of_epochs(tmp_path: Path) -> None:
    """3 epochs of 40 examples in batches of 4 are 30 steps, with a quarter of all on text 40; asked steps stay."""
    assert job(TUNE, tmp_path, tasks()).steps == 30
    assert job(BESIDE, tmp_path, tasks()).steps == 40
    assert job(dataclasses.replace(BESIDE, epochs=0.0, steps=12), tmp_path, tasks()).steps == 12


def test_text_counts_by_its_share_in_the_length_of_a_step(tmp_path: Path) -> None:
    """40 examples of 11 characters and a third as many texts of 31: what a mean step reads."""
    found = job(BESIDE, tmp_path, tasks())
    assert (found.examples, found.characters) == (53, 40 * 11 + 13 * 31)


def test_text_that_is_none_or_not_there_is_said_by_the_plan(tmp_path: Path) -> None:
    """Before anything is trained: a labelled task as text, and a language that the text has not."""
    labelled = {"tasks": ("prose",), "mlm": dataclasses.replace(TEXT, tasks=("label",))}
    for settings in (labelled, {"mlm": dataclasses.replace(TEXT, languages=("tlh",))}):
        with pytest.raises((SpecError, UnknownName), match=r"expected text|no language named 'tlh'"):
            job(dataclasses.replace(BESIDE, **settings), tmp_path, tasks())


def test_a_caption_says_what_each_task_gave() -> None:
    """Batches, share and examples per task, the head that was kept, and what was frozen; nothing of a plain phase."""
    record = read(
        {
            "mixture": {"mnli": {"batches": 30, "examples": 960}, "squad": {"batches": 10, "examples": 300}},
            "heads": {"mnli": "fresh", "squad": "squad2"},
            "trained_parameters": 1000,
            "parameters": 5000,
        }
    )
    assert captions.trained(record) == [
        "Mixture as trained: mnli 30 batches (75.0%), 960 examples; squad 10 batches (25.0%), 300 examples.",
        "Heads: squad goes on with that of squad2.",
        "Trained: 1,000 parameters, head included; the rest is frozen.",
    ]
    assert captions.trained(read({"heads": {"mnli": "fresh"}, "steps": 3})) == []


def test_a_text_is_read_in_those_languages_of_a_phase_that_it_has(tmp_path: Path) -> None:
    """English text beside parallel text in three languages: it gives its English. A labelled task must have all."""
    texts = [Text(id=str(number), text="one text of thirty characters .") for number in range(10)]
    labelled = [Classification(id=str(number), text="abc def", label="x") for number in range(10)]
    find = {
        task.name: task
        for task in (
            make("prose", "text", texts), make("english", "text", texts[:4], ("en",)),
            make("label", "classification", labelled, ("en",)),
        )
    }.__getitem__  # fmt: skip
    both = Phase(stage="pretrain", tasks=("prose", "english"), languages=("en", "de"), steps=1)
    assert job(both, tmp_path, find).examples == 10 + 10 + 4
    with pytest.raises(UnknownName, match="de"):
        job(dataclasses.replace(both, tasks=("english",), languages=("de",)), tmp_path, find)
    with pytest.raises(UnknownName, match="de"):
        job(dataclasses.replace(both, stage="target", tasks=("label",)), tmp_path, find)
