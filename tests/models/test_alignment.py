"""models/alignment: model 1 finds the translations that only co-occurrence over lines can tell."""

import numpy as np

from isogloss.models.alignment import links


def test_the_textbook_example_is_solved() -> None:
    """das Haus – the house, das Buch – the book, ein Buch – a book (Brown et al.'s idea): each word finds its own."""
    das, haus, buch, ein, the, house, book, a = range(8)
    lines = [((das, haus), (the, house)), ((das, buch), (the, book)), ((ein, buch), (a, book))] * 5
    found = links([(np.array(x), np.array(y)) for x, y in lines], 8, rounds=8).toarray()
    assert {word: int(found[word].argmax()) for word in (das, haus, buch, ein)} == {
        das: the, haus: house, buch: book, ein: a,
    }  # fmt: skip


def test_links_sum_to_at_most_the_tokens() -> None:
    """The two directions' product never links a token more than once."""
    random = np.random.default_rng(0)
    pairs = [(random.integers(0, 9, 6), random.integers(9, 20, 7)) for _ in range(20)]
    found = links(pairs, 20)
    seen = np.bincount(np.concatenate([x for x, _ in pairs]), minlength=20)
    assert (np.asarray(found.sum(axis=1)).ravel() <= seen + 1e-4).all()


def test_no_pairs_give_no_links() -> None:
    """Empty texts are left out rather than divided by."""
    assert links([(np.array([], int), np.array([1]))], 4).nnz == 0
