"""Whether two languages are written in different scripts: 0 or 1."""

from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import find
from isogloss.core.measure import Corpus, Measure


def compare(a: Corpus, b: Corpus) -> float:
    """0 or 1. Raises MetricError for a language whose script is not known."""
    try:
        return float(find(a.language).script != find(b.language).script)
    except UnknownName as error:
        raise MetricError(f"script_distance: '{b.language}' is in no table of languages.") from error


MEASURE = Measure(
    name="script_distance",
    title="different script",
    family="typological",
    compare=compare,
    needs=("language",),
    unit="0 or 1",
    bounds=(0.0, 1.0),
    scope="language",
)
