"""models/cooccurrence: PMI by its definition, singular vectors as numpy's, neighbours as counted by hand."""

import numpy as np
from scipy import sparse

from isogloss.models.cooccurrence import contexts, neighbours, ppmi, singular, unit


def test_pmi_is_that_of_the_definition() -> None:
    """log p(x, y) / p(x)p(y), negative values left out; hand-worked: 2·log 2 on the diagonal has only log 2 left."""
    counts = sparse.csr_matrix(np.array([[2.0, 0.0], [0.0, 2.0]]))
    np.testing.assert_allclose(ppmi(counts, smoothing=1.0).toarray(), np.log(2) * np.eye(2), atol=1e-6)
    even = sparse.csr_matrix(np.ones((2, 2)))
    assert ppmi(even, smoothing=1.0).nnz == 0


def test_singular_vectors_span_what_numpys_span() -> None:
    """The projection on the leading left singular vectors equals that of numpy.linalg.svd."""
    random = np.random.default_rng(0)
    dense = random.standard_normal((40, 5)) @ np.diag([9, 7, 5, 0.1, 0.01]) @ random.standard_normal((5, 30))
    ours = singular(sparse.csr_matrix(dense), 3, random)
    theirs = np.linalg.svd(dense)[0][:, :3]
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, atol=1e-3)


def test_a_matrix_of_low_rank_leaves_the_rest_empty() -> None:
    """Asked for more vectors than there are, the rest are zeros, not noise."""
    ours = singular(sparse.csr_matrix(np.outer([1.0, 2, 3], [1.0, 1])), 6, np.random.default_rng(0))
    assert ours.shape == (3, 6)
    assert np.count_nonzero(np.abs(ours).sum(axis=0) > 1e-4) == 1


def test_neighbours_stand_where_the_offset_says_and_texts_do_not_see_each_other() -> None:
    """In "0 1 2" and "1 0", the next sub-word after 0 is 1, after 1 is 2 and 0; nothing follows across the texts."""
    texts = [np.array([0, 1, 2]), np.array([1, 0])]
    after, before = neighbours(texts, 3, (1, -1), 3)
    column = np.flatnonzero(after[0].toarray())  # which column stands for sub-word 1
    assert len(column) == 1
    assert after[1].sum() == 2
    assert after[2].sum() == 0
    assert (after.sum(), before.sum()) == (3, 3)


def test_a_context_counts_each_sub_word_once_per_line() -> None:
    """A sub-word twice in one line counts once; the same line in two languages counts twice."""
    table = contexts([(0, np.array([1, 1, 2])), (0, np.array([1])), (1, np.array([0]))], 3)
    np.testing.assert_array_equal(table.toarray(), [[0, 1], [2, 0], [1, 0]])


def test_unit_rows_have_length_one_and_zeros_stay() -> None:
    """No division by zero for a sub-word that was never seen."""
    np.testing.assert_allclose(np.linalg.norm(unit(np.array([[3.0, 4.0], [0.0, 0.0]])), axis=1), [1.0, 0.0], atol=1e-6)
