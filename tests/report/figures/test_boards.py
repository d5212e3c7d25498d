"""Figures are valid Vega-Lite, hold the numbers of the study, and read without colour."""

import csv
import io
import json
from dataclasses import replace

import pytest

from isogloss.report import findings
from isogloss.report.figures import boards
from isogloss.report.parts import chart
from isogloss.report.parts.chart import Figure
from isogloss.report.tables import retrieval
from isogloss.store.store import Store


@pytest.fixture(scope="module")
def drawn(store: Store) -> list[Figure]:
    """Scores and gains of one target, and retrieval."""
    found = findings.work_out(store, "made_up")
    board = found.targets[0]
    return [
        boards.scores(found.ledger, board),
        boards.gains(found.ledger, board, boards.reach(found.with_gains)),
        boards.layers(found.ledger, retrieval.panels(found.retrievals)[0], {"none": 0, "nli": 1, "qa": 2}),
    ]


def test_specs_are_valid(drawn: list[Figure]) -> None:
    """Altair's own schema accepts every figure."""
    import altair as alt

    for each in drawn:
        spec = json.loads(json.dumps(each.spec))
        assert alt.Chart.from_dict(spec, validate=True).to_dict(validate=True)["$schema"] == spec["$schema"]


def test_csv_holds_what_is_drawn(drawn: list[Figure]) -> None:
    """Five languages by three conditions; German without an intermediate task at .70 inside its interval."""
    rows = list(csv.DictReader(io.StringIO(drawn[0].csv())))
    assert len(rows) == 5 * 3
    german = next(row for row in rows if row["language"] == "German" and row["series"] == "none")
    assert float(german["value"]) == pytest.approx(0.7)
    assert float(german["low"]) < 0.7 < float(german["high"])


def test_no_two_conditions_share_colour_and_shape() -> None:
    """Up to 64 conditions differ in colour or in shape."""
    import altair as alt

    names = [f"task {place}" for place in range(64)]
    places = list(range(64))
    colours = chart.colour(alt, names, places).to_dict()["scale"]["range"]
    shapes = chart.shape(alt, names, places).to_dict()["scale"]["range"]
    assert len(set(zip(colours, shapes, strict=True))) == 64


def test_the_page_has_variables_and_files_have_colours(drawn: list[Figure]) -> None:
    """In the page the colours follow the scheme; in a file they are themselves."""
    assert "var(--c1)" in drawn[0].inline()
    assert chart.COLOURS[1] in drawn[0].svg
    assert "var(" not in drawn[0].svg


def test_axes_do_not_blow_noise_up(drawn: list[Figure]) -> None:
    """Scores that hardly differ are shown on at least ten points."""
    assert boards._span([{"low": 0.30, "high": 0.32}], [{"floor": 0.31}]) == pytest.approx((0.26, 0.36))
    assert boards._span([{"low": 0.0, "high": 0.01}], []) == pytest.approx((0.0, 0.055))
    assert drawn[0].alt.startswith("Topics, made up: accuracy in 5 languages")


def test_text_that_no_svg_may_hold_is_drawn_escaped(drawn: list[Figure]) -> None:
    """A title with control characters, or U+FFFF: the renderer would end the whole process at one."""
    hostile = "\x1b]0;owned\x07\u202e\ufffe\uffff\ud800 & <b>"

    def draw(width: int) -> chart.Spec:
        spec = json.loads(json.dumps(drawn[0].draw(width)))
        return {**spec, "title": hostile}

    one = replace(drawn[0], title=hostile, alt=hostile, caption=hostile, draw=draw)
    assert r"\u001b]0;owned\u0007" in one.svg
    assert one.pdf().startswith(b"%PDF")
    assert all(line.isprintable() for line in one.inline().split("\n"))
