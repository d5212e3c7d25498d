"""Part-of-speech tagging."""

from isogloss.worlds.family import Family
from isogloss.worlds.tagging import POS, SIZES, parts_of_speech

FAMILY = Family(
    kind="pos",
    type="tagging",
    title="Part-of-speech tagging in a synthetic world",
    examples=parts_of_speech,
    labels=POS,
    metrics=("token_accuracy",),
    sizes=SIZES,
)
