"""What a benchmark needs and has not: said in one sentence, and `make bench` goes on to the next."""

import sys
from pathlib import Path
from typing import NoReturn


def needs(what: str) -> NoReturn:
    """End well: nothing was measured, and nothing is wrong."""
    print(f"bench/{Path(sys.argv[0]).name} needs {what} (--help); nothing was measured.")
    raise SystemExit(0)
