"""Verbs that look after a store."""

from isogloss.cli.adding import NEEDED, WHOLE, Verbs
from isogloss.verbs import study, upkeep


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(study.gc, "free weights that no saved study needs any more", "gc --dry-run", kept=NEEDED)
    one.add_argument("--dry-run", action="store_true", help="only show what would go")
    one.add_argument("--parents", action="store_true", help="also weights that finished runs started from")
    one.add_argument("--abandoned", action="store_true", help="also unfinished runs that no saved study names")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        upkeep.verify_store,
        "is everything in the store what it was? exit status 1 if not",
        "verify-store --repair",
        kept=WHOLE,
    )
    one.add_argument("--repair", action="store_true", help="show what would be taken out of use, and what it costs")
    one.add_argument("--yes", action="store_true", help="do it")
    one.add_argument("--json", action="store_true")
