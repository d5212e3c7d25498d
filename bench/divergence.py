"""Sliced Wasserstein and MMD² of 20,000 × 768 vectors: ours against POT and a plain NumPy version, with the same value.

`python bench/divergence.py 1000000` instead runs every distributional measure on two memory maps of that many vectors
and prints seconds and the largest memory each needed.
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from isogloss.core.folder import load
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float
from isogloss.measures._vectors import directions, spread, squares
from isogloss.measures.mmd import BANDWIDTH
from isogloss.measures.sliced_wasserstein import DIRECTIONS

COUNT, WIDTH, REPEATS = 20_000, 768, 3
ROOM = 4 << 30
"""Bytes that no measure may exceed, however many vectors there are."""
Vectors = Float[np.ndarray, "n d"]


def plain_mmd(x: Vectors, y: Vectors, scale: float) -> float:
    """The unbiased statistic, blocked so that it fits, and otherwise as one writes it down."""

    def mean(a: Vectors, b: Vectors, *, same: bool) -> float:
        total = 0.0
        for begin in range(0, len(a), 2048):
            rows = a[begin : begin + 2048]
            gaps = (rows**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * rows @ b.T
            total += float(np.exp(-scale * gaps).sum(dtype=np.float64))
        return (total - len(a)) / (len(a) * (len(a) - 1)) if same else total / (len(a) * len(b))

    return mean(x, x, same=True) + mean(y, y, same=True) - 2 * mean(x, y, same=False)


def timed(call: Callable[[], float], repeats: int) -> tuple[float, float]:
    """The value and the median of the seconds."""
    seconds, value = [], 0.0
    for _ in range(repeats):
        begun = time.perf_counter()
        value = float(call())
        seconds.append(time.perf_counter() - begun)
    return value, float(np.median(seconds))


def compare(count: int = COUNT, repeats: int = REPEATS) -> None:
    import ot

    draw = np.random.default_rng(0)
    x = draw.standard_normal((count, WIDTH), dtype=np.float32)
    y = draw.standard_normal((count, WIDTH), dtype=np.float32) + np.float32(0.02)
    a, b = Corpus(vectors=x), Corpus(vectors=y)
    axes = directions(DIRECTIONS, WIDTH, "sliced").T.astype(np.float32)
    together = np.vstack([spread(x, BANDWIDTH), spread(y, BANDWIDTH)])
    middle = float(np.median(squares(together, together)[np.triu_indices(len(together), 1)]))
    peers: dict[str, Callable[[], float]] = {
        "sliced_wasserstein": lambda: ot.sliced_wasserstein_distance(x, y, projections=axes),
        "mmd": lambda: plain_mmd(x, y, 1 / (2 * middle)),
    }
    ratios = {}
    for name, peer in peers.items():
        measure = load("measures", name)
        mine, ours = timed(lambda measure=measure: measure(a, b), repeats)  # type: ignore[misc]
        theirs, slow = timed(peer, repeats)
        if abs(mine - theirs) > 1e-3 * max(abs(theirs), 1e-2):
            raise SystemExit(f"{name}: the values differ, {mine} and {theirs}")
        ratios[name] = (ours, slow)
        print(f"{name}: ours {ours:.2f} s, peer {slow:.2f} s, value {mine:.6f}", flush=True)
    name, (ours, slow) = min(ratios.items(), key=lambda item: item[1][1] / item[1][0])
    print(
        json.dumps(
            {
                "name": f"divergence ({name}, the slower ratio)",
                "ours": ours,
                "peer": slow,
                "ratio": slow / ours,
                "unit": "s",
            }
        )
    )


def one(name: str, folder: Path) -> None:
    """One measure on two memory maps, in a process of its own that may not have more than 4 GiB beside the maps."""
    resource.setrlimit(resource.RLIMIT_DATA, (ROOM, ROOM))
    a, b = (Corpus(vectors=np.load(folder / f"{side}.npy", mmap_mode="r")) for side in "ab")
    measure = load("measures", name)
    seen = [0]

    def watch() -> None:
        while seen[0] >= 0:
            lines = Path("/proc/self/status").read_text("utf-8").splitlines()
            seen[0] = max(seen[0], *(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon")))
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    begun = time.perf_counter()
    value = measure(a, b)
    seconds = time.perf_counter() - begun
    print(
        json.dumps({"name": name, "seconds": seconds, "value": value, "method": measure.method(a, b), "bytes": seen[0]})
    )


def scale(count: int) -> None:
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for side, shift in (("a", 0.0), ("b", 0.02)):
            shape = (count, WIDTH)
            stored = np.lib.format.open_memmap(Path(folder) / f"{side}.npy", "w+", np.float32, shape)
            draw = np.random.default_rng(ord(side))
            for begin in range(0, count, 50_000):
                rows = min(50_000, count - begin)
                stored[begin : begin + rows] = draw.standard_normal((rows, WIDTH), dtype=np.float32) + np.float32(shift)
            stored.flush()
            del stored
        for name in ("mmd", "energy", "frechet", "sliced_wasserstein", "sinkhorn", "proxy_a_distance"):
            command = [sys.executable, __file__, "one", name, folder]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            worst = max(worst, found["bytes"])
            print(found, flush=True)
    print(
        json.dumps(
            {
                "name": f"divergence memory at {count:,}",
                "ours": worst,
                "peer": ROOM,
                "ratio": ROOM / worst,
                "unit": "bytes",
            }
        )
    )


def main() -> None:
    match sys.argv[1:]:
        case []:
            compare()
        case ["one", name, folder]:
            one(name, Path(folder))
        case [count]:
            scale(int(count))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
