"""report/parts/chart: a figure in the page."""

import re

from isogloss.report.parts.chart import TYPE, Figure, row_height

NAME = "MultiNLI (lr=0.0001)"


def test_a_setting_in_a_name_keeps_its_digits_where_places_are_shortened() -> None:
    """A rate of 0.0001 is not 0.00, neither to the eye nor aloud; coordinates need no more than hundredths."""
    rows = [{"name": NAME, "value": 1 / 3}, {"name": "none", "value": 2 / 3}]
    figure = Figure(
        key="k", title="T", caption="C", alt="A", data=rows,
        draw=lambda width: {
            "width": width, "height": 77.7, "mark": "point", "data": {"values": rows},
            "encoding": {"x": {"field": "value", "type": "quantitative"}, "y": {"field": "name", "type": "nominal"}},
        },
    )  # fmt: skip
    page = figure.inline()
    assert f">{NAME}<" in page
    assert re.findall(r"lr=[\d.]+", page) == ["lr=0.0001"] * page.count("lr=") != []
    places = re.sub(r'aria-label="[^"]*"', "", page)
    assert not re.search(r'="[^"]*\d\.\d{3,}', places)
    assert re.search(r'="[^"]*\d\.\d{3,}', figure.svg)


def test_a_label_of_three_lines_has_room() -> None:
    """Rows stand as far apart as the longest label is high."""
    assert row_height(["MNLI", "QQP"], 26) == 26
    assert row_height(["MNLI", "Real or fake\nsentence\n(control)"], 26) > 3 * TYPE
