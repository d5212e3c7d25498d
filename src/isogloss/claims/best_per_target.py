"""The best intermediate task of each target brings +5.4 points on average."""

from isogloss.claims._paper import POINT, REGISTERED, SOURCE, XTREME
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import BestGain, Prediction

CLAIM = Claim(
    name="best_per_target",
    statement="The best models per target gain 5.4 points on average over XTREME.",
    source=SOURCE,
    place="abstract; XTREME's test sets",
    predicts=(
        Prediction(
            left=BestGain(XTREME), relation="=", right=0.054, tolerance=POINT,
            says="the best intermediate task per target brings +5.4 points on the average of XTREME's nine tasks",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
