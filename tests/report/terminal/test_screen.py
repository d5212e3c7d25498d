"""What a store or a data file says reaches the terminal as text, and nothing of it is obeyed."""

import ast
import io
import json
import sys
from pathlib import Path

import pytest

import isogloss
from isogloss.report.terminal import screen
from screens import Screen

ROOT = Path(isogloss.__file__).parent
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\x9b2J\r"


def test_a_terminal_obeys_nothing_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, pairs, tables and JSON: control characters and bidi marks come out escaped; a cell stays on its line."""
    screen.say("title", HOSTILE)
    screen.print_pairs([("title", f"{HOSTILE}\nfaked  row")])
    screen.print_table(("a", "b"), [(HOSTILE, "x\ny"), ("1", "2")])
    screen.print_json({"title": HOSTILE})
    shown = capsys.readouterr().out
    assert all(line.isprintable() for line in shown.split("\n"))
    assert shown.splitlines()[1].endswith(" faked  row")
    assert json.loads(shown[shown.index("{") :]) == {"title": HOSTILE}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_the_letters_shows_their_numbers(encoding: str) -> None:
    """A minus sign and an arrow are in everything that is printed; no encoding makes an error of them."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    screen.say("−2.0 → x", file=stream)
    stream.flush()
    assert raw.getvalue().decode(encoding) == "\\u22122.0 \\u2192 x\n"


def test_a_number_that_json_has_not_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    """RFC 8259, 6: readers other than Python's refuse NaN and Infinity."""
    screen.print_json({"low": float("-inf"), "values": [float("nan"), 0.5], "NaN": "NaN"})
    assert json.loads(capsys.readouterr().out) == {"low": None, "values": [None, 0.5], "NaN": "NaN"}


def test_a_traceback_that_quotes_data_is_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """Also an error that nobody foresaw, and --debug."""
    try:
        raise KeyError(f"x{HOSTILE}")
    except KeyError:
        screen.uncaught(*sys.exc_info())  # type: ignore[arg-type]
    shown = capsys.readouterr().err
    assert "KeyError" in shown
    assert all(line.isprintable() for line in shown.split("\n"))


def test_one_place_prints() -> None:
    """Everything else goes through it; the progress line, which draws itself, escapes the titles that it shows."""
    printing = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == {"report/terminal/screen.py", "progress/log.py"}


ROWS = [
    ("xnli", "Does the second sentence follow from the first, contradict it, or neither?"),
    ("udpos", "日本語の品詞"),
]


def test_a_table_fits_the_terminal_and_stays_as_it_is_for_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The widest column goes on below itself, no word is lost, and ideographs take two columns."""
    screen.print_table(("task", "title"), ROWS)
    assert len(capsys.readouterr().out.splitlines()) == 3
    terminal = Screen()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    screen.print_table(("task", "title"), ROWS)
    screen.print_pairs(ROWS)
    screen.print_table(("日本語", "b"), [("x", "y")])
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[1:4] == [
        "xnli   Does the second sentence follow",
        "       from the first, contradict it, or",
        "       neither?",
    ]
    assert lines[-2:] == ["日本語  b", "x       y"]


def test_wide_letters_overflow_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell of ideographs and words goes on below itself within the terminal's columns, and loses nothing."""
    terminal = Screen()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "30")
    title = "日本語の品詞タグ付けの課題 for every word 品詞 of a sentence"
    screen.print_table(("task", "title"), [("udpos", title)])
    lines = terminal.getvalue().splitlines()
    assert max(map(screen._width, lines)) <= 30
    assert "".join(line[7:] for line in lines[1:]).replace(" ", "") == title.replace(" ", "")


def test_a_table_of_many_columns_breaks_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does without the columns that it may, and says so; where that is not enough, each row is a block of pairs."""
    terminal = Screen()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "30")
    names, rows = ["encoder", "licence", "here"], [["multilingual-e5-base", "MIT", "no"], ["small", "", "yes"]]
    screen.print_table(names, rows, aside=("licence",))
    assert terminal.getvalue().splitlines() == [
        "encoder               here", "multilingual-e5-base  no", "small                 yes", "",
        "Too narrow here for: licence.",
    ]  # fmt: skip
    terminal.truncate(terminal.seek(0))
    screen.print_table(names, rows)
    assert terminal.getvalue().splitlines() == [
        "encoder  multilingual-e5-base", "licence  MIT", "here     no", "", "encoder  small", "here     yes", "",
    ]  # fmt: skip
