"""`isogloss new`: from tables to two files that run as they are, or one sentence and nothing written."""

import json
import re
from pathlib import Path

import pytest

from isogloss.cli import main
from test_readme import ENGLISH


def put(path: str, *rows: str) -> None:
    Path(path).write_text("".join(f"{row}\n" for row in rows), "utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with labelled English and tests in two languages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    rows = [f"{text}\t{label}" for label, texts in ENGLISH.items() for text in texts]
    for name in ("train-en", "test-en", "test-de"):
        put(f"data/{name}.tsv", *rows)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(["new", *words]) == status
    shown = capsys.readouterr()
    return shown.err if status else shown.out


def test_it_says_what_it_guessed_and_from_which_lines(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Type, columns, labels with their numbers, and the tables it found; then what to do next."""
    shown = told(capsys, "intents", "--train", "data/train-en.tsv")
    assert "TSV, 8 rows (lines 1 to 8)" in shown
    assert "no header: 'card' of line 1 stands in other lines, too" in shown
    assert re.search(r"text +column 1: 'my card is lost' \(line 1\)", shown)
    assert re.search(r"labels +card \(4\), transfer \(4\)", shown)
    assert re.search(r"test +en \(8\), de \(8\)", shown)
    assert "isogloss plan ./intents_study.py" in shown
    assert {path.name for path in here.glob("*.py")} == {"intents.py", "intents_study.py"}


def test_a_language_that_it_does_not_know_is_said_to_be_unknown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """qq is not a code of ISO 639; de is."""
    text = (here / "data" / "test-de.tsv").read_text("utf-8")
    (here / "qq.tsv").write_text(text, "utf-8")
    given = ["--train", "data/train-en.tsv", "--test", "de=data/test-de.tsv"]
    shown = told(capsys, "intents", *given, "--test", "qq=qq.tsv")
    assert "Not known to isogloss: qq. It has no name, family, script or text for such a language." in shown
    assert "Not known" not in told(capsys, "others", *given)


def test_the_written_task_reads_the_tables(here: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    """`isogloss tasks` finds all of it, from another folder too."""
    told(capsys, "intents", "--train", "data/train-en.tsv")
    assert main(["tasks", "./intents.py", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["labels"] == ["card", "transfer"]
    assert found["languages"] == ["en", "de"]


TABLES = {
    "choice": ("a.csv", "premise,alt1,alternative1,alternative2,right", "It rained.,x,The street is wet.,Ada sings.,2"),
    "tagging": ("a.txt", "Ada B-PER", "sleeps O", "", "Oslo B-LOC", ""),
    "span": ("a.jsonl", '{"question": "Who?", "context": "Ada sleeps.", "answers": ["Ada"]}'),
}


@pytest.mark.parametrize("kind", TABLES)
def test_other_types_are_written_as_they_can_be_read(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Choices in columns and counted from one, CoNLL in a .txt, JSON lines: the written task yields its example."""
    monkeypatch.chdir(tmp_path)
    name, *rows = TABLES[kind]
    put(name, *rows)
    put(f"test-{name}", *rows)
    more = ["--columns", "label=right"] if kind == "choice" else []
    told(capsys, "mine", "--train", name, "--test", f"de=test-{name}", *more)
    from isogloss.core import folder

    task = folder.load("tasks", "mine", [tmp_path])
    (first, *_) = task.examples(tmp_path, "test", "de")
    assert task.type == kind
    match kind:
        case "choice":
            assert (first.choices, first.label) == (("The street is wet.", "Ada sings."), 1)
        case "tagging":
            assert (first.tokens, first.tags) == (("Ada", "sleeps"), ("B-PER", "O"))
            assert task.metrics == ("span_f1",)
        case "span":
            assert (first.answers, first.starts) == (("Ada",), (0,))


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("intents", ["--test", "de=gone.tsv"], "DataMissing: .*gone.tsv: no such file"),
        ("intents", ["--test", "de=data/empty.tsv"], "it is empty"),
        ("intents", ["--test", "de=data/typo.tsv"], "typo.tsv, line 2: the label 'crad' is in no row of the training"),
        ("intents", ["--test", "de=data/ragged.tsv"], "ragged.tsv, line 1: 3 columns, expected 2"),
        ("intents", ["--header", "yes", "--columns", "label=nothing"], "no column 'nothing'"),
        ("intents", ["--columns", "label"], "expected FIELD=COLUMN"),
        ("intents", ["--type", "span"], "--columns question=COLUMN"),
        ("xnli", [], "isogloss has a task named 'xnli'"),
        ("my-task", [], "letters, digits and '_'"),
        ("../up", [], "is a path"),
        ("_own", [], "letters, digits and '_'"),
        ("taken", [], "taken_study.py is there already"),
    ],
)
def test_what_it_cannot_do_is_one_sentence_and_nothing_is_written(
    name: str, words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2; a file that is there keeps what is in it."""
    put("data/empty.tsv")
    put("data/typo.tsv", "my card\tcard", "my card again\tcrad")
    put("data/ragged.tsv", "my card\tcard\tmore")
    put("taken_study.py", "# mine")
    error = told(capsys, name, "--train", "data/train-en.tsv", *words, status=2)
    assert re.search(said, error)
    assert error.count("\n") == 1
    assert [path.name for path in here.glob("*.py")] == ["taken_study.py"]
    assert Path("taken_study.py").read_text() == "# mine\n"
