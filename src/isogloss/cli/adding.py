"""How a verb is added to the command line: its group, its example, and the options that many verbs share."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isogloss.verbs import places

KEPT = "What is finished is kept; the same command goes on from there."
WHOLE = "Every file is the old one or the new one, whole; give the same command again."
SAME = "The store is as it was; give the same command again."
NEEDED = "What is needed is there; the same command frees the rest."
READ = "Nothing was written; give the same command again."


class Verbs:
    """The verbs of a parser, in groups; `groups` maps a group's title to the summaries of its verbs."""

    def __init__(self, listed: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        self._listed = listed
        self.groups: dict[str, dict[str, str]] = {}

    @property
    def parsers(self) -> Mapping[str, argparse.ArgumentParser]:
        """Of each verb, by its name."""
        return self._listed.choices

    def group(self, title: str) -> None:
        """What is added from now on stands under this title."""
        self.groups[title] = {}

    def add(
        self, do: Any, summary: str, example: str, *, store: bool = True, reads: bool = False, kept: str = READ,
        recipe: str = "",
    ) -> argparse.ArgumentParser:  # fmt: skip
        """A verb that `do` carries out. `example` is a command line of it, without the program's name.

        `kept` says, to whoever stops it, what is kept and how to go on; `recipe` names one whose options follow.
        """
        name = do.__name__.rstrip("_").replace("_", "-")
        [*self.groups.values()][-1][name] = summary
        made = self._listed.add_parser(
            name, help=summary, description=do.__doc__, epilog=f"{EXAMPLE}  isogloss {example}", allow_abbrev=False,
            add_help=not recipe, formatter_class=Formatter,
        )  # fmt: skip
        made.set_defaults(do=do, kept=kept, follows=bool(recipe))
        if recipe:
            made.add_argument(
                "recipe", metavar=recipe, help=f"its own options follow it; `isogloss {name} RECIPE --help` lists them"
            )
            made.add_argument("-h", "--help", action=_Help, help="show this and, after a RECIPE, its own options")
        made.add_argument("--debug", action="store_true", help="show where an error comes from")
        if store:
            made.add_argument(
                "--store", type=places.place, metavar="DIR|URL", help="default: $ISOGLOSS_STORE, else ./store"
            )
        if reads:
            made.add_argument(
                "--data", type=Path, metavar="DIR", help="default: $ISOGLOSS_DATA, else ../shared/data, else ./data"
            )
        return made


def precision(verb: argparse.ArgumentParser) -> None:
    """What published encoders compute in; models/device.py has the same names, and imports torch."""
    verb.add_argument(
        "--precision", choices=("auto", "float32", "bfloat16"), default="auto",
        help="of published encoders' products (default: bfloat16 where the device does it natively and it pays)",
    )  # fmt: skip


EXAMPLE = "example:\n"


class Formatter(argparse.HelpFormatter):
    """Prose is filled; an example keeps its lines."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(EXAMPLE) else super()._fill_text(text, width, indent)


class _Help(argparse.Action):
    """Help of a verb and, after a RECIPE, of the recipe's own options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "nargs": 0, "default": argparse.SUPPRESS})

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: Any) -> None:
        """Print it and end."""
        if named := getattr(namespace, "recipe", None):
            places.describe(parser, named)
        parser.print_help()
        parser.exit()
