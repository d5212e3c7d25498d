"""Retrieval is tried at every layer in several ways. The one that stands for all is this, never the best.

The layer at 14/24 of the depth (hidden layer 14 of XLM-R Large, as the code of Phang et al. 2020 reads it), raw, by
cosine, with English as the query (as XTREME asks of Tatoeba).
"""

from collections.abc import Mapping

RAW: Mapping[str, str] = {"centred": "no"}
WAY: Mapping[str, str] = {"margin": "cosine", "direction": "en-xx"}


def layer(layers: int) -> int:
    """The hidden layer to read of an encoder with so many layers; 0 = embeddings."""
    return round(layers * 14 / 24)


def agrees(settings: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether a way of retrieving, as its settings, is the wanted one in everything that it states."""
    return all(settings.get(name, value) == value for name, value in wanted.items())
