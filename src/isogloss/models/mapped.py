"""Pages of weights' files that were read and are not needed now are handed back to the system.

Weights are read from a mapping of their file. Checking, comparing or hashing them brings the whole file into memory,
most of it the vocabulary's table, of which a phase needs some thousands of rows. The system keeps the file's pages for
as long as it has room, so that reading them again is quick. A page that was written to is the process's own, and stays.
"""

import ctypes
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from isogloss.core.typing import np

MAPPINGS, PAGES = Path("/proc/self/maps"), Path("/proc/self/pagemap")
FILES = ".safetensors"
_UNNEEDED = 4
"""MADV_DONTNEED of Linux."""
_PRESENT, _OF_FILE = np.uint64(1 << 63), np.uint64(1 << 61)
"""Bits of a page in /proc/self/pagemap: it is in memory; it is its file's, not the process's own."""


def release() -> int:
    """Hand back what was read and not written; returns its bytes."""
    try:
        advise = ctypes.CDLL(None).madvise
        areas = _areas(MAPPINGS.read_text("utf-8", errors="replace"))
        with PAGES.open("rb") as pages:
            runs = [run for begin, end in areas for run in _unwritten(pages, begin, end)]
    except (OSError, AttributeError, TypeError):  # not Linux
        return 0
    return sum(
        end - begin
        for begin, end in runs
        if advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _UNNEEDED) == 0
    )


def _areas(mappings: str) -> Iterator[tuple[int, int]]:
    """First and last address of each mapping of a weights' file."""
    for line in mappings.splitlines():
        if line.endswith(FILES):
            begin, end = line.split(maxsplit=1)[0].split("-")
            yield int(begin, 16), int(end, 16)


def _unwritten(pages: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """First and last address of each run of the file's own pages in memory."""
    size, entry = mmap.PAGESIZE, 8
    pages.seek(begin // size * entry)
    found = np.frombuffer(pages.read((end - begin) // size * entry), dtype=np.uint64)
    clean = (found & _PRESENT != 0) & (found & _OF_FILE != 0)
    bounds = np.flatnonzero(np.diff(clean, prepend=False, append=False))
    for first, last in zip(bounds[::2].tolist(), bounds[1::2].tolist(), strict=True):
        yield begin + first * size, begin + last * size
