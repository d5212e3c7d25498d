"""Exact 4 nearest neighbours of 20,000 × 20,000 vectors of 1,024, both directions: ours against faiss's flat index."""

import argparse
import json
import resource
import time

import faiss
import numpy as np
import torch

from isogloss.evaluation.nearest import search_both, unit


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
    different = int((forward.ids != theirs[0]).sum() + (backward.ids != theirs[1]).sum())
    if different:
        raise SystemExit(f"{different} of {forward.ids.size + backward.ids.size} neighbours differ")
    print(json.dumps({"name": "retrieval", "ours": ours, "peer": peer, "ratio": peer / ours, "unit": "s"}))


if __name__ == "__main__":
    main()
