"""models/vocabulary: leaving out what no input asks for changes nothing but memory and time."""

from pathlib import Path

import pytest
import torch

from isogloss.core.errors import ModelError
from isogloss.models import vocabulary
from isogloss.models.encoder import load, save
from isogloss.models.features import Feature, collate

TEXTS = ["The ferry leaves at seven", "Die Fähre fährt", "渡船七点开"]


def features(path: Path) -> list[Feature]:
    subwords = load(path).subwords
    return [Feature(n, (subwords.frame.wrap(ids)[0],), (0,)) for n, ids in enumerate(subwords.ids(TEXTS))]


def test_states_are_the_same_to_the_bit(xlmr: Path) -> None:
    """Padding, positions and segments included: transformers' model cannot tell the two tables apart."""
    encoder, rows = load(xlmr), features(xlmr)
    encoder.model.eval()
    batch = collate(rows, encoder.subwords.pad, torch.device("cpu"))
    whole = encoder.all_states(batch.ids, batch.mask, batch.segments)
    kept = vocabulary.trim(encoder, rows)
    assert kept < len(encoder.subwords) / 2
    assert encoder.word_embeddings().weight.shape == (kept, 32)
    for one, other in zip(whole, encoder.all_states(batch.ids, batch.mask, batch.segments), strict=True):
        assert torch.equal(one, other)


def test_a_saved_encoder_has_its_whole_vocabulary(xlmr: Path, tmp_path: Path) -> None:
    """Trained rows are written into the table that was loaded; no other row moves, and plain transformers reads it."""
    encoder, rows = load(xlmr), features(xlmr)
    before = encoder.word_embeddings().weight.detach().clone()
    vocabulary.trim(encoder, rows)
    with torch.no_grad():
        encoder.word_embeddings().weight.add_(1)
    vocabulary.restore(encoder)
    save(encoder, tmp_path / "saved")
    after = load(tmp_path / "saved").word_embeddings().weight.detach()
    asked = {0, 1, 2, 3, len(encoder.subwords) - 1} | {int(word) for row in rows for word in row.rows[0]}
    moved = set((after != before).any(dim=1).nonzero().flatten().tolist())
    assert after.shape == before.shape
    assert moved == asked
    assert torch.equal(after[sorted(asked)], before[sorted(asked)] + 1)


def test_padding_gets_no_gradient_in_either_table(xlmr: Path) -> None:
    """torch leaves the padding row out of training by its index, which is another one in the small table."""
    encoder, rows = load(xlmr), features(xlmr)
    vocabulary.trim(encoder, rows)
    batch = collate(rows, encoder.subwords.pad, torch.device("cpu"))
    encoder.states(batch.ids, None, None).sum().backward()
    table = encoder.word_embeddings()
    assert isinstance(table, vocabulary.Trimmed)
    assert table.weight.grad is not None
    assert not table.weight.grad[list(table.kept).index(encoder.subwords.pad)].any()


def test_a_sub_word_that_was_cut_away_is_an_error(xlmr: Path) -> None:
    """Never another word's vector in its place."""
    encoder = load(xlmr)
    vocabulary.trim(encoder, features(xlmr)[:1])
    with pytest.raises(IndexError):
        encoder.states(torch.arange(4, len(encoder.subwords))[None, :100], None, None)


def test_a_decay_that_is_none_is_refused(xlmr: Path) -> None:
    """A factor of 0 or below would wipe out every row that was not trained."""
    encoder = load(xlmr)
    vocabulary.trim(encoder, features(xlmr))
    with pytest.raises(ModelError, match="weight_decay"):
        vocabulary.restore(encoder, 0.0)
