"""A section of the page: what it says, and its figures and tables, some of them folded away."""

from collections.abc import Iterator
from dataclasses import dataclass

from isogloss.report.parts.chart import Figure
from isogloss.report.parts.table import Table

Shown = Figure | Table


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Figures, tables and notes behind a label."""

    label: str
    shown: tuple[Shown, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, paragraphs, what is shown, what is folded, and notes below."""

    anchor: str
    title: str
    says: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    folded: tuple[Folded, ...] = ()
    notes: tuple[str, ...] = ()
    command: str = ""
    """What makes its data, where there is none yet: then nothing else of it is shown."""
    brief: str = ""
    """One line that it folds to, where it has nothing of the study's own cells."""
    parts: tuple["Section", ...] = ()
    """Sections within it, such as one for each target."""
    links: tuple[tuple[str, str], ...] = ()
    """(file, text) of pages beside this one that belong to it."""
    file: str = ""
    """A CSV of everything it rests on."""

    def __iter__(self) -> Iterator[Shown]:
        """Everything in it, folded or not."""
        yield from self.shown
        for each in self.folded:
            yield from each.shown
        for part in self.parts:
            yield from part
