"""Tables of one outcome against one divergence, with a known slope: what tests of effects and of prediction share."""

import numpy as np

from isogloss.analysis.effects import Design


def small(slope: float, noise: float = 0.02, copies: int = 3, seed: int = 0) -> Design:
    """Three targets, four intermediates, five languages; `copies` encoders that see the same divergences."""
    rng = np.random.default_rng(seed)
    e, i, t, k = (each.ravel() for each in np.meshgrid(*map(np.arange, (copies, 4, 3, 5)), indexing="ij"))
    x = rng.normal(size=(4, 3, 5))[i, t, k]
    y = slope * x + 0.05 * rng.normal(size=5)[k] + noise * rng.normal(size=(4, 3, 5))[i, t, k]
    y = y + 1e-3 * rng.normal(size=len(x))
    named = zip(("encoder", "intermediate", "target", "language"), (e, i, t, k), strict=True)
    return Design(
        outcome=y, divergence=x / x.std(), factors={name: [f"{code}" for code in codes] for name, codes in named},
        controls={},
    )  # fmt: skip
