"""docs/tutorial.md: its two files and its commands, in their order, from a folder of data to a page."""

import random
import re
import shlex
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.core import encoders
from isogloss.core.spec import Architecture
from test_readme import write_data

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
CODES = {"en": ("src.eng", "eng"), "de": ("ref.deu", "deu_1996"), "sw": ("ref.swa", "swh")}
WORDS = "card,money,bank,ferry,lost,sent,new,old,week,street,garden,seven,letter,people,write,read"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL, flags=re.DOTALL)


def commands() -> list[list[str]]:
    """The lines of its sh blocks, without those that download."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line]
    return [shlex.split(line) for line in lines if "--fetch" not in line]


def write_text(data: Path) -> None:
    """NTREX and the Declaration in their published layout: the same lines in each language, word by word."""
    draw = random.Random(0)
    lines = [draw.choices(WORDS.split(","), k=8) for _ in range(60)]
    (data / "ntrex" / "NTREX-128").mkdir(parents=True)
    (data / "udhr").mkdir()
    for code, (ntrex, udhr) in CODES.items():
        own = ["\u0020".join(word if code == "en" else f"{word}{code}" for word in line) for line in lines]
        (data / "ntrex" / "NTREX-128" / f"newstest2019-{ntrex}.txt").write_text("\n".join(own) + "\n", "utf-8")
        articles = "".join(f'<article number="{n}"><para>{text}</para></article>' for n, text in enumerate(own[:5], 1))
        text = f'<udhr xmlns="http://www.unhchr.ch/udhr">{articles}</udhr>'
        (data / "udhr" / f"udhr_{udhr}.xml").write_text(text, "utf-8")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that is made in a second, in place of one that takes a minute."""
    shape = Architecture(vocabulary=300, tokenizer="pieces", width=24, layers=1, heads=2, hidden=32, positions=128)
    monkeypatch.setattr(encoders, "ARCHITECTURE", shape)
    monkeypatch.setattr(encoders, "MODELLING", {**encoders.MODELLING, "steps": 4, "tokens": 128})


@pytest.mark.usefixtures("small")
def test_the_tutorial_runs_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, and every command in turn; `new` writes the files that are shown. Only the encoder is smaller, and
    there are two seeds."""
    monkeypatch.chdir(tmp_path)
    write_data(Path("data"))
    write_text(Path("data"))
    less = {
        "plan": ["--seeds", "2", "--examples", "30"],
        "run": ["--seeds", "2", "--examples", "30", "--workers", "1", "--quiet"],
        "measure": ["--measures", "jaccard", "--limit", "20", "--quiet"],
    }
    said = {}
    for program, verb, *words in commands():
        assert program == "isogloss"
        found = main([verb, *words, *less.get(verb, [])])
        assert found == (1 if verb == "doctor" else 0)  # its rows are drawn from eight, so that many are repeated
        said[verb] = capsys.readouterr().out
        if verb == "new":
            for block in blocks("python"):
                name, _, text = block.removeprefix("# ").partition("\n")
                assert Path(name).read_text("utf-8") == text
    assert "train: en; dev: en; test: en de sw" in said["tasks"]
    assert "cannot be read" not in said["doctor"]
    assert "15 runs" not in said["plan"]
    page = Path("my_task_study.html").read_text("utf-8")
    assert "Does MultiNLI help?" in page
    assert "isogloss measure" not in page  # it was measured, and the page says what came out
    assert {"new", "tasks", "doctor", "plan", "run", "report", "show", "measure", "analyse"} <= set(said)


def test_a_verdict_takes_as_many_repetitions_as_it_says() -> None:
    """The recipe's default is the least with which the page gives one."""
    from isogloss.stats.intervals import ENCODERS_NEEDED

    assert "With fewer than three" in TUTORIAL
    assert f"seeds: int = {ENCODERS_NEEDED}" in TUTORIAL


def put(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")


TRAIN = "data/my_task/train-en.tsv"
MISTAKES = (
    lambda: Path("my_task.py").unlink(),
    lambda: put("my_task.py", 'name="my_task"', 'name="intents"'),
    lambda: Path(TRAIN).unlink(),
    lambda: put(TRAIN, "\tcard\n", "\tcredit\n"),
)


def test_its_table_of_errors_is_what_a_user_sees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row's mistake, made: `plan` says the row's words. The last row is another file's (test_census)."""
    table = re.findall(r"^\| `([^`]+)` \|", TUTORIAL, flags=re.MULTILINE)
    assert len(table) == len(MISTAKES) + 1
    for number, (message, mistake) in enumerate(zip(table, MISTAKES, strict=False)):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        for block in blocks("python"):
            Path(block.split()[1]).write_text(block, "utf-8")
        write_data(Path("data"))
        put("my_task_study.py", "runs, tests = [], []", "runs, tests, encoder = [], [], 'none/such'")
        mistake()
        capsys.readouterr()
        assert main(["plan", "./my_task_study.py", "--data", "data"]) == 2
        shown = capsys.readouterr().err
        assert re.search(re.escape(message).replace("…", ".*"), shown), shown
