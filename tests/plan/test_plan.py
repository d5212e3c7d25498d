"""A plan says what there is to do, parents first, and knows what the store has."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from isogloss.core import folder
from isogloss.core.errors import DataError, ModelError, SpecError, UnknownName
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, Published, RunSpec, Study
from isogloss.core.task import data_hash
from isogloss.plan.job import Job
from isogloss.plan.plan import Plan, plan
from isogloss.plan.resolve import frozen
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import local
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from standin import work


def planned(site: Site, **changes: object) -> Plan:
    return plan(dataclasses.replace(site.study, **changes), site.store, site.data, site.find)


def model(folder: Path) -> None:
    """A folder that a plan takes for an encoder's."""
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_text("{}", "utf-8")
    save_file({"one": np.array([1.0])}, folder / "model.safetensors")


def do(site: Site, jobs: list[Job]) -> None:
    local.run(jobs, site, Progress(jobs), do=work)


def test_parents_come_first_and_once(site: Site) -> None:
    """Two runs over one intermediate: the encoder, the intermediate and then each run with its test, nothing twice."""
    jobs = planned(site).jobs
    assert [job.kind for job in jobs] == ["train", "train", "train", "evaluate", "train", "evaluate"]
    done: set[str] = set()
    for job in jobs:
        assert set(job.needs) <= done
        done.add(job.id)
    assert len(done) == len(jobs)


def test_a_perturbed_test_is_a_test_of_its_own(site: Site) -> None:
    """Beside the one as it is, whose key stays; another rate is another test. Rate 0 is refused."""
    asked = site.study.evaluations[0]
    shaken = [dataclasses.replace(asked, perturbation=f"typos:{rate}") for rate in (0.1, 0.2)]
    jobs = {
        job.perturbation: job
        for job in planned(site, evaluations=(asked, *shaken)).jobs
        if job.kind == "evaluate" and job.task == asked.task
    }
    assert {*jobs} == {"", "typos:0.1", "typos:0.2"}
    before = [job.key for job in planned(site).jobs if job.kind == "evaluate" and job.task == asked.task]
    assert jobs[""].key in before
    assert len({job.key for job in jobs.values()}) == 3
    with pytest.raises(SpecError, match="changes nothing"):
        dataclasses.replace(asked, perturbation="typos:0")


def test_runs_are_known_by_their_data(site: Site) -> None:
    """A phase holds the hash of exactly the examples it trains on; other data is another run with other children."""
    before = planned(site)
    examples = site.find("colour").training(site.data, ("en",), 0)
    assert before.study.runs[1].phases[-1].data == {"colour": data_hash(examples)}
    path = site.data / "colour" / "train-en.tsv"
    path.write_text(path.read_text() + "grass\tred\n")
    after = planned(site)
    assert before.jobs[0].id == after.jobs[0].id
    assert {job.id for job in before.jobs[1:]}.isdisjoint(job.id for job in after.jobs[1:])


def test_other_test_data_trains_nothing(site: Site) -> None:
    """A changed test file is tested again on the same runs."""
    do(site, list(planned(site).jobs))
    (site.data / "colour" / "test-de.tsv").write_text("rose\tred\n")
    assert {job.kind for job in planned(site).missing} == {"evaluate"}


def test_steps_come_from_the_data(site: Site) -> None:
    """Two epochs of three examples in batches of two are three steps; a phase that says its steps has those."""
    steps = {job.title: job.steps for job in planned(site).jobs if job.kind == "train"}
    assert steps == {
        "encoder": 0,
        "encoder → colour (seed 0)": 3,
        "encoder → colour → colour (seed 0)": 3,
        "encoder → colour → colour (seed 1)": 3,
    }


def test_a_finished_run_has_the_steps_that_it_took(site: Site) -> None:
    """Batches are cut by length too, so a run's record may have more steps than were planned."""
    job = next(each for each in planned(site).jobs if each.steps)
    assert job.run
    site.store.begin(job.run)
    site.store.finish(job.run, {"steps": 5})
    assert [each.steps for each in planned(site).jobs if each.id == job.id] == [5]


def test_languages_without_data_are_named(site: Site) -> None:
    """A language whose file is not there is left out of the test and listed; one that was added is tested later."""
    found = planned(site)
    assert found.absent == {"colour": ("yo",)}
    assert found.jobs[-1].languages == ("en", "de")
    assert found.plain()["absent"] == {"colour": ["yo"]}
    (site.data / "colour" / "test-yo.tsv").write_text("oju orun\tblue\n")
    again = planned(site)
    assert again.absent == {}
    assert again.jobs[-1].languages == ("en", "de", "yo")
    assert again.jobs[-1].key != found.jobs[-1].key


def test_missing_training_data_is_an_error_at_once(site: Site) -> None:
    """A plan without training data names the file, before anything is trained."""
    (site.data / "colour" / "train-en.tsv").unlink()
    with pytest.raises(DataError, match=r"train-en\.tsv: no such file"):
        planned(site)
    assert site.store.runs() == []


def test_no_test_data_at_all_is_an_error(site: Site) -> None:
    """A task of which no language can be tested names the file that was looked for."""
    for code in ("en", "de"):
        (site.data / "colour" / f"test-{code}.tsv").unlink()
    with pytest.raises(DataError, match=r"test-en\.tsv: no such file"):
        planned(site)


def test_what_is_done_is_cached(site: Site) -> None:
    """After a run nothing is missing; a lost evaluation is missing alone; freed weights are wanted only with it."""
    do(site, list(planned(site).jobs))
    assert planned(site).missing == ()
    leaf = planned(site).jobs[-1]
    assert leaf.run
    site.store.free(leaf.run.run_id)
    assert planned(site).missing == ()
    site.store.at.scores(leaf.run.run_id, leaf.key).unlink()
    assert [(job.kind, job.id) for job in planned(site).missing] == [("train", leaf.run.run_id), ("evaluate", leaf.id)]


def test_a_training_row_without_its_label_is_an_error_before_training(site: Site) -> None:
    """By its name; not where a phase reads only the rows before it."""
    code = Path(site.recipe).parent / "colour.py"
    code.write_text(code.read_text().replace("label=label)", "label=label or None)"))
    path = site.data / "colour" / "train-en.tsv"
    rows = path.read_text().splitlines()
    path.write_text("\n".join([*rows, "night\t"]) + "\n")
    with pytest.raises(DataError, match=f"example '{len(rows)}' has no label, so nothing can be learned from it"):
        planned(site)
    (run, *_) = site.study.runs
    some = dataclasses.replace(run, phases=(dataclasses.replace(run.phases[-1], first=len(rows)),))
    assert planned(site, runs=(some,), evaluations=()).jobs


def test_impossible_wishes_are_errors_before_training(site: Site) -> None:
    """A test without a head for it, an unknown language, split or task: all found while planning."""
    base = RunSpec(encoder=Published(name="nowhere/encoder"))
    run = site.study.runs[0]
    with pytest.raises(SpecError, match="its last phase trains nothing"):
        planned(site, evaluations=(Evaluation(run=base, task="colour"),))
    with pytest.raises(UnknownName, match="no language named 'fr'"):
        planned(site, evaluations=(Evaluation(run=run, task="colour", languages=("fr",)),))
    with pytest.raises(UnknownName, match=r"no split named 'tests'\. Did you mean 'test'"):
        planned(site, evaluations=(Evaluation(run=run, task="colour", split="tests"),))
    with pytest.raises(UnknownName, match=r"no task named 'color'\. Did you mean 'colour'"):
        planned(site, evaluations=(Evaluation(run=run, task="color"),))
    with pytest.raises(UnknownName, match="no language named 'xx'"):
        planned(site, runs=(base.then(Phase(stage="target", tasks=("colour",), languages=("xx",), steps=1)),))


def test_a_depth_that_the_encoder_does_not_have_is_an_error_before_training(site: Site, tmp_path: Path) -> None:
    """Freezing more layers than an encoder has, wherever the phase stands; all of them trains the head alone."""
    config = {"vocab_size": 90, "hidden_size": 32, "num_hidden_layers": 6, "num_attention_heads": 2}
    for name, more in (("six", {}), ("shared", {"num_hidden_groups": 1})):
        model(tmp_path / name)
        layers = {f"layer.{number}.bias": np.zeros(32) for number in range(more.get("num_hidden_groups", 6))}
        save_file({"table": np.zeros((90, 32)), **layers}, tmp_path / name / "model.safetensors")
        (tmp_path / name / "config.json").write_text(json.dumps({**config, **more}), "utf-8")
    six, shared = (RunSpec(encoder=Published(name=str(tmp_path / name))) for name in ("six", "shared"))
    unknown = RunSpec(encoder=Published(name="nowhere/encoder"))

    def freezing(start: RunSpec, count: int) -> Plan:
        phase = Phase(stage="target", tasks=("colour",), steps=1, freeze=count)
        return planned(site, runs=(start.then(phase).then(dataclasses.replace(phase, freeze=0)),), evaluations=())

    with pytest.raises(SpecError, match=r"a target phase on colour has freeze=7, and six has 6 layers\. Give 0 to 6;"):
        freezing(six, 7)
    with pytest.raises(SpecError, match=r"freeze=-1, and six has 6 layers"):
        freezing(six, -1)
    with pytest.raises(SpecError, match=r"freeze=3, and the layers of shared cannot be told apart"):
        freezing(shared, 3)
    for start, count in ((six, 6), (shared, 6), (unknown, 99)):
        assert freezing(start, count).jobs
    with pytest.raises(SpecError, match=r"freeze=4, and its encoder has 3 layers"):
        frozen(Architecture(width=32, layers=3), Phase(stage="target", tasks=("colour",), steps=1, freeze=4))


def test_a_limit_cuts_what_is_tested(site: Site) -> None:
    """A limit per language counts in the estimate and makes another evaluation."""
    run = site.study.runs[0]
    whole = planned(site, evaluations=(Evaluation(run=run, task="colour"),)).jobs
    cut = planned(site, evaluations=(Evaluation(run=run, task="colour", limit=1),)).jobs
    tested = [next(job for job in jobs if job.kind == "evaluate") for jobs in (whole, cut)]
    assert [job.examples for job in tested] == [6, 2]
    assert tested[0].key != tested[1].key


def test_a_cut_to_one_class_of_a_sorted_file_is_refused(tmp_path: Path) -> None:
    """SIB-200's test files are sorted by topic: of the first 50, an encoder that always says the same is right."""
    for split in ("train", "test"):
        rows = [f"{n}\t{'travel' if n < 30 else 'health'}\tSentence {n}." for n in range(60)]
        path = tmp_path / "sib200" / "eng_Latn" / f"{split}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["index_id\tcategory\ttext", *rows]) + "\n", "utf-8")
    model(tmp_path / "model")
    encoder = Published(name=str(tmp_path / "model"))
    run = RunSpec(encoder=encoder, phases=(Phase(stage="target", tasks=("sib200",), steps=1),))

    def asked(limit: int) -> Plan:
        evaluation = Evaluation(run=run, task="sib200", languages=("en",), limit=limit)
        study = Study(name="s", title="s", runs=(run,), evaluations=(evaluation,))
        return plan(study, Store(tmp_path / "store"), tmp_path, lambda name: folder.load("tasks", name))

    with pytest.raises(SpecError, match="the first 20 examples are all 'travel'"):
        asked(20)
    (remark,) = (told for told in asked(9).remarks if "sib200 test en" in told)
    assert "its first 9 examples are all 'travel', though its files hold other classes; any score on" in remark
    assert not any("sib200 test en" in told for told in asked(0).remarks)
    with pytest.raises(SpecError, match="'health' is 1 of the first 31 examples and 29 of the next 29"):
        asked(31)
    assert asked(50).jobs
    assert asked(0).jobs


@pytest.mark.parametrize("cut", [{"limit": 20}, {"first": 20}, {"limit": 30, "first": 25}])
def test_training_on_one_class_of_a_sorted_file_is_refused(tmp_path: Path, cut: dict[str, int]) -> None:
    """A run would know one label, and its loss of 0 would not look like a collapse."""
    rows = [f"{n}\t{'travel' if n < 30 else 'health'}\tSentence {n}." for n in range(60)]
    path = tmp_path / "sib200" / "eng_Latn" / "train.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(["index_id\tcategory\ttext", *rows]) + "\n", "utf-8")
    model(tmp_path / "model")

    def asked(**cut: int) -> Plan:
        phase = Phase(stage="target", tasks=("sib200",), steps=1, **cut)  # type: ignore[arg-type]
        run = RunSpec(encoder=Published(name=str(tmp_path / "model")), phases=(phase,))
        study = Study(name="s", title="s", runs=(run,), evaluations=())
        return plan(study, Store(tmp_path / "store"), tmp_path, lambda name: folder.load("tasks", name))

    with pytest.raises(SpecError, match=r"sib200 train, with .*: its files are sorted, the first .* are all 'travel'"):
        asked(**cut)
    for few in ({"limit": 9}, {"first": 2}, {"limit": 5, "first": 3}):
        with pytest.raises(SpecError, match=r"sib200 train, with .*: its first \d examples are all 'travel', though"):
            asked(**few)
    with pytest.raises(SpecError, match=r"limit=1: its only example is 'travel', though its files hold other classes"):
        asked(limit=1)
    assert asked(limit=50).jobs
    assert asked(first=50).jobs
    assert asked().jobs


def test_a_checkpoint_folder_is_known_by_its_files(site: Site, tmp_path: Path) -> None:
    """A changed weight file in a published encoder's folder is another run; a folder of pickles is refused."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "config.json").write_text("{}", "utf-8")
    (folder / "vocab.txt").write_text("the", "utf-8")
    spec = RunSpec(encoder=Published(name=str(folder)))
    ids = []
    for content in (1.0, 2.0):
        save_file({"one": np.array([content])}, folder / "model.safetensors")
        ids.append(planned(site, runs=(spec,), evaluations=()).jobs[0].id)
    assert ids[0] != ids[1]
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(Exception, match="only pickled weights"):
        planned(site, runs=(spec,), evaluations=())


def test_an_encoder_without_a_tokenizer_is_an_error_before_training(site: Site, tmp_path: Path) -> None:
    """A model's folder into which nobody saved one."""
    (tmp_path / "config.json").write_text("{}", "utf-8")
    save_file({"one": np.array([1.0])}, tmp_path / "model.safetensors")
    spec = RunSpec(encoder=Published(name=str(tmp_path)))
    with pytest.raises(ModelError, match=f"{tmp_path}: it has no tokenizer"):
        planned(site, runs=(spec,), evaluations=())
    (tmp_path / "vocab.txt").write_text("the", "utf-8")
    assert planned(site, runs=(spec,), evaluations=()).jobs


def test_baselines_stand_on_the_same_examples(site: Site) -> None:
    """A task's baselines answer what its runs are tested on: one job, however many runs there are."""
    jobs = planned(site, baselines=("colour",)).jobs
    (baseline,) = [job for job in jobs if job.kind == "baseline"]
    tested = next(job for job in jobs if job.kind == "evaluate")
    assert (baseline.languages, baseline.data, baseline.needs) == (tested.languages, tested.data, ())


def test_baselines_come_first(site: Site, xlmr: Path) -> None:
    """A study that was stopped half-way must not be held against chance alone. Before them stands an encoder that a hub
    has to be asked for alone: what follows would be in vain without it."""
    kinds = [job.kind for job in planned(site, baselines=("colour",)).jobs]
    assert kinds[:3] == ["train", "baseline", "train"]
    assert "baseline" not in kinds[2:]
    here = RunSpec(encoder=Published(name=str(xlmr))).then(Phase(stage="target", tasks=("colour",), steps=1))
    tests = (dataclasses.replace(site.study.evaluations[0], run=here),)
    kinds = [job.kind for job in planned(site, runs=(here,), evaluations=tests, baselines=("colour",)).jobs]
    assert kinds == ["baseline", "train", "train", "evaluate"]


def test_baselines_learn_from_english(site: Site) -> None:
    """Other English training data makes other baselines; when all of them are scored the job is cached."""
    wish = {"runs": (), "evaluations": (), "baselines": ("colour",)}
    (before,) = planned(site, **wish).jobs
    site.store.save_baselines(before.key, ["majority"])
    assert planned(site, **wish).missing == (before,)  # it says that they are there, and they are not
    rows = Predictions(language=["en"], id=["1"], prediction=["red"], gold=["red"], confidence=[None])
    site.store.save_evaluation("majority", before.key, rows, [], task="colour", split="test")
    assert planned(site, **wish).missing == ()
    (site.data / "colour" / "train-en.tsv").write_text("grass\tred\n")
    (after,) = planned(site, **wish).missing
    assert after.key != before.key


IMPOSSIBLE = {
    "the training file is not there": (
        lambda site: (site.data / "colour" / "train-en.tsv").unlink(),
        {},
        r"baselines name 'colour', and they learn from the English training data of 'colour', which is not there: "
        r".*train-en.tsv: no such file",
    ),
    "no label in it": (
        lambda site: (site.data / "colour" / "train-en.tsv").write_text("sky\t\nblood\t\n"),
        {},
        r"learn from the English training data of 'colour', none of which has a label",
    ),
    "nothing trains it": (None, {"splits": ("test",), "trained_on": ()}, "'colour', which has no train split to learn"),
    "another type trains it": (None, {"trained_on": ("lines",)}, "of 'lines', of type 'text' instead of 'classif"),
    "text": (None, {"type": "text"}, "baselines name 'colour', of type 'text'; there are some for classification"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_baseline_that_cannot_be_made_is_an_error_of_the_plan(site: Site, case: str) -> None:
    """Before any training, with what to do: a page without baselines would call everything a success."""
    change, fields, message = IMPOSSIBLE[case]
    if change:
        change(site)
    text = (Path(site.recipe).parent / "colour.py").read_text()
    text = text.replace("label=label)", "label=label or None)")
    (Path(site.recipe).parent / "colour.py").write_text(text)
    own = dataclasses.replace(site.find("colour"), **fields)  # type: ignore[arg-type]
    wish = Study(name="own", title="Own", baselines=("colour",), tasks=(own,))
    with pytest.raises((DataError, SpecError), match=message):
        plan(wish, site.store, site.data, lambda name: own if name == "colour" else site.find(name))


def test_a_task_that_names_no_teacher_learns_its_baselines_from_itself(site: Site) -> None:
    """The README's own task: `trained_on` is empty, and there is a train split."""
    own = dataclasses.replace(site.find("colour"), trained_on=())
    wish = Study(name="own", title="Own", baselines=("colour",), tasks=(own,))
    (job,) = plan(wish, site.store, site.data, lambda _: own).jobs
    (same,) = planned(site, runs=(), evaluations=(), baselines=("colour",)).jobs
    assert job.key == same.key


def test_a_tested_task_without_baselines_is_named(site: Site) -> None:
    """It is held against chance alone, and the plan and the page say so."""
    assert any("no trivial baselines of colour" in each for each in planned(site).remarks)
    assert not any("trivial baselines" in each for each in planned(site, baselines=("colour",)).remarks)


def test_a_plan_costs_and_leaves_nothing_but_its_cache(site: Site, planned: Callable[[], list[Job]]) -> None:
    """Planning writes no run; it remembers the hashes of data files."""
    planned()
    assert sorted(path.name for path in site.store.root.iterdir()) == ["VERSION", "cache"]
