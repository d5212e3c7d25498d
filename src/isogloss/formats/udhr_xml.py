"""The Universal Declaration of Human Rights in Unicode: one XML file per translation, articles and paragraphs."""

from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted
from isogloss.formats.xml_tree import parse

SPACE = "{http://www.unhchr.ch/udhr}"


def articles(path: Path) -> dict[str, list[str]]:
    """Article ("preamble", "1" … "30") → its paragraphs, list items included. Raises DataError for broken XML."""
    root = parse(path)
    by_name: dict[str, list[str]] = {}
    for part in root:
        if part.tag not in (f"{SPACE}preamble", f"{SPACE}article"):
            continue
        name = "preamble" if part.tag == f"{SPACE}preamble" else part.get("number", "")
        if not name or name in by_name:
            raise DataError.at(path, None, f"the article number {quoted(name)} is missing or occurs twice.")
        paras = list(part.iter(f"{SPACE}para"))
        if any(para.find(f".//{SPACE}para") is not None for para in paras):
            raise DataError.at(path, None, f"a paragraph of article {quoted(name)} holds another one.")
        texts = [" ".join("".join(para.itertext()).split()) for para in paras]
        by_name[name] = [text for text in texts if text]
    if not any(by_name.values()):
        raise DataError.at(path, None, "it holds no paragraph; expected preamble and articles.")
    return by_name
