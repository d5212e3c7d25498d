"""The command line: what each verb prints, in words and as JSON, and how it fails."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from isogloss.cli import main

OPTIONS = ["--workers", "1", "--quiet"]
ENDLESS = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec, Study
def grid() -> Study:
    encoder = Architecture(vocabulary=500, tokenizer="words", width=16, layers=1, heads=2, hidden=16, positions=64)
    base = RunSpec(encoder=encoder, phases=(Phase(stage="pretrain", tasks=("world_text",), limit=100, steps=1),))
    run = base.then(Phase(stage="target", tasks=("colour",), steps=1_000_000))
    return Study(name="endless", title="Without end", runs=(run,), baselines=("colour",))
"""
"""One worker trains for ever; another one has baselines to make, and nothing more."""


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory, xlmr: Path) -> Path:
    """A folder with a user's recipe on one small task, run once into ./store."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "data").mkdir()
    (folder / "colour.py").write_text(
        "from isogloss.core.examples import Classification\n"
        "from isogloss.core.task import Source, Task\n"
        "def read(folder, split, language):\n"
        "    for number, line in enumerate((folder / f'{split}-{language}.tsv').read_text('utf-8').splitlines()):\n"
        "        text, label = line.split('\\t')\n"
        "        yield Classification(id=str(number), text=text, label=label)\n"
        "TASK = Task(name='colour', type='classification', title='Colours', languages=('en', 'de', 'yo'), read=read,\n"
        "    source=Source(folder='', licence='none', cite='none'), trained_on=('colour',), labels=('red', 'blue'),\n"
        "    metrics=('accuracy',), chance=0.5)\n"
    )
    (folder / "colours.py").write_text(
        "from isogloss.core.phase import Phase\n"
        "from isogloss.core.spec import Evaluation, Published, RunSpec, Study\n"
        "def grid(steps: int = 2) -> Study:\n"
        f"    base = RunSpec(encoder=Published(name={str(xlmr)!r}))\n"
        "    run = base.then(Phase(stage='target', tasks=('colour',), steps=steps))\n"
        "    return Study(name='colours', title='Colours of things', runs=(run,),\n"
        "        evaluations=(Evaluation(run=run, task='colour'),), baselines=('colour',))\n"
    )
    (folder / "endless.py").write_text(ENDLESS)
    for name in ("train-en", "test-en", "test-de"):
        (folder / "data" / f"{name}.tsv").write_text("sky\tblue\nblood\tred\nsea\tblue\n" * 4)
    with contextlib.chdir(folder):
        assert main(["run", "colours.py", *OPTIONS]) == 0
    return folder


@pytest.fixture
def here(studied: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the user's folder."""
    monkeypatch.chdir(studied)
    for name in ("ISOGLOSS_STORE", "ISOGLOSS_DATA", "ISOGLOSS_QUIET"):
        monkeypatch.delenv(name, raising=False)
    return studied


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints: its output, or its error when it fails."""
    assert main(list(arguments)) == status
    out, err = capsys.readouterr()
    return err if status else out


def json_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(said(capsys, *arguments, "--json"))


def test_a_second_run_does_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """It says so, and shows the scores and where to go next."""
    assert main(["run", "colours.py", "--workers", "1"]) == 0
    out, err = capsys.readouterr()
    assert "2 runs (2 cached), 1 evaluation (1 cached), 1 set of baselines (1 cached)" in err
    assert "Nothing to do." in err
    assert re.search(r"^none all runs collapsed +\d+\.\d\*? \[.*\] +\d+\.\d \[.*\] +– +1$", out, re.MULTILINE)
    assert "isogloss report colours" in out


def test_a_plan_in_words_and_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """Runs, steps, what is cached and absent; options of the recipe change it."""
    text = said(capsys, "plan", "colours.py", "--steps", "5")
    assert re.search(r"train +xlmr → colour \(seed 0\) +5 ", text)
    assert "No data on this disk for colour in yo" in text
    found = json_of(capsys, "plan", "colours.py")
    assert [job["cached"] for job in found["jobs"]] == [True] * 4
    assert found["absent"] == {"colour": ["yo"]}


def test_show_lists_studies_runs_and_scores(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """Without a name the studies, with one its runs."""
    assert re.search(r"colours +2/2 +1/1 +Colours of things", said(capsys, "show"))
    # Five steps teach it nothing, so it is marked.
    assert re.search(
        r"done, collapsed +xlmr → colour \(seed 0\) +colour +last +\d+\.\d +\d+\.\d", said(capsys, "show", "colours")
    )
    assert json_of(capsys, "show")[0]["name"] == "colours"
    rows = json_of(capsys, "show", "colours")["rows"]
    assert set(rows[1]["scores"]) == {"en", "de"}


def test_why_explains_a_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """In words and as JSON, by the beginning of its id."""
    run = json_of(capsys, "show", "colours")["rows"][1]["run"]
    assert "Cached: it is finished" in said(capsys, "why", run[:7])
    assert json_of(capsys, "why", run)["run"] == run


def test_gc_shows_before_it_frees(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """A dry run removes nothing."""
    before = json_of(capsys, "gc", "--dry-run")
    assert [item["what"] for item in before["items"]] == ["weights"]
    assert before["freed"] == 0
    assert "Nothing was removed" in said(capsys, "gc", "--dry-run")
    assert json_of(capsys, "gc", "--dry-run") == before


def test_tasks_are_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """All in a table, one in detail."""
    assert re.search(r"^xnli +classification", said(capsys, "tasks"), re.MULTILINE)
    assert "trained_on  mnli" in said(capsys, "tasks", "xnli")
    assert json_of(capsys, "tasks", "xnli")["metrics"] == ["accuracy"]
    assert {task["name"] for task in json_of(capsys, "tasks")} >= {"xnli", "world_nli"}


def test_store_and_data_come_from_option_or_environment(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """--store before ISOGLOSS_STORE before ./store, and the same for the data."""
    monkeypatch.setenv("ISOGLOSS_STORE", str(tmp_path / "empty"))
    assert "No study in" in said(capsys, "show")
    assert "colours" in said(capsys, "show", "--store", "store")
    monkeypatch.setenv("ISOGLOSS_DATA", str(tmp_path))
    assert "no such file" in said(capsys, "plan", "colours.py", status=2)
    assert "train" in said(capsys, "plan", "colours.py", "--data", str(here / "data"))
    assert "is not a folder" in said(capsys, "plan", "colours.py", "--data", "gone", status=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "dmeo"], "UnknownName: no recipe named 'dmeo'. Did you mean 'demo'"),
        (["plan", "colours.py", "--seed", "3"], "SpecError: recipe '.*' takes no option --seed; it takes: --steps"),
        (["plan", "gone.py"], "SpecError: .*gone.py: no such file"),
        (["tasks", "xnil"], "UnknownName: no task named 'xnil'. Did you mean 'xnli'"),
        (["show", "colors"], "UnknownName: no study named 'colors'. Did you mean 'colours'"),
        (["show", "--wide"], "SpecError: `isogloss show` takes no --wide"),
        (["why", "zzz"], "UnknownName: no run named 'zzz'"),
        (["report", "colors"], "UnknownName: no study named 'colors'"),
        (["run", "colours.py", "--workers", "0"], "SpecError: --workers 0"),
        (["show", "--store", "colours.py"], "StoreError: colours.py is a file"),
    ],
)
def test_errors_say_what_to_do(
    here: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """One line on stderr, headed by the error's name, status 2, no traceback."""
    error = said(capsys, *arguments, status=2)
    assert re.match(message, error)
    assert error.count("\n") == 1


def test_debug_shows_the_place(here: Path) -> None:  # noqa: ARG001
    """With --debug the exception itself comes through."""
    from isogloss.core.errors import UnknownName

    with pytest.raises(UnknownName):
        main(["tasks", "xnil", "--debug"])


def test_report_writes_the_page(here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:  # noqa: ARG001
    """The only study needs no name; the path is printed."""
    page = tmp_path / "page.html"
    assert said(capsys, "report", "--out", str(page)).strip() == str(page)
    assert "Colours of things" in page.read_text("utf-8")


def until_it_trains(process: "subprocess.Popen[Any]", store: Path) -> None:
    """Until a run is begun that rests on another one."""
    while len(list(store.glob("runs/*/spec.json"))) < 2:
        assert process.poll() is None
        time.sleep(0.05)  # a processor for what is waited for


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Stopped by SIGTERM.")],
)
def test_a_request_to_end_is_one_line(here: Path, tmp_path: Path, number: int, status: int, said: str) -> None:
    """Ctrl-C and SIGTERM while it trains, sent to all its processes as a terminal does: the command ends with 128 + the
    signal's number, says that it can go on, and leaves nothing half-written and no process."""
    store = tmp_path / "store"
    command = [sys.executable, "-m", "isogloss", "run", "endless.py", "--store", str(store)]
    process = subprocess.Popen(
        [*command, "--workers", "2"], cwd=here, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # A shell ignores it in what it starts in the background, and these tests may be one of those.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    until_it_trains(process, store)
    os.killpg(process.pid, number)
    _, error = process.communicate(timeout=60)  # its workers hold the pipe too
    assert process.returncode == status
    assert error.splitlines()[-1] == f"{said} What is finished is kept; the same command goes on from there."
    assert "Traceback" not in error
    assert not list(store.rglob(".partial-*"))


def test_two_commands_on_one_store_do_no_harm(here: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One comes while another is at work: both end well and silent, each piece of work is done by one of them, and
    nothing half-written stays."""
    store = tmp_path / "store"
    words = ["run", "colours.py", "--store", str(store), *OPTIONS]
    other = subprocess.Popen([sys.executable, "-m", "isogloss", *words], cwd=here)
    until_it_trains(other, store)
    assert (main(words), other.wait()) == (0, 0)
    assert capfd.readouterr() == ("", "")
    alone = {path.relative_to(here / "store") for path in (here / "store").rglob("*.parquet")}
    assert {path.relative_to(store) for path in store.rglob("*.parquet")} == alone
    assert not list(store.rglob(".partial-*"))
    for path in alone:
        assert (store / path).read_bytes() == (here / "store" / path).read_bytes()


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["predict", "RUN", "FILE"], "--columns"),
        (["new", "mine", "--train", "FILE"], "--columns"),
        (["semdiv", "FILE"], "--parallel"),
        (["semdiv", "FILE", "--encoder", "none"], "--language"),
        (["rank", "xnli", "--encoder", "xlm-roberta-base"], "--languages"),
        (["rank", "xnli", "--encoder", "xlm-roberta-base"], "--arms"),
        (["forecast", "xnli", "--encoder", "xlm-roberta-base"], "--languages"),
        (["search", "a question", "--in", "."], "--databases"),
    ],
)
def test_a_list_without_a_name_is_refused(
    command: list[str], option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not taken for an option that was left out: what was seen, what is allowed and what to do."""
    table = tmp_path / "table.tsv"
    table.write_text("text\tlabel\nba\tx\ndi\ty\n")
    given = [str(table) if each == "FILE" else each for each in command]
    assert main([*given, option, " , ", *(["--store", str(tmp_path)] if command[0] != "new" else [])]) == 2
    told = capsys.readouterr().err
    assert f"{option}: ' , ' holds no name. Give one or more, with commas between them, or leave {option} out." in told
