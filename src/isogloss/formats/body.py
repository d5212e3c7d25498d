"""Bodies of databases and exported files as text, JSON or XML, and the clean text inside them.

Everything here was written by strangers: entities are not expanded, control characters and inline markup are dropped,
and an error names the body and the place in it.
"""

import html
import json
import re
from typing import Any
from xml.etree import ElementTree

from isogloss.core.errors import NOT_JSON, SourceError

_INLINE = re.compile(
    r"</?(?:jats:|mml:)?(?:title|p|sec|italic|bold|b|i|em|strong|sub|sup|sc|scp|u|tt|span|br|math|mrow|mi|mo|mn|msub|msup"
    r"|inline-formula|alternatives|tex-math|list|list-item|label|ext-link|xref|fixed-case|url)(?:\s[^<>]{0,300})?/?>"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
MOST = 40_000
"""Characters of one field at most; what is longer is cut."""


def text(data: bytes, where: str) -> str:
    """A body as text. Raises SourceError for an empty one, and for bytes that are not UTF-8."""
    if not data.strip():
        raise SourceError(f"{where}: it is empty; expected records.")
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        seen = data[error.start : error.start + 4].hex(" ")
        raise SourceError(
            f"{where}, line {line}: bytes {seen} are not UTF-8; convert it (`iconv -f cp1252 -t utf-8`)."
        ) from None


def document(data: bytes, where: str) -> Any:
    """A body as JSON. Raises SourceError, also for HTML and for JSON that breaks off."""
    decoded = text(data, where)
    if decoded.lstrip()[:1] not in ("{", "["):
        raise SourceError(f"{where}: it begins with {beginning(decoded)!r}; expected JSON. The service may be down.")
    try:
        return json.loads(decoded)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"{where}, {place}: it is not JSON ({error.msg}); the body may be cut off.") from None
    except NOT_JSON as error:
        raise SourceError(f"{where}: it is not JSON that can be read ({type(error).__name__}).") from None


def element(data: bytes, where: str) -> ElementTree.Element:
    """A body as XML. Raises SourceError for entities of its own, and for XML that breaks off."""
    decoded = text(data, where)
    before, doctype, after = decoded.partition("<!DOCTYPE")
    name, end, rest = after.partition(">")
    if "<!ENTITY" in decoded or "[" in name:
        raise SourceError(f"{where}: it declares entities, which no record needs; it is not read.")
    try:
        return ElementTree.fromstring(before + rest if doctype and end else decoded)
    except ElementTree.ParseError as error:
        line, column = error.position
        what = "the body may be cut off" if decoded.lstrip().startswith("<") else "expected XML"
        raise SourceError(f"{where}, line {line}, column {column}: it is not XML ({error}); {what}.") from None
    except (ValueError, LookupError, RecursionError) as error:
        raise SourceError(f"{where}: it is not XML that can be read ({type(error).__name__}).") from None


def clean(value: Any) -> str:
    """Text of a field: entities resolved, inline markup, control characters and doubled spaces dropped, capped."""
    if not isinstance(value, str):
        return ""
    found = value[: 2 * MOST]
    for _ in range(2):  # Crossref escapes what was escaped before
        found = html.unescape(_INLINE.sub(" ", found)) if "&" in found or "<" in found else found
    found = _CONTROL.sub(" ", found)
    return " ".join(re.sub(r"(?<!\s)\s+([,.;:)\]])", r"\1", found).split())[:MOST] if "<" in value else _fold(found)


def _fold(decoded: str) -> str:
    return " ".join(decoded.split())[:MOST]


def abstract(value: Any) -> str:
    """An abstract without the heading "Abstract" that publishers write into it."""
    return re.sub(r"^abstract(?=[\s.:]+[A-Z0-9])[\s.:]*", "", clean(value), flags=re.IGNORECASE)


def items(value: Any) -> list[Any]:
    """A list as it is; nothing for anything else: a field of another shape counts as absent."""
    return value if isinstance(value, list) else []


def keys(value: Any) -> dict[str, Any]:
    """An object as it is; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def year(value: Any) -> int | None:
    """A year between 1500 and 2100 at the start of a value; None for anything else."""
    found = re.match(r"\s*(\d{4})\b", str(value)) if isinstance(value, (str, int)) else None
    return int(found[1]) if found and 1500 <= int(found[1]) <= 2100 else None


def beginning(decoded: str) -> str:
    """The first words, for an error."""
    return _CONTROL.sub(" ", " ".join(decoded[:200].split()))[:40]


def kind(title: str, abstract: str, stated: str = "paper") -> str:
    """What a record is: "machine-made" where it says so of itself, "survey" where its title does, else as stated."""
    if _MACHINE.search(title + "\n" + abstract):
        return "machine-made"
    return "survey" if stated == "paper" and _SURVEY.search(title) else stated


_MACHINE = re.compile(
    r"\b(?:this|the present)\s+(?:report|document|synthesis|review|article|paper|survey|text)\s+(?:is|was|has been)\s+"
    r"(?:an?\s+)?(?:fully\s+|entirely\s+|largely\s+)?(?:(?:machine|auto|automatically|ai|llm|computer)[- ]?"
    r"(?:generated|written|made|produced)|(?:generated|written|produced)\s+(?:automatically|(?:entirely\s+)?by\s+(?:an?\s+)?(?:ai\b|"
    r"artificial intelligence|machine\b|(?:large\s+)?language model|llm\b|gpt|chatgpt)))"
    r"|\bmachine[- ]generated\s+(?:literature\s+)?(?:synthesis|review|report)\s+and\s+does\s+not\b",
    re.IGNORECASE,
)
_SURVEY = re.compile(
    r"\b(?:a survey|survey of|systematic review|literature review|a review of|meta-analysis)\b", re.IGNORECASE
)
