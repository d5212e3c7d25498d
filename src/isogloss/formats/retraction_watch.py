"""The Retraction Watch table as Crossref publishes it: one row per notice, with the DOI of the original paper."""

import csv
import io

from isogloss.core.errors import SourceError
from isogloss.core.record import Retraction, doi
from isogloss.formats import body

COLUMNS = ("OriginalPaperDOI", "RetractionNature", "RetractionDate", "Reason")
STATUS = {"retraction": "retracted", "correction": "corrected", "expression of concern": "concern"}


def is_one(data: bytes) -> bool:
    """Whether a CSV file is this table."""
    return b"OriginalPaperDOI" in data.split(b"\n", 1)[0]


def notices(data: bytes, where: str) -> dict[str, Retraction]:
    """DOI of the paper → its gravest notice; a reinstated paper has none. Raises SourceError."""
    rows = csv.DictReader(io.StringIO(body.text(data, where), newline=""))
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        raise SourceError(f"{where}: no column {', '.join(lacking)}; expected the Retraction Watch table.")
    by_name: dict[str, Retraction] = {}
    for row in rows:
        name, status = doi(row["OriginalPaperDOI"] or ""), STATUS.get((row["RetractionNature"] or "").strip().lower())
        if not name or status is None or (name in by_name and by_name[name].status == "retracted"):
            continue
        by_name[name] = Retraction(
            status=status, source="Retraction Watch", date=_day(row["RetractionDate"] or ""),
            reason="; ".join(part.strip(" +") for part in body.clean(row["Reason"]).split(";") if part.strip(" +")),
        )  # fmt: skip
    return by_name


def _day(text: str) -> str:
    """7/12/2023 0:00, month first, as 2023-07-12."""
    parts = text.split()[0].split("/") if text.split() else []
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return ""
    month, day, year = map(int, parts)
    return f"{year:04d}-{month:02d}-{day:02d}"
