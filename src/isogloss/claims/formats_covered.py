"""The intermediate tasks cover classification, question answering and multiple choice."""

from isogloss.claims._paper import REGISTERED, SOURCE
from isogloss.core.claim import Claim
from isogloss.core.expression import Fact, Prediction

CLAIM = Claim(
    name="formats_covered",
    statement="The intermediate tasks cover classification, question answering and multiple choice.",
    source=SOURCE,
    place="method",
    predicts=(
        Prediction(
            left=Fact("formats of intermediate tasks"), relation="has",
            right=frozenset({"classification", "span", "choice"}),
            says="classification, span extraction and multiple choice are among the intermediate tasks",
        ),
    ),
    registered=REGISTERED,
)  # fmt: skip
