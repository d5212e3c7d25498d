"""recipes/impact_mini: what is asked, before anything is trained."""

import pytest

from isogloss.core.errors import UnknownName
from isogloss.core.folder import load
from isogloss.recipes import impact_mini, mini


def test_every_encoder_and_seed_gets_every_intermediate_before_every_target() -> None:
    """3 encoders × 3 seeds × (none + 4 + control) × 4 targets, each tested; Tatoeba before and after."""
    study = impact_mini.grid()
    targets = [run for run in study.runs if run.phases[-1].stage == "target"]
    assert len({run.run_id for run in targets}) == len(targets) == 3 * 3 * 6 * 4
    assert {run.run_id for run in targets} <= {each.run.run_id for each in study.evaluations}
    assert len({each.run.run_id for each in study.evaluations if each.task == "tatoeba"}) == 3 + 3 * 3 * 5


def test_a_study_cut_short_holds_whole_seeds() -> None:
    """Runs of a seed stand before those of the next, so that what is done at any time is whole tables."""
    seeds = [run.phases[-1].seed for run in impact_mini.grid().runs if run.phases[-1].stage == "target"]
    assert seeds == sorted(seeds)


def test_it_goes_on_from_mini() -> None:
    """What `mini` trained is not trained again: each copy, three intermediates, four targets after each or none."""
    done = {run.run_id for run in mini.grid().runs}
    asked = {run.run_id for run in impact_mini.grid(targets=tuple(impact_mini.TARGETS)).runs}
    assert len(done & asked) == 3 * (1 + 3 + 4 * 4)


def test_nothing_tested_is_in_the_pretraining_text() -> None:
    """Every evaluated task and split is one whose sentences are taken out of every pretrain phase's text."""
    study = impact_mini.grid(targets=tuple(impact_mini.TARGETS))
    tested = {f"{each.task}/{each.split}" for each in study.evaluations}
    for run in study.runs:
        for phase in run.phases:
            if phase.stage == "pretrain":
                assert tested <= set(phase.without)


def test_every_task_there_is_has_settings() -> None:
    """Intermediates and the tasks that train the targets are tasks, with settings of their own."""
    settings = mini.tuning(published=False)
    for name in (*impact_mini.INTERMEDIATES, *impact_mini.TARGETS.values()):
        assert settings[name]["tasks"] == (load("tasks", name).name,)


def test_an_unknown_task_is_refused() -> None:
    """By name, with what there is."""
    with pytest.raises(UnknownName, match="sib200"):
        impact_mini.grid(targets=("sib20",))
