"""Text of a PDF, read in a child process with limits: a file can be built to run for ever or to fill the memory."""

import contextlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import NOT_JSON, SourceError

PAGES, SECONDS, MEMORY, BYTES, CHARACTERS = 400, 60, 2 << 30, 64 << 20, 4_000_000
"""Pages, seconds of a processor, bytes of memory, bytes of the file, characters of text at most."""


@dataclass(frozen=True, kw_only=True)
class Pdf:
    """What a PDF says."""

    text: str
    """Pages with a blank line between them; words cut at a line's end are joined."""
    title: str
    """From the file's own data; often absent or wrong."""
    pages: int
    extractor: str


def read(path: Path, where: str, *, seconds: float = SECONDS) -> Pdf:
    """The text. Raises SourceError for a file without text, an encrypted, damaged or too large one."""
    size = path.stat().st_size
    if size > BYTES:
        raise SourceError(f"{where}: {size >> 20} MB; PDFs of up to {BYTES >> 20} MB are read.")
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise SourceError(f"{where}: it is not a PDF.")
    command = [
        sys.executable,
        "-I",
        "-c",
        _CHILD,
        str(path),
        str(int(seconds) + 1),
        str(PAGES),
        str(MEMORY),
        str(CHARACTERS),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds * 2 + 5, check=False)
    except subprocess.TimeoutExpired:
        raise SourceError(f"{where}: not read within {seconds:g} seconds; it is not held.") from None
    told = {}
    with contextlib.suppress(*NOT_JSON):
        told = json.loads(done.stdout.decode("utf-8", "replace") or "{}")
    if "text" not in told:
        why = told.get("why") or (f"not read within {seconds:g} seconds" if done.returncode < 0 else "damaged")
        raise SourceError(f"{where}: {why}; it is not held.")
    text = _joined(told["text"])
    if len(re.findall(r"\w", text)) < 20 * min(told["pages"], 5):
        raise SourceError(f"{where}: no text layer (scanned pages?); it is not held.")
    return Pdf(text=text, title=" ".join(told["title"].split())[:500], pages=told["pages"], extractor=told["extractor"])


def _joined(text: str) -> str:
    """Lines into paragraphs: hyphens at a line's end go, unless what follows begins with a capital."""
    text = text.replace("\x00", "").replace("\r", "\n").replace("\u00ad", "")
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    parts = (re.sub(r"(?<!\s)\s*\n\s*", " ", part).strip() for part in re.split(r"\n\s*\n|\f", text))
    return "\n\n".join(part for part in parts if part)


_CHILD = """
import json, sys
path, seconds, pages, memory, characters = sys.argv[1], *map(int, sys.argv[2:])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except (ImportError, ValueError, OSError):
    pass
import logging
logging.disable(logging.CRITICAL)
out = {}
try:
    import pypdf
    reader = pypdf.PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        out = {"why": "encrypted"}
    else:
        text, left = [], characters
        for page in reader.pages[:pages]:
            found = page.extract_text() or ""
            text.append(found[:left])
            left -= len(found)
            if left <= 0:
                break
        title = str((reader.metadata or {}).get("/Title") or "")
        out = {"text": "\\f".join(text), "title": title, "pages": len(text), "extractor": f"pypdf {pypdf.__version__}"}
except MemoryError:
    out = {"why": "it takes too much memory"}
except BaseException as error:
    out = {"why": f"damaged ({type(error).__name__})"}
sys.stdout.write(json.dumps(out))
"""
