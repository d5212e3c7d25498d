"""SQuAD, MNLI and HellaSwag bring the most of single intermediate tasks: +8.2, +7.5, +7.0 points on average."""

from isogloss.claims._paper import REGISTERED, SOURCE, average
from isogloss.evidence.claim import Claim

CLAIM = Claim(
    name="squad_mnli_hellaswag",
    statement="SQuAD, MNLI and HellaSwag as intermediate tasks bring +8.2, +7.5 and +7.0 points on average.",
    source=SOURCE,
    place="results on XTREME, development sets",
    predicts=(average("squad", 0.082), average("mnli", 0.075), average("hellaswag", 0.070)),
    registered=REGISTERED,
)
