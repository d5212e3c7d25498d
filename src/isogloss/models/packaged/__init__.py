"""Published encoders whose weights come inside an installed package: one file each, found by name, made once.

A name with a hyphen is the file with an underscore: "e5-small" is `e5_small.py`.
"""

import importlib
from pathlib import Path

from isogloss.models.packaged._package import Packaged

__all__ = ["Packaged", "located", "named", "names", "told"]


def names() -> list[str]:
    """All of them, installed or not."""
    return sorted(path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[!_]*.py"))


def named(name: str) -> Packaged | None:
    """The packaged encoder of this name; None for any other name."""
    if name not in names():
        return None
    found: Packaged = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").PACKAGED
    return found


def told(name: str) -> tuple[str, ...]:
    """What a reader of its results must know of a packaged encoder, in sentences; nothing of any other."""
    found = named(name)
    return () if found is None else (f"{name} is {found.title} ({found.licence}). {found.note}",)


def located(name: str | Path) -> str:
    """Where an encoder's files lie: a packaged one's folder, made on first use; any other name, or a path, as it is.

    Raises ModelError when the package is not installed or its files are damaged.
    """
    found = named(name) if isinstance(name, str) else None  # Path("./e5-small") has lost its "./", and is a folder
    return str(name) if found is None else str(found.folder())
