"""URIEL's features of languages, read from the files that the package urielplus brings along (extra "typology").

Missing values are left missing: two languages are compared on the features known of both. Values of several sources
are united, as URIEL+ does by default; its distance is the angle between two languages, 1 being a right angle.
"""

from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import by_iso3, find
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np

FILES = {
    "syntactic": ("features", "S_"),
    "phonological": ("features", "P_"),
    "inventory": ("features", "INV_"),
    "genetic": ("family_features", ""),
    "geographic": ("geocoord_features", ""),
}


def measure(kind: str) -> Measure:
    """The distance by one kind of features."""
    return Measure(
        name=f"uriel_{kind}",
        title=f"URIEL {kind} distance",
        family="typological",
        compare=partial(distance, kind),
        needs=("language",),
        unit="angle, right angle = 1",
        bounds=(0.0, 1.0),
        scope="language",
        cite="Littell et al. 2017; Khan et al. 2025",
    )


def distance(kind: str, a: Corpus, b: Corpus) -> float:
    """The angle between two languages in [0, 1]. Raises MetricError without the package or without shared features."""
    languages, features = table(kind)
    rows = []
    for corpus in (a, b):
        try:
            codes = find(corpus.language).iso3
        except UnknownName as error:
            raise MetricError(f"uriel_{kind}: '{corpus.language}' is in no table of languages.") from error
        known = [code for code in codes if code in languages]
        if not known:
            raise MetricError(f"uriel_{kind}: URIEL does not know '{corpus.language}' ({', '.join(codes)}).")
        rows.append(max((features[languages[code]] for code in known), key=lambda row: int((row >= 0).sum())))
    shared = (rows[0] >= 0) & (rows[1] >= 0) if kind != "geographic" else np.ones(len(rows[0]), dtype=bool)
    x, y = rows[0][shared].astype(np.float64), rows[1][shared].astype(np.float64)
    lengths = float(np.linalg.norm(x)) * float(np.linalg.norm(y))
    if not lengths:
        raise MetricError(f"uriel_{kind}: no feature is known of both '{a.language}' and '{b.language}'.")
    if np.array_equal(x, y):
        return 0.0  # the arc cosine of a rounded 1 is not 0
    return 2 / np.pi * float(np.arccos(min(float(x @ y) / lengths, 1.0)))


@cache
def table(kind: str) -> tuple[dict[str, int], Float[np.ndarray, "l f"]]:
    """ISO 639-3 code → row, and the features of one kind, -1 where they are not known."""
    spec = find_spec("urielplus")
    if spec is None or not spec.submodule_search_locations:
        raise MetricError(f"uriel_{kind}: urielplus is not here; `pip install isogloss[typology]` brings it.")
    name, prefix = FILES[kind]
    folder = Path(spec.submodule_search_locations[0]) / "database" / "original_uriel"
    with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
        chosen = [index for index, each in enumerate(stored["feats"].tolist()) if each.startswith(prefix)]
        codes = stored["langs"].tolist()
        ours = [row for row, code in enumerate(codes) if code in by_iso3()]
        features = stored["data"][np.ix_(ours, chosen)].max(axis=2).astype(np.float32)
        languages = {codes[row]: place for place, row in enumerate(ours)}
    return languages, features
