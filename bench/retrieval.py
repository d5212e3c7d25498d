"""Exact 4 nearest neighbours of 20,000 × 20,000 vectors of 1,024, both directions: ours against faiss's flat index.

Scores are compared, not indices: two candidates whose scores differ by less than float32 rounds may stand in either
order. Both searches' neighbours are scored anew in float64; ours may be worse by nothing, faiss's by `ROUNDING`.
"""

import argparse
import json
import resource
import time

import numpy as np
import torch

from _needs import needs
from isogloss.evaluation.retrieval.nearest import search_both, unit

try:
    import faiss
except ImportError:
    needs("faiss (pip install faiss-cpu)")

ROUNDING = 1e-6
"""By how much a score of a search in float32 may be below the true one: a sum of 1,024 rounded products."""


def scored(x: np.ndarray, y: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Inner products of each x with its neighbours in float64, highest first."""
    found = np.empty(ids.shape)
    for at in range(0, len(x), 500):
        rows = slice(at, at + 500)
        found[rows] = np.einsum("nd,nkd->nk", x[rows].astype(np.float64), y[ids[rows]].astype(np.float64))
    return np.sort(found, axis=1)[:, ::-1]


def flat(x: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
    index = faiss.IndexFlatIP(x.shape[1])
    index.add(y)
    return np.asarray(index.search(x, k)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="vectors per side")
    parser.add_argument("--d", type=int, default=1_024, help="their width")
    chosen = parser.parse_args()
    faiss.omp_set_num_threads(torch.get_num_threads())
    rng = np.random.default_rng(0)
    x = rng.standard_normal((chosen.n, chosen.d), dtype=np.float32)
    y = rng.standard_normal((chosen.n, chosen.d), dtype=np.float32)
    for at in range(0, chosen.n, 1000):  # in pieces, so that the peak below is the search's
        y[at : at + 1000] = unit(x[at : at + 1000] + 4 * y[at : at + 1000])
        x[at : at + 1000] = unit(x[at : at + 1000])
    print(f"{chosen.n} × {chosen.n} × {chosen.d}, {torch.get_num_threads()} threads", flush=True)
    search_both(x[:500], y[:500], 4)
    flat(x[:500], y[:500], 4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    forward, backward = search_both(x, y, 4)
    ours, busy = time.perf_counter() - start, time.process_time() - busy
    extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"ours {ours:.2f} s ({busy:.2f} s of processor time), {extra:.0f} MiB beside the vectors", flush=True)
    start, busy = time.perf_counter(), time.process_time()
    theirs = flat(x, y, 4), flat(y, x, 4)
    peer, busy = time.perf_counter() - start, time.process_time() - busy
    print(f"faiss {peer:.2f} s ({busy:.2f} s of processor time)", flush=True)
    for a, b, mine, other in ((x, y, forward, theirs[0]), (y, x, backward, theirs[1])):
        true, best = scored(a, b, mine.ids), scored(a, b, other)
        if np.abs(true - mine.scores).max() > 1e-9:
            raise SystemExit(f"a score of ours is off by {np.abs(true - mine.scores).max():.1e}")
        if (best - true).max() > 1e-12 or (true - best).max() > ROUNDING:
            raise SystemExit(f"ours are worse by up to {(best - true).max():.1e}, faiss's by {(true - best).max():.1e}")
        print(f"{int((mine.ids != other).sum())} of {other.size:,} indices differ, scores by {(true - best).max():.1e}")
    print(json.dumps({"name": "retrieval", "ours": ours, "peer": peer, "ratio": peer / ours, "unit": "s"}))


if __name__ == "__main__":
    main()
