"""A written page read again: its tables, its prose, and the CSV files beside it."""

import csv
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """Tables of a page, by key: rows of cells as text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.prose = ""
        self._key = self._cell = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table has the key of the element around it."""
        values = dict(attrs)
        if tag == "div" and values.get("class") == "table":
            self._key = str(values["id"])
            self.tables[self._key] = []
        elif tag == "tr":
            self.tables[self._key].append([])
        elif tag in ("td", "th"):
            self._cell = tag
            self.tables[self._key][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag == self._cell:
            self._cell = ""

    def handle_data(self, data: str) -> None:
        """Text of a cell; its small print follows a space."""
        if self._cell:
            self.tables[self._key][-1][-1] += data
        else:
            self.prose += data


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows; none where there is no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{head.removesuffix(" (fraction)"): cell for head, cell in row.items()} for row in rows]
