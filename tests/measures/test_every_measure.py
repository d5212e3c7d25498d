"""Axioms of every measure: what a distance must do, whoever wrote it."""

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.core.folder import load, names
from isogloss.core.measure import Corpus, Measure

MEASURES = [load("measures", name) for name in names("measures")]
DISTANCES = [each for each in MEASURES if each.direction == "distance" and each.scope == "both"]
SCORES = [each for each in MEASURES if each.direction == "similarity" and each.name != "pretraining_size"]
SHIFT = 2.0


def named(measure: Measure) -> str:
    return measure.name


def corpus(n: int, shift: float = 0.0, seed: int = 0, width: int = 12, language: str = "de") -> Corpus:
    """Normal vectors of two classes about a mean, with sub-words whose frequencies shift as the vectors do."""
    draw = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    vectors = draw.standard_normal((n, width)) + np.eye(width)[0] * shift + 0.2
    vectors[:, 1] += 2 * labels
    subwords = [draw.integers(0, 50, 20) + 50 * (draw.random(20) < shift / SHIFT / 2) for _ in range(n)]
    fisher = np.abs(draw.standard_normal((n, 8))) + shift * np.eye(8)[0]
    return Corpus(
        name=f"shift {shift}", language=language, subwords=subwords, vocabulary=120, vectors=vectors, labels=labels,
        fisher=fisher, characters=1000,
    )  # fmt: skip


def mixed(a: Corpus, b: Corpus, share: float) -> Corpus:
    """The first examples of one corpus and, from `share` of the way on, those of the other."""
    cut = round(len(a) * (1 - share))
    assert a.vectors is not None and b.vectors is not None and a.labels is not None and b.labels is not None  # noqa: PT018
    assert a.subwords is not None and b.subwords is not None and a.fisher is not None and b.fisher is not None  # noqa: PT018
    return Corpus(
        name="mixture", subwords=[*a.subwords[:cut], *b.subwords[cut:]], vocabulary=a.vocabulary,
        vectors=np.concatenate([a.vectors[:cut], b.vectors[cut:]]),
        labels=np.concatenate([a.labels[:cut], b.labels[cut:]]),
        fisher=np.concatenate([a.fisher[:cut], b.fisher[cut:]]),
    )  # fmt: skip


def test_there_are_measures_of_every_family() -> None:
    """Lexical, distributional, label-aware, alignment and typological measures are in the folder."""
    assert {each.family for each in MEASURES} == {
        "lexical", "distributional", "label-aware", "alignment", "typological",
    }  # fmt: skip
    assert all(each.name == name for each, name in zip(MEASURES, names("measures"), strict=True))


@pytest.mark.parametrize("measure", DISTANCES, ids=named)
def test_a_corpus_lies_at_zero_from_itself(measure: Measure) -> None:
    """d(P, P) is at most 1e-6 in double precision; only the unbiased MMD² comes out below 0, by at most 2/n."""
    same = corpus(200)
    value = measure(same, same)
    assert value <= 1e-6
    assert value >= (-2 / len(same) if measure.name == "mmd" else 0.0)


@pytest.mark.parametrize("measure", [each for each in MEASURES if each.scope == "language"], ids=named)
def test_a_language_lies_at_zero_from_itself(measure: Measure) -> None:
    """Typological distances of German and German are 0; the size of text is no distance and says so."""
    if measure.name.startswith("uriel"):
        _typology()
    if measure.direction == "similarity":
        assert not measure.symmetric
        return
    assert measure(corpus(2), corpus(2)) <= 1e-6


def _typology() -> None:
    from importlib.util import find_spec

    if find_spec("urielplus") is None:
        pytest.skip("the extra `typology` is not installed")


@pytest.mark.parametrize("measure", [each for each in MEASURES if each.symmetric], ids=named)
def test_it_is_symmetric_where_it_says_so(measure: Measure) -> None:
    """d(P, Q) = d(Q, P)."""
    if measure.name.startswith("uriel"):
        _typology()
    a, b = corpus(150), corpus(150, shift=1.0, seed=1, language="sw")
    assert measure(a, b) == pytest.approx(measure(b, a), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_it_stays_inside_its_bounds(measure: Measure) -> None:
    """Near, far and tiny corpora all give values inside the stated bounds."""
    if measure.name.startswith("uriel"):
        _typology()
    for shift, n in ((0.0, 100), (1.0, 40), (50.0, 100), (1.0, 8)):
        value = measure(corpus(n), corpus(n, shift=shift, seed=1))
        assert measure.bounds[0] <= value <= measure.bounds[1]


@pytest.mark.parametrize("measure", [each for each in MEASURES if each.scope != "language"], ids=named)
def test_the_order_of_examples_does_not_matter(measure: Measure) -> None:
    """Shuffled corpora give the same value; of parallel ones both are shuffled alike."""
    a, b = corpus(120), corpus(120, shift=1.0, seed=1)
    order = np.random.default_rng(2).permutation(120)
    other = order if measure.parallel else np.random.default_rng(3).permutation(120)
    assert measure(a.take(order), b.take(other)) == pytest.approx(measure(a, b), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("measure", DISTANCES, ids=named)
def test_it_grows_along_a_mixture(measure: Measure) -> None:
    """The more of another population is mixed in, the farther the mixture lies."""
    a, fresh, far = corpus(400), corpus(400, seed=1), corpus(400, shift=SHIFT, seed=2)
    values = [measure(a, mixed(fresh, far, share)) for share in (0.0, 0.3, 0.6, 1.0)]
    assert values == sorted(values)
    assert values[-1] > values[0]


@pytest.mark.parametrize("measure", [each for each in MEASURES if each.parallel], ids=named)
def test_alignment_falls_as_translations_part(measure: Measure) -> None:
    """The same vectors are aligned best; noise on one side lowers every measure of alignment."""
    a = corpus(200)
    assert a.vectors is not None
    noise = np.random.default_rng(5).standard_normal(a.vectors.shape)
    values = [measure(a, Corpus(name="noisy", vectors=a.vectors + level * noise)) for level in (0.0, 0.5, 2.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


@pytest.mark.parametrize("measure", [each for each in MEASURES if "labels" in each.needs], ids=named)
def test_without_labels_a_label_aware_measure_refuses(measure: Measure) -> None:
    """The error names what is missing."""
    a = corpus(20)
    with pytest.raises(MetricError, match="no labels"):
        measure(a, Corpus(name="bare", vectors=a.vectors))
