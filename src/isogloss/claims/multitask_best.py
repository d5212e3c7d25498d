"""All nine intermediate tasks at once are best: +8.7 points on average."""

from isogloss.analysis.aggregate import INTERMEDIATES
from isogloss.claims._paper import ALL_NINE, REGISTERED, SOURCE, XTREME, average
from isogloss.core.claim import Claim
from isogloss.core.expression import Extreme, Gain, Prediction

CLAIM = Claim(
    name="multitask_best",
    statement="Multi-task training on all nine intermediate tasks is best, with +8.7 points on average.",
    source=SOURCE,
    place="results on XTREME, development sets",
    predicts=(
        average(ALL_NINE, 0.087),
        Prediction(
            left=Gain(ALL_NINE, XTREME) - Extreme(pick=max, tasks=XTREME, among=INTERMEDIATES),
            relation=">", right=0.0,
            says="all nine at once bring more than the best single intermediate task",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
