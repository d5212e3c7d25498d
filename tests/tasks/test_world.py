"""The worlds' tasks: every one, in every language and split."""

import pickle
from pathlib import Path

import pytest

from isogloss.core.folder import load, names
from isogloss.core.task import Task
from isogloss.tasks._world import tasks_of, world_task
from isogloss.worlds.language import Language
from isogloss.worlds.world import DEFAULT, World

NAMES = [name for name in names("tasks") if name.startswith("world_")]
NOWHERE = Path("no such folder")
SIZES = {"train": range(1_800, 10_001), "dev": range(350, 1_000), "test": range(350, 1_000)}


def test_all_families_are_tasks() -> None:
    """Worlds ask twelve kinds of questions, one file each."""
    kinds = [
        "choice",
        "context",
        "hypernym",
        "ner",
        "nli",
        "odd",
        "paraphrase",
        "pos",
        "qa",
        "retrieval",
        "text",
        "topic",
    ]
    assert [f"world_{kind}" for kind in kinds] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_split_in_every_language(name: str) -> None:
    """Examples are there, pass the task's own checks, and are as many as promised; no folder is needed."""
    task: Task = load("tasks", name)
    assert task.name == name
    for split in task.splits:
        # Training data is largest and made alike in all languages, so two of them do.
        for language in task.languages if split != "train" else task.languages[::4]:
            assert len(task.examples(NOWHERE, split, language)) in SIZES[split]


@pytest.mark.parametrize("name", NAMES)
def test_training_and_tests_share_no_input(name: str) -> None:
    """No example of a test is an example of training or development."""
    task: Task = load("tasks", name)
    if task.type == "text" or task.name == "world_retrieval":
        return
    language = task.languages[0]
    train, test = (
        {repr(example).split(", ", 1)[1] for example in task.examples(NOWHERE, split, language)}
        for split in ("train", "test")
    )
    assert len(test) > 300
    assert not train & test


def test_another_world_has_tasks_of_its_own() -> None:
    """Tasks of another world carry its name, its languages and its fingerprint, and train on themselves."""
    world = World(name="merged", languages=(Language(code="en"), Language(code="m1", merge=0.5)))
    found = {task.name: task for task in tasks_of(world)}
    assert sorted(found) == [f"{name}@merged" for name in NAMES]
    task = found["world_nli@merged"]
    assert task.languages == ("en", "m1")
    assert task.trained_on == ("world_nli@merged",)
    assert task.source.generated == world.fingerprint != world_task("nli").source.generated
    assert task.examples(NOWHERE, "test", "en") == world_task("nli").examples(NOWHERE, "test", "en")
    assert task.examples(NOWHERE, "test", "m1") != task.examples(NOWHERE, "test", "en")


def test_retrieval_is_from_other_languages() -> None:
    """English is what the other languages are matched with, not a language of the task; nothing trains it."""
    task = world_task("retrieval")
    assert task.languages == DEFAULT.codes[1:]
    assert task.trained_on == ()


def test_tasks_travel() -> None:
    """A task of any world can be sent to another process."""
    world = World(name="w", seed=3, languages=DEFAULT.languages)
    task = world_task("odd", world)
    copy: Task = pickle.loads(pickle.dumps(task))
    assert copy.examples(NOWHERE, "dev", "x1") == task.examples(NOWHERE, "dev", "x1")
