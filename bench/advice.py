"""Does advice pick good intermediate tasks? Measured on published tables, one target left out at a time.

    --taskweb FILE.csv     target,source,model,epochs,lr,batch,seed,metric,value: every source before every target
    --recycling FILE.csv   base,model_name,follows_base,TARGET…: published models as starting points, one run each
    --truth                stores simulated from the model itself: do 90% intervals hold, is P(best) what it says?

Regret is what the choice loses against the best source, in % of the best score, on means shrunk by the noise of their
seeds; pairs whose differences are noise are left out. 95% intervals in brackets are over targets. The last line is one
JSON object.
"""

import argparse
import csv
import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from _needs import needs
from isogloss.advice.arms import PARTS, Codes, Prior, Result, Seen, believe, covariance, follow, prior
from isogloss.advice.kinds import kind_of
from isogloss.advice.next import steps
from isogloss.core.controls import NONE
from isogloss.core.seeds import rng

SIZES = {
    "anli_r3": 100459, "boolq": 9427, "cb": 250, "copa": 400, "cosmosqa": 25262, "hellaswag": 39905, "imdb": 25000,
    "mrpc": 3668, "piqa": 16113, "qnli": 104743, "qqp": 363846, "quartz": 2696, "rotten_tomatoes": 8530, "rte": 2490,
    "scitail": 23596, "snli": 549367, "socialiqa": 33410, "squad_v2": 130319, "sst2": 67349, "stsb": 5749,
    "wic": 5428, "winogrande": 40398, "wsc": 554, "mnli": 392702, "squad": 87599, "commonsenseqa": 9741,
}  # fmt: skip
"""Training examples, as the data sets' authors print them; a source of unknown size counts as the median."""
RUNS = (0, 1, 3, 6, 12)
SPLITS = 2
"""Halves of the seeds that pilots are tried on: observed on one, judged on the other."""
SHORTLIST = 40


@dataclass(frozen=True, kw_only=True)
class Board:
    """One target on one encoder."""

    arms: tuple[str, ...]
    runs: tuple[np.ndarray, ...]
    """Scores of each arm's runs."""

    @property
    def means(self) -> np.ndarray:
        """Of each arm's runs."""
        return np.array([each.mean() for each in self.runs])

    @property
    def noise(self) -> float:
        """Standard deviation of a run."""
        degrees = sum(len(each) - 1 for each in self.runs)
        return math.sqrt(sum(((each - each.mean()) ** 2).sum() for each in self.runs) / degrees) if degrees else 0.0

    @property
    def truth(self) -> np.ndarray | None:
        """Means shrunk by the noise of their seeds; None where they do not differ beyond it."""
        means = self.means
        noise = self.noise**2 * np.mean([1 / len(each) for each in self.runs])
        kept = 1 - noise / means.var(ddof=1) if means.var(ddof=1) > 0 else 0.0
        return np.asarray(means.mean() + kept * (means - means.mean())) if kept > 0 else None

    def half(self, first: bool, stream: np.random.Generator) -> "Board":
        """One half of the seeds, or the other."""
        order = stream.permutation(min(len(each) for each in self.runs))
        kept = order[: len(order) // 2] if first else order[len(order) // 2 :]
        return Board(arms=self.arms, runs=tuple(each[kept] for each in self.runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taskweb", type=Path, metavar="FILE.csv")
    parser.add_argument("--recycling", type=Path, metavar="FILE.csv")
    parser.add_argument("--truth", type=int, nargs="?", const=500, metavar="DRAWS")
    parser.add_argument("--quick", action="store_true", help="of TaskWeb, no pilots")
    asked = parser.parse_args()
    if not (asked.taskweb or asked.recycling or asked.truth):
        needs("a published table, or --truth")
    found: dict[str, Any] = {}
    if asked.taskweb:
        found |= taskweb(asked.taskweb, pilots=not asked.quick)
    if asked.recycling:
        found |= recycling(asked.recycling)
    if asked.truth:
        found |= recovery(asked.truth)
    print(json.dumps(found))


# TaskWeb: every source before every target


def boards_of(path: Path) -> dict[tuple[str, str], Board]:
    """(encoder, target) → its board: the commonest setting of each, the mean of its metrics, four seeds or more."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    settings: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in rows:
        settings[row["model"], row["target"]][row["epochs"], row["lr"], row["batch"]] += 1
    usual = {at: count.most_common(1)[0][0] for at, count in settings.items()}
    runs: dict[tuple[str, str], dict[str, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        at = row["model"], row["target"]
        if (row["epochs"], row["lr"], row["batch"]) == usual[at]:
            runs[at][row["source"]].setdefault(row["seed"], []).append(float(row["value"]))
    boards = {}
    for at, sources in runs.items():
        kept = {name: np.array([np.mean(v) for _, v in sorted(of.items())]) for name, of in sorted(sources.items())}
        kept = {name: of for name, of in kept.items() if len(of) >= 4 and name != at[1]}
        if len(kept) >= 3:
            boards[at] = Board(arms=tuple(kept), runs=tuple(kept.values()))
    return boards


def results(boards: Mapping[tuple[str, str], Board]) -> list[Result]:
    return [
        Result(encoder=at[0], target=at[1], arm=arm, value=float(of.mean()), error=board.noise / math.sqrt(len(of)))
        for at, board in boards.items()
        if board.truth is not None
        for arm, of in zip(board.arms, board.runs, strict=True)
    ]


def averaged(rows: Sequence[Result], aside: str) -> list[Result]:
    """Other encoders as one: means over them of each arm before each target, in units of each board's scale."""
    by: dict[tuple[str, str], list[float]] = defaultdict(list)
    boards: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for each in rows:
        if each.encoder != aside:
            boards[each.encoder, each.target].append(each)
    for of in boards.values():
        values = np.array([each.value for each in of])
        for each, z in zip(of, (values - values.mean()) / max(values.std(), 1e-9), strict=True):
            by[each.target, each.arm].append(float(z))
    return [
        Result(encoder="others", target=target, arm=arm, value=float(np.mean(z)), error=1 / math.sqrt(8 * len(z)))
        for (target, arm), z in by.items()
    ]


def taskweb(path: Path, pilots: bool) -> dict[str, Any]:
    boards = boards_of(path)
    rows = results(boards)
    noises = {at: board.noise / _scale(board) for at, board in boards.items() if board.truth is not None}
    told: dict[str, list[tuple[str, list[float]]]] = defaultdict(list)
    after: dict[str, list[tuple[str, float]]] = defaultdict(list)
    sure: list[tuple[float, bool]] = []
    for encoder in sorted({at[0] for at in boards}):
        own = [each for each in rows if each.encoder == encoder]
        others = averaged(rows, encoder)
        for (_, target), board in sorted((at, of) for at, of in boards.items() if at[0] == encoder):
            truth = board.truth
            if truth is None:
                continue
            history = [each for each in own if each.target != target]
            ratio = float(np.median([n for at, n in noises.items() if at[0] == encoder and at[1] != target]))
            made = _prior(history, board.arms, encoder, target, ratio)
            foreign = _prior([each for each in others if each.target != target], board.arms, encoder, target, ratio)
            shipped = _shipped(board.arms, encoder, target)
            stream = rng(f"{encoder} {target}", "bench of advice")
            scores = {
                "advice, this encoder's history": made.mean,
                "advice, other encoders' history": foreign.mean,
                "advice, shipped tables alone": shipped.mean,
                "same type, then size": _typed(board.arms, target),
                "size": _sizes(board.arms),
            }
            for name, score in scores.items():
                told[name].append((target, _judged(truth, score)))
            draws = [_judged(truth, stream.random(len(truth))) for _ in range(40)]
            told["random"].append((target, [float(np.mean(each)) for each in zip(*draws, strict=True)]))
            if pilots:
                _pilots(board, target, made, stream, after, sure)
    print(f"{path.name}: {len(told['random'])} pairs of encoder and target whose sources differ beyond noise\n")
    header = ("@1", "@3", "@5", "NDCG", "tau")
    print(f"{'ranking, nothing run on this target':<36}" + "".join(f"{each:>26}" for each in header))
    found: dict[str, Any] = {}
    for name, of in told.items():
        cells = [_over_targets([(target, values[place]) for target, values in of]) for place in range(5)]
        print(f"{name:<36}" + "".join(f"{f'{m:.3f} [{a:.3f}, {b:.3f}]':>26}" for m, a, b in cells))
        key = {"advice, this encoder's history": "", "advice, other encoders' history": "_other_encoders",
               "advice, shipped tables alone": "_shipped", "random": "_random", "size": "_size",
               "same type, then size": "_same_type"}[name]  # fmt: skip
        for what, place in (("regret_at_3", 1), ("ndcg", 3), ("tau", 4)):
            found[what + key] = round(cells[place][0], 4)
            found[f"{what}{key}_interval"] = [round(each, 4) for each in cells[place][1:]]
    if pilots:
        print("\nregret after runs, seen on half of the seeds and judged on the other")
        for name, losses in sorted(after.items()):
            mean, low, high = _over_targets(losses)
            print(f"  {name:<40} {mean:.3f} [{low:.3f}, {high:.3f}]")
            found[f"regret_after_{name.replace(' ', '_')}"] = round(mean, 4)
            found[f"regret_after_{name.replace(' ', '_')}_interval"] = [round(low, 4), round(high, 4)]
        found["p_best"] = _calibration(sure)
    return found


def _prior(history: Sequence[Result], arms: Sequence[str], encoder: str, target: str, ratio: float) -> Prior:
    made = prior(history, arms, encoder, target, usual=1.0, noise=0.0)
    return Prior(**{**vars(made), "noise": ratio * made.scale})


def _shipped(arms: Sequence[str], encoder: str, target: str) -> Prior:
    try:
        from isogloss.advice.tables import history
    except ImportError:
        return prior([], arms, encoder, target, usual=1.0, noise=1.0)
    return prior(history(), arms, encoder, target, usual=1.0, noise=1.0)


def _scale(board: Board) -> float:
    truth = board.truth
    return float(truth.std(ddof=1)) if truth is not None else 1.0


def _sizes(arms: Sequence[str]) -> np.ndarray:
    usual = float(np.median(list(SIZES.values())))
    return np.array([SIZES.get(arm, usual) for arm in arms], dtype=float)


def _typed(arms: Sequence[str], target: str) -> np.ndarray:
    return np.asarray(np.array([kind_of(arm) == kind_of(target) for arm in arms]) * 1e9 + _sizes(arms))


def _judged(truth: np.ndarray, score: np.ndarray) -> list[float]:
    """Regret at 1, 3, 5; NDCG, gains from 0 (worst) to 1 (best); Kendall's tau."""
    from scipy.stats import kendalltau

    order = np.argsort(-score, kind="stable")
    lost = (truth.max() - truth) / truth.max() * 100
    gains = (truth - truth.min()) / np.ptp(truth)
    discount = 1 / np.log2(np.arange(2, len(truth) + 2))
    tau = kendalltau(score, truth).statistic
    return [
        *(float(lost[order[:k]].min()) for k in (1, 3, 5)),
        float((gains[order] * discount).sum() / (np.sort(gains)[::-1] * discount).sum()),
        0.0 if math.isnan(tau) else float(tau),
    ]


def _over_targets(of: Iterable[tuple[str, float]], draws: int = 1000) -> tuple[float, float, float]:
    """The mean over pairs, and its 95% interval where targets are drawn again."""
    by: dict[str, list[float]] = defaultdict(list)
    for target, value in of:
        by[target].append(value)
    sums, counts = np.array([sum(v) for v in by.values()]), np.array([len(v) for v in by.values()])
    picks = rng("targets", "bench of advice").integers(len(by), size=(draws, len(by)))
    means = sums[picks].sum(axis=1) / counts[picks].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(sums.sum() / counts.sum()), float(low), float(high)


def _pilots(
    board: Board, target: str, made: Prior, stream: np.random.Generator,
    after: dict[str, list[tuple[str, float]]], sure: list[tuple[float, bool]],
) -> None:  # fmt: skip
    for _ in range(SPLITS):
        seed = int(stream.integers(2**31))
        seen_half, judged = (
            board.half(True, np.random.default_rng(seed)),
            board.half(False, np.random.default_rng(seed)),
        )
        truth = judged.truth
        if truth is None or seen_half.noise == 0:
            continue
        lost = (truth.max() - truth) / truth.max() * 100
        every = np.array([each[0] for each in seen_half.runs])
        after["every source once"].append((target, float(lost[int(every.argmax())])))
        shuffled = stream.permutation(len(every))
        for runs in (1, 3, 6, 12):
            tried = shuffled[:runs]
            after[f"{runs} random runs"].append((target, float(lost[tried[int(every[tried].argmax())]])))
        seen: dict[str, list[float]] = {}
        used: Counter[int] = Counter()
        for runs in range(max(RUNS) + 1):
            told = [Seen(arm=arm, value=float(np.mean(of)), runs=len(of)) for arm, of in seen.items()]
            if runs in RUNS:
                belief = believe(made, told)
                after[f"{runs} runs"].append((target, float(lost[int(belief.mean.argmax())])))
                if runs in (0, 6, 12):
                    sure += [(float(p), place == int(truth.argmax())) for place, p in enumerate(belief.best)]
            place = follow(made, told)
            if place is None:
                break
            of = seen_half.runs[place]
            seen.setdefault(board.arms[place], []).append(float(of[used[place] % len(of)]))
            used[place] += 1


def _calibration(sure: Sequence[tuple[float, bool]], edges: Sequence[float] = (0, 0.05, 0.15, 0.3, 0.5, 1.01)) -> Any:
    """Five bins of a probability: what was said, what came true, how many; and the mean difference."""
    said, came = np.array([p for p, _ in sure]), np.array([hit for _, hit in sure], dtype=float)
    rows, off = [], 0.0
    for low, high in itertools.pairwise(edges):
        inside = (said >= low) & (said < high)
        if inside.any():
            rows.append([round(float(said[inside].mean()), 3), round(float(came[inside].mean()), 3), int(inside.sum())])
            off += inside.mean() * abs(said[inside].mean() - came[inside].mean())
    print("\n  said, came true, n: " + "; ".join(f"{a:.3f} {b:.3f} {n}" for a, b, n in rows))
    return {"bins": rows, "error": round(float(off), 4)}


# Published models as starting points


def recycling(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    targets = [name for name in table[0] if name not in ("base", "model_name", "follows_base")]
    seeds = _seed_noise(path.with_name(f"{path.stem}_base_seeds.csv"))
    gained: dict[str, list[float]] = defaultdict(list)
    harm: list[tuple[float, bool]] = []
    for base in sorted({row["base"] for row in table}):
        start = next((row for row in table if row["base"] == base and row["model_name"] == base), None)
        if start is None:
            continue
        rows = [row for row in table if row["base"] == base and row is not start
                and float(row["follows_base"] or 1) >= 0.9 and kind_of(row["model_name"]) != "multi-task"]  # fmt: skip
        names = [row["model_name"] for row in rows]
        gains = np.array([[float(row[t]) - float(start[t]) for t in targets] for row in rows])
        if len(names) < 25:
            continue
        noise = {t: seeds.get((base, t), _residual(gains, j)) for j, t in enumerate(targets)}
        for place, target in enumerate(targets):
            others = np.delete(gains, place, axis=1)
            short = np.argsort(-others.mean(axis=1))[:SHORTLIST]
            history = [
                Result(encoder=base, target=t, arm=names[i], value=float(gains[i, j]), error=noise[t])
                for j, t in enumerate(targets) if j != place for i in short
            ] + [Result(encoder=base, target=t, arm=NONE, value=0.0, error=noise[t] / math.sqrt(20))
                 for j, t in enumerate(targets) if j != place]  # fmt: skip
            made = prior(history, [NONE, *(names[i] for i in short)], base, target, usual=1.0, noise=noise[target])
            spreads = [max(float(gains[:, j].var()) - noise[t] ** 2, 0.01) ** 0.5 / noise[t]
                       for j, t in enumerate(targets) if j != place]  # fmt: skip
            made = Prior(**{**vars(made), "scale": noise[target] * float(np.median(spreads))})
            gains_here = {names[i]: float(gains[i, place]) for i in short} | {NONE: 0.0}
            stream = rng(f"{base} {target}", "bench of recycling")
            belief = believe(made, [])
            runs_off = noise[target] * stream.standard_normal(belief.draws.shape)  # of one run each
            harm += [
                (float(p), gains_here[arm] < 0)
                for arm, p in zip(made.arms, (belief.over() + runs_off < 0).mean(axis=0), strict=True) if arm != NONE
            ]  # fmt: skip
            seen = [Seen(arm=NONE, value=0.0)]
            for runs in range(1, 7):
                choice = follow(made, seen)
                if choice is None:
                    break
                arm = made.arms[choice]
                seen = [each for each in seen if each.arm != arm] + [Seen(arm=arm, value=gains_here[arm])]
                if runs in (1, 5):
                    gained[f"gain_of_{runs}_run{'s' * (runs > 1)}"].append(max(each.value for each in seen))
            picks = [gains[stream.choice(len(names), 20, replace=False), place].max() for _ in range(100)]
            gained["gain_of_20_random"].append(float(np.maximum(picks, 0).mean()))
            gained["gain_of_5_random"].append(
                float(np.mean([max(0, gains[stream.choice(len(names), 5, replace=False), place].max())
                               for _ in range(100)]))
            )  # fmt: skip
            gained["gain_of_the_most_popular"].append(float(gains[short[0], place]))
            gained["gain_of_any"].append(float(gains[:, place].mean()))
    found: dict[str, Any] = {}
    print(f"\n{path.name}: mean gain over the untouched encoder, points; none (0) may always be chosen")
    for name, of in gained.items():
        drawn = rng(name, "bench of recycling").integers(len(of), size=(1000, len(of)))
        low, high = np.quantile(np.array(of)[drawn].mean(axis=1), (0.025, 0.975))
        print(f"  {name:<28} {np.mean(of):.2f} [{low:.2f}, {high:.2f}]")
        found[name] = round(float(np.mean(of)), 3)
        found[f"{name}_interval"] = [round(float(low), 3), round(float(high), 3)]
    found["p_harm"] = _calibration(harm, (0, 0.2, 0.4, 0.6, 0.8, 1.01))
    return found


def _seed_noise(path: Path) -> dict[tuple[str, str], float]:
    """(base, target) → standard deviation of a run of the untouched encoder, where the seeds lie beside the table."""
    by: dict[tuple[str, str], list[float]] = defaultdict(list)
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                by[row["base"], row["target"]].append(float(row["score"]))
    return {at: max(float(np.std(of, ddof=1)), 0.05) for at, of in by.items() if len(of) > 4}


def _residual(gains: np.ndarray, place: int) -> float:
    """What popularity leaves of a target's gains, half of its variance: the rest is its own."""
    other = np.delete(gains, place, axis=1).mean(axis=1)
    slope = np.polyfit(other, gains[:, place], 1)
    return max(0.05, float(np.std(gains[:, place] - np.polyval(slope, other))) / math.sqrt(2))


# The model's own truth


def recovery(draws: int) -> dict[str, Any]:
    """Stores drawn from the model: ten targets of history, then six runs here."""
    arms = ("none", "mnli", "squad", "hellaswag", "ccg", "qqp", "sst2", "a+b")
    past = ("xnli", "pawsx", "xquad", "mlqa", "udpos", "panx", "xcopa", "tydiqa")
    stream = rng("truth", "bench of advice")
    inside, n, sure = 0, 0, []
    for _ in range(draws):
        target = past[int(stream.integers(len(past)))]
        cells = [("e", t, a) for t in past for a in arms]
        place = Codes().place(*zip(*cells, strict=True))
        cov = covariance(place, place, PARTS)
        truth = np.linalg.cholesky(cov + 1e-9 * np.eye(len(cov))) @ stream.standard_normal(len(cov))
        scales = np.exp(0.6 * stream.standard_normal(len(past)))
        scale = dict(zip(past, scales * 0.01, strict=True))
        level = {t: float(stream.normal(0.6, 0.1)) for t in past}
        score = {cell: level[cell[1]] + scale[cell[1]] * value for cell, value in zip(cells, truth, strict=True)}
        noise = 0.005
        history = [
            Result(encoder="e", target=t, arm=a, value=score["e", t, a] + noise * float(stream.normal()), error=noise)
            for t in past if t != target for a in arms
        ]  # fmt: skip
        made = prior(history, arms, "e", target, usual=0.01, noise=noise)
        seen = [
            Seen(arm=a, value=score["e", target, a] + noise * float(stream.normal()))
            for a in stream.choice(arms, size=int(stream.integers(0, 7)), replace=False)
        ]
        belief = believe(made, seen)
        real = np.array([score["e", target, a] for a in arms])
        gains = belief.over()
        low, high = np.quantile(gains, (0.05, 0.95), axis=0)
        true = real - real[0]
        inside += int(((low <= true) & (true <= high))[1:].sum())
        n += len(arms) - 1
        sure += [(float(p), i == int(real.argmax())) for i, p in enumerate(belief.best)]
    found = {"coverage_90": round(inside / n, 4), "draws": draws, "p_best": _calibration(sure)}
    further = _equal(stream, arms, draws // 5)
    found["further_runs_where_arms_are_equal"] = further
    print(f"\nequal arms: a run is still advised after twelve in {further:.1%} of {draws // 5} stores")
    print(f"\ntruth recovery, {draws} simulated stores: 90% intervals of gains cover {inside / n:.1%}")
    return found


def _equal(stream: np.random.Generator, arms: Sequence[str], draws: int) -> float:
    """How often a further run is advised after twelve advised ones, where arms differ by nothing but noise."""
    advised = 0
    for _ in range(draws):
        made = prior([], arms, "e", "xnli", usual=0.01, noise=0.005)
        scored: dict[str, list[float]] = {}
        for _ in range(12):
            seen = [Seen(arm=arm, value=float(np.mean(of)), runs=len(of)) for arm, of in scored.items()]
            place = follow(made, seen)
            if place is None:
                break
            scored.setdefault(arms[place], []).append(0.6 + 0.005 * float(stream.normal()))
        seen = [Seen(arm=arm, value=float(np.mean(of)), runs=len(of)) for arm, of in scored.items()]
        more = steps(made, seen, 0.005, cells=1, hours={})
        advised += bool(more.steps)
    return round(advised / draws, 4)


if __name__ == "__main__":
    main()
