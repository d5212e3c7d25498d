"""Span F1 of 20,000 tagged sentences: ours against seqeval, on the same tags, with the same number."""

import json
import time
import warnings

import numpy as np
from seqeval.metrics import f1_score

from isogloss.core.metric import find

SENTENCES, REPEATS = 20_000, 3
TAGS = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]


def main() -> None:
    rng = np.random.default_rng(0)
    gold, found = [], []
    for length in rng.integers(5, 40, SENTENCES):
        row = rng.choice(len(TAGS), length, p=[0.7, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05])
        slips = np.where(rng.random(length) < 0.1, rng.integers(0, len(TAGS), length), row)
        gold.append([TAGS[tag] for tag in row])
        found.append([TAGS[tag] for tag in slips])
    print(f"{SENTENCES} sentences, {sum(map(len, gold))} tokens", flush=True)
    span_f1 = find("span_f1")
    span_f1(found[:10], gold[:10])
    ours, peer = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for turn in range(REPEATS):
            start = time.perf_counter()
            mine = span_f1(found, gold)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            theirs = float(f1_score(gold, found))
            peer.append(time.perf_counter() - start)
            print(f"turn {turn + 1}: ours {ours[-1]:.3f} s, seqeval {peer[-1]:.3f} s", flush=True)
    if abs(mine - theirs) > 1e-12:
        raise SystemExit(f"the numbers differ: ours {mine!r}, seqeval {theirs!r}")
    figures = {"ours": min(ours), "peer": min(peer), "ratio": min(peer) / min(ours), "unit": "s"}
    print(json.dumps({"name": "tagging_f1", **figures}))


if __name__ == "__main__":
    main()
