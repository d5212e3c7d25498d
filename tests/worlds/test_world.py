"""Worlds: identity and errors."""

import subprocess
import sys
from dataclasses import replace

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.worlds.language import Language
from isogloss.worlds.world import DEFAULT, World

DIGEST = """
from pathlib import Path
from isogloss.core.task import data_hash
from isogloss.tasks._world import world_task
from isogloss.worlds.world import DEFAULT
for kind in ("text", "nli", "qa", "odd", "topic"):
    print(data_hash(world_task(kind).examples(Path("none"), "dev", "x2")))
"""


def test_default_world_is_pinned() -> None:
    """The default world keeps its identity: results of different versions speak of the same data."""
    assert DEFAULT.fingerprint == "db30adfc9267"


def test_fingerprint_sees_every_dial() -> None:
    """The seed, any dial and the set of languages change the fingerprint; a world's name does not."""
    changed = {
        DEFAULT.fingerprint,
        replace(DEFAULT, seed=1).fingerprint,
        replace(DEFAULT, languages=DEFAULT.languages[:-1]).fingerprint,
        *(
            replace(DEFAULT, languages=(*DEFAULT.languages[:-1], replace(DEFAULT.languages[-1], **{dial: 0.11})))
            .fingerprint
            for dial in ("cognates", "merge", "false_friends", "usage", "topics", "register", "relations")
        ),
    }  # fmt: skip
    assert len(changed) == 10
    assert replace(DEFAULT, name="other").fingerprint == DEFAULT.fingerprint


def test_same_in_every_process() -> None:
    """Two processes with different hash seeds make the same data, to the byte."""
    found = [
        subprocess.run([sys.executable, "-c", DIGEST], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert found[0].stdout == found[1].stdout
    assert found[0].stdout.count(b"\n") == 5


def test_codes_are_unique() -> None:
    """Two languages of one code are refused."""
    with pytest.raises(SpecError, match="codes occur twice: x1"):
        World(name="w", languages=(Language(code="en"), Language(code="x1"), Language(code="x1")))


def test_the_first_language_gives_the_words() -> None:
    """The first language cannot be a cognate of itself in part."""
    with pytest.raises(SpecError, match="stay as they are"):
        World(name="w", languages=(Language(code="en", cognates=0.5),))


def test_a_world_needs_languages() -> None:
    """No languages, no world."""
    with pytest.raises(SpecError, match="no languages"):
        World(name="w", languages=())


def test_unknown_language() -> None:
    """An unknown code is answered with those of the world."""
    with pytest.raises(UnknownName, match="Known: en, x1, x2, x3, x4"):
        DEFAULT.index("de")
