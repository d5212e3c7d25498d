"""What the steps of a phase came to: losses and counts, which a saved state carries on and the record keeps."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, StoreError
from isogloss.core.typing import np
from isogloss.store.layout import Weights
from isogloss.store.remedy import near

POINTS = 200
"""Points of the loss curve that the record keeps."""

Curve = list[tuple[int, float]]


@dataclass
class Tally:
    """Counted step by step, over the whole team."""

    losses: list[float]
    """Per unit, one for each step."""
    taken: dict[str, list[list[float]]]
    """Stream → examples and loss per unit of each of its batches."""
    counts: list[int]
    """Sub-words, sub-words with padding, examples."""

    @classmethod
    def restored(cls, folder: Path, about: Mapping[str, str], streams: Iterable[str]) -> "Tally":
        """As a saved state has it; without one, empty. Raises StoreError for a state that cannot be read."""
        return cls(
            losses=_told(folder, about, "losses", "[]"),
            taken=_told(folder, about, "taken", "{}") or {name: [] for name in streams},
            counts=[int(number) for number in _told(folder, about, "counts", "[0, 0, 0]")],
        )

    def about(self) -> dict[str, str]:
        """What a saved state has of it."""
        return {"losses": json.dumps(self.losses), "counts": json.dumps(self.counts), "taken": json.dumps(self.taken)}

    def step(self, streams: Sequence[str], sums: Sequence[Sequence[float]]) -> float:
        """Count the batches of a step; returns its loss per unit. `sums`: of each batch its summed loss, the units
        that it sums, and the counts."""
        loss = 0.0
        for name, (lost, worth, *counts) in zip(streams, sums, strict=True):
            loss += lost / max(1, worth) / len(streams)
            self.taken[name].append([counts[-1], lost / max(1, worth)])
            self.counts = [before + int(more) for before, more in zip(self.counts, counts, strict=True)]
        return loss

    def plain(self, total: int) -> dict[str, Any]:
        """What the record of a phase of `total` steps keeps."""
        used, filled, seen = self.counts
        return {
            "tokens": used,
            "seen": seen,
            "padding": 1 - used / max(1, filled),
            "loss": self.losses[-1],
            "losses": curve(self.losses, width(total)),
        }

    def mixture(self) -> dict[str, dict[str, Any]]:
        """What each stream gave: batches, examples, and the curve of its own loss, by its batches."""
        return {
            name: {
                "batches": len(batches),
                "examples": sum(int(examples) for examples, _ in batches),
                "losses": curve([loss for _, loss in batches], width(len(batches))),
            }
            for name, batches in self.taken.items()
        }


def _told(folder: Path, about: Mapping[str, str], name: str, empty: str) -> Any:
    try:
        return json.loads(about.get(name, empty))
    except NOT_JSON as error:
        path = Weights(folder).state
        raise StoreError(f"{path}: '{name}' cannot be read ({error}). {near(path)}") from None


def width(total: int) -> int:
    """Steps between two points of a curve, so that it has about `POINTS`."""
    return max(1, total // POINTS)


def curve(losses: Sequence[float], width: int) -> Curve:
    """(step, mean loss since the point before), a point each `width` steps."""
    return [(min(begin + width, len(losses)), float(np.mean(losses[begin : begin + width])))
            for begin in range(0, len(losses), width)]  # fmt: skip
