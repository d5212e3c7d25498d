"""What a model answered: one row per example, kept so that metrics and intervals can be computed without a model."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, MetricError, StoreError
from isogloss.store import parquet
from isogloss.store.remedy import near


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Columns of equal length. Predictions and golds are JSON values, as the task type has them:

    classification: a label; tagging: a list of labels; span: the answer, gold: a list of accepted answers ([] = there
    is none); choice: an index. A gold of None is unlabelled: predicted, not scored.
    """

    language: Sequence[str]
    id: Sequence[str]
    prediction: Sequence[Any]
    gold: Sequence[Any]
    confidence: Sequence[float | None]
    """Probability of the predicted label, where there is one."""

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in ("language", "id", "prediction", "gold", "confidence")}
        if len(set(lengths.values())) > 1:
            raise MetricError(f"predictions have columns of different lengths: {lengths}; give one row per example.")
        counts = Counter(zip(self.language, self.id, strict=True))
        if len(counts) < len(self.id):
            (language, name), times = counts.most_common(1)[0]
            raise MetricError(f"example '{name}' ({language}) was predicted {times} times; predict each once.")

    def __len__(self) -> int:
        return len(self.id)

    @property
    def languages(self) -> list[str]:
        """Languages in the order they were tested."""
        return list(dict.fromkeys(self.language))

    def of(self, language: str) -> "Predictions":
        """The rows of one language, in file order."""
        return self._take([row for row, code in enumerate(self.language) if code == language])

    def labelled(self) -> "Predictions":
        """The rows that have a gold answer."""
        return self._take([row for row, gold in enumerate(self.gold) if gold is not None])

    def part(self, name: str) -> "Predictions":
        """The rows whose id begins with the name and a "/": one part of a test."""
        return self._take([row for row, key in enumerate(self.id) if key.startswith(f"{name}/")])

    @classmethod
    def joined(cls, parts: Iterable["Predictions"]) -> "Predictions":
        """All rows of several, one after another."""
        rows = list(parts)
        return cls(
            language=[value for part in rows for value in part.language],
            id=[value for part in rows for value in part.id],
            prediction=[value for part in rows for value in part.prediction],
            gold=[value for part in rows for value in part.gold],
            confidence=[value for part in rows for value in part.confidence],
        )

    def _take(self, rows: Sequence[int]) -> "Predictions":
        return Predictions(
            language=[self.language[row] for row in rows],
            id=[self.id[row] for row in rows],
            prediction=[self.prediction[row] for row in rows],
            gold=[self.gold[row] for row in rows],
            confidence=[self.confidence[row] for row in rows],
        )

    def write(self, path: Path) -> None:
        """Write Parquet; predictions and golds are JSON text in it, so that every reader of Parquet can read them."""
        import pyarrow as pa

        columns = {
            "language": pa.array(self.language, pa.string()),
            "id": pa.array(self.id, pa.string()),
            "prediction": pa.array([_text(value) for value in self.prediction], pa.string()),
            "gold": pa.array([_text(value) for value in self.gold], pa.string()),
            "confidence": pa.array(self.confidence, pa.float64()),
        }
        parquet.write(pa.table(columns), path)

    @classmethod
    def read(cls, path: Path, sha256: str = "") -> "Predictions":
        """Read what `write` wrote, of this hash where one is known. Raises StoreError for a missing or damaged file."""
        try:
            table = parquet.read(path, sha256=sha256)
            return cls(
                language=_texts(table["language"]),
                id=_texts(table["id"]),
                prediction=_values(table["prediction"]),
                gold=_values(table["gold"]),
                confidence=table["confidence"].to_pylist(),
            )
        except (KeyError, TypeError, MetricError, *NOT_JSON) as error:
            raise StoreError(f"{path}: the predictions are damaged ({error!s:.120}). {near(path)}") from error


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _texts(column: Any) -> list[str]:
    found = column.to_pylist()
    if not all(isinstance(each, str) for each in found):
        raise TypeError(f"a column holds {column.type}, expected text")
    return list(found)


def _values(column: Any) -> list[Any]:
    # Labels repeat, so each text is parsed once; all of them as one list, which takes a third of the time.
    texts = column.to_pylist()
    kinds = [text for text in dict.fromkeys(texts) if text is not None]
    parsed = dict(zip(kinds, json.loads(f"[{','.join(kinds)}]"), strict=True))
    return [None if text is None else parsed[text] for text in texts]
