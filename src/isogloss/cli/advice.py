"""Verbs that advise before a grid is paid for."""

import argparse
from pathlib import Path

from isogloss.cli.adding import WHOLE, Verbs
from isogloss.verbs import advice


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        advice.rank,
        "which intermediate task to run first, before any is paid for",
        "rank xnli --encoder xlm-roberta-base --languages sw,ur",
        kept=WHOLE,
    )
    one.add_argument("task", nargs="?", metavar="TASK|FILE", help="the target")
    _encoder(one)
    one.add_argument("--languages", default="", metavar="A,B", help="default: all but English")
    one.add_argument("--arms", default="", metavar="A,B", help="intermediate tasks or files (default: all known)")
    most = one.add_mutually_exclusive_group()
    most.add_argument("--hours", type=float, metavar="H", help="advise runs for at most this many hours")
    most.add_argument("--runs", type=int, metavar="N", help="advise this many runs (default: 6)")
    _learns(one)
    one.add_argument("--device-tflops", type=float, default=0.0, metavar="N", help="estimate for a device of this rate")
    one.add_argument("--record", action="store_true", help="how past advice did")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        advice.forecast,
        "scores to expect in languages that were not measured",
        "forecast xnli --encoder xlm-roberta-base",
        reads=True,
        kept=WHOLE,
    )
    one.add_argument("task", metavar="STUDY|TASK|FILE")
    _encoder(one)
    one.add_argument("--languages", default="", metavar="A,B", help="default: all that the task has")
    one.add_argument("--after", default="", metavar="ARM", help="the intermediate task (default: none)")
    _learns(one)
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        advice.next_,
        "which runs and labels would bring a study most, and when to stop",
        "next demo --cells 3 --write next_runs.py",
        kept=WHOLE,
    )
    one.add_argument("study")
    one.add_argument("--cells", type=int, default=3, metavar="N", help="runs to name (default: 3)")
    one.add_argument("--hours", type=float, metavar="H", help="that they may take together")
    one.add_argument("--languages", default="", metavar="A,B", help="that count (default: all but English)")
    one.add_argument("--write", type=Path, metavar="FILE.py", help="leave a recipe of the runs")
    one.add_argument("--json", action="store_true")


def _encoder(one: argparse.ArgumentParser) -> None:
    one.add_argument("--encoder", default="", metavar="NAME", help="default: the only one of the store")


def _learns(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--study", action="append", default=[], metavar="STUDY", help="learn from this one; once per study"
    )
