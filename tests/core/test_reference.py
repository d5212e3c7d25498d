"""Which of retrieval's many ways stands for them."""

import pytest

from isogloss.core import reference


@pytest.mark.parametrize(("layers", "layer"), [(24, 14), (12, 7), (2, 1)])
def test_the_layer_is_the_papers_at_any_depth(layers: int, layer: int) -> None:
    """Hidden layer 14 of 24 (jiant's xtreme_runconfig_writer.py), and the same share of other depths."""
    assert reference.layer(layers) == layer


def test_english_is_the_query() -> None:
    """XTREME's similarity_search queries with English and indexes the other language (its utils_retrieve.py)."""
    assert reference.WAY["direction"] == "en-xx"
    assert reference.agrees({"layer": "1", "margin": "cosine", "direction": "en-xx"}, reference.WAY)
    assert not reference.agrees({"layer": "1", "margin": "cosine", "direction": "xx-en"}, reference.WAY)
