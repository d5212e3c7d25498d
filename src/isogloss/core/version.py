"""The version, as records and requests name it. `pyproject.toml` says the same (a test holds them together)."""

VERSION = "0.2.0"
