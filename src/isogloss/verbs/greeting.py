"""What `isogloss` says when it is given no verb: the three next steps."""

import argparse
import shlex

from isogloss.core.version import VERSION
from isogloss.report.terminal.screen import print_pairs, say
from isogloss.verbs import places

NEW = [
    ("isogloss run demo", "synthetic languages with known answers: no download, minutes"),
    ("isogloss report demo", "the page that comes of it"),
    ("isogloss new NAME --train FILE --test LANG=FILE", "your own data: writes the two files of a study"),
]


def greet() -> None:
    """Say what to do next: from nothing, or with the study that the store of this folder got last."""
    say(f"isogloss {VERSION}: which English intermediate task first, and where will zero-shot transfer break?\n")
    print_pairs(_steps())
    say("\nAll verbs: isogloss --help")


def _steps() -> list[tuple[str, str]]:
    names = places.kept(argparse.Namespace(store=None), "studies")
    if not names:
        return NEW
    last = shlex.quote(names[-1])
    return [
        (
            f"isogloss show {last}",
            "its runs and scores" + (f"; the store has {len(names)} studies" if names[1:] else ""),
        ),
        (f"isogloss report {last}", "its page, whatever is done of it"),
        (f"isogloss next {last}", "which runs would bring most, and when to stop"),
    ]
