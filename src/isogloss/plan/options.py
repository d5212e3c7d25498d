"""A recipe's own options: an argument parser made of the signature of its `grid` and the "Args:" of its docstring."""

import argparse
import inspect
import re
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from isogloss.core.errors import SpecError
from isogloss.core.names import parted
from isogloss.core.shown import quoted
from isogloss.plan.site import grid_of


def options_of(recipe: str, arguments: Sequence[str]) -> dict[str, Any]:
    """The options that are given on a command line, by the annotations and defaults of the recipe's `grid`.

    `--seeds 3` gives seeds=3; a flag, `--shrink` or `--no-shrink`, a bool; `--languages de,fr` a tuple.
    Raises SpecError for an option that the recipe does not take.
    """
    grid = grid_of(recipe)
    listed = ", ".join(f"--{name.replace('_', '-')}" for name in _taken(grid)) or "none"
    parser = _Parser(recipe, listed)
    add(parser, grid)
    known, rest = parser.parse_known_args(arguments)
    if rest:
        raise SpecError(f"recipe '{recipe}' takes no option {rest[0]}; it takes: {listed}.")
    return vars(known)


def describe(parser: argparse.ArgumentParser, recipe: str) -> None:
    """Add a recipe's options, with their meaning and default, to the help of a verb."""
    grid = grid_of(recipe)
    summary = (inspect.getdoc(grid) or "").split("\n\n")[0].replace("\n", " ")
    group = parser.add_argument_group(f"options of {Path(recipe).name}", summary)
    if hidden := add(group, grid):
        group.description = f"{group.description} The verb takes {', '.join(hidden)} for itself."


def add(parser: argparse._ActionsContainer, grid: Callable[..., Any]) -> list[str]:
    """An option for each parameter of a `grid`; returns those that the parser has already."""
    hidden = []
    told = meanings(inspect.getdoc(grid) or "")
    hints = typing.get_type_hints(grid)
    for name, parameter in _taken(grid).items():
        default = parameter.default
        kind = _plain(hints.get(name, str if default in (parameter.empty, None) else type(default)))
        needed = default is parameter.empty
        shown = "required" if needed else f"default: {_shown(default)}"
        about = f"{told[name]} ({shown})" if told.get(name) else shown
        options: dict[str, Any] = {"help": about.replace("%", "%%"), "default": argparse.SUPPRESS, "required": needed}
        if kind is bool:
            options |= {"action": argparse.BooleanOptionalAction}
        elif typing.get_origin(kind) in (tuple, list):
            options |= {"type": _several(_plain(typing.get_args(kind)[0])), "metavar": "A,B"}
        else:
            options |= {"type": kind if kind in (int, float, Path) else str, "metavar": _METAVARS.get(kind, "TEXT")}
        try:
            parser.add_argument(f"--{name.replace('_', '-')}", dest=name, **options)
        except argparse.ArgumentError:
            hidden.append(f"--{name.replace('_', '-')}")
    return hidden


def meanings(doc: str) -> dict[str, str]:
    """Parameter → what the "Args:" section of a docstring says of it."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", doc, re.MULTILINE)
    found: dict[str, list[str]] = {}
    for line in section[1].splitlines() if section else ():
        if entry := re.match(r"(?: {4}|\t)(\w+)(?: \(.*?\))?: (.*)", line):
            name = entry[1]
            found[name] = [entry[2]]
        elif line.strip() and found:
            found[name].append(line.strip())
    return {name: " ".join(lines).rstrip(".") for name, lines in found.items()}


_METAVARS = {int: "N", float: "X", Path: "PATH"}


class _Parser(argparse.ArgumentParser):
    """One whose errors are ours and say what the recipe takes."""

    def __init__(self, recipe: str, listed: str) -> None:
        super().__init__(add_help=False, allow_abbrev=False)
        self._recipe, self._listed = recipe, listed

    def error(self, message: str) -> NoReturn:
        """Raises SpecError."""
        raise SpecError(f"recipe '{self._recipe}': {message}; it takes: {self._listed}.")


def _taken(grid: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: each for name, each in inspect.signature(grid).parameters.items() if each.kind not in several}


def _plain(kind: Any) -> Any:
    """What a value may be when it is not None."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return next(each for each in typing.get_args(kind) if each is not type(None))
    return kind


def _several(kind: Any) -> Callable[[str], tuple[Any, ...]]:
    inner = kind if kind in (int, float, Path) else str

    def read(text: str) -> tuple[Any, ...]:
        given = parted(text)
        if text and not given:  # which would be taken for an option that was left out
            what = "name" if inner is str else "value"
            raise argparse.ArgumentTypeError(
                f"{quoted(text)} holds no {what}. Give one or more, with commas between them, or leave the option out"
            )
        return tuple(map(inner, given))

    read.__name__ = f"list of {inner.__name__}"
    return read


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, tuple | list):
        return ",".join(map(str, default)) or "none named"
    return f"{default:g}" if isinstance(default, float) else str(default) if default not in ("", None) else "none"
