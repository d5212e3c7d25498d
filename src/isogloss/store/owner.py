"""Who is writing a file: the name of a process, and whether that process still lives.

A file that is half-written is named by its writer, so that what a killed one left can be told from what a live one is
at. A process is told by its machine, its number, and when it began, since numbers are used again.
"""

import functools
import hashlib
import os
import socket
from pathlib import Path


def me() -> str:
    """This process: MACHINE.NUMBER.BEGAN, letters, digits and dots alone."""
    return f"{_machine()}.{os.getpid()}.{_began(os.getpid()) or 0}"


def alive(name: str) -> bool | None:
    """Whether the process of that name runs. None where nobody can tell: another machine's, or no such name."""
    machine, number, began = (*name.split("."), "", "")[:3]
    if machine != _machine() or not (number.isdigit() and began.isdigit()):
        return None
    now = _began(int(number))
    return _exists(int(number)) if now is None else now == int(began)


@functools.cache
def _machine() -> str:
    """8 hex digits for a space of process numbers: a machine since it was started, or a container on it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it leads to no file
    except OSError:
        boot, space = "", ""
    return hashlib.sha256(f"{socket.gethostname()}/{boot}/{space}".encode()).hexdigest()[:8]


def _began(number: int) -> int | None:
    """When a process began, in the kernel's ticks; 0 for one that only waits to be buried, None where none is seen."""
    try:
        told = Path(f"/proc/{number}/stat").read_text("utf-8", errors="replace")
    except OSError:  # there is none, or it is hidden, or the system has no such files
        return None
    state, *fields = told.rpartition(")")[2].split()  # the name before it may hold anything
    return 0 if state in "ZX" else int(fields[18])


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
