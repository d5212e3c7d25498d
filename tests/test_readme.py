"""README.md: what it shows is run, and what it lists is there."""

import contextlib
import importlib.util
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from isogloss import cli
from isogloss.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
ENGLISH = {
    "card": ["my card is lost", "the card was stolen", "send a new card please", "this card does not work"],
    "transfer": ["where is my transfer", "the money was not sent", "cancel the payment now", "send money abroad"],
}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_map_lists_every_file_with_its_first_sentence() -> None:
    """The map is what `python docs/tree.py` writes today."""
    assert (ROOT / "docs" / "map.md").read_text("utf-8") == load(ROOT / "docs" / "tree.py").tree()


def test_every_verb_is_in_the_list_of_verbs() -> None:
    """A verb that the command line has is shown in docs/cli.md, and a verb that is shown there or in README exists."""
    listed = cli.parser()._subparsers
    assert listed is not None
    verbs = {name for action in listed._group_actions for name in action.choices or ()}
    shown = {
        name: set(re.findall(r"^isogloss ([a-z-]+)", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE))
        for name in ("docs/cli.md", "README.md")
    }
    assert shown["docs/cli.md"] == verbs
    assert {"run", "report", "plan"} <= shown["README.md"] <= verbs


def test_the_readme_is_short() -> None:
    """Nine kilobytes: what is longer lies in docs/."""
    assert len(README.encode()) <= 9 * 1024


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def write_data(folder: Path) -> None:
    """Labelled English, tests in three languages, and a little MultiNLI in its published layout."""
    draw = random.Random(0)
    (folder / "my_task").mkdir(parents=True)
    for name in ("train-en", "dev-en", "test-en", "test-de", "test-sw"):
        rows = [f"{draw.choice(ENGLISH[label])}\t{label}" for label in draw.choices(list(ENGLISH), k=24)]
        (folder / "my_task" / f"{name}.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "mnli").mkdir()
    labels = ["entailment", "neutral", "contradictory"]
    lines = [f"The ferry left at {n}.\tIt left.\t{labels[n % 3]}" for n in range(30)]
    (folder / "mnli" / "multinli.train.en.tsv").write_text("premise\thypo\tlabel\n" + "\n".join(lines) + "\n", "utf-8")


@dataclass(frozen=True)
class Own:
    """A folder with the README's two files and their data, and a store in which the study is done."""

    folder: Path
    study: list[str]
    """The recipe and its options, as `run` takes them."""

    def say(self, capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
        """What the command prints, on either stream."""
        capsys.readouterr()
        reads = ("doctor", "tasks", "measure", "rerun", "semdiv", "plan", "run")
        store = [] if words[0] == "tasks" else ["--store", str(self.folder / "store")]
        data = ["--data", str(self.folder / "data")] if words[0] in reads else []
        with contextlib.chdir(self.folder):
            assert main([*words, *store, *data]) == status
        shown = capsys.readouterr()
        return shown.out + shown.err


@pytest.fixture(scope="module")
def own(xlmr: Path, tmp_path_factory: pytest.TempPathFactory) -> Own:
    """The two files as they stand, run; only the encoder is a small one."""
    folder = tmp_path_factory.mktemp("own")
    for block in _blocks("python"):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name is not None
        (folder / name[1]).write_text(block, "utf-8")
    write_data(folder / "data")
    study = ["./my_study.py", "--encoder", str(xlmr), "--seeds", "2"]
    with contextlib.chdir(folder):
        store = ["--store", str(folder / "store"), "--data", str(folder / "data")]
        assert main(["run", *study, *store, "--workers", "1", "--quiet"]) == 0
    return Own(folder=folder, study=study)


def test_a_users_own_task_and_study_run_as_the_readme_shows(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    """The two files of the README, saved as they stand, run to a page; a second time there is nothing to do."""
    own.say(capsys, "report", "my_study", "--out", str(own.folder / "page.html"))
    page = (own.folder / "page.html").read_text("utf-8")
    assert "Does MultiNLI help?" in page
    assert "Swahili" in page or ">sw<" in page
    assert "words" in page  # the bag of words that learned from the task's own training data
    assert re.search(r"(\d+) runs \(\1 cached\)", own.say(capsys, "run", *own.study, "--workers", "1"))


def test_every_command_that_the_page_advises_works(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    """They name the recipe's file, since a store holds no code; afterwards the page advises none of them."""
    path = own.folder / "advice.html"
    own.say(capsys, "report", "my_study", "--out", str(path))
    advised = set(re.findall(r"isogloss ((?:measure|analyse|claims --study) [^\s<`]+)", path.read_text("utf-8")))
    assert {"measure ./my_study.py", "analyse ./my_study.py"} <= advised
    for command in sorted(advised, reverse=True):  # measure, then analyse
        more = ["--measures", "jaccard", "--limit", "10"] if command.startswith("measure") else []
        assert own.say(capsys, *command.split(), *more)
    own.say(capsys, "report", "./my_study.py", "--out", str(path))
    assert "isogloss measure ./my_study.py" not in path.read_text("utf-8")


def test_a_store_runs_no_code_of_its_own(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    """A verb that needs the user's tasks and is given the study's name says which file to name."""
    run = json.loads(own.say(capsys, "show", "./my_study.py", "--json"))["rows"][-1]["run"]
    assert "`isogloss measure ./my_study.py`" in own.say(capsys, "measure", "my_study", status=2)
    assert "`isogloss semdiv ./my_study.py`" in own.say(capsys, "semdiv", "my_study", status=2)
    assert f"`isogloss rerun {run} --recipe ./my_study.py`" in own.say(capsys, "rerun", run, status=2)
    assert "identical to the bit" in own.say(capsys, "rerun", run, "--check", "--recipe", "./my_study.py")
    assert "does not come with isogloss" not in own.say(capsys, "semdiv", "./my_study.py", "--limit", "5")


@pytest.mark.parametrize("verb", ["doctor", "semdiv"])
def test_small_is_another_encoder_in_every_study(own: Own, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    """Verbs that take an encoder by its name say so, and which names they take."""
    said = own.say(capsys, verb, "./my_study.py", "--encoder", "small", status=2)
    assert "'small' is built by each study from its own text" in said
    assert len(said.strip().splitlines()) == 1


def test_doctor_takes_the_encoder_of_a_run(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    """By its id, as `semdiv` does: the lengths are those of its tokenizer."""
    run = json.loads(own.say(capsys, "show", "./my_study.py", "--json"))["rows"][-1]["run"]
    report = json.loads(own.say(capsys, "doctor", "./my_task.py", "--encoder", run, "--json", status=1))
    assert all(row["length"] for row in report["rows"])


def test_what_is_on_disk_of_a_users_task(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    """English alone trains; `tasks` says so, and that is nothing for `doctor` to complain of."""
    said = own.say(capsys, "tasks", "./my_task.py")
    assert "train: en; test: en de sw" in said
    assert str(own.folder / "data" / "my_task") in said
    assert "A file is named by its path: ./my_task.py" in own.say(capsys, "tasks", "my_task", status=2)
    for named, others in ("./my_task.py", ()), ("./my_study.py", ("mnli",)):
        report = json.loads(own.say(capsys, "doctor", named, "--json", status=1))  # lines drawn from eight are repeated
        assert {row["task"] for row in report["rows"]} == {"my_task", *others}
        assert not [each for each in report["findings"] if each["check"] in ("reading", "missing") and "de" in each]
