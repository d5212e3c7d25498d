"""What `rank` would have said before a target, beside what was measured: python bench/advised.py STORE STUDY.

Each target of a study is left out in turn; what is known are the other targets of the study and the shipped tables.
Gains in points, zero-shot, over the languages but English; 90% intervals. The last line is one JSON object.
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

from _needs import needs
from isogloss.advice.kinds import kind_of
from isogloss.advice.measured import Cell, cells
from isogloss.advice.rank import Question, rank
from isogloss.core.controls import NONE
from isogloss.store.store import Store


def main() -> None:
    if not sys.argv[1:]:
        needs("a store and a study")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("study")
    asked = parser.parse_args()
    found = [each for each in cells(Store(asked.store), [asked.study]) if not each.control]
    boards = [
        left_out(encoder, target, found) for encoder, target in dict.fromkeys((c.encoder, c.target) for c in found)
    ]
    print(json.dumps([each for each in boards if each]))


def left_out(encoder: str, target: str, found: list[Cell]) -> dict[str, Any] | None:
    """One board; None where it has no run without an intermediate task, or no other arm."""
    here = [each for each in found if (each.encoder, each.target) == (encoder, target)]
    measured = {each.arm: fmean(each.values([c for c in each.languages if c != "en"])) for each in here}
    if NONE not in measured or len(measured) < 2:
        return None
    arms = {arm: kind_of(arm) for arm in measured if arm != NONE}
    question = Question(target=target, encoder=encoder, languages=(), kind=kind_of(target))
    told = rank(question, arms, [each for each in found if each.target != target])
    kept = [row for row in told.arms if row.name in measured]
    print(f"\n{target} on {encoder}")
    rows = []
    for row in kept:
        gain = measured[row.name] - measured[NONE]
        rows.append({"arm": row.name, "said": row.gain, "low": row.low, "high": row.high, "best": row.best,
                     "harm": row.harm, "measured": gain, "inside": row.low <= gain <= row.high})  # fmt: skip
        print(
            f"  {row.name:<40} said {100 * row.gain:+5.1f} [{100 * row.low:+.1f}, {100 * row.high:+.1f}], P(best) "
            f"{row.best:.2f}, P(harm) {row.harm:.2f}; measured {100 * gain:+.1f}"
        )
    best = max(measured.values())
    lost = {
        "advice": best - measured[kept[0].name],
        "none": best - measured[NONE],
        "random": best - fmean(value for arm, value in measured.items() if arm != NONE),
    }
    print("  lost by the first choice: " + ", ".join(f"{name} {100 * value:.1f}" for name, value in lost.items()))
    return {"target": target, "encoder": encoder, "arms": rows, "first": kept[0].name, "lost": lost}


if __name__ == "__main__":
    main()
