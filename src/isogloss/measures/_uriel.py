"""URIEL's features of languages, read from the files that the package urielplus brings along (extra "typology").

Missing values are left missing: two languages are compared on the features known of both, and each distance says how
many these are. Where they are fewer than 20, absent ones are taken from kin, and it says so. Values of several sources
are united, as URIEL+ does by default; its distance is the angle between two languages, 1 being a right angle.
"""

from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import by_iso3, find
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np

FEWEST = 20
"""Features known of both below which an angle is noise: English and Croatian share twelve of 103, all alike."""
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
        method=partial(method, kind),
        rests_on=partial(rests_on, kind),
        cite="Littell et al. 2017; Khan et al. 2025",
    )


def distance(kind: str, a: Corpus, b: Corpus) -> float:
    """The angle between two languages in [0, 1]. Raises MetricError without the package or without shared features.

    Below `FEWEST` features known of both, those that are absent are taken from kin; two languages that still share
    fewer have no distance.
    """
    x, y, _, _ = _compared(kind, a.language, b.language)
    lengths = float(np.linalg.norm(x)) * float(np.linalg.norm(y))
    if not lengths:
        raise MetricError(f"uriel_{kind}: no feature is known of both '{a.language}' and '{b.language}'.")
    if np.array_equal(x, y):
        return 0.0  # the arc cosine of a rounded 1 is not 0
    return 2 / np.pi * float(np.arccos(min(float(x @ y) / lengths, 1.0)))


def method(kind: str, a: Corpus, b: Corpus) -> str:
    """What a distance rests on, in words: features known of both, and how many of them were taken from kin."""
    _, _, shared, imputed = _compared(kind, a.language, b.language)
    told = f"{shared} features"
    return f"{told}, {imputed} of them imputed from kin" if imputed else f"{told} known of both"


def rests_on(kind: str, a: Corpus, b: Corpus) -> int:
    """The number of features known of both languages, without imputed ones."""
    _, _, shared, imputed = _compared(kind, a.language, b.language)
    return shared - imputed


def _compared(kind: str, one: str, other: str) -> tuple[Float[np.ndarray, "f"], Float[np.ndarray, "f"], int, int]:
    """The features of two languages that are known of both, how many they are, and how many of them are imputed."""
    rows = [_features(kind, code) for code in (one, other)]
    if kind in ("geographic", "genetic"):
        return rows[0].astype(np.float64), rows[1].astype(np.float64), len(rows[0]), 0
    shared = (rows[0] >= 0) & (rows[1] >= 0)
    known = int(shared.sum())
    if known < FEWEST and one != other:
        rows = [_imputed(kind, code, row) for code, row in zip((one, other), rows, strict=True)]
        shared = (rows[0] >= 0) & (rows[1] >= 0)
        if shared.sum() < FEWEST:
            raise MetricError(
                f"uriel_{kind}: {known} features are known of both '{one}' and '{other}', and kin do not know "
                f"{FEWEST}; a distance on so few would be noise."
            )
    both = int(shared.sum())
    return rows[0][shared].astype(np.float64), rows[1][shared].astype(np.float64), both, both - known


def _features(kind: str, language: str) -> Float[np.ndarray, "f"]:
    languages, features = table(kind)
    try:
        codes = find(language).iso3
    except UnknownName as error:
        raise MetricError(f"uriel_{kind}: '{language}' is in no table of languages.") from error
    known = [code for code in codes if code in languages]
    if not known:
        raise MetricError(f"uriel_{kind}: URIEL does not know '{language}' ({', '.join(codes)}).")
    best: Float[np.ndarray, "f"] = max(
        (features[languages[code]] for code in known), key=lambda row: int((row >= 0).sum())
    )
    return best


def _imputed(kind: str, language: str, row: Float[np.ndarray, "f"]) -> Float[np.ndarray, "f"]:
    """Absent features as most of the kin have them: languages of the branch, else of the family, that know them."""
    languages, features = table(kind)
    own, made = find(language), row.copy()
    for near in ("branch", "family"):
        kin = [
            features[languages[code]]
            for code, name in by_iso3().items()
            if code in languages and name != language and getattr(find(name), near) == getattr(own, near)
            and find(name).family == own.family
        ]  # fmt: skip
        if not kin:
            continue
        told = np.array(kin)
        votes, ones = (told >= 0).sum(axis=0), (told > 0).sum(axis=0)
        fill = (made < 0) & (votes > 0)
        made[fill] = (2 * ones[fill] >= votes[fill]).astype(made.dtype)
    return made


@cache
def table(kind: str) -> tuple[dict[str, int], Float[np.ndarray, "l f"]]:
    """ISO 639-3 code → row, and the features of one kind, -1 where they are not known."""
    spec = find_spec("urielplus")
    if spec is None or not spec.submodule_search_locations:
        raise MetricError(f"uriel_{kind}: urielplus is not here; `pip install 'isogloss[typology]'` brings it.")
    name, prefix = FILES[kind]
    folder = Path(spec.submodule_search_locations[0]) / "database" / "original_uriel"
    with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
        chosen = [index for index, each in enumerate(stored["feats"].tolist()) if each.startswith(prefix)]
        codes = stored["langs"].tolist()
        ours = [row for row, code in enumerate(codes) if code in by_iso3()]
        features = stored["data"][np.ix_(ours, chosen)].max(axis=2).astype(np.float32)
        languages = {codes[row]: place for place, row in enumerate(ours)}
    return languages, features
