"""Where the store, the data and the recipe lie that a command line names, and whether it asks for silence."""

import argparse
import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isogloss.core.task import Task
    from isogloss.plan.job import Plan
    from isogloss.plan.site import Site
    from isogloss.store.store import Store
    from isogloss.store.study import SavedStudy


def place(text: str) -> Path | str:
    """A folder, or a URL as it stands (a Path would take one of its slashes). Raises ArgumentTypeError for no name."""
    if not text.strip():  # a variable of the shell's that is not set: a Path would take it for this folder
        raise argparse.ArgumentTypeError("the name of the store is empty")
    return text if "://" in text else Path(text)


def named(arguments: argparse.Namespace) -> Path | str:
    """Where the store is: --store, else ISOGLOSS_STORE, else ./store."""
    return arguments.store or place(os.environ.get("ISOGLOSS_STORE") or "store")


def store(arguments: argparse.Namespace) -> "Store":
    """The store: --store, else ISOGLOSS_STORE, else ./store; with all that others left in one at a URL."""
    from isogloss.store.mirror import opened

    found = opened(named(arguments))
    found.sync()
    return found


def kept(arguments: argparse.Namespace, room: str) -> list[str]:
    """The names of the "studies" or "runs" in the store, without opening it, which takes longer than a key press.

    None where it is at a URL, not there, or cannot be read, which the verbs say.
    """
    from isogloss.core.errors import StoreError
    from isogloss.store.disk import listed
    from isogloss.store.layout import Layout

    try:
        at = named(arguments)
        if isinstance(at, str):
            return []
        layout = Layout(at)
        return [name.removesuffix(".json") for name in listed(layout.studies if room == "studies" else layout.runs)]
    except (StoreError, argparse.ArgumentTypeError):
        return []


def data(arguments: argparse.Namespace) -> Path:
    """The data root. Raises SpecError for one that was named and is not there."""
    from isogloss.core.errors import SpecError

    named = arguments.data or (Path(os.environ["ISOGLOSS_DATA"]) if os.environ.get("ISOGLOSS_DATA") else None)
    if named is not None:
        if not named.is_dir():
            raise SpecError(f"{named} is not a folder (data root). Name one with --data or ISOGLOSS_DATA.")
        return Path(named)
    beside = Path("../shared/data")
    return beside if beside.is_dir() else Path("data")


def site(arguments: argparse.Namespace) -> "Site":
    """Recipe with its options, store and data."""
    from isogloss.plan.options import options_of
    from isogloss.plan.site import Site

    named = recipe(arguments.recipe)
    return Site(
        recipe=named,
        options=options_of(named, arguments.rest),
        store_root=store(arguments).place,
        data=data(arguments).resolve(),
        precision=getattr(arguments, "precision", "auto"),
        keep=getattr(arguments, "keep", "all"),
    )


def planned(site: "Site", tflops: float = 0.0, *, quiet: bool = False) -> "Plan":
    """The plan of a recipe at its place. Data is read for it the first time, which may take a while."""
    from isogloss.plan.plan import plan as make
    from isogloss.report.terminal.study import precisions, replaced

    with watched("planning", quiet):
        found = make(site.study, site.store, site.data, site.find, tflops, site.precision)
        told = (*precisions(found, site.store, site.precision), *replaced(found, site.store))
        return dataclasses.replace(found, recipe=site.called, remarks=(*found.remarks, *told))


@contextlib.contextmanager
def watched(title: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show that something which takes a while lives, and what it is at; yields what may be told (done, total)."""
    from isogloss.progress.drawn import drawn
    from isogloss.progress.steps import Step

    with drawn([Step(title)], quiet=quiet) as progress, progress.at(title) as step:
        yield step


def recipe(named: str) -> str:
    """A recipe as any process can find it: a user's file by its whole path."""
    return str(Path(named).resolve()) if named.endswith(".py") else named


def describe(parser: argparse.ArgumentParser, named: str) -> None:
    """Add a recipe's own options to the help of a verb; nothing where it is not a recipe (a study, a search)."""
    from isogloss.core import folder
    from isogloss.plan.options import describe as describe_recipe

    if named.endswith(".py") or named in folder.names("recipes"):
        describe_recipe(parser, recipe(named))


def study(named: str) -> str:
    """The name of a study that is named by itself, or by the file of its recipe."""
    if not named.endswith(".py"):
        return named
    from isogloss.plan.site import Site

    return Site(recipe=recipe(named), store_root=Path(), data=Path()).study.name


def site_of(arguments: argparse.Namespace, saved: "SavedStudy | None", named: str) -> "Site":
    """Where a saved study has its tasks from: the recipe that the command line names, else one of isogloss's own.

    A store holds no code and none is run for it: the file of a user's recipe must be `named`.
    """
    from isogloss.core import folder
    from isogloss.plan.site import Site

    made_by = "" if saved is None or saved.own else saved.recipe.get("name", "")
    return Site(
        recipe=recipe(named) if named else made_by if made_by in folder.names("recipes") else "smoke",
        store_root=store(arguments).place,
        data=data(arguments).resolve(),
    )


def tasks_of(site: "Site", saved: "SavedStudy | None", command: str) -> Callable[[str], "Task"]:
    """The tasks of a saved study by name: those that the site's recipe speaks of, else isogloss's own.

    Raises SpecError for a task of the user's own whose recipe was not named; `command` with that file in place of "{}"
    names it.
    """
    from isogloss.core import folder
    from isogloss.core.errors import SpecError, UnknownName
    from isogloss.report.parts.words import called

    def find(name: str) -> "Task":
        try:
            found: Task = site.find(name) if name in site.mentioned else folder.load("tasks", name)
        except UnknownName as error:
            file = called(saved) if saved is not None and saved.own else "./RECIPE.py"
            raise SpecError(
                f"task '{name}' does not come with isogloss, and a store holds no code: name the file of the recipe "
                f"that brings it, as in `{command.format(file)}`."
            ) from error
        return found

    return find


def quiet(arguments: argparse.Namespace) -> bool:
    """No progress: --quiet, --json or ISOGLOSS_QUIET."""
    told = any(getattr(arguments, name, False) for name in ("quiet", "json"))
    return told or os.environ.get("ISOGLOSS_QUIET", "") not in ("", "0")
