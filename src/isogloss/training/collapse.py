"""A collapsed run: its loss ends where a guess that never looks at the input ends.

Common when large encoders are fine-tuned on little data: all inputs get one answer (Mosbach et al. 2021, "On the
Stability of Fine-tuning BERT").
"""

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text

FLAT = 0.99
"""Share of the loss of the best blind guess above which nothing was learned."""
TAIL = 0.1
"""Share of the phase, at its end, whose mean loss is looked at."""


def blind_loss(examples: Sequence[Example]) -> float | None:
    """Nats per decision of the best guess that never looks: the entropy of the labels. None where it is not known."""
    counts: Counter[object] = Counter()
    for example in examples:
        match example:
            case Classification():
                counts[example.label] += 1
            case Tagging():
                counts.update(example.tags or ())
            case Choice():
                counts[example.label] += 1
            case Span() | Passage() | Text():
                return None
            case _:
                assert_never(example)
    total = sum(counts.values())
    return -sum(count / total * log(count / total) for count in counts.values()) if total else None


def flat(curve: Sequence[tuple[int, float]], blind: float | None) -> str:
    """Why a loss curve of (step, loss) says that the run collapsed; empty when it does not, or cannot tell."""
    if not curve or not blind:
        return ""
    tail = [loss for _, loss in curve[-max(1, round(TAIL * len(curve))) :]]
    end = sum(tail) / len(tail)
    if end < FLAT * blind:
        return ""
    return f"the loss ended at {end:.3f}, where a blind guess has {blind:.3f}"
