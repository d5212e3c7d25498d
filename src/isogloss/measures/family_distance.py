"""Distance in the family tree: 0 in the same branch, ½ in the same family, 1 otherwise."""

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import find
from isogloss.core.measure import Corpus, Measure


def compare(a: Corpus, b: Corpus) -> float:
    """In [0, 1]. Raises MetricError for a language of no known family, such as a synthetic one."""
    try:
        first, second = find(a.language), find(b.language)
    except UnknownName as error:
        raise MetricError(f"family_distance: '{b.language}' is in no table of languages.") from error
    if first.code == second.code:
        return 0.0
    if "Constructed" in (first.family, second.family):
        raise MetricError("family_distance: a constructed language has no family.")
    return 1.0 if first.family != second.family else 0.5 if first.branch != second.branch else 0.0


MEASURE = Measure(
    name="family_distance",
    title="family distance",
    family="typological",
    compare=compare,
    needs=("language",),
    unit="0, ½ or 1",
    bounds=(0.0, 1.0),
    scope="language",
)
