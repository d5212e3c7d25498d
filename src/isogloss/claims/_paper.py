"""What the claims of Phang et al. 2020 share: the source, its tasks, and how near a figure must come."""

from isogloss.core.expression import Gain, Prediction

SOURCE = (
    "Phang et al. 2020, English Intermediate-Task Training Improves Zero-Shot Cross-Lingual Transfer Too, "
    "arXiv 2005.13013"
)
REGISTERED = "2026-11-22"
XTREME = ("xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba")
"""The nine target tasks."""
RETRIEVAL = ("bucc2018", "tatoeba")
INTERMEDIATES = (
    "anli_plus", "ccg", "commonsenseqa", "cosmosqa", "hellaswag", "mnli", "qqp", "squad", "squad2",
)  # fmt: skip
"""The nine intermediate tasks."""
ALL_NINE = "+".join(INTERMEDIATES)
POINT = 0.01
"""A stated average holds when it is met within a point: two fine-tunings of one large encoder can differ by as much."""


def average(intermediate: str, gain: float) -> Prediction:
    """The mean gain over the nine target tasks is the stated one."""
    return Prediction(
        left=Gain(intermediate, XTREME), relation="=", right=gain, tolerance=POINT,
        says=f"{intermediate} first brings {100 * gain:+.1f} points on the average of XTREME's nine tasks",
    )  # fmt: skip
