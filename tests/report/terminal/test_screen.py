"""What a store or a data file says reaches the terminal as text, and nothing of it is obeyed."""

import ast
import json
import sys
from pathlib import Path

import pytest

import isogloss
from isogloss.report.terminal import screen

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
    assert printing == {"report/terminal/screen.py", "progress/steps.py"}
