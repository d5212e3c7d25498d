"""All nine intermediate tasks at once are best: +8.7 points on average."""

from isogloss.claims._paper import ALL_NINE, REGISTERED, SOURCE, XTREME, average
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import Extreme, Gain, Prediction
from isogloss.leaderboard.averages import INTERMEDIATES

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
