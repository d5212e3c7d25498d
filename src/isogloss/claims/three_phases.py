"""There are three phases: pretrained encoder, intermediate task, target task."""

from isogloss.claims._paper import REGISTERED, SOURCE
from isogloss.core.claim import Claim
from isogloss.core.expression import Fact, Prediction

CLAIM = Claim(
    name="three_phases",
    statement="Three phases: a pretrained multilingual encoder, English intermediate and English target training.",
    source=SOURCE,
    place="method",
    predicts=(
        Prediction(
            left=Fact("stages"), relation="is", right=3,
            says="three stages of training are in the record",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
