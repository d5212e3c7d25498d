"""Kill every verb at random moments, give the same command again, and hold what is there against undisturbed results.

    python bench/kills.py --kills 500 [--seed 7] [--verb run measure …] [--plant FAULT]

The last line is one JSON object: kills, and how many things were lost, torn, different or left; "said" counts answers
to SIGTERM and Ctrl-C that were not one line. The exit status is 1 unless all are 0. `--plant` puts a fault in, to see
it reported.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from _killed import VERBS
from _kills import Killer, Verdict, every
from _plants import PLANTS


def main() -> int:
    """Kill; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="default: another one")
    parser.add_argument("--verb", nargs="+", choices=VERBS, default=list(VERBS), metavar="VERB", help=", ".join(VERBS))
    parser.add_argument("--plant", choices=PLANTS, default="", help="a fault that must be found")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where what is wrong is kept")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    stream = random.Random(asked.seed)
    found = Verdict()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="isogloss-kills-") as folder:
        killer = Killer(asked.keep or Path(folder))
        for name, one in every(killer, asked.verb, asked.kills, stream, asked.plant):
            found.add(one)
            print(f"{found.kills:>5} {name:<12} {'; '.join(one.findings) or 'as if nothing had been'}", flush=True)
    counts = {key: value for key, value in vars(found).items() if key != "findings"}
    print(
        json.dumps(
            {
                **counts,
                "seed": asked.seed,
                "minutes": round((time.monotonic() - begun) / 60, 1),
                "processor_seconds": round(killer.seconds),
            }
        )
    )
    return int(any(value for key, value in counts.items() if key != "kills"))


if __name__ == "__main__":
    sys.exit(main())
