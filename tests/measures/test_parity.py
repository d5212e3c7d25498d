"""Measures against other implementations: POT, scikit-learn, SciPy, or the formula written out."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import ot
import pytest
from scipy.linalg import sqrtm
from scipy.optimize import minimize
from scipy.spatial.distance import cdist, cosine, jensenshannon
from scipy.stats import energy_distance, multivariate_normal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import mutual_info_score
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel
from sklearn.model_selection import cross_val_score

from isogloss.core import folder
from isogloss.core.folder import load
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float
from isogloss.measures import energy, mmd, sinkhorn
from isogloss.measures._source import probabilities
from isogloss.measures._vectors import directions

Vectors = Float[np.ndarray, "n d"]


def value(name: str, a: Corpus, b: Corpus) -> float:
    return float(load("measures", name)(a, b))


def corpora(x: Vectors, y: Vectors, labels: int = 3) -> tuple[Corpus, Corpus]:
    """Both with labels that the first dimension tells in part."""
    parts = []
    for each in (x, y):
        cuts = np.quantile(each[:, 0], np.linspace(0, 1, labels + 1)[1:-1])
        parts.append(Corpus(name="", language="de", vectors=each, labels=np.digitize(each[:, 0], cuts)))
    return parts[0], parts[1]


@pytest.fixture
def drawn() -> tuple[Vectors, Vectors]:
    draw = np.random.default_rng(7)
    return draw.standard_normal((90, 6)), draw.standard_normal((70, 6)) * 1.5 + 0.5


def test_jensen_shannon_is_scipys() -> None:
    """SciPy's distance is the root of the divergence."""
    draw = np.random.default_rng(0)
    a, b = (Corpus(subwords=[draw.integers(0, top, 400)], vocabulary=60) for top in (40, 60))
    assert value("jensen_shannon", a, b) == pytest.approx(jensenshannon(a.unigrams, b.unigrams, base=2) ** 2)


def test_jaccard_by_hand() -> None:
    """{0, 1, 2} and {2, 3} share one of four."""
    a, b = (Corpus(subwords=[np.array(ids)], vocabulary=9) for ids in ([0, 1, 2, 2], [2, 3]))
    assert value("jaccard", a, b) == pytest.approx(1 - 1 / 4)


def test_mmd_is_gretton_et_als_third_equation(drawn: tuple[Vectors, Vectors]) -> None:
    """The unbiased statistic written out with scikit-learn's kernel, the width being the median pooled distance."""
    x, y = drawn
    together = np.vstack(drawn)
    gamma = 1 / (2 * np.median(cdist(together, together)[np.triu_indices(160, 1)] ** 2))
    kxx, kyy, kxy = rbf_kernel(x, gamma=gamma), rbf_kernel(y, gamma=gamma), rbf_kernel(x, y, gamma=gamma)
    expected = (kxx.sum() - 90) / (90 * 89) + (kyy.sum() - 70) / (70 * 69) - 2 * kxy.mean()
    assert value("mmd", *corpora(x, y)) == pytest.approx(expected)


def test_mmd_of_gaussians_has_its_closed_form() -> None:
    """Of N(0, I) and N(m, I) under a kernel of width s: 2 (s²/(s²+2))^(d/2) (1 - exp(-|m|²/(2 (s²+2))))."""
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((3000, 3)), draw.standard_normal((3000, 3)) + np.array([1.0, 0, 0])
    together = np.vstack([x[:500], y[:500]])
    squared = np.median(cdist(together, together)[np.triu_indices(1000, 1)]) ** 2
    expected = 2 * (squared / (squared + 2)) ** 1.5 * (1 - np.exp(-1 / (2 * (squared + 2))))
    assert value("mmd", *corpora(x, y)) == pytest.approx(expected, rel=0.15)


def test_random_frequencies_stand_in_for_the_kernel(
    drawn: tuple[Vectors, Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the exact limit MMD² comes out close to the exact value."""
    exact = value("mmd", *corpora(*drawn))
    monkeypatch.setattr(mmd, "EXACT", 10)
    assert value("mmd", *corpora(*drawn)) == pytest.approx(exact, rel=0.15)


def test_energy_distance_is_scipys_in_one_dimension(drawn: tuple[Vectors, Vectors]) -> None:
    """SciPy gives the root of the statistic."""
    x, y = drawn[0][:, :1], drawn[1][:, :1]
    assert value("energy", *corpora(x, y)) == pytest.approx(energy_distance(x[:, 0], y[:, 0]) ** 2)


def test_random_directions_stand_in_for_all_pairs(
    drawn: tuple[Vectors, Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the exact limit the energy distance comes out close to the exact value."""
    exact = value("energy", *corpora(*drawn))
    monkeypatch.setattr(energy, "EXACT", 10)
    assert value("energy", *corpora(*drawn)) == pytest.approx(exact, rel=0.1)


@pytest.mark.parametrize("rows", [70, 11])
def test_frechet_is_pots_bures_wasserstein(drawn: tuple[Vectors, Vectors], rows: int) -> None:
    """Squared 2-Wasserstein distance between the Gaussians of both samples, many or few."""
    x, y = drawn[0][:rows], drawn[1][: rows + 1]
    expected = ot.gaussian.bures_wasserstein_distance(x.mean(0), y.mean(0), np.cov(x.T), np.cov(y.T)) ** 2
    assert value("frechet", *corpora(x, y)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("rows", [70, 55])
def test_sliced_wasserstein_is_pots(drawn: tuple[Vectors, Vectors], rows: int) -> None:
    """On the same directions, for samples of equal and of different size."""
    x, y = drawn[0][:rows], drawn[1]
    axes = directions(128, 6, "sliced").T
    expected = ot.sliced_wasserstein_distance(x, y, projections=axes)
    assert value("sliced_wasserstein", *corpora(x, y)) == pytest.approx(float(expected))


def test_sinkhorn_is_pots_debiased(drawn: tuple[Vectors, Vectors]) -> None:
    """Three entropic problems solved by POT, put together as Feydy et al. do: cost plus blur times relative entropy."""
    x, y = drawn[0][:40], drawn[1][:30]
    blur = sinkhorn.BLUR * float((cdist(x, y) ** 2 / 2).mean())

    def entropic(one: Vectors, other: Vectors) -> float:
        weights = [np.full(len(each), 1 / len(each)) for each in (one, other)]
        costs = cdist(one, other) ** 2 / 2
        plan = ot.sinkhorn(*weights, costs, blur, method="sinkhorn_log", numItermax=20000, stopThr=1e-6)
        return float((plan * costs).sum() + blur * (plan * np.log(plan / np.outer(*weights))).sum())

    expected = entropic(x, y) - entropic(x, x) / 2 - entropic(y, y) / 2
    assert value("sinkhorn", *corpora(x, y)) == pytest.approx(expected, rel=1e-4)


def test_proxy_a_distance_is_that_of_scikit_learns_discriminant() -> None:
    """2 - 4 × the cross-validated error; folds differ, so it agrees within their spread."""
    draw = np.random.default_rng(1)
    x, y = draw.standard_normal((1500, 6)), draw.standard_normal((1500, 6)) + np.array([1.0, 0, 0, 0, 0, 0])
    sides = np.repeat([0, 1], 1500)
    accuracy = cross_val_score(LinearDiscriminantAnalysis(), np.vstack([x, y]), sides, cv=5).mean()
    assert value("proxy_a_distance", *corpora(x, y)) == pytest.approx(2 - 4 * (1 - accuracy), abs=0.03)


def test_otdd_is_pots_transport_of_the_augmented_cost() -> None:
    """Squared distances plus squared Gaussian distances between classes, solved by POT's linear program."""
    draw = np.random.default_rng(2)
    a, b = corpora(draw.standard_normal((60, 5)), draw.standard_normal((60, 5)) + 0.7)
    assert a.vectors is not None
    assert b.vectors is not None
    between = np.array([[_gaussians(a, i, b, j) for j in range(3)] for i in range(3)])
    costs = cdist(a.vectors, b.vectors) ** 2 + between[np.asarray(a.labels)[:, None], np.asarray(b.labels)]
    expected = np.sqrt(ot.emd2(np.full(60, 1 / 60), np.full(60, 1 / 60), costs))
    assert value("otdd", a, b) == pytest.approx(float(expected), rel=1e-6)


def _gaussians(a: Corpus, i: int, b: Corpus, j: int) -> float:
    x, y = (np.asarray(each.vectors)[np.asarray(each.labels) == label] for each, label in ((a, i), (b, j)))
    first, second = np.cov(x.T, bias=True), np.cov(y.T, bias=True)
    cross = sqrtm(sqrtm(first) @ second @ sqrtm(first)).real
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(first + second - 2 * cross))


def test_logme_is_the_maximal_evidence(drawn: tuple[Vectors, Vectors]) -> None:
    """The Gaussian likelihood of labels with weights integrated out, maximised by SciPy over both precisions."""
    corpus, _ = corpora(*drawn, labels=2)
    rows = np.asarray(corpus.vectors)
    found = []
    for label in range(2):
        target = (np.asarray(corpus.labels) == label).astype(float)

        def loss(logs: Float[np.ndarray, "2"], target: Float[np.ndarray, "n"] = target) -> float:
            alpha, beta = np.exp(logs)
            spread = np.eye(len(rows)) / beta + rows @ rows.T / alpha
            return -float(multivariate_normal(np.zeros(len(rows)), spread).logpdf(target))

        found.append(-minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).fun)
    assert value("logme", corpus, corpus) == pytest.approx(np.mean(found) / len(rows), rel=1e-4)


def test_h_score_of_one_dimension_is_the_explained_variance(drawn: tuple[Vectors, Vectors]) -> None:
    """Variance between classes over all variance, the latter shrunk by a hundredth."""
    x = drawn[0][:, :1]
    corpus, _ = corpora(x, x)
    means = np.array([x[corpus.labels == label].mean() for label in range(3)])[corpus.labels]
    assert value("h_score", corpus, corpus) == pytest.approx(np.var(means) / (1.01 * np.var(x, ddof=1)))


def test_nce_is_what_mutual_information_leaves(drawn: tuple[Vectors, Vectors]) -> None:
    """-H(Y | Z) = I(Y; Z) - H(Y), by scikit-learn; LEEP is never above it with hard labels' certainty lost."""
    a, b = corpora(*drawn)
    source = probabilities(a, b).argmax(axis=1)
    labels = np.asarray(b.labels)
    assert value("nce", a, b) == pytest.approx(mutual_info_score(source, labels) - mutual_info_score(labels, labels))


def test_leep_is_its_definition(drawn: tuple[Vectors, Vectors]) -> None:
    """The mean log of the expected empirical prediction (Nguyen et al. 2020, eq. 2), example by example."""
    a, b = corpora(*drawn)
    theta, labels = probabilities(a, b), np.asarray(b.labels)
    joint = np.zeros((3, 3))
    for row, label in zip(theta, labels, strict=True):
        joint[label] += row / len(labels)
    given = joint / joint.sum(axis=0)
    expected = np.mean([np.log(given[label] @ row) for row, label in zip(theta, labels, strict=True)])
    assert value("leep", a, b) == pytest.approx(float(expected))


def test_source_classifier_is_scikit_learns_discriminant(drawn: tuple[Vectors, Vectors]) -> None:
    """Shared covariance and class shares as priors give the same labels for nearly all examples."""
    a, b = corpora(*drawn)
    model = LinearDiscriminantAnalysis().fit(a.vectors, a.labels)
    agreed = probabilities(a, b).argmax(axis=1) == model.predict(b.vectors)
    assert agreed.mean() > 0.95


def test_cka_is_the_ratio_of_centred_grams(drawn: tuple[Vectors, Vectors]) -> None:
    """HSIC over the root of both self-HSICs, with n × n Gram matrices (Kornblith et al. 2019, eq. 3)."""
    x, y = drawn[0][:70], drawn[1]
    centre = np.eye(70) - 1 / 70
    k, m = centre @ x @ x.T @ centre, centre @ y @ y.T @ centre
    expected = (k * m).sum() / np.sqrt((k * k).sum() * (m * m).sum())
    assert value("cka", *corpora(x, y)) == pytest.approx(expected)


def test_neuron_correlation_is_numpys(drawn: tuple[Vectors, Vectors]) -> None:
    """The mean of |Pearson's r| over dimensions."""
    x, y = drawn[0][:70], drawn[1]
    expected = np.mean([abs(np.corrcoef(x[:, i], y[:, i])[0, 1]) for i in range(6)])
    assert value("neuron_correlation", *corpora(x, y)) == pytest.approx(expected)


def test_alignment_counts_what_a_matrix_of_cosines_shows() -> None:
    """Retrieval accuracy, MEXA and the margin, read off scikit-learn's full matrix."""
    draw = np.random.default_rng(3)
    x = draw.standard_normal((80, 5))
    y = x + 0.8 * draw.standard_normal((80, 5))
    matrix = cosine_similarity(x, y)
    others = np.where(np.eye(80, dtype=bool), -np.inf, matrix)
    own, ahead, behind = matrix.diagonal(), others.max(axis=1), others.max(axis=0)
    a, b = corpora(x, y)
    assert value("retrieval_accuracy", a, b) == pytest.approx(((own > ahead).mean() + (own > behind).mean()) / 2)
    assert value("mexa", a, b) == pytest.approx(((own > ahead) & (own > behind)).mean())
    assert value("retrieval_margin", a, b) == pytest.approx((own - (ahead + behind) / 2).mean())


def test_text_embedding_is_scipys_cosine_of_means(drawn: tuple[Vectors, Vectors]) -> None:
    """The cosine distance of both mean vectors."""
    x, y = drawn[0] + 1, drawn[1]
    assert value("text_embedding", *corpora(x, y)) == pytest.approx(cosine(x.mean(0), y.mean(0)))


def test_uriel_puts_german_nearer_to_english_than_japanese() -> None:
    """By genealogy, syntax and place; a language lies at 0 from itself."""
    if find_spec("urielplus") is None:
        pytest.skip("the extra `typology` is not installed")
    english, german, japanese = (Corpus(language=code) for code in ("en", "de", "ja"))
    for kind in ("genetic", "syntactic", "geographic"):
        name = f"uriel_{kind}"
        assert 0 == value(name, english, english) < value(name, english, german) < value(name, english, japanese) <= 1


def test_uriel_says_what_a_distance_rests_on() -> None:
    """Of Croatian URIEL knows twelve syntactic features that it knows of English, all alike: what is absent is taken
    from kin and marked, and the distance is not 0. German shares 87, none of them imputed."""
    if find_spec("urielplus") is None:
        pytest.skip("the extra `typology` is not installed")
    english, german, croatian = (Corpus(language=code) for code in ("en", "de", "hr"))
    measure = folder.load("measures", "uriel_syntactic")
    assert measure.rests_on(english, croatian) == 12
    assert "imputed from kin" in measure.method(english, croatian)
    assert measure(english, croatian) > 0.1
    assert measure.rests_on(english, german) == 87
    assert measure.method(english, german) == "87 features known of both"


@pytest.mark.parametrize(
    "name", ["mmd", "energy", "frechet", "sliced_wasserstein", "sinkhorn", "proxy_a_distance", "text_embedding"]
)
def test_a_memory_map_gives_what_memory_gives(name: str, tmp_path: Path) -> None:
    """Single-precision vectors on disk are read in blocks and give the value of the array in memory."""
    draw = np.random.default_rng(4)
    x, y = draw.standard_normal((300, 8)).astype(np.float32), (draw.standard_normal((200, 8)) + 1).astype(np.float32)
    mapped = []
    for index, each in enumerate((x, y)):
        np.save(tmp_path / f"{index}.npy", each)
        mapped.append(np.load(tmp_path / f"{index}.npy", mmap_mode="r"))
    in_memory = value(name, Corpus(vectors=x), Corpus(vectors=y))
    assert value(name, Corpus(vectors=mapped[0]), Corpus(vectors=mapped[1])) == pytest.approx(in_memory, rel=1e-5)
    doubled = value(name, Corpus(vectors=x.astype(np.float64)), Corpus(vectors=y.astype(np.float64)))
    assert in_memory == pytest.approx(doubled, rel=1e-3)
