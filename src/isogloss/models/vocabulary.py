"""Exact vocabulary trimming: only those rows of the table of sub-word vectors that the inputs ask for.

A row that no input asks for changes no output and gets no gradient, yet it costs memory and time in the gradient's
norm and in the optimizer: nine tenths of XLM-R's 250,002 rows in most phases. Cut away while a phase trains, such rows
come back before the encoder is saved. What is left to differ is rounding: the norm that gradients are clipped by sums
its zeros in another order.

Not for masked language modelling: its softmax runs over the whole vocabulary, and its noise draws from it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import torch
from torch import nn

from isogloss.core.errors import ModelError
from isogloss.core.typing import Float, Int, np
from isogloss.models import mapped
from isogloss.models.encoder import Encoder
from isogloss.models.features import Feature

Tensor = torch.Tensor


class Trimmed(nn.Embedding):
    """Some rows of a table, asked for by their ids in the whole table; inputs and tokenizer stay as they are."""

    def __init__(self, whole: nn.Embedding, kept: Int[Tensor, "k"]) -> None:
        place = torch.full((whole.num_embeddings,), -1, dtype=torch.long)
        place[kept] = torch.arange(len(kept))
        pad = None if whole.padding_idx is None else int(place[whole.padding_idx])
        rows = whole.weight.detach()[kept.to(whole.weight.device)]
        super().__init__(len(kept), whole.embedding_dim, padding_idx=pad, _weight=rows)
        self.weight.requires_grad_(whole.weight.requires_grad)
        self.register_buffer("place", place.to(rows.device), persistent=False)
        self.kept = kept
        self.whole = [whole]  # in a list: it must neither be saved, nor trained, nor moved to the device

    def forward(self, ids: Int[Tensor, "r t"]) -> Float[Tensor, "r t d"]:
        """Vectors of sub-words; an id without a row is out of range, as in any table."""
        return super().forward(cast(Tensor, self.place)[ids])


def trim(encoder: Encoder, features: Iterable[Feature]) -> int:
    """Cut the table to the sub-words of `features` and the tokenizer's specials; returns the rows kept.

    A table that is more than a table (one that scales what it gives, say) is left whole. Do it before the encoder moves
    to its device, and there is never a whole table there.
    """
    whole = encoder.word_embeddings()
    if type(whole) is not nn.Embedding or whole.max_norm is not None or whole.scale_grad_by_freq or whole.sparse:
        return whole.num_embeddings
    needed = np.zeros(whole.num_embeddings, dtype=bool)
    needed[[encoder.subwords.pad, *encoder.subwords.tokenizer.all_special_ids]] = True
    if whole.padding_idx is not None:
        needed[whole.padding_idx] = True
    for feature in features:
        for row in feature.rows:
            needed[row] = True
    encoder.model.set_input_embeddings(Trimmed(whole, torch.from_numpy(np.flatnonzero(needed))))
    mapped.release()
    return int(needed.sum())


def restore(encoder: Encoder, shrunk: float = 1.0) -> None:
    """The whole table back, the trained rows in their places; an encoder that was not trimmed stays as it is.

    `shrunk` is what weight decay would have left of a row without gradients (1 = there was none).
    Raises ModelError for a factor that no decay can give.
    """
    table = encoder.word_embeddings()
    if not isinstance(table, Trimmed):
        return
    if not 0 < shrunk <= 1:
        raise ModelError(f"weight decay cannot leave {shrunk} of an unused row; lower weight_decay or lr.")
    whole = table.whole[0]
    with torch.no_grad():
        if shrunk < 1:
            whole.weight.mul_(shrunk)
            encoder.decayed = (*encoder.decayed, shrunk)
        whole.weight[table.kept] = table.weight.to(whole.weight.device)
    encoder.model.set_input_embeddings(whole.to(table.weight.device))


@contextmanager
def whole(encoder: Encoder, shrunk: float = 1.0) -> Iterator[None]:
    """The encoder with its whole table while the block runs, to be saved in the middle of a phase."""
    table = encoder.word_embeddings()
    if not isinstance(table, Trimmed):
        yield
        return
    rows = table.whole[0].weight.detach() * shrunk
    rows[table.kept] = table.weight.detach().to(rows.device)
    before = encoder.decayed
    encoder.decayed = (*before, *((shrunk,) if shrunk < 1 else ()))
    encoder.model.set_input_embeddings(
        nn.Embedding(rows.shape[0], rows.shape[1], padding_idx=table.whole[0].padding_idx, _weight=rows)
    )
    try:
        yield
    finally:
        encoder.model.set_input_embeddings(table)
        encoder.decayed = before
