"""How what lies at a path of a store is made again, once it is damaged or gone: what an error advises, and it is so."""

import shlex
from pathlib import Path

from isogloss.store.layout import HELD, STATE, VERSION, Layout, version_of

AGAIN = "give the command that made the study again"


def remedy(root: Path, path: Path) -> str:
    """What to do about one file of a store, in a sentence or two."""
    return f"{advice(root, path)} `isogloss verify-store` looks at everything in the store."


def near(path: Path) -> str:
    """The same, by those who know the file and not its store: of the store that it lies in, if it lies in one."""
    root = next(filter(_is_store, path.parents), None)
    return "Delete it and give the same command again." if root is None else remedy(root, path)


def _is_store(folder: Path) -> bool:
    """Whether a folder's VERSION is a store's; one that cannot be read is nobody's."""
    try:
        return version_of(Layout(folder).version.read_text("utf-8", "replace")) is not None
    except OSError:
        return False


def unit(root: Path, path: Path) -> Path:
    """What goes with a file: the run, evaluation or analysis whose folder it lies in, else the file alone.

    A run's spec, its marker, and what a phase in progress goes on from are each made again by themselves.
    """
    parts = path.relative_to(root).parts
    if parts[0] == "evaluations" and len(parts) > 3:
        return root.joinpath(*parts[:3])
    if parts[0] == "runs" and len(parts) > 2 and parts[2].startswith(STATE):
        return root.joinpath(*parts[:3])
    if parts[0] == "runs" and len(parts) > 2 and parts[2] not in ("spec.json", "done.json", "freed.json"):
        return root.joinpath(*parts[:2])
    return path


def advice(root: Path, path: Path) -> str:
    """How to make it again by hand."""
    parts = path.relative_to(root).parts
    first, name, whole = parts[0], parts[-1], unit(root, path)
    if name == HELD:
        return "Delete it: it is written again."
    if first == "runs" and name == "spec.json":
        return f"Delete it and {AGAIN}: it is written again, and nothing is trained."
    if first == "runs" and name in ("done.json", "freed.json"):
        return f"Delete it and {AGAIN}: this run is trained again; what was tested of it stays."
    if first == "runs" and len(parts) > 2 and parts[2].startswith(STATE):
        return f"Delete {whole} and {AGAIN}: the phase starts again."
    if first == "runs":
        return f"Delete the folder {whole} and {AGAIN}: this run is trained again; what was tested of it stays."
    if first == "evaluations":
        return f"Delete the folder {whole} and {AGAIN}; only this evaluation is repeated."
    if first == "studies":
        return f"Delete it and {AGAIN}: it is written again, and finished work is not repeated."
    if first == "baselines":
        return f"Delete it and {AGAIN}; only these baselines are scored again."
    if first == "translations":
        return f"Delete it and {AGAIN}; sentences that are in the store's cache are not translated again."
    if first == "divergences":
        return f"Delete it and give `isogloss measure {shlex.quote(parts[1])}` again; only this part is repeated."
    if first == "drifts":
        return f"Delete it and give `isogloss semdiv {shlex.quote(parts[1])}` again; only this part is repeated."
    if first == "advice":
        return "Delete it: it only says what was advised, and nothing is computed from it."
    if first == "analyses":
        return f"Run `isogloss analyse {shlex.quote(parts[1])}` again to write it."
    if first == "cache":
        return "Delete it: it is made again when it is needed."
    if first == "VERSION":
        return f"Write it again: `echo {VERSION} > {path}`."
    return "Delete it."
