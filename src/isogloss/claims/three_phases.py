"""There are three phases: pretrained encoder, intermediate task, target task."""

from isogloss.claims._paper import method

CLAIM = method(
    "three_phases",
    "Three phases: a pretrained multilingual encoder, English intermediate and English target training.",
    fact="stages",
    right=3,
    says="three stages of training are in the record",
)
