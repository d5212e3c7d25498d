"""A small logistic regression for trivial baselines: deterministic, no dependency beside scipy."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from isogloss.core.typing import Float, np

RIDGE = 1e-4
RARE = 2
"""Words seen less often say nothing."""


class Bag:
    """Word counts, cut at one, over the words of the training texts."""

    def __init__(self, texts: Sequence[Sequence[str]], least: int = RARE) -> None:
        counts = Counter(word for text in texts for word in set(text))
        # Sorted, since sets come in a different order in every process, and sums of floats depend on it.
        kept = sorted(word for word, seen in counts.items() if seen >= least)
        self.columns = {word: column for column, word in enumerate(kept)}

    def rows(self, texts: Sequence[Sequence[str]]) -> Any:
        """(n, v) sparse indicators; words that training has not are left out."""
        from scipy.sparse import csr_matrix

        found = [[self.columns[word] for word in dict.fromkeys(text) if word in self.columns] for text in texts]
        ends = np.cumsum([0, *map(len, found)])
        columns = np.fromiter((column for row in found for column in row), dtype=np.int64, count=int(ends[-1]))
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), max(1, len(self.columns))))


class Logistic:
    """Multinomial logistic regression with an L2 penalty, fitted by L-BFGS."""

    def __init__(self, rows: Any, labels: Sequence[str]) -> None:
        from scipy.optimize import minimize

        self.labels = sorted(set(labels))
        where = {label: column for column, label in enumerate(self.labels)}
        gold = np.array([where[label] for label in labels])
        shape = (rows.shape[1] + 1, len(self.labels))

        def loss(flat: Float[np.ndarray, "p"]) -> tuple[float, Float[np.ndarray, "p"]]:
            weights = flat.reshape(shape)
            logits = rows @ weights[:-1] + weights[-1]
            logits -= logits.max(axis=1, keepdims=True)
            log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
            error = np.exp(log)
            error[np.arange(len(gold)), gold] -= 1.0
            error /= len(gold)
            slope = np.vstack([rows.T @ error + RIDGE * weights[:-1], error.sum(axis=0)])
            penalty = RIDGE / 2 * float((weights[:-1] ** 2).sum())
            return penalty - float(log[np.arange(len(gold)), gold].mean()), slope.ravel()

        optimum = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200})
        self.weights = optimum.x.reshape(shape)

    def predict(self, rows: Any) -> list[str]:
        """The most probable label of each row."""
        logits = rows @ self.weights[:-1] + self.weights[-1]
        return [self.labels[column] for column in np.asarray(logits).argmax(axis=1)]
