"""plan/memory: a plan says what its runs take of a GPU's memory."""

import json
from pathlib import Path

import pytest

from isogloss.core.parts import MLM
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.plan.job import Job
from isogloss.plan.memory import lines, needed


@pytest.fixture
def large(tmp_path: Path) -> Published:
    """XLM-R Large's shape in a folder."""
    config = {
        "vocab_size": 250_002, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
        "intermediate_size": 4096, "max_position_embeddings": 514,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    return Published(name=str(tmp_path))


def job(encoder: Published, **settings: object) -> Job:
    phase = Phase(**({"stage": "target", "tasks": ("squad",), "epochs": 2.0, "length": 384} | settings))  # type: ignore[arg-type]
    return Job(
        kind="train", id="x", title="", run=RunSpec(encoder=encoder, phases=(phase,)), examples=100, characters=200_000
    )


def test_a_run_that_fits_says_so(large: Published) -> None:
    """Eight long inputs per batch, with a trimmed vocabulary, leave room on a card of 16 GB."""
    (line,) = lines([job(large, batch=8, accumulate=4)])
    assert f"Memory on a GPU, {large.title}, target phases" in line
    assert line.endswith("fits a card of 16 GB.")


def test_a_folder_without_a_name_is_called_as_it_is_on_the_disk(large: Published) -> None:
    """As plans know it: by its files."""
    (line,) = lines([job(Published(name="", folder=large.name), batch=8)])
    assert f"Memory on a GPU, {large.title}, target phases" in line


def test_a_run_that_does_not_fit_says_what_would(large: Published) -> None:
    """32 long inputs at once are too many; with gradient checkpointing they fit, and the two figures stand there."""
    (line,) = lines([job(large, batch=8), job(large, batch=32)])
    assert "with gradient_checkpointing" in line
    assert line.endswith("which fits a card of 16 GB.")


def test_masked_language_modelling_beside_the_task_keeps_the_whole_table(large: Published) -> None:
    """Its softmax needs every row, and so do gradients and optimizer."""
    task, text = needed(job(large)), needed(job(large, mlm=MLM(share=0.1, tasks=("wiki",))))
    assert task is not None
    assert text is not None
    assert text.gradients - task.gradients == 4 * (250_002 - 50_000) * 1024


def test_what_is_not_known_is_not_guessed() -> None:
    """A hub name that was never fetched has no figure."""
    assert lines([job(Published(name="nobody/nothing"))]) == []
