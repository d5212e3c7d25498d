"""Named-entity recognition."""

from isogloss.worlds.family import Family
from isogloss.worlds.tagging import NER, SIZES, names

FAMILY = Family(
    kind="ner",
    type="tagging",
    title="Named-entity recognition in a synthetic world",
    examples=names,
    labels=NER,
    metrics=("span_f1",),
    sizes=SIZES,
)
