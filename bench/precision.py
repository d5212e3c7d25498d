"""Does bfloat16 train the same encoder as float32? Loss curves and scores of both, beside the spread of seeds.

`isogloss run real --targets sib200 --arms none`, once in each precision, with the same seeds, data and initial weights.
Asked of every seed's loss curve: is it nearer to its twin in the other precision than to other seeds in its own? Asked
of the scores in English and in the mean of the other languages: does the 95% interval of their paired difference over
seeds (Student's t) hold 0? It fails where either is not so. `--against float32` runs float32 twice: no difference.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev

from _needs import needs
from isogloss.core.languages import ENGLISH
from isogloss.models.device import PRECISIONS, computes_half, device
from isogloss.stats.intervals import student_interval
from isogloss.store.store import Store

LANGUAGES = "en,de,es,ru,ar,hi,tr,fi,sw,vi,zh"
Curve = Sequence[float]


@dataclass(frozen=True)
class Trained:
    """One seed in one precision."""

    seed: int
    losses: Curve
    english: float
    others: float
    """Mean of the other languages."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", default="e5-small")
    parser.add_argument("--target", default="sib200")
    parser.add_argument("--languages", default=LANGUAGES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--against", choices=PRECISIONS, default="bfloat16")
    parser.add_argument("--store", type=Path, help="folder of the two stores, kept (default: a temporary one)")
    asked = parser.parse_args()
    if asked.seeds < 2:
        parser.error("--seeds: the spread of seeds takes two at least")
    if asked.against == "bfloat16" and not computes_half(device()):
        needs("a processor or GPU that multiplies bfloat16 matrices")
    if not (asked.data / asked.target).is_dir():
        needs(f"--data with {asked.target}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.store or Path(temporary)
        plain, reduced = (
            trained(asked, precision, folder / name)
            for precision, name in (("float32", "float32"), (asked.against, "against"))
        )
    report(asked, plain, reduced)


def trained(asked: argparse.Namespace, precision: str, folder: Path) -> list[Trained]:
    """Every seed in a precision, in order."""
    study = ["real", "--encoder", asked.encoder, "--targets", asked.target, "--arms", "none", "--seeds", asked.seeds]
    where = ["--store", folder, "--data", asked.data, "--precision", precision, "--languages", asked.languages]
    command = [sys.executable, "-m", "isogloss", "run", *map(str, [*study, *where])]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    store = Store(folder)
    found = []
    for run, key in store.evaluations():
        if not store.finished(run):
            continue  # a baseline
        scores = {score.language: score.value for score in store.scores(run, key)}
        found.append(
            Trained(
                seed=store.spec(run).phases[-1].seed,
                losses=[loss for _, loss in store.record(run).losses or ()],
                english=scores.pop(ENGLISH),
                others=fmean(scores.values()),
            )
        )
    return sorted(found, key=lambda each: each.seed)


def report(asked: argparse.Namespace, plain: list[Trained], reduced: list[Trained]) -> None:
    """Print both side by side; ends with 1 where they differ by more than seeds do."""
    pairs = list(zip(plain, reduced, strict=True))
    print(f"{asked.encoder}, {asked.target}: float32 and {asked.against}, {len(plain)} seeds")
    for pair in pairs:
        for name, each in zip(("float32", asked.against), pair, strict=True):
            scores = f"English {100 * each.english:.2f}  others {100 * each.others:.2f}"
            print(f"  seed {each.seed}, {name:8}  loss {curve(each.losses)}  {scores}")
    twins = max(apart(a, b) for a, b in pairs)
    seeds = min(apart(a, b) for a, b in combinations(plain, 2))
    print(f"  loss curves: {twins:.4f} at most between precisions, {seeds:.4f} at least between seeds")
    made: dict[str, object] = {"twins": twins, "seeds": seeds}
    wrong = [] if twins < seeds else ["loss curves"]
    for name in ("english", "others"):
        moved = [getattr(b, name) - getattr(a, name) for a, b in pairs]
        mean, (low, high) = fmean(moved), student_interval(moved)
        spread = stdev(getattr(a, name) for a in plain)
        interval = f"[{100 * low:+.2f}, {100 * high:+.2f}]"
        print(f"  {name}: {100 * mean:+.2f} points {interval}; seeds alone: SD {100 * spread:.2f}")
        made[name] = [mean, low, high, spread]
        wrong += [] if low <= 0 <= high else [name]
    print(json.dumps({"name": "precision", **made, "wrong": wrong}))
    if wrong:
        raise SystemExit(f"{asked.against} differs from float32 by more than seeds do in: {', '.join(wrong)}")


def apart(one: Trained, other: Trained) -> float:
    """Mean distance of two loss curves."""
    return fmean(abs(a - b) for a, b in zip(one.losses, other.losses, strict=True))


def curve(losses: Curve) -> str:
    """A few of its points."""
    return " ".join(f"{losses[round(share * (len(losses) - 1))]:.3f}" for share in (0, 0.25, 0.5, 0.75, 1))


if __name__ == "__main__":
    main()
