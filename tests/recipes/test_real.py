"""recipes/real: what is asked, before anything is trained."""

import json
from pathlib import Path

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study
from isogloss.recipes import madx, real


def _phase(study: Study, task: str, stage: str = "intermediate") -> Phase:
    """The phase of the first run that ends with this stage of this task."""
    return next(
        run.phases[-1]
        for run in study.runs
        if run.phases and run.phases[-1].stage == stage and run.phases[-1].tasks == (task,)
    )


def test_every_seed_gets_every_arm_before_every_target() -> None:
    """3 seeds × (none + 5 arms) × 3 trained targets; Tatoeba on the encoder as it is and after each of 15 phases."""
    study = real.grid(size="hour")
    targets = [run for run in study.runs if run.phases[-1].stage == "target"]
    assert len({run.run_id for run in targets}) == len(targets) == 3 * 6 * 3
    assert {run.run_id for run in targets} <= {each.run.run_id for each in study.evaluations}
    assert len({each.run.run_id for each in study.evaluations if each.task == "tatoeba"}) == 1 + 3 * 5


def test_each_seed_has_intermediate_phases_of_its_own() -> None:
    """A target's gain over seeds holds what the intermediate phase's own seed does."""
    runs = [run for run in real.grid(size="hour").runs if len(run.phases) == 2]
    assert {run.phases[0].seed for run in runs} == {0, 1, 2}
    assert all(run.phases[0].seed == run.phases[1].seed for run in runs)


def test_the_quick_size_has_one_seed_unless_more_are_asked_for() -> None:
    """Three take long on cores without bfloat16; they go on from the one."""
    one, three = ({run.run_id for run in real.grid(seeds=seeds).runs} for seeds in (0, 3))
    assert {run.phases[-1].seed for run in real.grid().runs} == {0}
    assert one < three


def test_a_study_cut_short_holds_whole_seeds() -> None:
    """Runs of a seed stand before those of the next."""
    seeds = [run.phases[-1].seed for run in real.grid(size="hour").runs]
    assert seeds == sorted(seeds)


def test_a_larger_size_goes_on_from_a_smaller_one() -> None:
    """What quick trained, hour does not train again, nor full what hour did."""
    quick, hour, full = ({run.run_id for run in real.grid(size=size).runs} for size in ("quick", "hour", "full"))
    assert quick < hour < full


def test_every_test_but_retrieval_is_held_against_trivial_baselines() -> None:
    """Targets and the intermediate phases' own tasks, each named once."""
    study = real.grid(size="hour", seeds=1)
    assert sorted(study.baselines) == ["mnli", "panx", "qqp", "real_or_fake", "sib200", "squad", "udpos"]


def test_every_arm_is_tested_on_its_own_english_dev_data() -> None:
    """So that one which learned nothing is seen; all eight tasks of "all" are."""
    study = real.grid(size="full", arms=("squad", "all"), seeds=1)
    after = [each for each in study.evaluations if each.run.phases and each.run.phases[-1].stage == "intermediate"]
    own = [(len(each.run.phases[0].tasks), each.task) for each in after if each.split == "dev"]
    assert (1, "squad") in own
    assert {task for count, task in own if count == 8} == set(real.ARMS) - {"real_or_fake"}


@pytest.mark.parametrize(("variant", "changed"), [("slow", {"lr"}), ("frozen", {"freeze"}), ("mlm", {"mlm"})])
def test_a_causal_control_differs_from_its_task_in_one_thing(variant: str, changed: set[str]) -> None:
    """A lower rate, frozen layers, or multilingual text beside the task, without the tests' sentences."""
    study = real.grid(arms=("mnli", f"mnli/{variant}"), seeds=1)
    plain, held = (run.phases[0] for run in study.runs if len(run.phases) == 1 and run.phases[0].tasks == ("mnli",))
    names = set(Phase.__dataclass_fields__)
    differ = {name for name in names if getattr(plain, name) != getattr(held, name)}
    assert differ - {"without"} == changed
    if variant == "mlm":
        assert set(held.without) == {"sib200/test", "udpos/dev", "tatoeba/test"}


def test_the_frozen_control_keeps_half_of_the_encoders_layers(tmp_path: Path) -> None:
    """Six of e5-small's twelve and three of minilm's six, of any folder's own, and six where nothing is known."""
    config = {"vocab_size": 90, "hidden_size": 32, "num_hidden_layers": 9, "num_attention_heads": 2}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    for encoder, half in (("e5-small", 6), ("minilm", 3), (str(tmp_path), 4), ("nobody/nothing", 6)):
        study = real.grid(encoder, arms=("mnli/frozen",), targets=("sib200",), seeds=1)
        assert _phase(study, "mnli").freeze == half


def test_the_control_stands_beside_the_tasks() -> None:
    """Real or fake teaches no meaning; it is in the hour's arms and the full ones'."""
    assert "real_or_fake" in real.SIZES["hour"].arms
    assert "real_or_fake" in real.SIZES["full"].arms
    assert _phase(real.grid(size="hour"), "real_or_fake").limit == 2000


def test_every_task_there_is_has_a_budget() -> None:
    """Of each arm its examples, and of each English task that trains a target, which is what the task says."""
    assert set(real.FIRST) == set(real.ARMS)
    for target, trains in real.TRAINS.items():
        task = load("tasks", target)
        assert trains == (task.trained_on or (target,))
        assert all(name in real.LAST for name in trains)
    assert set(real.TESTS) == {*real.TRAINS, *real.RETRIEVAL}


def test_another_encoder_is_another_study() -> None:
    """By the last part of its name, so that none writes over the study of the first."""
    assert real.grid().name == "real"
    assert (madx.grid().name, madx.grid(encoder="a/b c").name) == ("madx", "madx-b-c")
    other = real.grid(encoder="./encoders/mine", seeds=1, targets=("sib200",), arms=("none",))
    assert other.name == "real-mine"
    assert real.grid(encoder=".", seeds=1).name == f"real-{Path.cwd().name}"
    assert other.runs == (RunSpec(encoder=Published(name="./encoders/mine"), phases=other.runs[0].phases),)


def test_what_is_unknown_is_refused() -> None:
    """By name, with what there is."""
    with pytest.raises(UnknownName, match="full, hour, quick"):
        real.grid(size="huge")
    with pytest.raises(SpecError, match="--seeds -1: expected 1 or more"):
        real.grid(seeds=-1)
    with pytest.raises(UnknownName, match="squad"):
        real.grid(arms=("sqad",))
    with pytest.raises(UnknownName, match="frozen"):
        real.grid(arms=("mnli/fast",))
    with pytest.raises(UnknownName, match="sib200"):
        real.grid(targets=("sib20",))
    with pytest.raises(SpecError, match="xnli has no tests in fi"):
        real.grid(targets=("sib200", "xnli"), languages=("fi",))
    with pytest.raises(UnknownName, match="Swahili"):
        real.grid(targets=("sib200", "xnli"), languages=("de", "Swahili"))
    assert real.grid(targets=("tatoeba",), arms=("none",), languages=("en", "de")).evaluations[0].languages == ("de",)
    assert real.grid(targets=("sib200",), arms=("none",), languages=("de",)).evaluations[0].languages == ("en", "de")
    for recipe in (real, madx):
        with pytest.raises(SpecError, match="this study starts from a published encoder"):
            recipe.grid(encoder="small")


def test_what_the_budget_does_not_teach_is_in_no_size() -> None:
    """It can be named, alone or among the eight at once."""
    assert not {name for size in real.SIZES.values() for name in size.arms} & set(real.UNLEARNED)
    for name in real.UNLEARNED:
        assert _phase(real.grid(size="full", arms=(name,), seeds=1), name).limit == real.FIRST[name]
