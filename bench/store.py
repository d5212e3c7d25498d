"""What verbs of the desk cost as a store grows: python bench/store.py [--runs 200 2000] [--folder DIR]

Makes a store with one finished study of so many runs (five languages, 50 examples each, ten arms, six targets, a
learning curve of 200 points each, five measures of divergence), and times `show`, `why`, `analyse`, `report` and
`gc --dry-run` on it, each as a command of its own; `plan` on a grid of the recipe `demo` of that size. Prints seconds
of processor, seconds and MB, and from the smaller to the larger store the growth: seconds per 1,000 runs, and the power
of the number of runs that time grows with. Last: a JSON object.
"""

import argparse
import importlib
import itertools
import json
import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isogloss.core.spec import RunSpec
    from isogloss.store.divergence import Divergence

ROOT = Path(__file__).resolve().parents[1]
ARMS, TARGETS = 9, 6
LANGUAGES = ("en", "de", "sw", "tr", "zh")
PER_SEED = ARMS + (ARMS + 1) * TARGETS
"""Runs of one seed of one encoder, which is a run itself."""
PER_ENCODER_OF_DEMO = 16
POINTS = 200
"""Of a learning curve, as training writes them."""
MEASURES = (("jensen_shannon", ""), ("mmd", "raw"), ("mmd", "centred"), ("sinkhorn", "raw"), ("leep", ""))
"""With their versions."""
FLOOR = 0.5
"""Seconds that a command may take to start, and that say nothing of growth."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, nargs="+", default=[200, 2000])
    asked.add_argument("--folder", type=Path, help="make the stores here, and leave them")
    asked.add_argument("--verbs", nargs="+", default=["plan", "show", "why", "analyse", "report", "gc"])
    given = asked.parse_args()
    sizes = []
    with tempfile.TemporaryDirectory(prefix="isogloss-store-") as scratch:
        for runs in given.runs:
            folder = (given.folder or Path(scratch)) / str(runs)
            if not folder.exists():  # elsewhere, for a command starts with the memory of the process that starts it
                process = multiprocessing.get_context("spawn").Process(target=make, args=(folder, runs))
                process.start()
                process.join()
            sizes.append(measured(folder, given.verbs))
    growth = {verb: grown(sizes[-2:], verb) for verb in given.verbs} if len(sizes) > 1 else {}
    for verb, found in growth.items():
        print(f"{verb:8} {found['seconds_per_1000_runs']:8.2f} s per 1,000 runs, time ~ runs^{found['power']:.2f}")
    print(json.dumps({"bench": "store", "sizes": sizes, "growth": growth}))
    return 0


def make(folder: Path, runs: int) -> None:
    """A store of about so many runs."""
    sys.path.insert(0, str(ROOT / "tests"))
    build = importlib.import_module("study_in_store").build
    encoders = max(3, round((runs / PER_SEED) ** 0.5))
    seeds = max(1, round(runs / (encoders * PER_SEED)))

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
        noise = _noise(encoder, intermediate, task, language, seed)
        return 0.6 + 0.05 * (intermediate != "none") - 0.1 * (language != "en") + 0.05 * noise

    def curve(spec: "RunSpec") -> list[tuple[int, float]]:
        floor = 0.6 + 0.2 * _noise(spec.run_id)
        return [(2 * step, floor + 1.5 / step**0.5 + 0.02 * _noise(spec.run_id, step)) for step in range(1, POINTS + 1)]

    began = time.monotonic()
    store = build(
        folder, share, name="large", encoders=encoders, seeds=seeds, n=50, curve=curve,
        intermediates=[f"arm{each}" for each in range(ARMS)],
        targets={f"target{each}": LANGUAGES for each in range(TARGETS)}, baselines={"majority": 0.33},
    )  # fmt: skip
    for number, run in enumerate(run.id for run in store.study("large").runs if run.parent is None):
        store.save_divergences("large", f"encoder{number}", divergences(run))
    print(f"{folder}: made in {time.monotonic() - began:.0f} s", file=sys.stderr)


def divergences(encoder: str) -> "list[Divergence]":
    """Of one pretrained encoder: every arm from every target in every language, by every measure."""
    from isogloss.store.divergence import Divergence

    rows = []
    for place in itertools.product(MEASURES, range(ARMS), range(TARGETS), LANGUAGES):
        (measure, version), arm, target, language = place
        value = 0.5 + 0.2 * (language != "en") + 0.1 * _noise(encoder, *place)
        rows.append(Divergence(
            encoder=encoder, measure=measure, family="representation", version=version, value=value,
            direction="similarity" if measure == "leep" else "distance", intermediate=f"arm{arm}",
            target=f"target{target}", split="test", language=language, low=value - 0.05, high=value + 0.05, null=0.1,
            null_high=0.2, n=50, m=50, layer=1 if version else None, pooling="mean" if version else "",
            task_shift=0.1, language_shift=0.2, interaction=0.0,
        ))  # fmt: skip
    return rows


def _noise(*of: Any) -> float:
    """In [-1, 1], the same in every process."""
    return math.sin(zlib.crc32(repr(of).encode()))


def measured(folder: Path, verbs: Sequence[str]) -> dict[str, Any]:
    """What each verb takes on one store."""
    found = [path.name for path in (folder / "runs").iterdir()]
    lines = {
        "plan": ["plan", "demo", "--encoders", str(len(found) // PER_ENCODER_OF_DEMO), "--store", f"{folder}-plan"],
        "show": ["show", "large"],
        "why": ["why", max(found)],
        "analyse": ["analyse", "large", "--json"],
        "report": ["report", "large", "--out", f"{folder}.html"],
        "gc": ["gc", "--dry-run"],
    }
    taken = {}
    for verb in verbs:
        line = lines[verb] if "--store" in lines[verb] else [*lines[verb], "--store", str(folder)]
        taken[verb] = command(line)
        print(f"{len(found):6} runs  {verb:8} {taken[verb]}", file=sys.stderr, flush=True)
    return {"runs": len(found), "verbs": taken}


def command(words: Sequence[str]) -> dict[str, float]:
    """Seconds of processor, seconds, and MB at most, of one command."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "isogloss", *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"isogloss {' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
    return {"cpu": round(used.ru_utime + used.ru_stime, 2), "wall": round(time.monotonic() - began, 2),
            "mb": round(used.ru_maxrss / 1000)}  # fmt: skip


def grown(sizes: Sequence[dict[str, Any]], verb: str) -> dict[str, float]:
    """How a verb's seconds grow between two stores."""
    small, large = sizes
    before, after = small["verbs"][verb]["cpu"], large["verbs"][verb]["cpu"]
    power = math.log(max(after - FLOOR, 0.1) / max(before - FLOOR, 0.1)) / math.log(large["runs"] / small["runs"])
    return {"seconds_per_1000_runs": round(1000 * (after - before) / (large["runs"] - small["runs"]), 2),
            "power": round(power, 2)}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
