"""The verbs that advise, as their user gives them: on an empty store, on one with runs, with a task of one's own."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from isogloss import cli
from isogloss.core import folder
from isogloss.core.spec import Study, plain
from isogloss.store.store import Store
from isogloss.store.verify import Verifier
from loaded import after
from study_in_store import build

LANGUAGES = ("en", "de", "sw", "zh")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A study of two encoders, none and two intermediates, two targets, two seeds; qa helps by five points."""
    return build(
        tmp_path / "store",
        lambda _encoder, arm, _task, language, seed: (
            0.6 + 0.05 * (arm == "qa") - 0.02 * (arm == "nli") + 0.1 * (language == "en") + 0.005 * seed
        ),
        targets={"xnli": LANGUAGES, "ours": LANGUAGES},
        name="made",
    )


def helps(_encoder: int, arm: str, _task: str, _language: str, _seed: int) -> float:
    """Two tasks at once help by seven points, one by nothing."""
    return 0.6 + 0.07 * ("+" in arm)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints; it must end well."""
    assert cli.main(list(words)) == 0
    return capsys.readouterr().out


def test_rank_works_with_nothing_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table, what to run first, and that nothing can be told yet; the advice is kept."""
    place = str(tmp_path / "s")
    out = said(capsys, "rank", "xnli", "--encoder", "xlm-roberta-base", "--languages", "sw,ur", "--store", place)
    assert "nothing here can be told from no intermediate task yet" in out
    assert "Run these 6 first, one seed each: none, multi-task" in out
    assert "mnli, the target's own task" in out
    assert len(Store(tmp_path / "s").advices()) == 1


def test_rank_of_a_users_own_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A task file by its path is ranked as a task of the package is."""
    file = tmp_path / "my_task.py"
    file.write_text(
        "from isogloss.core.task import Source, Task\n\n\ndef read(folder, split, language):\n    yield from ()\n\n\n"
        "TASK = Task(name='our_sentiment', type='classification', title='t', languages=('en', 'de'), labels=('a',),\n"
        "            metrics=('accuracy',), chance=0.5, read=read, source=Source(folder='f', licence='o', cite='o'))\n"
    )
    out = said(capsys, "rank", str(file), "--encoder", "small", "--store", str(tmp_path / "s"), "--json")
    assert json.loads(out)["target"] == "our_sentiment"
    assert json.loads(out)["kind"] == "sentiment"


def test_rank_learns_from_the_store(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """What was measured before this target is best, and is told from none."""
    found = json.loads(said(capsys, "rank", "xnli", "--arms", "", "--store", str(store.root), "--json"))
    assert found["arms"][0]["name"] == "qa"
    assert "qa" in found["decided"]
    assert found["told"]


def test_arms_that_wait_in_a_study_are_ranked(tmp_path: Path) -> None:
    """Planned and not run: an arm of the study all the same."""
    from isogloss.advice.measured import cells, planned

    store = build(tmp_path / "s", lambda *_: 0.6, targets={"xnli": LANGUAGES}, encoders=1, seeds=1, name="made")
    body = dict(store.study("made").body)
    gone = {
        run for run, spec in store.study("made").specs.items() if any(phase.tasks == ("qa",) for phase in spec.phases)
    }
    body["evaluations"] = [each for each in body["evaluations"] if each["run"] not in gone]
    store.save_study("made", body)
    assert "qa" not in {each.arm for each in cells(store)}
    assert set(planned(store)) == {"nli", "qa"}


def test_the_same_advice_is_kept_once_and_is_whole(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """verify-store knows it; damage is found."""
    for _ in range(2):
        said(capsys, "rank", "xnli", "--store", str(store.root))
    (key,) = store.advices()
    assert not [each for each in Verifier(store).verify() if each.path.startswith("advice")]
    path = store.at.advice(key)
    path.write_bytes(path.read_bytes().replace(b'"qa"', b'"qb"', 1))
    damaged = [each for each in Verifier(store).verify() if each.path.startswith("advice")]
    assert [each.what for each in damaged] == ["damaged"]


def test_advice_is_scored_when_the_run_arrives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """First ranked with none and nli alone; then qa is run: the record says what was said and what was measured."""

    def scores(_encoder: int, arm: str, _task: str, _language: str, seed: int) -> float:
        return 0.6 + 0.03 * (arm == "qa") + 0.01 * seed

    place = tmp_path / "store"
    build(place, scores, targets={"xnli": LANGUAGES}, intermediates=("nli",), name="made")
    said(capsys, "rank", "xnli", "--arms", "squad,hellaswag", "--store", str(place))
    assert "no run has been made since" in said(capsys, "rank", "--record", "--store", str(place))
    build(place, scores, targets={"xnli": LANGUAGES}, intermediates=("nli", "squad"), name="more")
    (came,) = json.loads(said(capsys, "rank", "--record", "--store", str(place), "--json"))["came"]
    assert (came["name"], came["measured"]) == ("squad", pytest.approx(0, abs=1e-9))
    assert came["inside"] == (came["low"] <= 0 <= came["high"])
    assert "1 of 1 interval held" in said(capsys, "rank", "--record", "--store", str(place))


def test_all_tasks_at_once_are_scored_under_the_name_that_the_advice_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was ranked as "multi-task" is the mixture that was run since."""
    place = tmp_path / "store"
    build(place, helps, targets={"xnli": LANGUAGES}, intermediates=("nli",), name="made")
    said(capsys, "rank", "xnli", "--arms", "squad", "--store", str(place))
    build(place, helps, targets={"xnli": LANGUAGES}, intermediates=("nli", "nli+squad"), name="more")
    (came,) = json.loads(said(capsys, "rank", "--record", "--store", str(place), "--json"))["came"]
    assert (came["name"], came["measured"]) == ("multi-task", pytest.approx(0.07, abs=1e-9))


def test_what_next_advised_is_scored_when_its_runs_arrive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What its runs were to add to the best score, beside what they added: from 60 to 67."""
    place = tmp_path / "store"
    build(place, helps, targets={"xnli": LANGUAGES}, intermediates=("nli",), seeds=1, encoders=1, name="made")
    said(capsys, "next", "made", "--cells", "4", "--store", str(place))
    (advice,) = Store(place).advices().values()
    steps = [step for step in advice["steps"] if step["name"] == "multi-task"]
    assert steps
    assert "no run has been made since" in said(capsys, "rank", "--record", "--store", str(place))
    build(
        place, helps, targets={"xnli": LANGUAGES}, intermediates=("nli", "nli+squad"), seeds=1, encoders=1, name="more"
    )
    (came,) = json.loads(said(capsys, "rank", "--record", "--store", str(place), "--json"))["came"]
    assert (came["kind"], came["name"], came["low"], came["inside"]) == ("next", "multi-task", None, None)
    assert came["said"] == steps[0]["after"]
    assert came["measured"] == pytest.approx(0.07, abs=1e-9)
    assert "and added +7.0" in said(capsys, "rank", "--record", "--store", str(place))


def test_rank_says_why_no_run_is_advised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hours that are too few are one reason, runs that would change nothing another."""
    few = said(capsys, "rank", "xnli", "--encoder", "xlm-roberta-base", "--hours", "0.0001", "--store", str(tmp_path))
    assert "No run is advised: the next run does not fit into the hours given." in few
    place = build(
        tmp_path / "store",
        lambda _encoder, _arm, _task, _language, seed: 0.6 + 0.001 * seed,
        targets={"world_qa": LANGUAGES}, seeds=4,
        intermediates=("world_choice", "world_pos", "world_choice+world_pos"), n=2000, name="made",
    )  # fmt: skip
    assert "No run is advised: no run is expected to add a twentieth of a point" in said(
        capsys, "rank", "world_qa", "--store", str(place.root)
    )


def test_forecast_of_a_study(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Measured languages as measured, an unknown one with its reason, and what to label."""
    out = said(capsys, "forecast", "made", "--languages", "de,sw,nl,yo", "--store", str(store.root))
    assert "measured, four runs" in out
    assert "do not know" in out
    assert "Label these first" in out


def test_a_forecast_for_an_encoder_that_a_study_has_not_run_is_refused(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked of a study, `--encoder` picks one of its encoders; another one is named in the error, with what to do."""
    own = json.loads(said(capsys, "forecast", "made", "--encoder", "small", "--store", str(store.root), "--json"))
    assert {each["target"] for each in own} == {"xnli", "ours"}
    assert cli.main(["forecast", "made", "--encoder", "xlm-r", "--store", str(store.root)]) == 2
    assert "no run of xlm-r, only of own encoder" in capsys.readouterr().err


@pytest.fixture
def advised(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose study was asked what to run next, with the recipe `next.py` in the working folder."""
    monkeypatch.chdir(tmp_path)
    store = build(
        tmp_path / "store", helps, targets={"xnli": LANGUAGES}, seeds=1, n=20, name="made", baselines={"xnli": 0.3}
    )
    out = said(capsys, "next", "made", "--cells", "2", "--store", str(store.root), "--write", "next.py", "--json")
    assert len(json.loads(out)["runs"]) == 1
    return store


def recipe() -> Study:
    """What `next.py` returns now."""
    sys.modules.pop("isogloss_user_next", None)
    study: Study = folder.given("recipes", "./next.py")()
    return study


def test_next_writes_a_recipe_that_runs(advised: Store) -> None:
    """One new run, beside the one without an intermediate task that it is held against; tested as the study tests."""
    study = recipe()
    new = [run for run in study.runs if run.run_id not in advised.runs()]
    old = [run for run in study.runs if run not in new]
    assert len(new) == 1
    assert {run.pretrained.run_id for run in old} == {run.pretrained.run_id for run in new}
    assert all([phase.stage for phase in run.phases] == ["pretrain", "target"] for run in old)
    assert {test.task for test in study.evaluations} == {"xnli"}
    assert study.baselines == ("xnli",)


def test_what_was_advised_before_stays_in_the_recipe(advised: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """A study is what its last plan says: runs of the first advice are in the second recipe as well."""
    (new,) = [run for run in recipe().runs if run.run_id not in advised.runs()]
    other = replace(new, phases=(*new.phases[:-1], replace(new.phases[-1], seed=9)))
    runs = [{"id": other.run_id, "spec": plain(other)}]
    tests = [{"key": "k", "run": other.run_id, "task": "xnli", "split": "test"}]
    body = advised.study("made").body
    advised.save_study("made_next", {**body, "name": "made_next", "runs": runs, "evaluations": tests})
    said(capsys, "next", "made", "--cells", "1", "--store", str(advised.root), "--write", "next.py")
    assert {new.run_id, other.run_id} < {run.run_id for run in recipe().runs}


def test_next_stops_where_arms_are_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Arms that differ by nothing, run four times each with little noise: no run is advised."""
    place = build(
        tmp_path / "store",
        lambda _encoder, _arm, _task, _language, seed: 0.6 + 0.001 * seed,
        targets={"xnli": LANGUAGES}, intermediates=("nli", "qa", "a+b"), seeds=4, n=2000, name="made",
    )  # fmt: skip
    found = json.loads(said(capsys, "next", "made", "--cells", "5", "--store", str(place.root), "--json"))
    assert not found["runs"]
    assert found["stop"]


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No task, an unknown task, no encoder, a study that is not there."""
    place = str(tmp_path / "s")
    for words, told in (
        (("rank", "--store", place), "name the target task"),
        (("rank", "xnly", "--encoder", "e", "--store", place), "xnli"),
        (("rank", "xnli", "--store", place), "--encoder NAME"),
        (("rank", "xnli", "--encoder", "e", "--runs", "-1", "--store", place), "0 or more"),
        (("next", "nothing", "--store", place), "nothing"),
    ):
        assert cli.main(list(words)) == 2
        assert told in capsys.readouterr().err


def test_rank_never_loads_torch_and_is_quick(store: Store) -> None:
    """In a process of its own, within two seconds of processor time."""
    begin = time.monotonic()
    _, modules = after(
        f"from isogloss.cli import main\nmain(['rank', 'xnli', '--store', {str(store.root)!r}, '--json'])\n"
        "import time\nassert time.process_time() < 2\n"
    )
    assert time.monotonic() - begin < 60
    assert not {"torch", "transformers"} & modules


def test_alignment_of_unlabelled_text_is_read_from_the_store(store: Store) -> None:
    """What `measure` left of a language counts, of this target or of none, raw vectors alone."""
    from isogloss.advice.files import alignment
    from isogloss.store.divergence import Divergence

    encoder = next(run for run, spec in store.study("made").specs.items() if spec.parent is None)

    def row(language: str, value: float, version: str = "raw", target: str = "xnli", layer: int = 7) -> Divergence:
        return Divergence(
            encoder=encoder, measure="mexa", family="alignment", direction="similarity", version=version, layer=layer,
            intermediate="", target=target, split="test", language=language, value=value,
        )  # fmt: skip

    rows = [
        row("de", 0.8),
        row("de", 0.6, layer=12),
        row("sw", 0.3, target=""),
        row("sw", 0.9, "centred"),
        row("zh", 0.5, target="x"),
    ]
    store.save_divergences("made", "part", rows)
    assert alignment(store, "xnli") == {"de": pytest.approx(0.7), "sw": 0.3}
