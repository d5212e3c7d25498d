"""docs/scale.md: its commands are ones that the command line takes."""

import re
import shlex
from pathlib import Path

import pytest

from isogloss import cli
from isogloss.run import runners

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "scale.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
COMMANDS = [line.partition("#")[0] for block in BLOCKS for line in block.splitlines() if line.startswith("isogloss ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_takes_what_is_shown(command: str) -> None:
    """Every command parses, and a runner is found for the options of a run."""
    verb, *options = shlex.split(command)[1:]
    asked, rest = cli.parser().parse_known_args([verb, *options])
    assert rest == []
    if verb != "run":
        return
    runner = runners.choose(
        asked.on, 9, workers=asked.workers, threads=asked.threads, address=asked.address, processes=asked.processes
    )
    assert callable(runner.run)


def test_every_way_to_run_is_shown() -> None:
    """Each choice of --on has its command."""
    assert set(re.findall(r"--on (\w+)", "\n".join(COMMANDS))) == {"local", "pool", "ray", "slurm"}
