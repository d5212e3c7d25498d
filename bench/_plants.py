"""Faults that are put in on purpose, one of each kind: a harness that cannot fail says nothing."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def torn() -> None:
    """Files are written under their own name, in two halves."""
    from isogloss.store import write

    @contextlib.contextmanager
    def replacing(path: Path, *given: Any) -> Iterator[Path]:
        with real(path.parent / "other" / path.name, *given) as draft:
            yield draft
            if draft.is_dir():
                shutil.copytree(draft, path, dirs_exist_ok=True)
                return
            data = draft.read_bytes()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(data[: len(data) // 2])
            with path.open("ab") as file:
                file.write(data[len(data) // 2 :])

    real = write.replacing
    _everywhere(real, replacing)


def lost() -> None:
    """Keeping an analysis costs an evaluation."""
    from isogloss.store.store import Store
    from isogloss.store.write import remove

    real = Store.save_analysis

    def save_analysis(self: Store, *given: Any) -> Any:
        for path in sorted(self.at.evaluations.glob("*/*"))[:1]:
            remove(path)
        return real(self, *given)

    setattr(Store, "save_analysis", save_analysis)  # noqa: B010 - mypy would have it no other way


def different() -> None:
    """A phase that goes on from its state has forgotten its optimizer's."""
    from isogloss.training import checkpoint

    real = checkpoint.restore
    _everywhere(real, lambda folder, modules, _: real(folder, modules, ()))


def left() -> None:
    """Half-written files do not say whose they are."""
    from isogloss.store import write

    _everywhere(write.partial, lambda path: path.parent / f".partial-{secrets.token_hex(4)}-{path.name}")


def said() -> None:
    """SIGTERM is not answered."""
    from isogloss.core import signals

    setattr(signals, "answered", contextlib.nullcontext)  # noqa: B010


def _everywhere(old: Any, new: Any) -> None:
    """Put a function in the place of another, in every module that has imported it."""
    import sys

    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()) if module.__name__.startswith("isogloss") else ():
            if value is old:
                setattr(module, name, new)


PLANTS = {each.__name__: each for each in (torn, lost, different, left, said)}
