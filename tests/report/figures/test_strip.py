"""The strip of languages: what its title says of a study."""

import pytest

from isogloss.report.figures import strip


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["clears", "clears"], "it breaks nowhere"),
        (["clears", "not learned"], "it breaks in no language that can be judged"),
        (["clears", "ceiling"], "it breaks in no language that can be judged"),
        (["not learned", "not learned"], "English was not learned, so nothing can be told"),
        (["no baseline", "ceiling"], "nothing can be told"),
        (["not learned", "ceiling"], "nothing can be told"),
    ],
)
def test_a_score_of_which_nothing_can_be_told_reassures_nobody(states: list[str], said: str) -> None:
    """Only languages that are held against a baseline, after English was learned, are said not to break."""
    assert strip._whole([{"state": state} for state in states]) == said
