"""The verbs in their groups, each with an example that the parser takes; and what `isogloss` alone says."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from isogloss.cli import main, parser
from isogloss.cli.adding import EXAMPLE


def verbs() -> dict[str, argparse.ArgumentParser]:
    (listed,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(listed.choices)


@pytest.mark.parametrize("name", verbs())
def test_each_verb_shows_an_example_that_the_parser_takes(name: str) -> None:
    """On a line of its own below its options; only a recipe's own options are left over."""
    shown = verbs()[name].format_help().partition(f"\n{EXAMPLE}")[2].strip()
    program, *words = shlex.split(shown)
    assert (program, words[0]) == ("isogloss", name)
    asked, rest = parser().parse_known_args(words)
    assert asked.follows or not rest


def test_the_help_lists_every_verb_once_below_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    """With its summary, in lines that fit a terminal."""
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert re.findall(r"^  ([a-z-]+)  ", shown, re.MULTILINE) == list(verbs())
    assert re.search(r"^Run a study:\n  plan +what a recipe would do", shown, re.MULTILINE)
    assert [line for line in shown.splitlines() if len(line) > 110] == []


def test_alone_it_names_three_next_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing, or with the study that is here; each is a command that the parser takes. Nothing is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ISOGLOSS_STORE", raising=False)
    assert main([]) == 0
    steps = re.findall(r"^isogloss (\w.*?)  ", capsys.readouterr().out, re.MULTILINE)
    assert len(steps) == 3
    assert steps[0] == "run demo"
    assert not list(tmp_path.iterdir())
    (tmp_path / "store" / "studies").mkdir(parents=True)
    (tmp_path / "store" / "studies" / "mine.json").write_text("{}")
    assert main([]) == 0
    later = re.findall(r"^isogloss (\w.*?)  ", capsys.readouterr().out, re.MULTILINE)
    assert later == ["show mine", "report mine", "next mine"]
    for step in steps + later:
        parser().parse_known_args(step.split())
