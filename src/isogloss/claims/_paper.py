"""What the claims of Phang et al. 2020 share: the source, its tasks, and how near a figure must come."""

from typing import Any

from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import Fact, Gain, Prediction
from isogloss.leaderboard import averages

SOURCE = (
    "Phang et al. 2020, English Intermediate-Task Training Improves Zero-Shot Cross-Lingual Transfer Too, "
    "arXiv 2005.13013"
)
REGISTERED = "2026-11-22"
XTREME = tuple(averages.XTREME.languages)
"""The nine target tasks."""
RETRIEVAL = ("bucc2018", "tatoeba")
ALL_NINE = "+".join(averages.INTERMEDIATES)
POINT = 0.01
"""A stated average holds when it is met within a point: two fine-tunings of one large encoder can differ by as much."""


def average(intermediate: str, gain: float) -> Prediction:
    """The mean gain over the nine target tasks is the stated one."""
    return Prediction(
        left=Gain(intermediate, XTREME), relation="=", right=gain, tolerance=POINT,
        says=f"{intermediate} first brings {100 * gain:+.1f} points on the average of XTREME's nine tasks",
    )  # fmt: skip


def method(name: str, statement: str, *, fact: str, right: Any, says: str, relation: str = "is") -> Claim:
    """A claim about how the study was made: a fact of its record."""
    return Claim(
        name=name,
        statement=statement,
        source=SOURCE,
        place="method",
        predicts=(Prediction(left=Fact(fact), relation=relation, right=right, says=says),),
        registered=REGISTERED,
    )
