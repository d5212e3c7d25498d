"""Memory that a step frees is kept for the next step, and not handed back to the system in between.

By itself glibc returns large blocks at once and has them mapped again, page by page, wherever the next tensor is made:
a tenth of a training step of multilingual-e5-small, a quarter of a short one. No bit of a result depends on it.
"""

import ctypes
from functools import cache

_TRIM, _MMAP = -1, -3
"""M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h."""
LARGEST = 32 << 20
"""Bytes of a block that is kept: as many as glibc ever allows. Whole vocabularies are larger, and go back at once."""


@cache
def keep() -> bool:
    """Keep freed memory from here on; whether this system's allocator can be told so."""
    try:
        options = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc
        return False
    return bool(options(_MMAP, LARGEST)) and bool(options(_TRIM, (1 << 31) - 1))


def release() -> None:
    """Hand back what is free: at the end of a phase, and now and then within it.

    Where inputs differ in length, so do the blocks of every step, and what is free between them adds up: on SQuAD to as
    much again as a step needs. Having it mapped again takes the next step some hundredths of a second.
    """
    if keep():
        ctypes.CDLL(None).malloc_trim(0)
