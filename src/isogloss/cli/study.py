"""Verbs that plan, run and show a study."""

import argparse
from pathlib import Path

from isogloss.cli.adding import KEPT, SAME, WHOLE, Verbs, precision
from isogloss.progress.trackers import NAMES
from isogloss.verbs import study, watch


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        study.plan, "what a recipe would do, and what it costs", "plan demo", reads=True, recipe="RECIPE|SEARCH"
    )
    one.add_argument("--device-tflops", type=float, default=0.0, metavar="N", help="estimate for a device of this rate")
    precision(one)
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        study.run,
        "do what a recipe asks and the store lacks",
        "run ./my_study.py --data data",
        reads=True,
        kept=KEPT,
        recipe="RECIPE",
    )
    one.add_argument("--workers", type=int, metavar="N", help="processes at once (default: as many as fit)")
    one.add_argument("--threads", type=int, default=1, metavar="N", help="threads per process; changes last digits")
    one.add_argument(
        "--on", choices=("local", "pool", "ray", "slurm"), default="pool",
        help="one process; all cores, or one process per GPU (default); a Ray cluster; a Slurm cluster",
    )  # fmt: skip
    one.add_argument("--address", default="", help="of the Ray cluster (default: one on this machine)")
    one.add_argument("--gpus", type=int, default=0, metavar="N", help="of each Slurm job that trains or tests")
    one.add_argument(
        "--slurm", action="append", default=[], metavar="KEY=VALUE",
        help="an option of sbatch, such as partition=gpu or time=8:00:00; once per option",
    )  # fmt: skip
    one.add_argument("--processes", type=int, default=1, metavar="N", help="share each run's batches among N processes")
    precision(one)
    one.add_argument(
        "--keep", choices=("all", "needed", "none"), default="all",
        help="weights that stay when their tests are done: all (default), those that runs start from, none",
    )  # fmt: skip
    one.add_argument("--quiet", action="store_true", help="no progress (also: ISOGLOSS_QUIET=1)")
    one.add_argument(
        "--page", nargs="?", type=Path, const=Path(), metavar="FILE",
        help="write the study's page again as results come (default: STUDY.html here)",
    )  # fmt: skip
    one.add_argument(
        "--log", action="append", default=[], choices=NAMES,
        help="show learning curves and scores there; once per tracker",
    )  # fmt: skip
    one.add_argument("--log-to", type=Path, default=Path("logs"), metavar="DIR", help="trackers' files (default: logs)")

    one = verbs.add(watch.watch, "a page of a study, written again while it runs", "watch demo", kept=WHOLE)
    one.add_argument("study", metavar="STUDY")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: STUDY.html here")
    one.add_argument("--every", type=int, default=0, metavar="SECONDS", help="default: 5; 30 for a store at a URL")
    one.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)

    one = verbs.add(study.show, "studies, runs and scores in the store", "show demo")
    one.add_argument("study", nargs="?")
    one.add_argument("--json", action="store_true")

    one = verbs.add(study.why, "what a run is, what it depends on, why it is (not) cached", "why 3f2a")
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        study.rerun, "train a run again and compare, to the bit", "rerun 3f2a --check", reads=True, kept=SAME
    )
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("--check", action="store_true", help="exit status 1 on any difference")
    one.add_argument("--recipe", default="", metavar="FILE", help="of the run, where it brings tasks of its own")
    one.add_argument("--json", action="store_true")
