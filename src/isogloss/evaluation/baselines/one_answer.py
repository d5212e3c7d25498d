"""One answer for everything: what a collapsed run gives."""

import json

from isogloss.core.errors import IsoglossError
from isogloss.store.predictions import Predictions

FEWEST = 20
"""Examples below which one answer for all may be chance."""


def languages(predictions: Predictions) -> list[str]:
    """Languages in which every prediction is the same though the golds are not."""
    found = []
    for language in predictions.languages:
        rows = predictions.of(language).labelled()
        if len(rows) >= FEWEST and len(_kinds(rows.prediction)) == 1 < len(_kinds(rows.gold)):
            found.append(language)
    return found


def _kinds(values: "object") -> set[str]:
    """Distinct answers; a tagger's are its tags."""
    if not isinstance(values, list | tuple):
        raise IsoglossError(f"predictions in a {type(values).__name__}, expected a list.")
    tags = [each if isinstance(each, list | tuple) else [each] for each in values]
    return {json.dumps(each, ensure_ascii=False) for parts in tags for each in parts}
