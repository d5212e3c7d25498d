"""What kind of task a name speaks of."""

import pytest

from isogloss.advice.kinds import MULTI, OTHER, kind_of, kind_of_task
from isogloss.core import folder
from isogloss.core.controls import NONE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mnli", "inference"),
        ("world_nli", "inference"),
        ("anas-awadalla/roberta-base-few-shot-k-1024-finetuned-squad-seed-2", "answers"),
        ("ibm/ColD-Fusion-itr13-seed0", MULTI),
        ("mnli+squad", MULTI),
        ("none", NONE),
        ("hellaswag (lr=1e-05)", "commonsense"),
        ("intents_of_our_bank", OTHER),
    ],
)
def test_names_tell_the_kind(name: str, kind: str) -> None:
    """By the words in them; settings in brackets do not count."""
    assert kind_of(name) == kind


def test_every_task_that_is_trained_has_a_kind() -> None:
    """The nine intermediate tasks of Phang et al. 2020 and the targets of XTREME are none of them "other"."""
    tasks = [folder.load("tasks", name) for name in folder.names("tasks")]
    named = [task for task in tasks if {"intermediate", "xtreme"} & {*task.benchmarks} and task.name != "real_or_fake"]
    assert len(named) > 12
    assert not [task.name for task in named if kind_of_task(task) == OTHER]
