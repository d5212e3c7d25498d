"""Data is counted once, and again when anything it was read from changes."""

import dataclasses
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isogloss.cli import main
from isogloss.core.errors import DataChanged, DataError
from isogloss.core.examples import Choice, Classification, Example, Span, Tagging
from isogloss.core.task import Task, data_hash
from isogloss.plan.census import Census
from isogloss.plan.plan import plan
from isogloss.plan.site import Site


def watched(task: Task, seen: list[str]) -> Task:
    """The task, telling which languages are read to the end."""

    @functools.wraps(task.read)
    def read(folder: Path, split: str, language: str) -> Iterator[Example]:
        yield from task.read(folder, split, language)
        seen.append(language)

    return dataclasses.replace(task, read=read)


def test_counts_are_remembered_until_a_file_changes(site: Site) -> None:
    """The second census reads nothing; after a file changes it reads that one alone."""
    task, seen = site.find("colour"), list[str]()
    for expected in (["en", "de"], []):
        census = Census(site.store, site.data)
        assert census.present(watched(task, seen), "test") == ("en", "de")
        census.keep()
        assert seen == expected
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
    ("example", "characters", "read"),
    [
        (Classification(id="1", text="abc", text_pair="de", label="x"), 5, 5),
        (Tagging(id="1", tokens=("ab", "c"), tags=("X", "Y")), 3, 3),
        (Span(id="1", context="abcd", question="ef", answers=("ab",), starts=(0,)), 6, 6),
        (Choice(id="1", prompt="ab", choices=("c", "de", ""), label=0), 5, 9),
    ],
)
def test_characters_are_those_of_the_texts(site: Site, example: Any, characters: int, read: int) -> None:
    """Labels, ids and answers are no text to read; a prompt is read once for each of its choices."""
    kinds = {"Classification": "classification", "Tagging": "tagging", "Span": "span", "Choice": "choice"}
    task = dataclasses.replace(
        site.find("colour"),
        type=kinds[type(example).__name__],
        labels=("x", "X", "Y"),
        read=lambda folder, split, language: [example],  # noqa: ARG005
    )
    found = Census(site.store, site.data).count(task, "test", "en")
    assert found
    assert (found.characters, found.read) == (characters, read)


PATIENT = """
from isogloss.core.examples import Text
from isogloss.core.task import Source, Task

def read(folder, split, language):
    named = [folder / "one.txt", folder / "more" / "two.txt"]
    for path in [path for path in named if path.is_file()] + sorted(folder.glob("part-*/*.txt")):
        for number, line in enumerate(path.read_text("utf-8").split()):
            yield Text(id=f"{path.parent.name}/{path.name}-{number}", text=line)

TASK = Task(name="patient", type="text", title="Takes what is there", languages=("en",), read=read,
            source=Source(folder="patient", licence="none", cite="none"), splits=("train",))
"""


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def same_times(path: Path, text: str) -> None:
    """Other content of the same length under the old times, as `cp -p` and `rsync -t` leave it."""
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES = {
    "a file is added": lambda folder: put(folder / "more" / "two.txt", "moss fern"),
    "a folder is added": lambda folder: put(folder / "part-2" / "four.txt", "moss"),
    "a file is added to a folder": lambda folder: put(folder / "part-1" / "five.txt", "moss"),
    "a file is removed": lambda folder: (folder / "part-1" / "three.txt").unlink(),
    "a file is changed": lambda folder: put(folder / "one.txt", "oak elm fir"),
    "a file is changed under its old time": lambda folder: same_times(folder / "one.txt", "oak elm"),
    "a file is renamed": lambda folder: (folder / "one.txt").rename(folder / "uno.txt"),
    "a file is touched": lambda folder: (folder / "one.txt").touch(),
    "nothing": lambda _: None,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_plan_remembers_is_what_a_run_reads(site: Site, change: str) -> None:
    """A file or folder that was absent is remembered as absent; the next plan has the hash of what is there now."""
    (Path(site.recipe).parent / "patient.py").write_text(PATIENT)
    folder = site.data / "patient"
    put(folder / "one.txt", "ash elm")
    put(folder / "part-1" / "three.txt", "yew")
    put(folder / "more" / "unread.txt", "hazel")
    task = site.find("patient")
    census = Census(site.store, site.data)
    before = census.training(task, ("en",))
    census.keep()
    CHANGES[change](folder)
    seen: list[str] = []
    after = Census(site.store, site.data).training(watched(task, seen), ("en",))
    assert after.digest == data_hash(task.training(site.data, ("en",), 0))
    assert (after == before) == (change in ("a file is touched", "nothing"))
    assert (seen == []) == (change == "nothing")


def test_a_module_beside_a_users_reader_is_part_of_it(site: Site) -> None:
    """A reader may read differently because of what it imports from its own folder."""
    task, seen = site.find("colour"), list[str]()
    census = Census(site.store, site.data)
    census.count(task, "test", "de")
    census.keep()
    (Path(site.recipe).parent / "cleaning.py").write_text("LOWER = True\n")
    assert Census(site.store, site.data).count(watched(task, seen), "test", "de")
    assert seen == ["de"]


def test_a_run_that_finds_other_data_than_planned_plans_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader depends on, the message's "give the run command again" comes true: nothing is remembered."""

    def changed(*_: Any) -> None:
        raise DataChanged("the training data of 'colour' has changed since the study was planned.")

    monkeypatch.setattr("isogloss.run.local.run", changed)
    monkeypatch.setattr("isogloss.models.place.reachable", lambda _: None)  # the study's encoder is on no hub
    store = site.store
    where = ["--store", str(store.place), "--data", str(site.data), "--on", "local", "--quiet"]
    plan(site.study, store, site.data, site.find)
    assert store.cached("data")
    assert main(["run", site.recipe, *where]) == 2
    assert not store.cached("data")


def test_looking_for_files_is_as_it_was_afterwards(site: Site) -> None:
    """What listens to a reader is gone once it has read, also after an error."""
    plain, census = os.stat, Census(site.store, site.data)
    put(site.data / "colour" / "test-de.tsv", "rose red\n")
    with pytest.raises(DataError):
        census.count(site.find("colour"), "test", "de")
    assert os.stat is plain
