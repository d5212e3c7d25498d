"""Ratio margins of 20,000 × 4 candidates: ours against the pair-by-pair loop of the usual scripts."""

import json
import time

import numpy as np

from isogloss.evaluation.retrieval.nearest import Neighbours, margin

COUNT, NEAR, REPEATS, LIMIT = 20_000, 4, 20, 0.005


def loop(forward: Neighbours, backward: Neighbours) -> np.ndarray:
    ahead, behind = forward.scores.mean(axis=1), backward.scores.mean(axis=1)
    scores = np.zeros_like(forward.scores)
    for i in range(COUNT):
        for j in range(NEAR):
            scores[i, j] = forward.scores[i, j] / ((ahead[i] + behind[forward.ids[i, j]]) / 2)
    return scores


def main() -> None:
    rng = np.random.default_rng(0)
    sides = [
        Neighbours(
            ids=rng.integers(0, COUNT, (COUNT, NEAR)),
            scores=-np.sort(-rng.uniform(0.5, 1.0, (COUNT, NEAR)), axis=1),
        )
        for _ in range(2)
    ]
    print(f"{COUNT} × {NEAR} candidates", flush=True)
    ours = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        mine = margin(sides[0], sides[1])
        ours.append(time.perf_counter() - start)
    start = time.perf_counter()
    theirs = loop(sides[0], sides[1])
    peer = time.perf_counter() - start
    if np.abs(mine - theirs).max() > 1e-12:
        raise SystemExit("the margins differ")
    typical = float(np.median(ours))
    print(f"ours {typical * 1000:.2f} ms (at most {LIMIT * 1000:.0f} wanted), loop {peer * 1000:.1f} ms", flush=True)
    print(json.dumps({"name": "margin", "ours": typical, "peer": peer, "ratio": peer / typical, "unit": "s"}))


if __name__ == "__main__":
    main()
