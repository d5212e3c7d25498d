"""A measure: how far two corpora lie from each other, or how much one promises for the other.

A distance is 0 for a corpus with itself and grows as two corpora part. A similarity (a transferability score, the
alignment of two languages) grows as they come together, has no natural zero, which `direction` records.

A value is finite and inside the measure's bounds, or there is none: numbers that are not finite are refused before
anything is computed, and what comes out is held against the bounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

from isogloss.core.errors import MetricError, SpecError
from isogloss.core.typing import Float, Int, np
from isogloss.core.vectors import length

FAMILIES = ("lexical", "distributional", "label-aware", "alignment", "typological")
DIRECTIONS = ("distance", "similarity")
SCOPES = ("both", "target", "language")
SIZES = (1e-60, 1e60)
"""Between them lie lengths of vectors whose fourth powers double precision holds."""
ROUNDING = 1e-9
"""By how much rounding may take a value past a bound, which it then is. Farther out is an error."""
DIGITS = 12
"""Significant digits of a value: those beyond depend on how a sum is done, and would tell a value from chance's."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What a measure sees of one text collection in one language. Parts that nobody computed are None."""

    name: str = ""
    language: str = ""
    subwords: "Sequence[Int[np.ndarray, '_']] | None" = None
    """Per example its sub-word ids, without special tokens."""
    vocabulary: int = 0
    """Number of sub-words there are."""
    vectors: "Float[np.ndarray, 'n d'] | None" = None
    """One per example; may be a memory map."""
    labels: "Int[np.ndarray, 'n'] | None" = None
    """0, 1, …"""
    groups: "Int[np.ndarray, 'n'] | None" = None
    """Examples of one group are drawn together: words of a sentence say much the same."""
    fisher: "Float[np.ndarray, 'n p'] | None" = None
    """Per example its squared gradient on the encoder under the corpus's task: their mean is the Fisher diagonal."""
    characters: int | None = None
    """Length of the text the encoder was pretrained on in this language."""

    def __len__(self) -> int:
        for part in (self.vectors, self.subwords, self.fisher, self.labels):
            if part is not None:
                return len(part)
        return 0

    @cached_property
    def unigrams(self) -> "Float[np.ndarray, 'v']":
        """How often each sub-word occurs. Raises MetricError where sub-words were not kept."""
        if self.subwords is None:
            raise MetricError(f"corpus {self.name!r} has no sub-words.")
        ids = np.concatenate([np.asarray(each, dtype=np.int64) for each in self.subwords] or [np.empty(0, np.int64)])
        return np.bincount(ids, minlength=self.vocabulary).astype(np.float64)

    @cached_property
    def size(self) -> float:
        """The root mean square length of the vectors: not finite if a number is not, 0 only if all are 0."""
        return 0.0 if self.vectors is None else length(self.vectors)

    def take(self, rows: "Int[np.ndarray, 'k']") -> "Corpus":
        """The corpus of some examples."""
        return replace(
            self,
            subwords=None if self.subwords is None else [self.subwords[row] for row in rows.tolist()],
            vectors=None if self.vectors is None else np.asarray(self.vectors[rows]),
            labels=None if self.labels is None else self.labels[rows],
            groups=None if self.groups is None else self.groups[rows],
            fisher=None if self.fisher is None else self.fisher[rows],
        )


def exact(a: Corpus, b: Corpus) -> str:  # noqa: ARG001
    """The method of a measure that approximates nothing."""
    return "exact"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number for two corpora: the first is the English intermediate task's, the second the target's."""

    name: str
    title: str
    family: str
    compare: Callable[[Corpus, Corpus], float]
    needs: tuple[str, ...]
    """Fields of Corpus that both must have."""
    unit: str
    bounds: tuple[float, float]
    symmetric: bool = True
    direction: str = "distance"
    """"distance": larger is farther; "similarity": larger is closer, or promises more."""
    scope: str = "both"
    """What the value depends on: "both" corpora; the "target" alone (compared with its own English); the "language"."""
    parallel: bool = False
    """Example i of the first corpus is the translation of example i of the second."""
    method: Callable[[Corpus, Corpus], str] = exact
    """What was approximated for corpora of these sizes, in words; "exact" where nothing was."""
    rests_on: Callable[[Corpus, Corpus], int] | None = None
    """How many known facts a value rests on, where corpora have no examples that could be counted."""
    saturates: float | None = None
    """From here on the value says no more than "they can be told apart"."""
    cite: str = ""

    def __post_init__(self) -> None:
        for kind, value, allowed in (
            ("family", self.family, FAMILIES),
            ("direction", self.direction, DIRECTIONS),
            ("scope", self.scope, SCOPES),
        ):
            if value not in allowed:
                raise SpecError(f"measure '{self.name}': {kind} {value!r}; expected one of {', '.join(allowed)}.")

    def __call__(self, a: Corpus, b: Corpus) -> float:
        """The value for two corpora, inside the bounds. Raises MetricError where it is undefined."""
        for corpus in (a, b):
            self._check(corpus)
        if "vectors" in self.needs and min(len(a), len(b)) < 2:
            raise MetricError(f"{self.name}: {len(a)} and {len(b)} examples; it needs 2 or more of each.")
        if self.parallel and len(a) != len(b):
            raise MetricError(f"{self.name}: {len(a)} and {len(b)} sentences; translations come in pairs.")
        try:
            with np.errstate(all="ignore"):  # what comes of it is looked at below
                value = float(self.compare(a, b))
        except (ArithmeticError, np.linalg.LinAlgError) as error:
            raise MetricError(f"{self.name}: undefined for '{a.name}' and '{b.name}' ({error}).") from error
        low, high = self.bounds
        if not isfinite(value) or not low - ROUNDING <= value <= high + ROUNDING:
            raise MetricError(
                f"{self.name}: undefined for '{a.name}' and '{b.name}' (it came out as {value}; a value lies in "
                f"[{low:g}, {high:g}])."
            )
        return min(max(float(f"{value:.{DIGITS}g}"), low), high)

    def _check(self, corpus: Corpus) -> None:
        """Raises MetricError for a part that is not there, and for numbers that nothing can be computed from."""
        for need in self.needs:
            part = getattr(corpus, need)
            if part is None or (isinstance(part, str) and not part):
                raise MetricError(f"{self.name}: corpus '{corpus.name}' has no {need}, which it needs.")
            if need in ("vectors", "fisher") and not part.shape[1]:
                raise MetricError(f"{self.name}: the {need} of '{corpus.name}' have no dimensions.")
            size = corpus.size if need == "vectors" else length(part) if need == "fisher" else 0.0
            if not isfinite(size):
                raise MetricError(
                    f"{self.name}: the {need} of '{corpus.name}' hold a number that is not finite: the weights of the "
                    "encoder are damaged or have overflowed, and nothing can be said of it."
                )
            if size and not SIZES[0] <= size <= SIZES[1]:
                raise MetricError(
                    f"{self.name}: the {need} of '{corpus.name}' are {size:.1g} long; lengths outside {SIZES[0]:g} to "
                    f"{SIZES[1]:g} leave double precision when they are multiplied. Scale the vectors."
                )
