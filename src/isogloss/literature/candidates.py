"""Candidate claims: sentences of what was read that claim something, and those a user gives; which break off."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, DataError
from isogloss.core.reading import Candidate
from isogloss.formats.body import clean
from isogloss.formats.lines import read_lines
from isogloss.literature.words import STOP

LONG = 100
"""A claim of one of these lengths without an end is taken to be cut: exports cut at 100, 120, 140 …"""
MOST = 2_000
"""Characters of one given claim, and claims of one file, at most."""
_FIGURE = re.compile(r"(?<![\w-])\d+(?:\.\d+)?\s?(?:%|points?\b|x\b|×|times\b|per\s?cent\b)|(?<![\w-])\d+\.\d+\b")
_COMPARED = re.compile(
    r"\b(?:outperform|better|worse|higher|lower|more\b.{0,30}\bthan|less\b.{0,30}\bthan|best|beats?\b|improv|exceed"
    r"|surpass|superior)\w*",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:we|our results?|results?|experiments?|analys[ie]s)\b.{0,60}\b(?:find|found|show|observe|see|reveal"
    r"|demonstrate|indicate|suggest|confirm)\w*\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:we|this paper)\b.{0,25}\b(?:propose|present|introduce|train|use|evaluate|compare|study|investigate"
    r"|release)\w*\b",
    re.IGNORECASE,
)
_ENDS = "a an the of to in on at by for with and or but nor as than that which who from into between"
_LAST = frozenset(_ENDS.split())


def extract(document: str, text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    """The sentences of a text that claim something, with what kind of thing."""
    for start, end in spans:
        sentence = text[start:end]
        kind = _kind(sentence)
        if kind and 30 <= len(sentence) <= 600:
            yield Candidate(
                id=_id(document, str(start), sentence), text=sentence, kind=kind, document=document, start=start,
                end=end, truncated=bool(breaks_off(sentence)),
            )  # fmt: skip


def _kind(sentence: str) -> str:
    for kind, words in (("figure", _FIGURE), ("comparison", _COMPARED), ("finding", _FOUND), ("method", _METHOD)):
        if words.search(sentence):
            return kind
    return ""


def breaks_off(claim: str) -> str:
    """Why a claim is taken to be cut off, in words; "" for one that is whole."""
    text = claim.strip()
    if not text or re.search(r"(?:\.\.\.|…)$", text):
        return "it ends in dots" if text else "it is empty"
    if text.count("(") > text.count(")") or text.count("[") > text.count("]"):
        return "a bracket is open"
    if re.search(r"[.!?][\"'”’)\]]*$", text):
        return ""
    if re.search(r"[,;:(\[–—-]$", text):
        return f"it ends in “{text[-1]}”"
    last = re.findall(r"[\w'-]+", text)[-1:] or [""]
    if last[0].lower() in _LAST or (len(last[0]) == 1 and last[0].lower() in STOP):
        return f"it ends in “{last[0]}”"
    return f"no full stop after {len(text)} characters" if len(text) >= LONG else ""


def given(path: Path) -> list[Candidate]:
    """Claims of a user's file: one a line, or JSON lines in SciFact's layout (`claim`, `id`, `cited_doc_ids`).

    A line whose first word is # or ## is a comment; one that begins with a word such as #metoo is a claim. What SciFact
    calls `evidence` is gold and is not read. Raises DataError naming the line.
    """
    lines = read_lines(path)
    if path.suffix in (".jsonl", ".json") or lines[0].lstrip().startswith("{"):
        claims = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    else:
        texts = [clean(line) for line in lines if line.strip().partition(" ")[0].strip("#")]
        claims = [Candidate(id=str(number), text=text, kind="given") for number, text in enumerate(texts, 1)]
    if len({claim.id for claim in claims}) != len(claims):
        raise DataError.at(path, None, "two claims have one id; each needs its own.")
    if not claims or len(claims) > MOST:
        raise DataError.at(path, None, f"{len(claims)} claims; expected 1 to {MOST:,}.")
    return [
        Candidate(
            id=each.id, text=each.text, kind="given", cites=each.cites, cells=each.cells,
            truncated=bool(breaks_off(each.text)),
        )
        for each in claims
    ]  # fmt: skip


def _row(path: Path, number: int, line: str) -> Candidate:
    try:
        row: Any = json.loads(line)
        text = clean(row["claim"])
        cites = tuple(str(each) for each in row.get("cited_doc_ids") or row.get("cites") or ())
        cells = str(row.get("cells") or "")
    except (*NOT_JSON, KeyError, TypeError, AttributeError) as error:
        raise DataError.at(path, number, f"no claim ({error!r}); expected an object with `claim`.") from None
    if not text or len(text) > MOST:
        raise DataError.at(path, number, f"a claim of {len(text)} characters; expected 1 to {MOST:,}.")
    return Candidate(id=str(row.get("id", number)), text=text, kind="given", cites=cites, cells=cells)


def _id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
