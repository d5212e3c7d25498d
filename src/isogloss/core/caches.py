"""Where this machine keeps what can be made again: packaged encoders, measured ways of computing, mirrors of stores."""

import os
from pathlib import Path


def home() -> Path:
    """$ISOGLOSS_CACHE, else `isogloss` in the user's cache. May be deleted at any time."""
    own = os.environ.get("ISOGLOSS_CACHE")
    return Path(own or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "isogloss").expanduser()
