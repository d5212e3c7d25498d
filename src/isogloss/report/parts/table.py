"""A table: declared once, printed for the terminal, LaTeX and CSV, and drawn by the page's template."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isinf

from isogloss.core.shown import visible
from isogloss.report.parts.spreadsheet import PAGE as DIGITS
from isogloss.report.parts.spreadsheet import as_csv
from isogloss.report.parts.words import capital, points

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "→": r"$\rightarrow$",
    "×": r"$\times$",
}

LONGEST = 100
"""Characters of a key, before what tells it from others that begin alike."""
PAGE = 1080.0
"""Width of the page's column, in pixels."""
_LETTER, _SMALL, _GAP, _PADDING = 7.7, 6.6, 6.0, 16.0
"""Of a letter, a letter of small print, the space before that, and a cell's padding."""
_TEXT, _LONG = 130.0, 170.0
"""What a column of names needs to be read, and one of sentences; they wrap."""


def as_key(text: str) -> str:
    """A text as the name of a file beside the page, and of an anchor in it: whatever it says, it leads nowhere else."""
    kept = re.sub(r"[^\w.=-]+", "_", text).lstrip(".-")
    if len(kept) <= LONGEST:
        return kept or "_"
    return f"{kept[:LONGEST]}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell: what is read, what is sorted by, and what a pointer or a screen reader is told."""

    text: str
    aside: str = ""
    """Small print beside the text, such as its interval."""
    value: float | None = None
    """What it is sorted by; None sorts by the text."""
    title: str = ""
    heat: float | None = None
    """-1 … 1, drawn as a tint: below 0 one hue, above 0 the other."""
    mark: str = ""
    """Classes of the style sheet: near (chance), best, quiet."""
    name: str = ""
    """What the store calls it, where the text is a title: for the terminal and for CSV."""
    span: tuple[float, float] | None = None
    """The ends of the interval that its small print shows: for CSV."""
    note: str = ""
    """What its small print says beside that, such as a language: for CSV."""
    unit: str = ""
    """Of its value, where its text has another: for CSV."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column; `number` aligns right."""

    name: str
    number: bool = True
    title: str = ""
    mark: str = ""
    code: str = ""
    """What the store calls it, where the name is a title: for the terminal and for CSV."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """A row and what it is: the group it is shown under, its class, and the family of its language to filter by."""

    cells: tuple[Cell, ...]
    group: str = ""
    mark: str = ""
    family: str = ""
    code: str = ""
    """What the store calls its group, where that is a title: for CSV."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A caption, a line of facts that must stand above the numbers, columns, and rows in order."""

    key: str
    caption: str
    facts: str
    columns: tuple[Column, ...]
    rows: tuple[Rows, ...]
    notes: tuple[str, ...] = field(default=())
    heads: int = 1
    """How many columns at the left name a row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", as_key(self.key))

    @property
    def heading(self) -> str:
        """The caption under a title that already names the task."""
        return capital(self.caption.rsplit(": ", 1)[-1])

    @property
    def groups(self) -> list[tuple[str, list[Rows]]]:
        """Rows by group, in the order the groups first appear."""
        groups: dict[str, list[Rows]] = {}
        for row in self.rows:
            groups.setdefault(row.group, []).append(row)
        return list(groups.items())

    def first(self, columns: int) -> "Table":
        """The same with its first columns only."""
        return self._only(range(columns))

    def blocks(self, width: float = PAGE) -> list["Table"]:
        """Tables that each fit the page and together have every column; the first `heads` stand in each of them."""
        sizes = [_width(column, [row.cells[i] for row in self.rows]) for i, column in enumerate(self.columns)]
        keys, rest = range(self.heads), list(range(self.heads, len(sizes)))
        room = max(1.0, width - sum(sizes[i] for i in keys))
        fewest = len(_rows_of(sizes, rest, room))
        # Of much the same width, not one wide and one narrow.
        narrow = next((each for each in range(0, int(room), 20) if len(_rows_of(sizes, rest, each)) == fewest), room)
        return [self] if fewest < 2 else [self._only((*keys, *block)) for block in _rows_of(sizes, rest, narrow)]

    def _only(self, columns: Sequence[int]) -> "Table":
        rows = [replace(row, cells=tuple(row.cells[i] for i in columns)) for row in self.rows]
        return replace(self, columns=tuple(self.columns[i] for i in columns), rows=tuple(rows))

    def text(self, width: int = 110) -> str:
        """For a terminal: aligned columns, intervals in brackets; columns that do not fit go to a second block."""
        lines = [[_full(cell) for cell in row.cells] for row in self.rows]
        heads = [column.code or column.name for column in self.columns]
        sizes = [max(len(line[i]) for line in [heads, *lines]) for i in range(len(heads))]
        blocks, used = [[0]], sizes[0]
        for i in range(1, len(heads)):
            if used + 2 + sizes[i] > width and len(blocks[-1]) > 1:
                blocks.append([0])
                used = sizes[0]
            blocks[-1].append(i)
            used += 2 + sizes[i]
        printed = [self.caption, self.facts]
        for block in blocks:
            group = ""
            for row, line in zip([None, *self.rows], [heads, *lines], strict=True):
                if row and row.group != group:
                    group = row.group
                    printed.append(group)
                shown = [line[i].rjust(sizes[i]) if self.columns[i].number else line[i].ljust(sizes[i]) for i in block]
                printed.append("  ".join(shown).rstrip())
            printed.append("")
        return "\n".join([*printed[:-1], *self.notes])

    def latex(self) -> str:
        """A tabular with booktabs rules; the facts stand in the caption."""
        layout = "".join("r" if column.number else "l" for column in self.columns)
        body = [" & ".join(_escaped(_full(cell, titles=True)) for cell in row.cells) + r" \\" for row in self.rows]
        return "\n".join(
            [
                r"\begin{table}",
                rf"\caption{{{_escaped(self.caption)}. {_escaped(self.facts)}}}",
                rf"\begin{{tabular}}{{{layout}}}",
                r"\toprule",
                " & ".join(_escaped(column.name) for column in self.columns) + r" \\",
                r"\midrule",
                *body,
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}",
                "",
            ]
        )

    def csv(self) -> str:
        """Values where cells have one, their text elsewhere; groups in a first column when there are any. Points are
        fractions, and their heads say so; intervals, and notes such as the worst language, have columns of their own.
        A forecast says that it is one, and is not read as a number."""
        columns = (
            [[("group", [row.code or row.group for row in self.rows])]] if any(row.group for row in self.rows) else []
        )
        columns += [_file_columns(each, [row.cells[i] for row in self.rows]) for i, each in enumerate(self.columns)]
        flat = [column for several in columns for column in several]
        return as_csv([head for head, _ in flat], zip(*(cells for _, cells in flat), strict=True))


def table(
    *, key: str, caption: str, facts: str, columns: Sequence[Column], rows: Sequence[Rows], notes: Sequence[str] = (),
    heads: int = 1,
) -> Table:  # fmt: skip
    """A table of sequences."""
    return Table(
        key=key, caption=caption, facts=facts, columns=tuple(columns), rows=tuple(rows), notes=tuple(notes), heads=heads
    )  # fmt: skip


def in_points(
    value: float,
    span: tuple[float, float] | None = None,
    *,
    signed: bool = False,
    note: str = "",
    title: str = "",
    mark: str = "",
    heat: float | None = None,
) -> Cell:
    """A value in [0, 1]: points to read, a fraction in CSV. The note and the interval, if it ends, are small print."""
    ends = span if span and not any(map(isinf, span)) else None
    printed = f"[{points(ends[0], signed)}, {points(ends[1], signed)}]" if ends else ""
    return Cell(
        text=points(value, signed), aside=f"{note} {printed}".strip(), value=value, unit="fraction", span=ends,
        note=note, title=title, mark=mark, heat=heat,
    )  # fmt: skip


def _file_columns(column: Column, cells: Sequence[Cell]) -> list[tuple[str, list[str]]]:
    """Head and cells in a file, followed by the ends of intervals and by notes where any cell has them."""
    name = column.code or column.name
    unit = next((cell.unit for cell in cells if cell.unit), "")
    found = [(f"{name} ({unit})" if unit else name, [_raw(cell) for cell in cells])]
    if any(cell.span for cell in cells):
        for end, place in (("low", 0), ("high", 1)):
            found.append((f"{name} {end}", [_digits(cell.span[place]) if cell.span else "" for cell in cells]))
    if any(cell.note for cell in cells):
        found.append((f"{name} note", [cell.note for cell in cells]))
    return found


def _raw(cell: Cell) -> str:
    if cell.value is None:
        return cell.name or cell.text
    counted = float(cell.value).is_integer() and "." not in cell.text
    return f"{int(cell.value) if counted else _digits(cell.value)}{_mark(cell)}"


def _digits(value: float) -> str:
    """As many as a page's files have; nothing where there is no end."""
    return "" if isinf(value) else f"{value:.{DIGITS}g}" if abs(value) < 1 else f"{value}"


def _mark(cell: Cell) -> str:
    return " (forecast)" if "forecast" in cell.mark and cell.value is not None else ""


def _full(cell: Cell, titles: bool = False) -> str:
    mark = "*" if "near" in cell.mark else _mark(cell)
    return f"{cell.text if titles else cell.name or cell.text}{mark} {cell.aside}".strip()


def _rows_of(sizes: Sequence[float], columns: Sequence[int], room: float) -> list[list[int]]:
    """Columns in as few rows as fit; one that is too wide has a row of its own."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for i in columns:
        if rows[-1] and used + sizes[i] > room:
            rows.append([])
            used = 0.0
        rows[-1].append(i)
        used += sizes[i]
    return rows


def _width(column: Column, cells: Sequence[Cell]) -> float:
    """Pixels that a column needs, roughly: numbers do not wrap, words do, and so do heads."""
    head = _LETTER * max((len(word) for word in column.name.split()), default=0)
    shown = [_LETTER * len(cell.text) + _SMALL * len(cell.aside) + _GAP * bool(cell.aside) for cell in cells]
    most = max(shown, default=0.0)
    if not column.number:
        words = (word for cell in cells for word in cell.text.split())
        most = max(min(most, _TEXT if most < 3 * _LONG else _LONG), _LETTER * max(map(len, words), default=0))
    return _PADDING + max(head, most)


def _escaped(text: str) -> str:
    """For LaTeX, which takes no blank line in a table and no control character anywhere."""
    line = text.replace("\n", " ").replace("\t", " ")
    return "".join(_LATEX.get(letter, letter) for letter in line if visible(letter) == letter)
