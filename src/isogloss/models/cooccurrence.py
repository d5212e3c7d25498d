"""Counts of what occurs with what → vectors: positive pointwise mutual information, then a truncated SVD.

With the lines of a parallel text as contexts, a word and its translations occur in the same contexts and get similar
vectors, whatever their language (Levy, Søgaard & Goldberg 2017); with neighbouring words as contexts, the vectors are
the usual distributional ones (Levy & Goldberg 2014).
"""

from collections.abc import Sequence
from typing import Any

from scipy import sparse

from isogloss.core.typing import Float, Int, np

Ids = Int[np.ndarray, "_"]
Counts = Any
"""A scipy.sparse.csr_matrix; scipy has no types."""
OVERSAMPLE = 10
ROUNDS = 4


def ppmi(counts: Counts, smoothing: float = 0.75) -> Counts:
    """Positive PMI of rows and columns; columns' counts are raised to `smoothing`, which tames rare contexts."""
    table = counts.tocoo()
    rows = np.asarray(table.sum(axis=1)).ravel()
    columns = np.asarray(table.sum(axis=0)).ravel() ** smoothing
    columns = columns / columns.sum()
    values = np.log(table.data / (rows[table.row] * columns[table.col]))
    kept = values > 0
    found = (values[kept].astype(np.float32), (table.row[kept], table.col[kept]))
    return sparse.csr_matrix(found, shape=table.shape)


def singular(
    matrix: Counts, rank: int, random: np.random.Generator, power: float = 0.0
) -> Float[np.ndarray, "rows rank"]:
    """Left singular vectors times the singular values to a `power`, by subspace iteration (Halko et al. 2011).

    A matrix of lower rank gives columns of zeros for the rest.
    """
    held = min(rank, *matrix.shape)
    width = min(held + OVERSAMPLE, *matrix.shape)
    basis = matrix @ random.standard_normal((matrix.shape[1], width)).astype(np.float32)
    for _ in range(ROUNDS):
        basis, _ = np.linalg.qr(matrix @ (matrix.T @ np.linalg.qr(basis)[0]))
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    vectors = (basis @ left[:, :held]) * np.where(values[:held] > 1e-6, values[:held], 0) ** power
    vectors[:, values[:held] <= 1e-6] = 0
    return np.asarray(np.pad(vectors, ((0, 0), (0, rank - held))), np.float32)


def contexts(lines: Sequence[tuple[int, Ids]], size: int) -> Counts:
    """(`size` sub-words × contexts): in how many of a context's lines each sub-word occurs."""
    kinds = [np.unique(ids) for _, ids in lines]
    rows = np.concatenate(kinds)
    columns = np.repeat([context for context, _ in lines], [len(ids) for ids in kinds])
    shape = (size, int(columns.max()) + 1)
    return sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape).tocsr()


def neighbours(texts: Sequence[Ids], size: int, offsets: Sequence[int], kept: int) -> list[Counts]:
    """One (`size` sub-words × `kept`) table per offset: which of the `kept` most frequent sub-words stand there.

    Offset 1 is the next sub-word, -2 the one before the last. Texts do not see each other.
    """
    counts = np.bincount(np.concatenate(texts), minlength=size)
    kept = min(kept, size)
    column = np.full(size, -1)
    column[np.argsort(-counts, kind="stable")[:kept]] = np.arange(kept)
    gap = np.full(max(map(abs, offsets)), -1)
    line = np.concatenate([part for ids in texts for part in (ids, gap)])
    tables = []
    for offset in offsets:
        here, there = (line[:-offset], line[offset:]) if offset > 0 else (line[-offset:], line[:offset])
        real = (here >= 0) & (there >= 0)
        rows, columns = here[real], column[there[real]]
        rows, columns = rows[columns >= 0], columns[columns >= 0]
        table = sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(size, kept))
        tables.append(table.tocsr())
    return tables


def unit(vectors: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
