"""Neural translation by a tiny model that the tests make and train."""

from pathlib import Path

import pytest
from .pairs import PAIRS

from isogloss.core.errors import TranslationError, UnknownName
from isogloss.translation.engine import plain
from isogloss.translation.seq2seq import Seq2Seq


def engine(folder: Path, **settings: int) -> Seq2Seq:
    return Seq2Seq(model=str(folder), source="eng_Latn", codes={"es": "spa_Latn"}, **settings)


@pytest.mark.parametrize("beams", [1, 3])
def test_a_model_translates_what_it_was_taught(nllb: Path, beams: int) -> None:
    """Greedy and by beams, in batches of unequal lengths, each sentence gets its own translation."""
    found = engine(nllb, beams=beams, batch=2).translate([plain(source) for source, _ in PAIRS], "es")
    assert [each and each.text for each in found] == [target for _, target in PAIRS]
