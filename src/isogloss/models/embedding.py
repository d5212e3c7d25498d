"""Sentences → vectors: every hidden layer, every pooling, in one pass over the encoder. Words: one layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted
from isogloss.core.typing import Float, np
from isogloss.core.way import Way, reference_layer
from isogloss.models import words
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, pair_row
from isogloss.models.heads import limit_of
from isogloss.models.inference import per_feature
from isogloss.models.pooling import pool, poolings, weights_for

LENGTH = 128
"""Longest sentence in sub-words; what follows is cut, as XTREME's scripts do for retrieval."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One way to read a vector off an encoder."""

    layer: int
    """0 is the embeddings."""
    pooling: str

    def __str__(self) -> str:
        return str(Way(layer=self.layer, pooling=self.pooling))


def views(encoder: Encoder) -> list[View]:
    """All layers and poolings. The first state of the embeddings is the same for every sentence: left out."""
    return [
        View(layer=layer, pooling=pooling)
        for pooling in poolings(encoder)
        for layer in range(encoder.layers + 1)
        if not (layer == 0 and pooling == "first")
    ]


def reference(encoder: Encoder) -> View:
    """Where meaning is measured (divergence, translations): the layer that stands for all (core/way.py), by its mean.

    An encoder that brings word frequencies along was made for the weighted mean. Retrieval's standing score is of the
    plain mean all the same, to be comparable.
    """
    pooling = "mean" if encoder.frequency_weights is None else "idf"
    return View(layer=reference_layer(encoder.layers), pooling=pooling)


def embed(
    encoder: Encoder,
    texts: Sequence[str],
    wanted: Sequence[View],
    report: Callable[[int, int], None],
    contexts: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> dict[View, Float[np.ndarray, "n d"]]:
    """Vectors of each text under each view; read together with its context where `contexts` has one for each.

    An encoder with parts of its own for each language reads a text with those of its language, where `languages` says
    it for each. Raises DataError for a text that has no sub-words.
    """
    if languages and encoder.many_tongued:
        return _by_language(encoder, texts, wanted, report, contexts, languages)
    encoder.model.eval()
    subwords, length = encoder.subwords, min(LENGTH, limit_of(encoder))
    features = []
    seconds = subwords.ids(contexts)
    for index, ids in enumerate(subwords.ids(texts)):
        if not len(ids):
            raise DataError(
                f"text {index} ({quoted(texts[index])}) has no sub-words, so it has no vector; leave it out."
            )
        row, second = pair_row(subwords.frame, ids, seconds[index] if seconds and len(seconds[index]) else None, length)
        features.append(Feature(index, (row,), (second,)))
    weights = {view.pooling: weights_for(encoder, view.pooling) for view in wanted}
    vectors = {view: np.empty((len(texts), encoder.width), dtype=np.float32) for view in wanted}
    deepest = max((view.layer for view in wanted), default=0)

    def compute(batch: Batch) -> list[int]:
        states = encoder.all_states(batch.ids, batch.mask, batch.segments, deepest)
        rows = [feature.example for feature in batch.features]
        for view in wanted:
            each_weight = weights[view.pooling]
            chosen = None if each_weight is None else each_weight[batch.ids]
            vectors[view][rows] = pool(states[view.layer].float(), batch.mask, view.pooling, chosen).cpu().numpy()
        return rows

    with torch.inference_mode():
        per_feature(encoder, features, compute, report)
    return vectors


def _by_language(
    encoder: Encoder, texts: Sequence[str], wanted: Sequence[View], report: Callable[[int, int], None],
    contexts: Sequence[str], languages: Sequence[str],
) -> dict[View, Float[np.ndarray, "n d"]]:  # fmt: skip
    vectors = {view: np.empty((len(texts), encoder.width), dtype=np.float32) for view in wanted}
    codes = sorted(set(languages))
    for number, code in enumerate(codes, 1):
        rows = [row for row, language in enumerate(languages) if language == code]
        with encoder.speaking(code):
            own = [contexts[row] for row in rows] if contexts else []
            part = embed(encoder, [texts[row] for row in rows], wanted, lambda *_: None, own)
        for view in wanted:
            vectors[view][rows] = part[view]
        report(number, len(codes))
    return vectors


def embed_words(
    encoder: Encoder, sentences: Sequence[Sequence[str]], layer: int, report: Callable[[int, int], None]
) -> list[Float[np.ndarray, "w d"]]:
    """Of each sentence its words' vectors: the mean state of a word's sub-words in one layer."""
    encoder.model.eval()
    subwords, length = encoder.subwords, limit_of(encoder)
    features = [
        Feature(index, (row,), (0,), None, starts)
        for index, tokens in enumerate(sentences)
        for row, starts in words.rows(tokens, subwords, length)
    ]
    tail = len(subwords.frame.suffix)

    def compute(batch: Batch) -> list[Float[np.ndarray, "w d"]]:
        states = encoder.states(batch.ids, batch.mask, batch.segments, layer).float()
        vectors = words.means(states, *words.places(batch.features, tail)).cpu().numpy()
        return np.split(vectors, np.cumsum([len(feature.extra) for feature in batch.features])[:-1])

    parts: list[list[Float[np.ndarray, "_ d"]]] = [[] for _ in sentences]
    for feature, vectors in zip(features, per_feature(encoder, features, compute, report), strict=True):
        parts[feature.example].append(vectors)
    return [np.concatenate(part) for part in parts]
