"""The parser of the command line, with every verb in its group."""

import argparse
import shutil
import textwrap

from isogloss.cli import advice, completion, findings, literature, sharing, start, study, upkeep
from isogloss.cli.adding import Verbs
from isogloss.core.version import VERSION

GROUPS = {
    "Begin": start,
    "Run a study": study,
    "Say what came out": findings,
    "Advise": advice,
    "Hold claims against the literature": literature,
    "Use and share": sharing,
    "Look after a store": upkeep,
    "In a shell": completion,
}


class _Parser(argparse.ArgumentParser):
    """One whose help lists its verbs by group."""

    verbs: Verbs

    def format_help(self) -> str:
        """Usage, what it is for, verbs by group, where to start."""
        room = min(79, shutil.get_terminal_size().columns - 1)
        width = max(len(name) for group in self.verbs.groups.values() for name in group)
        parts = [self.format_usage(), textwrap.fill(self.description or "", room)]
        for title, verbs in self.verbs.groups.items():
            lines = [
                textwrap.fill(told, room, initial_indent=f"  {name:<{width}}  ", subsequent_indent=" " * (width + 4))
                for name, told in verbs.items()
            ]
            parts.append("\n".join([f"{title}:", *lines]))
        parts.append(textwrap.fill(self.epilog or "", room))
        return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def parser() -> argparse.ArgumentParser:
    """The parser of the command line, with every verb."""
    made = _Parser(
        prog="isogloss",
        usage="isogloss VERB [options]",
        description="English intermediate tasks and zero-shot cross-lingual transfer: run it, measure divergence, "
        "say where it breaks.",
        epilog="`isogloss VERB --help` has its options and an example. Start with `isogloss run demo`, then `isogloss "
        "report demo`. A RECIPE is a name or the path of a file of yours; options it takes (see `isogloss plan RECIPE "
        "--help`) follow it.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"isogloss {VERSION}")
    listed = made.add_subparsers(
        prog="isogloss", dest="verb", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
    )
    made.verbs = Verbs(listed)
    for title, room in GROUPS.items():
        made.verbs.group(title)
        room.add(made.verbs)
    return made
