"""The Universal Declaration of Human Rights in Unicode: one XML file per translation, articles and paragraphs."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.formats.lines import read_text

SPACE = "{http://www.unhchr.ch/udhr}"


def articles(path: Path) -> dict[str, list[str]]:
    """Article ("preamble", "1" … "30") → its paragraphs, list items included. Raises DataError for broken XML."""
    text = read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError.at(path, None, "it declares entities, which this format does not need; it is not read.")
    try:
        root = ElementTree.fromstring(text.encode("utf-8"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (None,))[0]
        raise DataError.at(path, line, f"it is not XML ({error}); the file may be cut off.") from error
    found: dict[str, list[str]] = {}
    for part in root:
        if part.tag not in (f"{SPACE}preamble", f"{SPACE}article"):
            continue
        name = "preamble" if part.tag == f"{SPACE}preamble" else part.get("number", "")
        if not name or name in found:
            raise DataError.at(path, None, f"the article number {name!r} is missing or occurs twice.")
        texts = [" ".join("".join(para.itertext()).split()) for para in part.iter(f"{SPACE}para")]
        found[name] = [text for text in texts if text]
    if not any(found.values()):
        raise DataError.at(path, None, "it holds no paragraph; expected preamble and articles.")
    return found
