"""A store holds files and folders of its own: links in it are not followed, for reading, writing or deleting."""

import os
from pathlib import Path

from isogloss.core.errors import StoreError


def own(path: Path, root: Path) -> Path:
    """A path below a store's root, unless it or a folder that leads to it is a link: then StoreError.

    Who follows a link in a store that others made would read, write or delete where that store does not lie.
    """
    parts = path.parts
    if parts[: len(root.parts)] != root.parts:
        raise ValueError(f"{path} is not below {root}")
    below = str(root)
    for part in parts[len(root.parts) :]:  # text, for this is asked of every file that a command reads
        below = f"{below}/{part}"
        no_link(below)
    return path


def linkless(folder: Path) -> Path:
    """A folder, unless a link lies anywhere in it: then StoreError."""
    for above, folders, names in os.walk(folder):
        for name in (*folders, *names):
            no_link(Path(above, name))
    return folder


def no_link(path: Path | str) -> None:
    """Raise StoreError for a link."""
    if os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises where nobody may look
        raise StoreError(
            f"{path} is a link, which is not followed: a store's files lie in the store. Put what it leads to in its "
            "place, or keep the whole store there and name that folder. Nothing was changed."
        )
