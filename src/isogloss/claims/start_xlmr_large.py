"""The encoder is XLM-R Large."""

from isogloss.claims._paper import REGISTERED, SOURCE
from isogloss.core.claim import Claim
from isogloss.core.expression import Fact, Prediction

CLAIM = Claim(
    name="start_xlmr_large",
    statement="The starting point is XLM-R Large.",
    source=SOURCE,
    place="method",
    predicts=(
        Prediction(
            left=Fact("encoders"), relation="is", right=frozenset({"xlm-roberta-large"}),
            says="XLM-R Large is the encoder, and the only one",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
