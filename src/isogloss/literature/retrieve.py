"""Search in what is held: BM25 over texts (k1 1.2, b .75; Robertson & Zaragoza 2009), stems as words."""

from collections.abc import Sequence

from isogloss.core.typing import Float, np
from isogloss.literature.words import stems

K1, B = 1.2, 0.75


class Index:
    """An index over texts, which are known by their place."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        self.size = len(texts)
        words = [stems(text) for text in texts]
        self._known = {word for each in words for word in each}
        self._engine = bm25s.BM25(method="lucene", k1=K1, b=B)
        if self._known:
            self._engine.index(words, show_progress=False)

    def scores(self, query: str) -> "Float[np.ndarray, 'n']":
        """One score per text; 0 where no word of the query is in it."""
        words = [word for word in dict.fromkeys(stems(query)) if word in self._known]
        if not words:
            return np.zeros(self.size)
        return np.asarray(self._engine.get_scores(words), dtype=np.float64)

    def ranked(self, query: str, most: int | None = None) -> list[int]:
        """Places of the texts that share a word with the query, nearest first; ties in the order given."""
        scores = self.scores(query)
        order = np.argsort(-np.round(scores, 4), kind="stable")
        return [int(place) for place in order[: most or self.size] if scores[place] > 0]
