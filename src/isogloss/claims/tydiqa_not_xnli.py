"""TyDiQA gains whatever the intermediate task; XNLI does not."""

from isogloss.claims._paper import REGISTERED, SOURCE
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import Extreme, Prediction
from isogloss.leaderboard.averages import INTERMEDIATES

CLAIM = Claim(
    name="tydiqa_not_xnli",
    statement="TyDiQA gains consistently from intermediate training; XNLI does not.",
    source=SOURCE,
    place="results on XTREME, development sets",
    predicts=(
        Prediction(
            left=Extreme(pick=min, tasks=("tydiqa",), among=INTERMEDIATES), relation=">", right=0.0,
            says="every one of the nine intermediate tasks raises TyDiQA",
        ),
        Prediction(
            left=Extreme(pick=min, tasks=("xnli",), among=INTERMEDIATES), relation="<=", right=0.0,
            says="some of the nine does not raise XNLI",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
