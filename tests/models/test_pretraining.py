"""What published encoders were pretrained on."""

import pytest

from isogloss.models import pretraining


def test_xlm_r_read_most_english() -> None:
    """CC-100 has 300.8 GiB of English (Conneau et al. 2020, Table 6), more than of any other language."""
    text = pretraining.of("FacebookAI/xlm-roberta-large")
    english = text["en"].bytes
    assert english is not None
    assert english / 2**30 == pytest.approx(300.8, rel=0.001)
    assert max(each.bytes or 0 for each in text.values()) == english


def test_what_an_encoder_started_from_counts() -> None:
    """multilingual-e5 goes on from XLM-R; an encoder that no table has reads nothing that is known."""
    assert pretraining.of("intfloat/multilingual-e5-base") == pretraining.of("xlm-roberta-base")
    assert pretraining.of("bert-base-uncased") == {}


def test_characters_follow_from_bytes_by_script() -> None:
    """A Cyrillic letter takes two bytes of UTF-8, so that text of as many bytes has fewer characters than Latin."""
    text = pretraining.Text(read=True, bytes=10_000, overlap=None)
    assert (text.characters("th") or 0) < (text.characters("ru") or 0) < (text.characters("de") or 0) < 10_000
    assert pretraining.Text(read=True, bytes=None, overlap=None).characters("hr") is None


def test_croatian_was_read_and_yoruba_was_not() -> None:
    """CC-100 has Croatian, of a size that no table has; it has no Yoruba (Conneau et al. 2020, Table 6)."""
    text = pretraining.of("xlm-roberta-base")
    assert text["hr"].read
    assert text["hr"].bytes is None
    assert not text["yo"].read
