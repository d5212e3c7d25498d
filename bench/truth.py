"""Is the truth found? Studies with a known effect of divergence, and without any, through the estimator of `analyse`.

Each study has 6 intermediate tasks, 5 targets, 6 to 12 languages a target, 5 pretrained encoders and 3 seeds. Scores
are drawn from the model: what languages, tasks, encoders, test sets and runs add, and a slope on divergence that
varies, a little or much, from target to target, task to task, encoder to encoder and language to language. `--store DIR
--study NAME` takes a real study instead, whose divergences have their languages and intermediate tasks exchanged, so
that none matters.
"""

import argparse
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from isogloss.analysis.effects import FACTORS, Design, estimate
from isogloss.run.runners import cores
from isogloss.stats.processes import shared

ENCODERS, INTERMEDIATES, TARGETS, LANGUAGES, SEEDS = 5, 6, 5, 12, 3
EFFECT = -0.02
"""Two points lost per standard deviation of divergence."""
VARIES = (0.0, 0.0025, 0.01)
"""Standard deviation of the slope between targets and intermediate tasks; half of it between encoders and languages."""


def simulated(rng: np.random.Generator, effect: float, varies: float) -> Design:
    """One study: standard deviations are in the range of what real ones show, in [0, 1]."""
    tested = np.ones((TARGETS, LANGUAGES), dtype=bool)
    for row in tested:
        row[rng.choice(LANGUAGES, size=rng.integers(0, LANGUAGES // 2 + 1), replace=False)] = False
    grid = np.meshgrid(*map(np.arange, (ENCODERS, INTERMEDIATES, TARGETS, LANGUAGES)), indexing="ij")
    kept = tested[grid[2], grid[3]]
    e, i, t, l = (each[kept] for each in grid)  # noqa: E741

    def normal(*by: Any) -> Any:
        shape = [int(each.max()) + 1 for each in by]
        return rng.normal(size=shape)[by]

    far = normal(i, t) + 0.7 * normal(t, l) + 0.5 * normal(l) + 0.3 * normal(i, t, l)
    far += 0.2 * (normal(e, i, t) + normal(e, l) + normal(e, i, t, l))  # encoders see the same texts differently
    x = (far - far.mean()) / far.std()
    y = 0.03 * normal(l) + 0.05 * normal(t) + 0.03 * normal(i) + 0.02 * normal(e)
    y += 0.03 * normal(t, l) + 0.02 * normal(i, t) + 0.01 * normal(i, l) + 0.015 * normal(e, l) + 0.01 * normal(i, t, l)
    y += (0.025 * normal(e, i, t) + 0.025 * normal(e, i, t, l)) / np.sqrt(SEEDS)
    y += 0.015 * normal(e, t)  # the run without an intermediate task is in every gain
    y += x * (effect + varies * (normal(t) + normal(i) + 0.5 * normal(e) + 0.5 * normal(l)))
    named = {name: [f"{name} {code}" for code in codes] for name, codes in zip(FACTORS, (e, i, t, l), strict=True)}
    return Design(outcome=y, divergence=x, factors=named, controls={})


def covered(table: Design, truth: float) -> bool:
    """Whether the 95% interval holds the truth."""
    slope = estimate(table).slope
    return slope.low <= truth <= slope.high


def relabelled(table: Design, rng: np.random.Generator) -> Design:
    """The study with its divergences given to other languages and intermediate tasks; absent cells are left out."""
    known = dict(zip(zip(*table.factors.values(), strict=True), table.divergence, strict=True))
    new = {
        name: dict(zip(names, rng.permutation(names), strict=True))
        for name in ("intermediate", "language")
        if (names := sorted(set(table.factors.get(name, ()))))
    }
    renamed = [
        [str(new[name][each]) for each in levels] if name in new else levels for name, levels in table.factors.items()
    ]
    moved = [known.get(cell) for cell in zip(*renamed, strict=True)]
    kept = np.array([each is not None for each in moved])
    x = np.array([each for each in moved if each is not None])
    return Design(
        outcome=table.outcome[kept],
        divergence=(x - x.mean()) / x.std(),
        factors={name: [v for v, k in zip(each, kept, strict=True) if k] for name, each in table.factors.items()},
        controls={},
    )


def of_study(store: Path, study: str, outcome: str) -> list[Design]:
    """The tables of a real study, one per measure."""
    from isogloss.analysis import ledger, pairing
    from isogloss.analysis.outcomes import outcomes
    from isogloss.core.errors import MetricError
    from isogloss.store.store import Store

    at = Store(store)
    found = outcomes(ledger.read(at, study))
    cells = [each for each in found.rows if each.name == outcome]
    tables = []
    for rows in pairing.named(row for row in at.divergences(study) if row.family != "typological").values():
        try:
            tables.append(pairing.table(cells, found, rows, ()))
        except MetricError:
            continue
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=510)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--study")
    parser.add_argument("--outcome", default="gain")
    asked = parser.parse_args()
    with shared(cores()) as spread:
        found = relabellings(asked, spread) if asked.study else simulations(asked, spread)
    print(json.dumps({"name": "truth", **found, "replications": asked.replications}))


Spread = Callable[..., Iterator[bool]]


def simulations(asked: argparse.Namespace, spread: Spread) -> dict[str, float]:
    """Coverage where there is an effect, and false alarms where there is none."""
    start, shares = time.perf_counter(), {}
    for name, effect, first in (("coverage", EFFECT, 0), ("false_alarms", 0.0, 99)):
        hits: list[bool] = []
        for place, varies in enumerate(VARIES):
            rng = np.random.default_rng([asked.seed, first + place])
            made = (simulated(rng, effect, varies) for _ in range(asked.replications // len(VARIES)))
            here = list(spread(covered, made, itertools.repeat(effect)))
            here = here if effect else [not hit for hit in here]
            told(f"effect {effect:+.2f}, slopes vary by {varies:.4f}: {name}", here, start)
            hits += here
        shares[name] = float(np.mean(hits))
    return shares


def relabellings(asked: argparse.Namespace, spread: Spread) -> dict[str, float]:
    """False alarms in a real study whose divergences are other tasks' and languages', its measures in turn."""
    start = time.perf_counter()
    real = of_study(asked.store or Path("store"), asked.study, asked.outcome)
    if not real:
        raise SystemExit(f"{asked.study} has no {asked.outcome} beside a divergence: measure it first.")
    rng = np.random.default_rng([asked.seed, 200])
    draws = (relabelled(real[place % len(real)], rng) for place in range(asked.replications))
    hits = [not hit for hit in spread(covered, draws, itertools.repeat(0.0))]
    told(f"{asked.study}, {asked.outcome}, {len(real)} measures relabelled: false alarms", hits, start)
    return {"false_alarms": float(np.mean(hits))}


def told(what: str, hits: list[bool], start: float) -> None:
    """A line with the share and its standard error."""
    share = float(np.mean(hits))
    error = float(np.sqrt(share * (1 - share) / len(hits)))
    print(f"{what} {share:.3f} ± {error:.3f} of {len(hits)} ({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
