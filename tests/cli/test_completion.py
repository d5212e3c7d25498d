"""Completion: what may stand where the cursor is, and the shells' own scripts asking for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.cli import parser
from isogloss.cli.completion import SCRIPTS, candidates
from loaded import after

RUN = "0123456789abcdef"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a store of one study and one run, a recipe, and the command on the path."""
    monkeypatch.delenv("ISOGLOSS_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "store" / "studies").mkdir(parents=True)
    (tmp_path / "store" / "studies" / "colours.json").write_text("{}")
    (tmp_path / "store" / "runs" / RUN).mkdir(parents=True)
    (tmp_path / "store" / "runs" / RUN / "done.json").write_text("{}")
    (tmp_path / "store" / "VERSION").write_text("1\n")
    (tmp_path / "own.py").write_text("def grid(my_seeds: int = 2, *, twice: bool = False): ...\nraise SystemExit\n")
    command = tmp_path / "bin" / "isogloss"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m isogloss "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rep", ["report"]),
        ("--v", ["--version"]),
        ("show ", ["colours"]),
        ("show --j", ["--json"]),
        ("why 01", [RUN]),
        ("export ", [RUN]),
        ("export 01 ", []),
        ("submit out --run ", [RUN]),
        ("plan phang", ["phang2020"]),
        ("plan ./o", []),
        ("plan ./own.py --", ["--data", "--debug", "--device-tflops", "--help", "--json", "--my-seeds", "--precision",
                              "--store", "--twice"]),
        ("plan smoke --precision b", ["bfloat16"]),
        ("run --workers 2 smo", ["smoke"]),
        ("tasks xq", ["xquad"]),
        ("measure demo --measures jaccard,mm", ["jaccard,mmd"]),
        ("rank xnli --languages sw,u", ["sw,ug", "sw,uk", "sw,ur", "sw,uz"]),
        ("completion z", ["zsh"]),
        ("show --store gone ", []),
        ("no-verb ", []),
    ],
)  # fmt: skip
def test_what_may_come_next(here: Path, line: str, expected: list[str]) -> None:  # noqa: ARG001
    """Verbs, options, and the names that a value may have, by what the help calls it; a recipe's file is not run."""
    assert candidates(parser().verbs.parsers, line.split(" ")) == expected


def test_nothing_slow_is_imported_for_it(here: Path) -> None:  # noqa: ARG001
    """No torch, numpy or Arrow stands between a key and its answer."""
    said, modules = after("from isogloss.cli import main\nmain(['completion', 'words', '--', 'why', ''])")
    assert said == f"{RUN}\n"
    assert not {"torch", "numpy", "pyarrow", "transformers", "scipy"} & modules


ASK = {
    "bash": "source ./script; COMP_WORDS=(isogloss show %s); COMP_CWORD=2; _isogloss; echo ${COMPREPLY[*]}",
    "zsh": 'compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { print files }; source ./script; '
    "words=(isogloss show %s); CURRENT=3; _isogloss",
    "fish": "source ./script; complete -C 'isogloss show %s'",
}


@pytest.mark.parametrize("begun", ["c", ""])
@pytest.mark.parametrize("shell", SCRIPTS)
def test_each_shell_takes_its_script_and_offers_the_name(here: Path, shell: str, begun: str) -> None:
    """In the shell itself, where it is installed: the study of this folder's store after `isogloss show` and nothing,
    or its first letter."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = subprocess.run(["isogloss", "completion", shell], capture_output=True, text=True, check=True).stdout
    (here / "script").write_text(script)
    quiet = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [program, *quiet, "-c", ASK[shell] % (begun if shell == "fish" else f"'{begun}'")],
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(here)},
    )
    assert (done.stdout.split(), done.stderr) == (["colours"], "")
