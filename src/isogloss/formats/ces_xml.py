"""The Bible corpus in CES XML: verses with ids that align across languages."""

from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted
from isogloss.formats.xml_tree import parse


def verses(path: Path) -> dict[str, str]:
    """Verse id ("b.MAT.1.1") → text; verses that a translation leaves empty are not in it. Raises DataError."""
    root = parse(path)
    by_name: dict[str, str] = {}
    for segment in root.iter("seg"):
        name = segment.get("id", "")
        if not name or name in by_name:
            raise DataError.at(path, None, f"the verse id {quoted(name)} is missing or occurs twice.")
        if segment.find(".//seg") is not None:
            raise DataError.at(path, None, f"the verse {quoted(name)} holds another verse; expected one after another.")
        verse = " ".join("".join(segment.itertext()).split())
        if verse:
            by_name[name] = verse
    if not by_name:
        raise DataError.at(path, None, "it holds no verse; expected <seg id=… type='verse'>.")
    return by_name
