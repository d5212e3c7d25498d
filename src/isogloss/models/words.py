"""Words and their sub-words: a tagged sentence in rows that an encoder takes, and the mean state of each word.

No word is ever truncated away: a sentence longer than the encoder takes is split between words, as XTREME's
preprocessing does.
"""

from collections.abc import Iterator, Sequence

import torch

from isogloss.core.typing import Float, Int, np
from isogloss.models.features import Feature
from isogloss.models.tokenizer import Ids, Subwords

Tensor = torch.Tensor


def rows(tokens: Sequence[str], subwords: Subwords, length: int) -> Iterator[tuple[Ids, Int[np.ndarray, "w"]]]:
    """Rows of at most `length` sub-words, each with the column of the first sub-word of each of its words."""
    room = length - subwords.frame.cost[0]
    for words in _pieces([word[:room] for word in subwords.words(tokens)], room):
        row, _ = subwords.frame.wrap(np.concatenate(words))
        yield row, np.cumsum([len(subwords.frame.prefix), *map(len, words[:-1])])


def places(
    features: Sequence[Feature], tail: int
) -> tuple[Int[np.ndarray, "w"], Int[np.ndarray, "w"], Int[np.ndarray, "w"]]:
    """Of every word of a batch its row, the column it begins at, and the column after its last.

    `extra` of each feature has the columns of its words' first sub-words; `tail` special tokens end each row.
    """
    counts = [len(feature.extra) for feature in features]
    ends = [np.append(feature.extra[1:], len(feature.rows[0]) - tail) for feature in features]
    return (
        np.repeat(np.arange(len(counts)), counts),
        np.concatenate([feature.extra for feature in features]),
        np.concatenate(ends),
    )


def means(
    states: Float[Tensor, "r t d"], rows: Int[np.ndarray, "w"], starts: Int[np.ndarray, "w"], ends: Int[np.ndarray, "w"]
) -> Float[Tensor, "w d"]:
    """Mean state of the sub-words [start, end) of each word."""
    sizes = ends - starts
    word = np.repeat(np.arange(len(sizes)), sizes)
    column = np.arange(len(word)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts, sizes)
    inner = states[torch.from_numpy(rows[word]).to(states.device), torch.from_numpy(column).to(states.device)]
    total = states.new_zeros(len(sizes), states.shape[-1]).index_add(0, torch.from_numpy(word).to(states.device), inner)
    return total / torch.from_numpy(sizes).to(states.device, states.dtype)[:, None]


def _pieces(words: list[Ids], room: int) -> list[list[Ids]]:
    """Consecutive words in pieces of at most `room` sub-words."""
    pieces: list[list[Ids]] = [[]]
    used = 0
    for word in words:
        if used + len(word) > room and pieces[-1]:
            pieces.append([])
            used = 0
        pieces[-1].append(word)
        used += len(word)
    return pieces
