"""Arms before a target: what is known of them with nothing measured, with runs, and what cannot be said."""

from collections.abc import Sequence

import pytest

from isogloss.advice.kinds import MULTI
from isogloss.advice.measured import Cell
from isogloss.advice.rank import Question, Ranking, known, rank
from isogloss.core.controls import NONE
from isogloss.core.errors import SpecError

ARMS = {"mnli": "inference", "squad": "answers", "ccg": "semantics", "hellaswag": "commonsense"}


def question(target: str = "xnli", kind: str = "inference", encoder: str = "xlm-roberta-base") -> Question:
    """About two languages."""
    return Question(target=target, encoder=encoder, languages=("sw", "ur"), kind=kind)


def cell(arm: str, values: Sequence[float], target: str = "xnli", control: bool = False) -> Cell:
    """Runs of one arm that score the same in every language."""
    runs = {f"{target} {arm} {n}": dict.fromkeys(("en", "sw", "ur"), value) for n, value in enumerate(values)}
    return Cell(study="s", encoder="xlm-roberta-base", target=target, arm=arm, chance=1 / 3, runs=runs, seconds=60.0,
                control=control)  # fmt: skip


def row(found: Ranking, name: str):
    """Of one arm."""
    return next(each for each in found.arms if each.name == name)


def test_without_any_run_it_ranks_and_says_what_it_cannot() -> None:
    """None and several at once are among the arms, nothing is told from none, none is run first."""
    found = rank(question(), ARMS, [])
    assert {NONE, MULTI} <= {each.name for each in found.arms}
    assert found.decided == ()
    assert found.first[0] == NONE
    assert len(found.first) == 6
    assert sum(each.best for each in found.arms) == pytest.approx(1)
    assert any("in no table" in note for note in found.notes)
    assert any("in English" in note for note in found.notes)


def test_all_at_once_comes_first_where_nothing_was_run() -> None:
    """Published multi-task models are better than their encoder 97 times of a hundred (docs/advice.md)."""
    assert rank(question(), ARMS, []).arms[0].name == MULTI


def test_runs_decide() -> None:
    """Three runs each, five points apart with little noise: the arm is told from none, and is best."""
    cells = [cell(NONE, (0.70, 0.702, 0.698)), cell("squad", (0.75, 0.752, 0.748)), cell("ccg", (0.69, 0.692, 0.688))]
    found = rank(question(), ARMS, cells)
    assert found.arms[0].name == "squad"
    assert "squad" in found.decided
    assert row(found, "squad").gain == pytest.approx(0.05, abs=0.01)
    assert row(found, "squad").best > 0.3  # arms that were never run may be better still
    assert row(found, "ccg").best + row(found, NONE).best < 0.01
    assert row(found, "ccg").harm > 0.9
    assert len(found.runs) == 9


def test_the_targets_own_task_is_a_control() -> None:
    """It is left out of the arms and named."""
    found = rank(question(), ARMS, [], own=["mnli"])
    assert "mnli" not in {each.name for each in found.arms}
    assert found.control == ("mnli",)
    assert found.beside["type"] == ("", None)


def test_no_arm_is_refused() -> None:
    """A target that is the only arm leaves nothing to rank."""
    with pytest.raises(SpecError, match="--arms"):
        rank(question("mnli"), {"mnli": "inference"}, [], own=["mnli"])


def test_runs_and_hours_limit_what_is_advised() -> None:
    """Two runs where two are asked for; none beyond the hours."""
    assert len(rank(question(), ARMS, [], most_runs=2).first) == 2
    hours = dict.fromkeys((NONE, *ARMS, MULTI), 2.0)
    found = rank(question(), ARMS, [], hours=hours, most_hours=5.0)
    assert found.hours == 4.0
    assert found.all_hours == 12.0
    assert rank(question(), ARMS, [], hours=hours, most_hours=1.0).first == ()


def test_a_target_known_by_nothing_is_alike_to_nothing() -> None:
    """Its kind is "other", and it says so."""
    found = rank(question("our_intents", "other"), ARMS, [])
    assert any("type of our_intents is not known" in note for note in found.notes)


def test_labels_of_a_test_that_was_not_run_do_not_matter() -> None:
    """Whatever other studies scored on this very target after other encoders enters as history; without runs of this
    board nothing of it does: permuting its scores between arms leaves the prior of arms as it is."""
    own = [cell(NONE, (0.7,)), cell("squad", (0.8,))]
    swapped = [cell(NONE, (0.8,)), cell("squad", (0.7,))]
    assert known(question(), ARMS, own).prior.mean.tolist() == known(question(), ARMS, swapped).prior.mean.tolist()


def test_more_runs_narrow_what_is_not_known() -> None:
    """The interval of an arm with four runs is narrower than with one."""
    few = rank(question(), ARMS, [cell(NONE, (0.70, 0.71)), cell("squad", (0.72,))])
    many = rank(question(), ARMS, [cell(NONE, (0.70, 0.71, 0.70, 0.71)), cell("squad", (0.72, 0.71, 0.73, 0.72))])
    width = {name: row(found, "squad").high - row(found, "squad").low for name, found in (("few", few), ("many", many))}
    assert width["many"] < width["few"]
