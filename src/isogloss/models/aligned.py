"""An encoder that starts from aligned sub-word vectors: translations near each other before anything is trained.

A small encoder does not align languages by masked language modelling in the minutes it is given, so parallel text
gives it the alignment directly. Three blocks make a vector:

    context   SVD of sub-word × line of a parallel text, all languages sharing the lines
    meaning   English neighbours within five sub-words, carried to every language through word links
    syntax    English neighbours within two sub-words, by position, carried in the same way

What tells the language and not the meaning is then removed: each sub-word loses the mean vector of the languages it
is used in, and the directions in which those means differ most.
The body starts with small residual branches, so that at first every layer says what the vectors say.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from scipy import sparse

from isogloss.core.doing import doing
from isogloss.core.errors import NOT_JSON, ModelError, SpecError
from isogloss.core.examples import Text
from isogloss.core.languages import ENGLISH
from isogloss.core.seeds import rng
from isogloss.core.spec import Architecture
from isogloss.core.typing import Float, np
from isogloss.models.alignment import links
from isogloss.models.cooccurrence import Counts, Ids, contexts, neighbours, ppmi, singular, unit
from isogloss.models.encoder import Encoder, build
from isogloss.models.tokenizer import Subwords

Texts = Mapping[str, Mapping[str, Sequence[Text]]]
"""task → language → texts."""
Part = dict[str, np.ndarray]
Keep = Callable[[str, Callable[[], Part]], Part]
"""(name, what makes a part) → the part, made or as an interrupted start left it: a start takes minutes."""
SHARES = {"context": (7 / 12, 1.0), "meaning": (1 / 4, 0.6), "syntax": (1 / 6, 0.6)}
"""Block → its share of the width, and its weight."""
MEANING, SYNTAX = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5), (-2, -1, 1, 2)
PLAIN = 60_000
"""English texts whose neighbours are counted, at most."""
LANGUAGE_DIRECTIONS = 12
RARITY = 1.5
"""Power of the inverse document frequency in pooling."""
RESIDUAL = 0.1
"""Size of the residual branches at the start."""
POSITION = 0.25
"""Size of the position vectors beside the sub-words'."""
SAMPLE = 500_000
"""Bytes of each language that a tokenizer learns from."""
ENGLISH_SHARE = 4
UNSPACED = ("ja", "my", "th", "zh")
_INNER_SPACE = re.compile(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])")


@dataclass(frozen=True)
class ParallelText:
    """Tokenised text: what is parallel, as language → row → ids, and plain English."""

    parallel: dict[str, dict[str, Ids]]
    english: list[Ids]
    size: int
    """Number of sub-words in the vocabulary."""


def read(texts: Texts, subwords: Subwords, key: str) -> ParallelText:
    """Tokenise what the vectors are made of. Raises SpecError when no text is parallel with English."""
    parallel: dict[str, dict[str, Ids]] = {}
    english: list[str] = []
    for task, by_language in texts.items():
        for language, texts_of in by_language.items():
            rows = {f"{task}/{text.row}": text.text for text in texts_of if text.row is not None}
            if rows:
                ids = subwords.ids([joined(text, language) for text in rows.values()])
                parallel.setdefault(language, {}).update(
                    (row, each) for row, each in zip(rows, ids, strict=True) if len(each)
                )
            if language == ENGLISH:
                english += [text.text for text in texts_of if text.row is None]
    if ENGLISH not in parallel or len(parallel) < 2:
        raise SpecError(
            'start="aligned" needs parallel text in English and another language; none of '
            f"{', '.join(texts)} has any (texts whose `row` is the same in both)."
        )
    picked = rng(key, "english").permutation(len(english))[:PLAIN]
    plain = [ids for ids in subwords.ids([english[index] for index in sorted(picked)]) if len(ids)]
    return ParallelText(parallel, plain + list(parallel[ENGLISH].values()), len(subwords))


def sample(texts: Texts, key: str) -> list[str]:
    """Lines to train a tokenizer on: parallel text first, then the rest, up to the same size for every language.

    English, in which everything is trained, gets more.
    """
    lines: list[str] = []
    languages = dict.fromkeys(language for by_language in texts.values() for language in by_language)
    for language in languages:
        every = [text for by_language in texts.values() for text in by_language.get(language, ())]
        order = rng(key, f"tokenizer/{language}").permutation(len(every)).tolist()
        room = SAMPLE * (ENGLISH_SHARE if language == ENGLISH else 1)
        for index in sorted(order, key=lambda index: every[index].row is None):
            line = joined(every[index].text, language)
            room -= len(line.encode())
            if room < 0:
                break
            lines.append(line)
    return lines


def joined(text: str, language: str) -> str:
    """Text of a language that writes no spaces, without those a tokeniser put between its characters."""
    return _INNER_SPACE.sub("", text) if language in UNSPACED else text


def inverse_frequency(corpus: ParallelText, special: Sequence[int]) -> Float[np.ndarray, "v"]:
    """Logarithm of lines over lines with the sub-word, to a power; 0 for special tokens, which no pooling counts."""
    lines = [ids for rows in corpus.parallel.values() for ids in rows.values()]
    seen = np.bincount(np.concatenate([np.unique(ids) for ids in lines]), minlength=corpus.size)
    weights = np.log(len(lines) / np.maximum(1.0, seen + (seen > 0))).clip(min=0).astype(np.float32)
    weights[list(special)] = 0
    return weights**RARITY


def made(name: str, make: Callable[[], Part]) -> Part:
    """A part that nobody keeps."""
    del name
    return make()


def vectors(corpus: ParallelText, width: int, key: str, keep: Keep = made) -> Float[np.ndarray, "v d"]:
    """Aligned sub-word vectors, before language directions are removed."""
    random = rng(key, "vectors")
    sizes = {name: round(width * share) for name, (share, _) in SHARES.items()}
    sizes["context"] += width - sum(sizes.values())
    number = {
        row: index for index, row in enumerate(sorted({row for rows in corpus.parallel.values() for row in rows}))
    }

    def block(name: str, table: Callable[[], Counts], power: float) -> Float[np.ndarray, "v d"]:
        def make() -> Part:
            doing(f"building aligned vectors, {name}")
            left = singular(ppmi(table()), sizes[name], random, power)
            return {"vectors": np.ascontiguousarray(left), "random": _state(random)}

        part = keep(name, make)
        _resume(random, part["random"])  # the next block draws on from here
        return part["vectors"]

    def near(offsets: Sequence[int], kept: int) -> list[Counts]:
        return neighbours(corpus.english, corpus.size, offsets, kept)

    lines = [(number[row], ids) for rows in corpus.parallel.values() for row, ids in rows.items()]
    blocks = {"context": block("context", lambda: contexts(lines, corpus.size), 0.0)}
    english = {
        "meaning": block("meaning", lambda: sum(near(MEANING, 8000)), 0.3),
        "syntax": block("syntax", lambda: sparse.hstack(near(SYNTAX, 2000)).tocsr(), 0.3),
    }
    carry = carried(corpus, keep)
    blocks |= {name: carry @ unit(each) for name, each in english.items()}
    return np.hstack([weight * unit(blocks[name]) for name, (_, weight) in SHARES.items()]).astype(np.float32)


def _resume(random: np.random.Generator, kept: np.ndarray) -> None:
    try:
        random.bit_generator.state = json.loads(kept.tobytes())
    except (*NOT_JSON, KeyError, TypeError) as error:
        raise ModelError(
            "a kept part of the aligned start is damaged; delete state-aligned-*.safetensors in the run's folder."
        ) from error


def _state(random: np.random.Generator) -> np.ndarray:
    return np.frombuffer(json.dumps(random.bit_generator.state).encode(), np.uint8)


def carried(corpus: ParallelText, keep: Keep = made) -> Counts:
    """(v × v), rows sum to 1: of which English sub-words a sub-word's English vector is the mean."""
    own = np.bincount(np.concatenate(corpus.english), minlength=corpus.size).astype(np.float32)
    total = sparse.diags(own).tocsr()
    english = corpus.parallel[ENGLISH]
    others = [language for language in corpus.parallel if language != ENGLISH]
    for place, language in enumerate(others, 1):

        def make(language: str = language, place: int = place) -> Part:
            doing(f"building aligned vectors, word links in {language} ({place} of {len(others)})")
            rows = corpus.parallel[language]
            counts = links([(ids, english[row]) for row, ids in rows.items() if row in english], corpus.size)
            return {"data": counts.data, "indices": counts.indices, "indptr": counts.indptr}

        part = keep(f"links-{language}", make)
        total = total + sparse.csr_matrix((part["data"], part["indices"], part["indptr"]), total.shape)
    sums = np.asarray(total.sum(axis=1)).ravel()
    return (sparse.diags(1 / np.maximum(sums, 1e-9)) @ total).tocsr().astype(np.float32)


def without_languages(
    table: Float[np.ndarray, "v d"], corpus: ParallelText, weights: Float[np.ndarray, "v"], directions: int
) -> Float[np.ndarray, "v d"]:
    """The table without each sub-word's share of its languages' means, and without the directions they differ in."""
    means = np.stack([_mean(list(rows.values()), table, weights) for rows in corpus.parallel.values()])
    apart = means - means.mean(axis=0)
    used = np.stack([np.bincount(np.concatenate(list(rows.values())), minlength=corpus.size)
                     for rows in corpus.parallel.values()]).astype(np.float64)  # fmt: skip
    used /= used.sum(axis=1, keepdims=True)
    used /= np.maximum(used.sum(axis=0), 1e-12)
    _, _, axes = np.linalg.svd(apart, full_matrices=False)
    axes = axes[: min(directions, len(means) - 1)]
    centred = table - used.T @ apart
    return np.asarray(centred - (centred @ axes.T) @ axes, np.float32)


def _mean(lines: list[Ids], table: Float[np.ndarray, "v d"], weights: Float[np.ndarray, "v"]) -> np.ndarray:
    counts = np.bincount(np.concatenate(lines), minlength=len(table)) * weights
    return np.asarray((counts @ table) / max(1e-9, counts.sum()))


def start(architecture: Architecture, subwords: Subwords, texts: Texts, key: str, keep: Keep = made) -> Encoder:
    """A new encoder whose sub-word vectors are aligned; random weights come from torch's global generator."""
    doing("building aligned vectors, sub-words of the text")
    corpus = read(texts, subwords, key)
    special = sorted(subwords.tokenizer.all_special_ids)
    weights = inverse_frequency(corpus, special)
    table = without_languages(vectors(corpus, architecture.width, key, keep), corpus, weights, LANGUAGE_DIRECTIONS)
    encoder = build(architecture, subwords)
    fill(encoder, table, special)
    encoder.frequency_weights = torch.from_numpy(weights)
    return encoder


def fill(encoder: Encoder, table: Float[np.ndarray, "v d"], special: Sequence[int]) -> None:
    """Put the vectors into an encoder and make its layers pass them on."""
    width = encoder.width
    usual = np.delete(table, special, axis=0)
    scaled = unit(table - usual.mean(axis=0)) * math.sqrt(width)
    embeddings = encoder.model.embeddings
    with torch.no_grad():
        encoder.word_embeddings().weight.copy_(torch.from_numpy(scaled))
        encoder.word_embeddings().weight[encoder.subwords.pad] = 0
        embeddings.token_type_embeddings.weight.zero_()
        places = embeddings.position_embeddings.weight
        places.copy_(POSITION * torch.from_numpy(_sinusoids(*places.shape)))
        places[encoder.subwords.pad] = 0
        for layer in encoder.model.encoder.layer:
            attention = layer.attention.self
            for inner in (attention.query, attention.key, attention.value, layer.intermediate.dense):
                torch.nn.init.normal_(inner.weight, std=1 / math.sqrt(width))
            for outer in (layer.attention.output.dense, layer.output.dense):
                torch.nn.init.normal_(outer.weight, std=RESIDUAL / math.sqrt(outer.in_features))


def _sinusoids(count: int, width: int) -> Float[np.ndarray, "count width"]:
    """Sines and cosines of each position (Vaswani et al. 2017), centred over the first sixty."""
    angles = np.arange(count)[:, None] * np.exp(-math.log(300) * np.arange(0, width, 2) / width)
    found = np.zeros((count, width), np.float32)
    found[:, 0::2], found[:, 1::2] = np.sin(angles), np.cos(angles)[:, : width // 2]
    return np.asarray(found - found[2:60].mean(axis=0))
