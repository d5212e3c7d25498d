"""Where the store, the data and the recipe lie that a command line names, and whether it asks for silence."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isogloss.grid.job import Plan
    from isogloss.grid.site import Site
    from isogloss.store.store import Store


def place(text: str) -> Path | str:
    """A folder, or a URL as it stands (a Path would take one of its slashes)."""
    return text if "://" in text else Path(text)


def store(asked: argparse.Namespace) -> "Store":
    """The store: --store, else ISOGLOSS_STORE, else ./store; with all that others left in one at a URL."""
    from isogloss.store.mirror import opened

    found = opened(asked.store or place(os.environ.get("ISOGLOSS_STORE") or "store"))
    found.sync()
    return found


def data(asked: argparse.Namespace) -> Path:
    """The data root. Raises SpecError for one that was named and is not there."""
    from isogloss.core.errors import SpecError

    named = asked.data or (Path(os.environ["ISOGLOSS_DATA"]) if os.environ.get("ISOGLOSS_DATA") else None)
    if named is not None:
        if not named.is_dir():
            raise SpecError(f"the data root {named} is no folder; name one with --data or ISOGLOSS_DATA.")
        return Path(named)
    beside = Path("../shared/data")
    return beside if beside.is_dir() else Path("data")


def site(asked: argparse.Namespace) -> "Site":
    """Recipe with its options, store and data."""
    from isogloss.grid.site import Site, options_of

    recipe = asked.recipe if not asked.recipe.endswith(".py") else str(Path(asked.recipe).resolve())
    return Site(
        recipe=recipe,
        options=options_of(recipe, asked.rest),
        store_root=store(asked).place,
        data=data(asked).resolve(),
    )


def planned(site: "Site", tflops: float = 0.0) -> "Plan":
    """The plan of a recipe at its place."""
    from isogloss.grid.plan import plan as make

    return make(site.study, site.store, site.data, site.find, tflops)


def quiet(asked: argparse.Namespace) -> bool:
    """No progress: --quiet, --json or ISOGLOSS_QUIET."""
    told = any(getattr(asked, name, False) for name in ("quiet", "json"))
    return told or os.environ.get("ISOGLOSS_QUIET", "") not in ("", "0")
