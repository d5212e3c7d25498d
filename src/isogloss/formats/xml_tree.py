"""XML from files that need no entities of their own, so that none can be made to expand without end."""

from pathlib import Path
from xml.etree import ElementTree

from isogloss.core.errors import DataError
from isogloss.formats.lines import read_text


def parse(path: Path) -> ElementTree.Element:
    """The root of a document. Raises DataError naming the line where it breaks off."""
    text = read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError.at(path, None, "it declares entities, which this format does not need; it is not read.")
    try:
        return ElementTree.fromstring(text.encode("utf-8"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (None,))[0]
        raise DataError.at(path, line, f"it is not XML ({error}); the file may be cut off.") from error
