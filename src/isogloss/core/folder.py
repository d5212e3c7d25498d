"""The folder is the registry: `tasks/xnli.py` holding `TASK` is the task "xnli".

A file whose name starts with `_` is shared code, not an entry. A user's own folder works the same way as the package's
rooms, and so does the path of one `.py` file where a person gave it (`given`). Names that were read from somewhere,
such as a store, are looked up with `load`, which never takes one for a path: a store is data, nothing in it is run.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.names import problem

ATTRIBUTES = {"tasks": "TASK", "metrics": "METRIC", "measures": "MEASURE", "claims": "CLAIM", "recipes": "grid",
              "sources": "SOURCE", "evidence/checks": "CHECK", "evidence/mandates": "MANDATE",
              "report/sections": "SECTION"}  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]


def names(room: str, extra: Sequence[Path] = ()) -> list[str]:
    """Sorted names of the entries in a room ("tasks", "metrics", …) and in the user's folders `extra`."""
    found = {path.stem for path in (ROOT / room).glob("[!_]*.py")}
    for folder in extra:
        found |= {path.stem for path in folder.glob("[!_]*.py") if ATTRIBUTES[room] in path.read_text("utf-8")}
    return sorted(found)


def given(room: str, name: str, extra: Sequence[Path] = ()) -> Any:
    """The entry that a person named: by the path of a `.py` file, which is then run, or by its name."""
    if not name.endswith(".py"):
        try:
            return load(room, name, extra)
        except UnknownName as error:
            if not problem(name) and Path(f"{name}.py").is_file():
                raise UnknownName(f"{error} A file is named by its path: ./{name}.py") from None
            raise
    path = Path(name)
    if not path.is_file():
        raise SpecError(f"{name}: no such file. Give the path of a Python file that defines {ATTRIBUTES[room]}.")
    return _entry(_module_from_file(path), ATTRIBUTES[room], path)


def load(room: str, name: str, extra: Sequence[Path] = ()) -> Any:
    """The entry `name` of a room or of the user's folders `extra`, which win. Raises UnknownName, for a path too.

    A user's file may be called otherwise than the entry in it: the entry's own name counts.
    """
    attribute = ATTRIBUTES[room]
    own = {} if problem(name) else _own(attribute, name, extra)
    if len(own) > 1:
        raise SpecError(f"{' and '.join(map(str, own))} both define {attribute} '{name}'; rename one of the two.")
    if own:
        return next(iter(own.values()))
    if not name.isidentifier() or name.startswith("_") or not (ROOT / room / f"{name}.py").is_file():
        folders = " or ".join([f"isogloss/{room}/", *map(str, extra)])
        raise UnknownName.of(room.split("/")[-1].rstrip("s"), name, names(room, extra), f"one file each in {folders}")
    return _entry(
        importlib.import_module(f"isogloss.{room.replace('/', '.')}.{name}"), attribute, ROOT / room / f"{name}.py"
    )


def _own(attribute: str, name: str, folders: Sequence[Path]) -> dict[Path, Any]:
    """The entries of this name in a user's folders. No file is run that does not define one and say its name."""
    entries: dict[Path, Any] = {}
    others: dict[Path, str] = {}
    for path in (path for each in folders for path in sorted(each.glob("[!_]*.py"))):
        text = path.read_text("utf-8", "replace")
        defines = re.search(rf"^(def )?{attribute}\b", text, re.MULTILINE)
        if not defines or not (path.stem == name or re.search(rf"""["']{re.escape(name)}["']""", text)):
            continue
        entry = _entry(_module_from_file(path), attribute, path)
        own = getattr(entry, "name", path.stem)
        if own == name:
            entries[path] = entry
        elif path.stem == name:
            others[path] = own
    if others and not entries:
        (path, own), *_ = others.items()
        raise SpecError(f"{path}: its {attribute} is named '{own}'. Ask for '{own}', or give it the name '{name}'.")
    return entries


def _entry(module: ModuleType, attribute: str, path: Path) -> Any:
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise SpecError(f"{path}: it defines no {attribute}; a file in this room must.") from None


def _module_from_file(path: Path) -> ModuleType:
    path = path.resolve()
    name = f"isogloss_user_{path.stem}"
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{path}: not a Python file that can be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up here
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise SpecError(f"{path}: it fails when imported: {type(error).__name__}: {error}") from error
    return module
