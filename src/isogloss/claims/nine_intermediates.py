"""Nine intermediate tasks are compared."""

from isogloss.claims._paper import REGISTERED, SOURCE
from isogloss.core.claim import Claim
from isogloss.core.expression import Fact, Prediction

CLAIM = Claim(
    name="nine_intermediates",
    statement="Nine English intermediate tasks are compared.",
    source=SOURCE,
    place="method",
    predicts=(
        Prediction(
            left=Fact("intermediate tasks"), relation="is", right=9,
            says="nine intermediate tasks are in the record",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
