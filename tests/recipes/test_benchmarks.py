"""recipes/phang2020 and xtreme_r: the paper's grid before anything is trained, and what is left on little data."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from isogloss.core.errors import DataError, TranslationError, UnknownName
from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.core.spec import Study
from isogloss.leaderboard.averages import XTREME, XTREME_R
from isogloss.plan import estimate
from isogloss.plan.options import options_of
from isogloss.plan.plan import plan
from isogloss.recipes import phang2020, xtreme_r
from isogloss.report.terminal.study import cost
from isogloss.store.store import Store
from isogloss.translation.apertium import Apertium

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "published" / "jiant_xtreme_hparams.csv"


@pytest.fixture(autouse=True)
def _any_translator(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid does not depend on what is installed on the machine that tests it."""
    monkeypatch.setattr(Apertium, "version", lambda _self, code: f"test {code}")


def intermediates(study: Study) -> Counter[str]:
    """Intermediate phases by kind."""
    found = {run.run_id: run.phases[-1] for run in study.runs if run.phases and run.phases[-1].stage == "intermediate"}
    return Counter(kind(phase) for phase in found.values())


def kind(phase: Phase) -> str:
    """single, mixture or translated; and beside MLM."""
    name = "mixture" if len(phase.tasks) > 1 else "translated" if "_translated" in phase.tasks[0] else "single"
    return f"{name} beside MLM" if phase.mlm else name


def test_the_papers_grid_is_whole() -> None:
    """9 single, 1 mixture, the same beside MLM, 8 translated (supertags cannot be): 28 and none, before 6 trainings."""
    study = phang2020.grid(seeds=1)
    assert intermediates(study) == {
        "single": 9, "mixture": 1, "single beside MLM": 9, "mixture beside MLM": 1, "translated": 8,
    }  # fmt: skip
    trained = {run.run_id for run in study.runs if run.phases and run.phases[-1].stage == "target"}
    assert len(trained) == 29 * 6  # XQuAD and MLQA share SQuAD's
    assert Counter(each.task for each in study.evaluations) == dict.fromkeys(XTREME.languages, 29)
    assert len(phang2020.grid().runs) - 1 == 3 * (len(study.runs) - 1)


def test_what_is_tested_straight_after_the_intermediate_is_retrieval() -> None:
    """No target training before Tatoeba and BUCC, as in the paper; Mewsli-X and LAReQA too in XTREME-R."""
    for study, tasks in (
        (phang2020.grid(seeds=1), {"tatoeba", "bucc2018"}),
        (xtreme_r.grid(seeds=1), {"tatoeba", "mewslix", "lareqa"}),
    ):
        after = {e.task for e in study.evaluations if not e.run.phases or e.run.phases[-1].stage == "intermediate"}
        assert after == tasks


def test_targets_have_the_published_settings() -> None:
    """Rate, epochs, batch of a step and warm-up are those read in the paper's code, file by file."""
    if not PUBLISHED.is_file():
        pytest.skip("the published settings (../shared/published) are not beside this checkout")
    rows = {row["target_task"]: row for row in csv.DictReader(PUBLISHED.read_text("utf-8").splitlines())}
    tested = {each.task: each.run.phases[-1] for each in phang2020.grid(seeds=1).evaluations if each.run.phases}
    compared = 0
    for task, phase in tested.items():
        if task in rows and phase.stage == "target":
            row = rows[task]
            assert (phase.lr, phase.epochs, phase.batch * phase.accumulate, phase.optimizer.warmup) == (
                float(row["lr"]), float(row["epochs"]), int(row["effective_batch"]), float(row["warmup_prop"]),
            ), task  # fmt: skip
            compared += 1
    assert compared == 7


def test_xtreme_r_asks_its_own_languages() -> None:
    """UDPOS in Wolof is XTREME-R's and not XTREME's; XCOPA is trained on SocialIQA, then on COPA."""
    for recipe, benchmark in ((phang2020, XTREME), (xtreme_r, XTREME_R)):
        tests = {each.task: each for each in recipe.grid(seeds=1).evaluations}
        assert set(tests) == set(benchmark.languages)
        assert ("wo" in tests["udpos"].languages) == (recipe is xtreme_r)
        for task, each in tests.items():
            assert set(each.languages) - {"en"} == set(benchmark.languages[task]) - {"en"}
    assert [phase.tasks for phase in tests["xcopa"].run.phases[-2:]] == [("siqa",), ("copa",)]


def test_no_test_sentence_is_in_the_text_beside_a_task() -> None:
    """Every phase that reads text leaves out the sentences of all that the study tests."""
    study = phang2020.grid(encoder="small", shrink=20, seeds=1)
    reading = [phase for run in study.runs for phase in run.phases if phase.mlm or phase.stage == "pretrain"]
    assert reading
    tested = {f"{each.task}/{each.split}" for each in study.evaluations}
    assert all(tested <= set(phase.without) for phase in reading)


def test_shrink_cuts_training_and_tests() -> None:
    """No phase reads more than so many examples of a task, no test more than so many per language."""
    study = phang2020.grid(encoder="small", shrink=20, seeds=1)
    assert all(each.limit == 20 for each in study.evaluations)
    made = {task.name: task.derived for task in study.tasks}
    for run in study.runs:
        for phase in run.phases[1:]:
            derived = made.get(phase.tasks[0])
            assert (derived.first if derived else phase.limit) == 20
    assert "cut to 20" in study.title


def test_options_choose_a_part_of_the_grid() -> None:
    """The command line's words become tasks, languages and flags; an unknown task is refused with the known ones."""
    words = ["--intermediates", "mnli,squad", "--targets=xnli", "--mlm", "0", "--translate=", "--no-multitask"]
    study = phang2020.grid(**options_of("phang2020", words))
    assert intermediates(study) == {"single": 2 * 3}
    with pytest.raises(UnknownName, match="mnli"):
        phang2020.grid(intermediates=("mnly",))


def test_a_language_without_translator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Apertium makes the rest of the grid, and the page says what is not in it."""

    def missing(_self: Apertium, _language: str) -> str:
        raise TranslationError("apertium is not installed.")

    monkeypatch.setattr(Apertium, "version", missing)
    study = phang2020.grid(seeds=1)
    assert not study.tasks
    assert study.notes == tuple(
        f"Without translations into {code}: apertium is not installed." for code in ("es", "ca")
    )


@pytest.fixture
def little(tmp_path: Path) -> Path:
    """A data root with MultiNLI, English names to train on, and XNLI and PAN-X in German."""
    root = tmp_path / "data"
    files = {
        "mnli/multinli.train.en.tsv": "premise\thypo\tlabel\nIt rains.\tIt is wet.\tentailment\n",
        "xnli/xtreme/dev-de.tsv": "Es regnet.\tEs ist nass.\tentailment\n",
        "panx/xtreme/train-en.tsv": "Anna\tB-PER\nslept\tO\n\n",
        "panx/xtreme/dev-de.tsv": "Anna\tB-PER\nschlief\tO\n\n",
        "panx/xtreme/test-de.tsv": "Anna\nschlief\n\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def find(study: Study):
    """Tasks by name, the study's own first."""
    own = {task.name: task for task in study.tasks}
    return lambda name: own[name] if name in own else load("tasks", name)


def test_what_has_no_data_is_left_out_by_name(little: Path, tmp_path: Path) -> None:
    """MultiNLI alone is here: it, or nothing, before XNLI and PAN-X, on dev sets, since no test has its answers."""
    study = phang2020.grid(encoder="nowhere/it", seeds=1, translate=())
    found = plan(study, Store(tmp_path / "store"), little, find(study))
    trained = {tuple(phase.tasks for phase in job.run.phases) for job in found.jobs if job.kind == "train" and job.run}
    mnli, panx = ("mnli",), ("panx",)
    assert trained == {(), (mnli,), (mnli, mnli), (mnli, panx), (panx,)}
    tested = {(job.task, job.split) for job in found.jobs if job.kind == "evaluate"}
    assert tested == {("xnli", "dev"), ("panx", "dev")}
    told = " ".join(found.remarks)
    for name in ("squad2", "pawsx", "ccg", "wiki", "tatoeba"):
        assert name in told
    assert "Dev data stands in for tests that have no answers here: xnli, panx." in told


def test_a_study_with_no_data_at_all_is_an_error(tmp_path: Path) -> None:
    """Nothing to do is never a silent success."""
    study = phang2020.grid(seeds=1, translate=(), targets=("xnli", "pawsx"))
    study_without_base = Study(name="x", title="x", runs=study.runs[1:], evaluations=study.evaluations, partial=True)
    with pytest.raises(DataError, match="mnli"):
        plan(study_without_base, Store(tmp_path / "store"), tmp_path, find(study))


def test_a_plan_of_a_stated_device_says_so(little: Path, tmp_path: Path) -> None:
    """XLM-R Large at 100 TFLOP/s: hours by arithmetic, memory on a card, and no download."""
    study = phang2020.grid(seeds=1, translate=(), targets=("xnli", "panx"))
    found = plan(study, Store(tmp_path / "store"), little, find(study), tflops=100.0)
    lines = " ".join(cost(found, workers=1))
    assert "GPU-hours, by arithmetic alone, at 25% of the stated 100 TFLOP/s." in lines
    assert "xlm-roberta-large, target phases" in lines
    job = next(job for job in found.jobs if job.run and job.run.phases and job.run.phases[-1].tasks == ("panx",))
    body = 24 * 12.6e6  # XLM-R Large: 24 layers of 12 × 1024² weights and a few thousand biases
    expected = estimate.BEGIN + job.steps * (
        estimate.OVERHEAD + 6 * body * estimate.step_subwords(job) / (estimate.REACHED * 100e12)
    )
    assert job.seconds == pytest.approx(expected, rel=0.01)
    assert job.bytes == pytest.approx(5 * 4 * body, rel=0.02)  # five checkpoints, of the table a few rows alone
