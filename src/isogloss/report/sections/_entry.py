"""What a file of this folder declares: a section of the page, its place there, and what makes it of a study."""

from collections.abc import Callable
from dataclasses import dataclass

from isogloss.report.findings import Findings
from isogloss.report.parts.section import Section


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A section that the page looks up by its file: `SECTION` in `report/sections/NAME.py`."""

    place: int
    """Sections follow each other by it; places are ten apart, so that one fits between."""
    of: Callable[[Findings], Section | None]
    """None for a study that the section has nothing to say of."""
