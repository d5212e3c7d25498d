"""A table: declared once, printed for the terminal, LaTeX and CSV, and drawn by the page's template."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from isogloss.core.shown import visible
from isogloss.report.spreadsheet import as_csv

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column; `number` aligns right."""

    name: str
    number: bool = True
    title: str = ""
    mark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """A row and what it is: the group it is shown under, its class, and the family of its language to filter by."""

    cells: tuple[Cell, ...]
    group: str = ""
    mark: str = ""
    family: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A caption, a line of facts that must stand above the numbers, columns, and rows in order."""

    key: str
    caption: str
    facts: str
    columns: tuple[Column, ...]
    rows: tuple[Rows, ...]
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", as_key(self.key))

    @property
    def heading(self) -> str:
        """The caption under a title that already names the task."""
        last = self.caption.rsplit(": ", 1)[-1]
        return last[:1].upper() + last[1:]

    @property
    def groups(self) -> list[tuple[str, list[Rows]]]:
        """Rows by group, in the order the groups first appear."""
        found: dict[str, list[Rows]] = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        return list(found.items())

    def first(self, columns: int) -> "Table":
        """The same with its first columns only."""
        rows = [replace(row, cells=row.cells[:columns]) for row in self.rows]
        return replace(self, columns=self.columns[:columns], rows=tuple(rows))

    def text(self, width: int = 110) -> str:
        """For a terminal: aligned columns, intervals in brackets; columns that do not fit go to a second block."""
        lines = [[_full(cell) for cell in row.cells] for row in self.rows]
        heads = [column.name for column in self.columns]
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
        body = [" & ".join(_escaped(_full(cell)) for cell in row.cells) + r" \\" for row in self.rows]
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
        """Values in [0, 1] where a cell has one, its text elsewhere; groups in a first column when there are any."""
        grouped = any(row.group for row in self.rows)
        header = [*(["group"] if grouped else []), *(column.name for column in self.columns)]
        return as_csv(
            header,
            (
                [
                    *([row.group] if grouped else []),
                    *(cell.text if cell.value is None else f"{cell.value}" for cell in row.cells),
                ]
                for row in self.rows
            ),
        )


def table(
    *, key: str, caption: str, facts: str, columns: Sequence[Column], rows: Sequence[Rows], notes: Sequence[str] = ()
) -> Table:
    """A table of sequences."""
    return Table(key=key, caption=caption, facts=facts, columns=tuple(columns), rows=tuple(rows), notes=tuple(notes))


def _full(cell: Cell) -> str:
    mark = "*" if "near" in cell.mark else ""
    return f"{cell.text}{mark} {cell.aside}".strip() if cell.aside else f"{cell.text}{mark}"


def _escaped(text: str) -> str:
    """For LaTeX, which takes no blank line in a table and no control character anywhere."""
    line = text.replace("\n", " ").replace("\t", " ")
    return "".join(_LATEX.get(letter, letter) for letter in line if visible(letter) == letter)
