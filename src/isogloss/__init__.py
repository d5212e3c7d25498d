"""isogloss: which English intermediate task should come first, and in which languages will the transfer break."""

__version__ = "0.1.0"
