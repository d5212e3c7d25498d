"""BUCC and Tatoeba, which have no training data, gain most."""

from isogloss.claims._paper import REGISTERED, RETRIEVAL, SOURCE, XTREME
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import BestGain, LargestOther, Prediction

CLAIM = Claim(
    name="retrieval_gains_most",
    statement="BUCC and Tatoeba, for which there is no training data, gain most from intermediate training.",
    source=SOURCE,
    place="results on XTREME",
    predicts=(
        Prediction(
            left=BestGain(("+".join(RETRIEVAL),)) - LargestOther(tuple(t for t in XTREME if t not in RETRIEVAL)),
            relation=">", right=0.0,
            says="the best gain on BUCC and Tatoeba (their mean) is above the best gain on any other target task",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
