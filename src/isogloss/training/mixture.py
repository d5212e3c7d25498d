"""Whose turn it is: which stream each batch of a phase comes from.

It depends on (phase, step) alone, so a phase that was killed finds its place by the step number. Shares are of batches;
a batch holds `Phase.batch` examples of any task, on average, so shares of examples are the same to sampling.
"""

import math
from collections.abc import Iterator, Sequence

from isogloss.core.parts import Mixture
from isogloss.core.seeds import rng
from isogloss.core.typing import Float, np

BLOCK = 1024
"""Turns drawn at once."""


def shares(examples: Sequence[int], mixture: Mixture) -> Float[np.ndarray, "tasks"]:
    """The chance of each task, by how many examples it has (the mixing rates of T5: Raffel et al. 2020)."""
    counted = np.array([min(count, mixture.cap or count) for count in examples], dtype=float)
    if mixture.by == "uniform":
        counted = np.ones(len(counted))
    if mixture.by == "temperature":
        counted = counted ** (1 / mixture.temperature)
    chances: Float[np.ndarray, "tasks"] = counted / counted.sum()
    return chances


def turns(examples: Sequence[int], mixture: Mixture, key: str) -> Iterator[int]:
    """The index of the task of each batch, without end."""
    chances, block = shares(examples, mixture), 0
    while True:
        yield from rng(key, f"turns/{block}").choice(len(chances), size=BLOCK, p=chances).tolist()
        block += 1


def is_text(step: int, share: float) -> bool:
    """Whether a step (0-based) is one of text: evenly spread, round(share × n) of any first n steps."""
    return math.floor((step + 1) * share + 0.5) > math.floor(step * share + 0.5)


def steps_with_text(steps: float, share: float) -> int:
    """The steps in all when `steps` are the tasks' own and text has its share beside them."""
    return max(1, round(steps / (1 - share)))
