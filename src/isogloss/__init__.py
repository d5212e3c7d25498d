"""isogloss: which English intermediate task should come first, and in which languages will the transfer break."""

from isogloss.core.version import VERSION as __version__  # noqa: N811

__all__ = ["__version__"]
