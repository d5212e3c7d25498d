"""Apertium (Forcada et al. 2011): rule-based translation that works offline, by the programs Debian packages.

Sentences go through one pipeline with null flushes, so that none changes another's translation. Marks are Apertium's
word-bound blanks, which its transfer rules carry with the words; they cost it multi-word entries ("in front of"), so
only what must be followed is marked.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from isogloss.core.errors import TranslationError, UnknownName
from isogloss.translation.engine import Pieces, Translation, written

MODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ca": ("eng-cat", "apertium-eng-cat"),
        "eo": ("en-eo", "apertium-eo-en"),
        "es": ("eng-spa", "apertium-eng-spa"),
        "gl": ("en-gl", "apertium-en-gl"),
    }
)
"""Language → Apertium's mode from English, and the Debian package that brings it."""
ESCAPING = 1
"""Goes up when what is sent to the programs, or how their output is read, changes."""
_RESERVED = set("[]{}^$/\\<>")
_SIGNS = set("*#@~+")
"""What Apertium marks words with (unknown *, not generated #, not in the dictionary @): hidden in blanks if a text has
it, so that every one that comes back is a mark."""
_TOKEN = re.compile(r"\[\[([^\]]*)\]\]|\[([^\]]*)\]|\\(.)|([*#@])|([^\[\\*#@]+)", re.DOTALL)
_END = "[end].[]"


@dataclass(frozen=True, kw_only=True)
class Apertium:
    """The installed Apertium."""

    modes: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MODES)
    """Language → its mode (`apertium -l` lists what is installed) and the package that brings it."""
    name: str = "apertium"
    carries_marks: bool = True

    def version(self, language: str) -> str:
        """A hash of the mode, the dictionaries and rules it names, and the programs it runs."""
        return _version(self._mode(language), str(self.folder))

    def translate(self, sentences: Sequence[Pieces], language: str) -> list[Translation | None]:
        """A sentence that the pipeline does not give back whole is None, not a guess."""
        mode = self._mode(language)
        sent = [(row, pieces) for row, pieces in enumerate(sentences) if written(pieces).strip()]
        found = self._sent(sent, mode)
        return [found.get(row) for row in range(len(sentences))]

    @property
    def folder(self) -> Path:
        """Where Apertium keeps its modes."""
        program = shutil.which("apertium")
        if program is None:
            raise TranslationError(
                "Apertium is not installed (no program `apertium`). On Debian and Ubuntu: apt-get install apertium "
                f"{' '.join(package for _, package in self.modes.values())}. Nothing was translated."
            )
        return Path(program).resolve().parents[1] / "share" / "apertium" / "modes"

    def _mode(self, language: str) -> str:
        if language not in self.modes:
            raise UnknownName.of("language", language, self.modes, "languages Apertium is asked for; see `modes`")
        mode, package = self.modes[language]
        if not (self.folder / f"{mode}.mode").is_file():
            raise TranslationError(
                f"Apertium has no mode '{mode}' in {self.folder}. On Debian and Ubuntu: apt-get install {package}. "
                "Nothing was translated."
            )
        return mode

    def _sent(self, sent: Sequence[tuple[int, Pieces]], mode: str) -> dict[int, Translation | None]:
        """Send sentences; where fewer come back than were sent, halves are sent again until the odd one is alone."""
        if not sent:
            return {}
        stream = "".join(f"[n{row}]{encoded(pieces)}\0" for row, pieces in sent)
        done = subprocess.run(
            ["apertium", "-f", "none", "-z", mode],
            input=stream.encode(),
            capture_output=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise TranslationError(f"apertium {mode} failed with status {done.returncode}: {(said or [''])[-1]}")
        parts = done.stdout.decode(errors="replace").rstrip("\0").split("\0")
        if [part.partition("]")[0].strip() for part in parts] == [f"[n{row}" for row, _ in sent]:
            return {row: decoded(part.partition("]")[2]) for (row, _), part in zip(sent, parts, strict=True)}
        if len(sent) == 1:
            return {}
        half = len(sent) // 2
        return self._sent(sent[:half], mode) | self._sent(sent[half:], mode)


def encoded(pieces: Pieces) -> str:
    """A sentence in Apertium's stream format: signs hidden in blanks, marked words in word-bound blanks."""
    parts = []
    for text, marks in pieces:
        body = "".join(_character(each) for each in text)
        # A blank around white space would be attached to the next word.
        parts.append(f"[[t:m:{marks[0]}]]{body}[[/]]" if marks and body.strip() else body)
    closed = written(pieces).rstrip().endswith((".", "!", "?"))
    # Without a full stop the last words would be analysed as if the sentence went on; one is lent and taken back.
    return "".join(parts) + ("[]" if closed else _END)


def _character(character: str) -> str:
    if character in _SIGNS or (not character.isprintable() and not character.isspace()):
        return f"[u{ord(character):x}]"
    if character.isspace():
        return " "
    return f"\\{character}" if character in _RESERVED else character


def decoded(stream: str) -> Translation | None:
    """What Apertium wrote, marks and signs read; None when the lent full stop did not come back as the last word."""
    pieces: list[tuple[str, tuple[int, ...]]] = []
    marks: tuple[int, ...] = ()
    unknown = 0
    stream, lent, rest = stream.partition("[end]")
    if lent and re.sub(r"\[[^\]]*\]", "", rest).strip(" .\\"):
        return None
    for bound, blank, escaped, sign, text in _TOKEN.findall(stream):
        if bound:
            marks = tuple(int(number) for number in re.findall(r"t:m:(\d+)", bound)) if bound != "/" else ()
        elif blank:
            pieces.append((chr(int(blank[1:], 16)), ()) if re.fullmatch(r"u[0-9a-f]+", blank) else ("", ()))
        elif sign or (escaped and escaped in "*#@"):
            unknown += 1
        elif escaped or text:
            pieces.append((escaped or text, marks))
    joined = _joined(pieces)
    return Translation(joined, unknown) if written(joined) else None


def _joined(pieces: Sequence[tuple[str, tuple[int, ...]]]) -> Pieces:
    """Neighbours with the same marks as one piece; single spaces, none at the ends."""
    merged: list[tuple[str, tuple[int, ...]]] = []
    for text, marks in pieces:
        text = re.sub(r"\s+", " ", text)
        if text.startswith(" ") and (not merged or merged[-1][0].endswith(" ")):
            text = text[1:]
        if text and merged and merged[-1][1] == marks and not marks:
            merged[-1] = (merged[-1][0] + text, marks)
        elif text:
            merged.append((text, marks))
    while merged and not merged[-1][0].rstrip():
        merged.pop()
    if merged:
        merged[-1] = (merged[-1][0].rstrip(), merged[-1][1])
    return tuple(merged)


@cache
def _version(mode: str, folder: str) -> str:
    path = Path(folder) / f"{mode}.mode"
    pipeline = path.read_text("utf-8")
    digest = hashlib.sha256(f"{ESCAPING}\n{pipeline}".encode())
    programs = sorted({each.split()[0] for each in pipeline.split("|") if each.strip()})
    files = [shutil.which(program) for program in programs]
    for file in [*re.findall(r"'([^']+)'", pipeline), *filter(None, files)]:
        if Path(file).is_file():
            with Path(file).open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
    return f"apertium {mode} {digest.hexdigest()[:12]}"
