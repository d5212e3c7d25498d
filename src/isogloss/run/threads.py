"""How many threads a job computes with. Imports nothing: it must run before numpy and torch are imported."""

import os
import sys


def settle(count: int) -> None:
    """Use `count` threads for arithmetic from here on: libraries look at the environment when they are imported."""
    os.environ |= environment(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


def environment(threads: int) -> dict[str, str]:
    """What a process that does jobs has in its environment before it begins."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    # Each job has its share of cores, so tokenizers start no threads of their own.
    return dict.fromkeys(names, str(threads)) | {"TOKENIZERS_PARALLELISM": "false"}
