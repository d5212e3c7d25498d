"""The version is said in two places, which agree."""

import tomllib
from pathlib import Path

import isogloss
from isogloss.core.version import VERSION

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_package_says_the_version_that_the_project_declares() -> None:
    """pyproject.toml, the records' version and `isogloss.__version__` are one."""
    declared = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"]
    assert declared == VERSION == isogloss.__version__
