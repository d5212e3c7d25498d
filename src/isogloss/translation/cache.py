"""Translations by content: each sentence is translated once by one version of one engine.

A folder of segments, each written in one step and never changed, so that processes may add at the same time and a
kill loses at most the batch in flight. It may be deleted at any time: what is asked for again is translated again.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from isogloss.core.errors import NOT_JSON
from isogloss.core.names import refuse
from isogloss.store.disk import listed, reaching
from isogloss.store.seal import by_content
from isogloss.store.write import replacing
from isogloss.translation.engine import Pieces, Translation


class Cache:
    """The translations of one engine's version into one language."""

    def __init__(self, root: Path, version: str, language: str) -> None:
        refuse("language", language)
        name = hashlib.sha256(version.encode()).hexdigest()[:12]
        self.folder = root / f"{language}-{name}"
        self._known: dict[str, Translation | None] = {}
        self._read: set[str] = set()

    def refresh(self) -> None:
        """Read the segments that were added since the last call, by this process or another."""
        for name in listed(self.folder, ".jsonl"):
            if name not in self._read:
                self._read.add(name)
                self._known |= dict(_entries(self.folder / name))

    def missing(self, sentences: Iterable[Pieces]) -> list[Pieces]:
        """Those that are not there yet, each once, in their order."""
        return [each for each in dict.fromkeys(sentences) if _key(each) not in self._known]

    def __getitem__(self, sentence: Pieces) -> Translation | None:
        return self._known[_key(sentence)]

    def add(self, sentences: Sequence[Pieces], translations: Sequence[Translation | None]) -> None:
        """Keep a batch."""
        rows = {_key(each): made for each, made in zip(sentences, translations, strict=True)}
        lines = [
            json.dumps([key, made and [list(made.pieces), made.unknown]], ensure_ascii=False)
            for key, made in rows.items()
        ]
        body = "\n".join(lines) + "\n"
        name = f"{by_content(body.encode())}.jsonl"
        with replacing(self.folder / name) as draft:
            draft.write_text(body, encoding="utf-8")
        self._read.add(name)
        self._known |= rows


def _key(sentence: Pieces) -> str:
    return hashlib.sha256(repr(sentence).encode()).hexdigest()[:24]


def _entries(path: Path) -> list[tuple[str, Translation | None]]:
    with reaching(path):
        body = path.read_bytes()
    if path.stem != by_content(body):  # damaged by something else: translated again
        return []
    entries = []
    for line in filter(None, body.decode().split("\n")):
        try:
            key, value = json.loads(line)
            made = value and Translation(tuple((text, tuple(marks)) for text, marks in value[0]), value[1])
        except (*NOT_JSON, TypeError, IndexError):  # another version's
            continue
        entries.append((key, made))
    return entries
