"""Every measure on two lists of sentences: `isogloss.measures.mmd(sentences_a, sentences_b, encoder="e5-small")`."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.errors import MetricError, ModelError, UnknownName
from isogloss.core.folder import load, names
from isogloss.core.languages import ENGLISH
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.face.value import Value
from isogloss.measuring.comparison import Comparison

if TYPE_CHECKING:
    from isogloss.models.encoder import Encoder

USUAL = "e5-small"
TEXT = ("subwords", "vectors")


class OnSentences:
    """One measure, ready to be called with two lists of sentences."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.__name__ = measure.name
        self.__doc__ = f"{measure.title}, in {measure.unit}; a {measure.direction}. {measure.cite}\n\n{_HOW}"

    def __repr__(self) -> str:
        return f"isogloss.measures.{self.measure.name}(a, b): {self.measure.title}, a {self.measure.direction}"

    def __call__(
        self,
        a: Sequence[str] = (),
        b: Sequence[str] = (),
        *,
        encoder: "str | Path | Encoder" = USUAL,
        layer: int | None = None,
        pooling: str = "",
        labels: tuple[Sequence[Any], Sequence[Any]] | None = None,
        languages: tuple[str, str] = (ENGLISH, ENGLISH),
    ) -> Value:
        """See `isogloss.measures`."""
        whole = _Reading(encoder, layer, pooling) if set(TEXT) & set(self.measure.needs) else None
        first, second = (
            _corpus(whole, name, texts, language, self.measure)
            for name, texts, language in (("a", a, languages[0]), ("b", b, languages[1]))
        )
        if labels is not None:
            first, second = _labelled(first, labels[0]), _labelled(second, labels[1])
        estimate = Comparison().estimate(self.measure, first, second)
        about = self.measure.method(first, second)
        return Value(
            estimate.value, low=estimate.low, high=estimate.high, null=estimate.null, null_high=estimate.null_high,
            n=len(a), about=about,
        )  # fmt: skip


_HOW = """
    Args:
        a, b: sentences; of the measures of alignment, sentence i of the one translates sentence i of the other
        encoder: a name from `isogloss encoders`, a folder, a hub name, or an encoder that is loaded
        layer: which hidden layer is read, 0 = embeddings; None = the one where meaning is measured (14/24 of the depth)
        pooling: how a sentence's states become one vector; "" = the encoder's usual one, the mean
        labels: of both, for measures that need them
        languages: codes of both, for typological measures and for encoders with parts of their own for each language

    Returns:
        the value as a float, with `low` and `high` (95%) and `null_high`: below it a distance is noise

    Raises:
        MetricError: where the value is undefined, or the measure needs what two lists of sentences do not hold
        ModelError: for an encoder that cannot be loaded

    Examples:
        >>> import isogloss
        >>> isogloss.measures.uriel_geographic(languages=("en", "de")) < isogloss.measures.uriel_geographic(
        ...     languages=("en", "sw"))
        True
"""


class Measures:  # noqa: D101 (it is put together below)
    __doc__ = f"""Every measure by its name, on two lists of sentences; `dir(isogloss.measures)` lists them.
{_HOW}"""

    def __getattr__(self, name: str) -> OnSentences:
        try:
            return OnSentences(load("measures", name))
        except UnknownName as error:
            raise AttributeError(str(error)) from error

    def __dir__(self) -> list[str]:
        return names("measures")

    def __repr__(self) -> str:
        return f"isogloss.measures: {', '.join(names('measures'))}"


class _Reading:
    """An encoder and how it is read."""

    def __init__(self, encoder: "str | Path | Encoder", layer: int | None, pooling: str) -> None:
        self._encoder, self._layer, self._pooling = encoder, layer, pooling

    @cached_property
    def encoder(self) -> "Encoder":
        """The encoder; the last two stay loaded."""
        return _opened(self._encoder) if isinstance(self._encoder, str | Path) else self._encoder

    def vectors(self, texts: Sequence[str], language: str) -> np.ndarray:
        """(n, d): one vector for each text, read as this language."""
        from isogloss.models.embedding import embed, reference

        usual = reference(self.encoder)
        layer = usual.layer if self._layer is None else self._layer
        if not 0 <= layer <= self.encoder.layers:
            raise MetricError(f"layer {layer} of an encoder that has layers 0 to {self.encoder.layers}.")
        view = replace(usual, layer=layer, pooling=self._pooling or usual.pooling)
        found = embed(self.encoder, texts, [view], lambda _done, _of: None, languages=[language] * len(texts))
        return np.asarray(found[view], dtype=np.float64)


@lru_cache(maxsize=2)
def _opened(name: str | Path) -> "Encoder":
    from isogloss.models.open import load as opened

    try:
        return opened(name)
    except ModelError as error:
        if name != USUAL:
            raise
        raise ModelError(f"{error} Or name another encoder with encoder=.") from error


def _corpus(reading: _Reading | None, name: str, texts: Sequence[str], language: str, measure: Measure) -> Corpus:
    """The parts that the measure needs of one list of sentences."""
    if isinstance(texts, str):
        raise MetricError(f"{name} is one text; give a list of sentences.")
    for place, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise MetricError(f"sentence {place} of {name} is {text!r:.60}; expected text.")
    corpus = Corpus(name=name, language=language)
    if reading is None:
        return corpus
    if not texts:
        raise MetricError(f"{measure.name}: {name} has no sentences.")
    subwords = reading.encoder.subwords
    return replace(
        corpus,
        subwords=subwords.ids(list(texts)),
        vocabulary=subwords.rows,
        vectors=reading.vectors(texts, language) if "vectors" in measure.needs else None,
    )


def _labelled(corpus: Corpus, labels: Sequence[Any]) -> Corpus:
    if len(labels) != len(corpus):
        raise MetricError(f"{len(labels)} labels for the {len(corpus)} sentences of {corpus.name}; give one each.")
    kinds = {label: number for number, label in enumerate(sorted({str(each) for each in labels}))}
    return replace(corpus, labels=np.array([kinds[str(each)] for each in labels]))
