"""Data is counted once, and again when anything it was read from changes."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Classification, Example, Span, Tagging
from isogloss.core.task import Task, data_hash
from isogloss.grid.census import Census
from isogloss.grid.site import Site


def watched(task: Task, seen: list[str]) -> Task:
    def read(folder: Path, split: str, language: str) -> Iterator[Example]:
        seen.append(language)
        return iter(list(task.read(folder, split, language)))

    return dataclasses.replace(task, read=read)


def test_counts_are_remembered_until_a_file_changes(site: Site) -> None:
    """The second census reads nothing; after a file changes it reads that one alone."""
    task, seen = site.find("colour"), list[str]()
    for expected in (["en", "de"], []):
        census = Census(site.store, site.data)
        assert census.present(watched(task, seen), "test") == ("en", "de")
        census.keep()
        assert [code for code in seen if code != "yo"] == expected
        seen.clear()
    (site.data / "colour" / "test-de.tsv").write_text("rose\tred\n")
    census = Census(site.store, site.data)
    found = census.count(watched(task, seen), "test", "de")
    assert found
    assert found.examples == 1
    assert seen == ["de"]


def test_the_same_size_and_a_new_time_is_a_change(site: Site) -> None:
    """Other content of the same length is noticed by the file's time."""
    path = site.data / "colour" / "test-de.tsv"
    task = site.find("colour")
    census = Census(site.store, site.data)
    before = census.digest(task, "test", ("de",))
    census.keep()
    status = path.stat()
    path.write_text(path.read_text().replace("sky", "sea"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert Census(site.store, site.data).digest(task, "test", ("de",)) != before


def test_the_hash_is_that_of_the_training_examples(site: Site) -> None:
    """What a phase is pinned to is the hash of what it will read: all languages in order, cut at the limit."""
    task = site.find("colour")
    for limit, count in ((0, 3), (2, 2)):
        found = Census(site.store, site.data).training(task, ("en",), limit)
        assert found.digest == data_hash(task.training(site.data, ("en",), limit))
        assert found.examples == count


def test_a_readers_slip_is_told_as_one_of_the_data(site: Site) -> None:
    """A malformed line that a user's reader does not check is an error that names the file."""
    (site.data / "colour" / "test-de.tsv").write_text("rose red\n")
    with pytest.raises(DataError, match=r"colour: reading .*test-de\.tsv failed: ValueError: not enough values"):
        Census(site.store, site.data).count(site.find("colour"), "test", "de")
    (site.data / "colour" / "test-de.tsv").write_bytes(b"\xff\tred\n")
    with pytest.raises(DataError, match="UnicodeDecodeError"):
        Census(site.store, site.data).count(site.find("colour"), "test", "de")


def test_a_damaged_cache_is_no_harm(site: Site) -> None:
    """A cache that cannot be read is made again."""
    census = Census(site.store, site.data)
    task = site.find("colour")
    before = census.count(task, "test", "en")
    census.keep()
    site.store.at.cache("data").write_text("{")
    assert Census(site.store, site.data).count(task, "test", "en") == before


@pytest.mark.parametrize(
    ("example", "characters"),
    [
        (Classification(id="1", text="abc", text_pair="de", label="x"), 5),
        (Tagging(id="1", tokens=("ab", "c"), tags=("X", "Y")), 3),
        (Span(id="1", context="abcd", question="ef", answers=("ab",), starts=(0,)), 6),
        (Choice(id="1", prompt="ab", choices=("c", "de"), label=0), 5),
    ],
)
def test_characters_are_those_of_the_texts(site: Site, example: Any, characters: int) -> None:
    """Labels, ids and answers are no text to read."""
    kinds = {"Classification": "classification", "Tagging": "tagging", "Span": "span", "Choice": "choice"}
    task = dataclasses.replace(
        site.find("colour"),
        type=kinds[type(example).__name__],
        labels=("x", "X", "Y"),
        read=lambda folder, split, language: [example],  # noqa: ARG005
    )
    found = Census(site.store, site.data).count(task, "test", "en")
    assert found
    assert found.characters == characters
