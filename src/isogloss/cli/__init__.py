"""The command line: `main` runs one verb. What verbs do is in verbs/, their options in the files beside this one."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from isogloss.cli.adding import KEPT, NEEDED, READ, SAME, WHOLE
from isogloss.cli.parser import parser
from isogloss.report.terminal.screen import say, uncaught

__all__ = ["INTERRUPTED", "KEPT", "NEEDED", "READ", "SAME", "TERMINATED", "WHOLE", "main", "parser"]
INTERRUPTED, TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0, 2 for an error the user can mend, 130 for Ctrl-C, 143 for SIGTERM."""
    from isogloss.core import signals
    from isogloss.core.errors import IsoglossError

    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        sys.excepthook = uncaught
    options = argparse.Namespace(debug="--debug" in words, kept=READ)
    try:
        with signals.answered():
            if words:
                _, rest = parser().parse_known_args(words, options)
                status = _do(options, rest)
            else:
                status = _greet()
            sys.stdout.flush()  # here, where an error is still told
            return status
    except IsoglossError as error:
        if options.debug:
            raise
        say(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as request:
        terminated = isinstance(request, signals.Terminated)
        begin = "\n" if sys.stderr.isatty() else ""  # after the terminal's ^C
        say(f"{begin}{'Stopped by SIGTERM' if terminated else 'Interrupted'}. {options.kept}", file=sys.stderr)
        return TERMINATED if terminated else INTERRUPTED
    except BrokenPipeError:  # `isogloss show | head`
        _print_no_more()
    except OSError as error:
        if options.debug:
            raise
        from isogloss.store.disk import told_of

        with suppress(OSError):
            say(f"StoreError: {told_of(error)}", file=sys.stderr)
        _print_no_more()
        return 2
    return 0


def _print_no_more() -> None:
    """Python prints the rest when it ends, and would fail once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _do(arguments: argparse.Namespace, rest: list[str]) -> int:
    from isogloss.core.errors import SpecError

    if rest and not arguments.follows:
        raise SpecError(
            f"`isogloss {arguments.verb}` takes no {' '.join(rest)}; see `isogloss {arguments.verb} --help`."
        )
    arguments.rest = rest
    return int(arguments.do(arguments) or 0)


def _greet() -> int:
    """`isogloss` alone: what to do next."""
    from isogloss.verbs import greeting

    greeting.greet()
    return 0
