"""What intermediate phases did to alignment, as it is shown."""

from dataclasses import replace

from isogloss.report.parts.names import Names
from isogloss.report.sections import changes
from isogloss.store.divergence import CHANGE, CHANGED, Divergence

SAID = Names(tasks={"nli": "Inference"}, labels={})


def _row(language: str, layer: int, value: float, measure: str = "mexa", version: str = CHANGE) -> Divergence:
    return Divergence(
        encoder="run0", measure=measure, family=CHANGED, direction="similarity", version=version, intermediate="nli",
        target="", split="", language=language, value=value, low=value - 0.05, high=value + 0.05, null=0.05,
        null_high=0.1, n=50, m=50, layer=layer, pooling="mean",
    )  # fmt: skip


ROWS = [
    *(_row("de", layer, -0.02 * layer) for layer in range(13)),
    *(_row("sw", layer, -0.04 * layer) for layer in range(13)),
    _row("de", 7, 0.5, version="centred"),
]


def test_the_terminal_says_mean_worst_and_what_is_beyond_noise() -> None:
    """At layers 7 and 12: -.14 and -.28 are both beyond a floor of .1; the mean is -21 points."""
    seven, twelve = changes.rows(ROWS)
    assert seven == ("nli", "mexa", "7", "2", "−21.0", "sw −28.0", "2/2")
    assert twelve[4:] == ("−36.0", "sw −48.0", "2/2")


def test_languages_are_counted_once_whatever_the_encoders() -> None:
    """Two encoders in two languages are two languages and four rows."""
    twice = [*ROWS, *(replace(row, encoder="run1") for row in ROWS)]
    (seven, _) = changes.rows(twice)
    assert (seven[3], seven[6]) == ("2", "4/4")
    section = changes.section(twice, SAID, {})
    assert section is not None
    assert {each["languages"] for each in section.shown[0].data} == {2}


def test_the_figure_has_a_point_for_each_layer() -> None:
    """Thirteen means over languages, with the floor; other rows are not in it."""
    section = changes.section(ROWS, SAID, {"nli": 1})
    assert section is not None
    figure = section.shown[0]
    assert [each["layer"] for each in figure.data] == list(range(13))
    assert [round(each["value"], 3) for each in figure.data][-1] == -0.36
    assert {each["floor"] for each in figure.data} == {0.1}
    assert "Inference" in figure.svg


def test_a_change_within_the_noise_is_marked() -> None:
    """.08 is no more than the .1 by which halves differ, in both directions."""
    section = changes.section([_row("de", 12, -0.08), _row("sw", 12, 0.3)], SAID, {})
    assert section is not None
    ((german, swahili),) = (table.rows for table in section.folded[0].shown)
    assert german.cells[1].text == "≈−8.0"
    assert swahili.cells[1].text == "+30.0"


def test_nothing_is_shown_where_nothing_was_measured() -> None:
    """A study whose intermediate phases are not finished has no such section."""
    assert changes.section([_row("de", 7, 0.5, version="centred")], SAID, {}) is None
