"""Rows as CSV that a spreadsheet shows and never runs. All CSV files of a page and an analysis are written here.

To a spreadsheet, text that begins with =, +, -, @, a tab or a carriage return is a formula
(https://owasp.org/www-community/attacks/CSV_Injection). Names, citations and licences come from stores and data files.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

PAGE = 6
"""Significant digits of a fraction in a page's files, as in its cells."""


def as_csv(
    header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ",", *, digits: int | None = None
) -> str:
    """A header and rows; None is an empty cell, and text that would be a formula gets an apostrophe before it.

    Fractions below 1 have so many significant `digits`; without, all.
    """
    out = io.StringIO(newline="")
    # Before Python 3.13, a CR in a cell is quoted for this end of lines alone.
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value, digits) for value in row] for row in rows)
    return out.getvalue().replace("\r\n", "\n")


def _cell(value: Any, digits: int | None = None) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(value):
        return f"'{value}"
    return float(f"{value:.{digits}g}") if digits and isinstance(value, float) and abs(value) < 1 else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text[-1].isdigit()
