"""How far an English intermediate task lies from a target in one language: one row per encoder, measure and cell."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from isogloss.store import parquet
from isogloss.store.seal import Damage

CHANGE = "change"
"""The version of rows that say what an intermediate phase did to a language's alignment: after it minus before."""
CHANGED = "alignment change"
"""Their family."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Divergence:
    """One value with its interval, its noise floor and its parts. What is undefined is None."""

    encoder: str
    """Run id of the pretrained encoder, before the intermediate phase: each pretrained copy its own."""
    measure: str
    family: str
    direction: str
    """"distance": larger is farther; "similarity": larger is closer, or promises more."""
    version: str
    """"raw"; "centred": less the target's own mean in each language; "" where no vectors are used; CHANGE."""
    intermediate: str
    """As runs are labelled; "" = the value does not depend on it."""
    target: str
    """The task that is tested; "" = the value does not depend on it."""
    split: str
    language: str
    value: float
    """d(intermediate in English, target in the language)."""
    low: float | None = None
    high: float | None = None
    """95% interval."""
    null: float | None = None
    """What chance gives: the mean over halves of one corpus, or over permuted labels."""
    null_high: float | None = None
    """The 95% quantile of the same: a distance below it (a similarity: a value below it) is noise."""
    n: int = 0
    """Examples of the intermediate task that were compared."""
    m: int = 0
    """Examples of the target."""
    layer: int | None = None
    pooling: str = ""
    task_shift: float | None = None
    """d(intermediate in English, target in English)."""
    language_shift: float | None = None
    """d(target in English, target in the language)."""
    interaction: float | None = None
    """What the two shifts leave unexplained."""
    method: str = "exact"
    note: str = ""
    data: str = ""
    """Hash of the examples of both."""

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from every other value of a study."""
        at = (self.encoder, self.intermediate, self.target, self.split, self.language)
        return (*at, self.measure, self.version, self.layer, self.pooling)

    @property
    def noise(self) -> bool | None:
        """Whether the value is no more than chance gives; None where chance is not known.

        A change goes both ways, and is noise also where its interval holds 0: where every sentence was found before,
        two halves do not differ, and the floor is 0.
        """
        if self.null_high is None:
            return None
        if self.version != CHANGE:
            return self.value <= self.null_high
        undecided = self.low is not None and self.high is not None and self.low <= 0 <= self.high
        return undecided or abs(self.value) <= self.null_high


NAMES = tuple(each.name for each in fields(Divergence))


def write(rows: Sequence[Divergence], path: Path, place: str = "") -> None:
    """Write Parquet, one column per field; `place` is where in the store the file belongs."""
    import pyarrow as pa

    kinds: dict[Any, Any] = {str: pa.string(), float: pa.float64(), int: pa.int64()}
    kinds |= {float | None: pa.float64(), int | None: pa.int64()}
    columns = {
        each.name: pa.array([getattr(row, each.name) for row in rows], kinds[each.type]) for each in fields(Divergence)
    }
    parquet.write(pa.table(columns), path, place)


def read(path: Path, place: str = "") -> list[Divergence]:
    """Read what `write` wrote. Raises Damage."""
    columns = parquet.read(path, place).to_pydict()
    try:
        return [
            Divergence(**dict(zip(NAMES, row, strict=True)))
            for row in zip(*(columns[name] for name in NAMES), strict=True)
        ]
    except (KeyError, ValueError, TypeError) as error:
        raise Damage(f"no divergences: {error!r:.100}") from error
