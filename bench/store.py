"""What verbs of the desk cost as a store grows: python bench/store.py [--runs 200 2000] [--folder DIR]

Makes a store with one finished study of so many runs (five languages, 50 examples each, ten arms, six targets), and
times `show`, `why`, `report`, `analyse` and `gc --dry-run` on it, each as a command of its own; `plan` on a grid of the
recipe `demo` of that size. Prints seconds of processor, seconds and MB, and from the smaller to the larger store the
growth: seconds per 1,000 runs, and the power of the number of runs that time grows with. Last: a JSON object.
"""

import argparse
import importlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ARMS, TARGETS = 9, 6
LANGUAGES = ("en", "de", "sw", "tr", "zh")
PER_SEED = ARMS + (ARMS + 1) * TARGETS
"""Runs of one seed of one encoder, which is a run itself."""
PER_ENCODER_OF_DEMO = 16
FLOOR = 0.5
"""Seconds that a command may take to start, and that say nothing of growth."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, nargs="+", default=[200, 2000])
    asked.add_argument("--folder", type=Path, help="make the stores here, and leave them")
    asked.add_argument("--verbs", nargs="+", default=["plan", "show", "why", "report", "analyse", "gc"])
    given = asked.parse_args()
    sizes = []
    with tempfile.TemporaryDirectory(prefix="isogloss-store-") as scratch:
        for runs in given.runs:
            folder = (given.folder or Path(scratch)) / str(runs)
            if not folder.exists():
                make(folder, runs)
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
        noise = math.sin(zlib.crc32(repr((encoder, intermediate, task, language, seed)).encode()))
        return 0.6 + 0.05 * (intermediate != "none") - 0.1 * (language != "en") + 0.05 * noise

    began = time.monotonic()
    build(
        folder, share, name="large", encoders=encoders, seeds=seeds, n=50,
        intermediates=[f"arm{each}" for each in range(ARMS)],
        targets={f"target{each}": LANGUAGES for each in range(TARGETS)}, baselines={"majority": 0.33},
    )  # fmt: skip
    print(f"{folder}: made in {time.monotonic() - began:.0f} s", file=sys.stderr)


def measured(folder: Path, verbs: Sequence[str]) -> dict[str, Any]:
    """What each verb takes on one store."""
    found = [path.name for path in (folder / "runs").iterdir()]
    lines = {
        "plan": ["plan", "demo", "--encoders", str(len(found) // PER_ENCODER_OF_DEMO), "--store", f"{folder}-plan"],
        "show": ["show", "large"],
        "why": ["why", max(found)],
        "report": ["report", "large", "--out", f"{folder}.html"],
        "analyse": ["analyse", "large", "--json"],
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
