"""The strip of languages: what its title says of a study."""

import pytest

from isogloss.report.figures import strip
from isogloss.report.parts.chart import NARROW, TYPE


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


def test_a_number_stands_above_the_score_and_its_baseline() -> None:
    """Of a score just below its baseline it would else cross the tick."""
    rows = [
        {"target": "Topics", "language": name, "code": code, "value": value, "floor": 0.5, "state": "clears", "tip": ""}
        for code, name, value in (("en", "English", 0.8), ("de", "German", 0.45))
    ]
    drawn = strip._strip(1080, rows, [], ["en", "de"])
    assert [(each["score"], each["top"]) for each in drawn["datasets"]["lane_0"]] == [("80.0", 0.8), ("45.0", 0.5)]
    (words,) = [
        layer for layer in drawn["vconcat"][0]["layer"] if layer["encoding"].get("text", {}).get("field") == "score"
    ]
    assert words["encoding"]["y"]["field"] == "top"


def test_on_a_narrow_page_the_name_of_a_lane_is_clear_of_its_axis() -> None:
    """The axis' number at the very top of a lane reaches half its height beyond it, and so does the name downwards."""
    rows = [
        {"target": name, "language": "English", "code": "en", "value": 0.99, "floor": 0.5, "state": "clears", "tip": ""}
        for name in ("Topics", "Real or fake sentence")
    ]
    lanes = strip._strip(NARROW, rows, [], ["en"])["vconcat"]
    for lane in lanes:
        (name,) = [each for each in lane["layer"] if each["encoding"].get("text", {}).get("field") == "lane"]
        assert -name["encoding"]["y"]["value"] > TYPE
