"""The recipe dose: replicated over pretrained encoders, with both kinds of targets."""

from isogloss.core.spec import Architecture
from isogloss.recipes.dose import TARGETS, grid


def test_five_encoders_of_one_world() -> None:
    """Five pretrained encoders read all languages of the world; every target follows each, two seeds, and retrieval."""
    study = grid()
    pretrained = [run for run in study.runs if len(run.phases) == 1]
    assert [run.phases[0].seed for run in pretrained] == [0, 1, 2, 3, 4]
    assert all(isinstance(run.encoder, Architecture) and run.phases[0].languages == () for run in pretrained)
    assert len(study.runs) == 5 + 5 * 2 * len(TARGETS)
    assert {each.task for each in study.evaluations} == {f"{name}@dose" for name in (*TARGETS, "world_retrieval")}


def test_options_enlarge_it_and_keep_what_is_done() -> None:
    """More seeds, encoders, targets and an intermediate add runs; those of the smaller study are among them."""
    small = {run.run_id for run in grid().runs}
    large = grid(encoders=6, seeds=3, targets=(*TARGETS, "world_context"), intermediate="world_paraphrase")
    assert small < {run.run_id for run in large.runs}
    assert len(large.runs) == 6 + 6 * 3 * (1 + 2 * 4)


def test_its_tasks_know_their_dials() -> None:
    """Every task of the study records the dials of every language but English."""
    for task in grid(draws=1).tasks:
        assert set(task.dials) == {code for code in task.languages if code != "en"}
        assert task.dials["relations50_a"]["relations"] == 0.5
