"""recipes/mini: what is asked, before anything is trained."""

from pathlib import Path

from isogloss.core.folder import load
from isogloss.core.spec import Published
from isogloss.recipes import mini


def test_every_copy_gets_every_intermediate_before_every_target() -> None:
    """Three copies × (none + 3) × 4 targets, each tested; retrieval of each copy and after each intermediate."""
    study = mini.grid()
    own = [run for run in study.runs if len(run.phases) > 1 and run.phases[1].stage == "pretrain"]
    targets = [run for run in own if run.phases[-1].stage == "target"]
    assert len(targets) == 3 * 4 * 4
    assert len({run.run_id for run in study.runs}) == len(study.runs)
    tested = {(each.run.run_id, each.task) for each in study.evaluations}
    assert {run.run_id for run in targets} <= {run for run, _ in tested}
    retrieved = [each for each in study.evaluations if each.task == "tatoeba" and each.run in own]
    assert len(retrieved) == 3 * (1 + 3)


def test_the_controls_stand_beside() -> None:
    """The aligned start without training, which the copies go on from, and random weights at rate 0."""
    study = mini.grid(pretrain_seeds=1)
    first = {run.run_id: run.phases[0] for run in study.runs if len(run.phases) == 1}
    aligned, untrained = sorted(first.values(), key=lambda phase: phase.start)
    assert (aligned.start, aligned.steps, aligned.epochs) == ("aligned", 0, 0)
    assert (untrained.start, untrained.lr) == ("random", 0.0)
    copy = next(run for run in study.runs if len(run.phases) == 2 and run.phases[1].stage == "pretrain")
    assert copy.parent is not None
    assert copy.parent.run_id in first


def test_nothing_tested_is_in_the_pretraining_text() -> None:
    """Every evaluated task and split is one whose sentences are taken out of every pretrain phase's text."""
    study = mini.grid()
    tested = {f"{each.task}/{each.split}" for each in study.evaluations}
    for run in study.runs:
        for phase in run.phases:
            if phase.stage == "pretrain":
                assert tested <= set(phase.without)
                assert all(load("tasks", name).type == "text" for name in phase.tasks)


def test_a_published_encoder_takes_the_place_of_the_copies(tmp_path: Path) -> None:
    """One encoder, no pretraining, no pooling it has no word frequencies for."""
    study = mini.grid(encoder=str(tmp_path))
    assert {run.encoder for run in study.runs} == {Published(name=str(tmp_path))}
    assert all(phase.stage != "pretrain" and phase.pooling == "mean" for run in study.runs for phase in run.phases)
    assert len(study.runs) == 1 + 3 + 4 * 4
