"""A task checks what its reader gives, and knows what is on disk without reading it."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import Classification, Example, Tagging, Text
from isogloss.core.task import Source, Task, data_hash

SOURCE = Source(folder="toy", urls=("https://example.org/toy.zip",), licence="CC0", cite="ours")


def toy(examples: Iterable[Example] = (), **more: object) -> Task:
    given = list(examples)

    def read(folder: Path, split: str, language: str) -> list[Example]:
        del folder, split, language
        return given

    fields = {"type": "classification", "labels": ("0", "1"), "languages": ("en", "de"), **more}
    return Task(name="toy", title="Toy", read=read, source=SOURCE, **fields)  # type: ignore[arg-type]


def one(name: str, label: str | None) -> Classification:
    return Classification(id=name, text="x", label=label)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (toy([]), "toy dev en: no examples were found"),
        (toy([one("a", "0"), one("a", "1")]), "the id 'a' occurs twice"),
        (toy([one("a", "2")]), "example a: label '2' is not one of: 0, 1"),
        (toy([Text(id="a", text="x")]), "a Text, expected Classification"),
        (toy([Tagging(id="a", tokens=("x",), tags=("N",))], type="tagging"), "label 'N' is not one of"),
    ],
)
def test_examples_are_checked(task: Task, message: str) -> None:
    """No examples, repeated ids, foreign labels and examples of another type are DataErrors."""
    with pytest.raises(DataError, match=message):
        task.examples(Path("/nowhere"), "dev", "en")


def test_unlabelled_and_open_labels_pass() -> None:
    """A missing label is no wrong label, and a task with open labels takes any."""
    assert len(toy([one("a", None)]).examples(Path("/nowhere"), "test", "de")) == 1
    assert toy([one("a", "N/N")], open_labels=True, labels=()).examples(Path("/nowhere"), "dev", "en")


def test_an_unknown_language_or_split_is_named() -> None:
    """With what the task has."""
    with pytest.raises(UnknownName, match="no language named 'fr'"):
        toy([one("a", "0")]).examples(Path("/nowhere"), "dev", "fr")
    with pytest.raises(UnknownName, match="no split named 'valid'"):
        toy([one("a", "0")]).examples(Path("/nowhere"), "valid", "en")


def test_a_task_needs_a_known_type_and_a_language() -> None:
    """Both are caught where the task is written, not where it is used."""
    with pytest.raises(UnknownName, match="no task type named 'translation'"):
        toy(type="translation")
    with pytest.raises(SpecError, match="has no languages"):
        toy(languages=())


def test_available_lists_languages_whose_files_all_exist(tmp_path: Path) -> None:
    """An alternative counts when all its files are there; a split the task lacks has none; no places is generated."""

    def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
        del split
        return [(folder / f"{language}.a", folder / f"{language}.b"), (folder / f"{language}.c",)]

    task = toy(places=places)
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / "en.a").touch()
    assert task.available(tmp_path, "dev") == ()
    (folder / "en.b").touch()
    (folder / "de.c").touch()
    assert task.available(tmp_path, "dev") == ("en", "de")
    assert task.available(tmp_path, "valid") == ()
    assert toy().available(tmp_path, "dev") == ("en", "de")


def test_a_missing_file_names_all_places_and_the_way_to_get_it(tmp_path: Path) -> None:
    """`--fetch` where a download exists, else what to do by hand."""
    places = [(tmp_path / "a", tmp_path / "b"), (tmp_path / "c",)]
    with pytest.raises(DataError, match=r"Looked for .*/a with .*/b; or .*/c\. `isogloss tasks toy --fetch`"):
        SOURCE.find("toy", places)
    with pytest.raises(DataError, match=r"Ask the LDC\."):
        Source(folder="toy", licence="LDC", cite="x", by_hand="Ask the LDC.").find("toy", places)


def test_the_data_hash_changes_with_any_field_and_with_order() -> None:
    """12 hex digits; two of the same examples agree."""
    first, second = one("a", "0"), one("b", "1")
    assert data_hash([first, second]) == data_hash([one("a", "0"), one("b", "1")])
    assert len({data_hash([first, second]), data_hash([second, first]), data_hash([one("a", "1"), second])}) == 3
