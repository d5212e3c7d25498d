"""Plain English intermediate training beats adding multilingual MLM or machine-translated data."""

from isogloss.claims._paper import REGISTERED, SOURCE, XTREME
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import Gain, Prediction

_VARIANTS = {"&mlm": "with multilingual MLM beside it", "&translated": "on machine-translated data"}

CLAIM = Claim(
    name="plain_english_best",
    statement="Continuing multilingual MLM beside the intermediate task, or translating its data, does not help.",
    source=SOURCE,
    place="results on XTREME, development sets",
    predicts=tuple(
        Prediction(
            left=Gain(f"{task}{variant}", XTREME) - Gain(task, XTREME), relation="<=", right=0.0,
            says=f"{task} {how} brings no more than plain {task}",
        )
        for task in ("squad", "mnli", "hellaswag")
        for variant, how in _VARIANTS.items()
    ),
    registered=REGISTERED,
)  # fmt: skip
