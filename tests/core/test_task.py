"""A task checks what its reader gives, and knows what is on disk without reading it."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import Classification, Example, Place, Tagging, Text
from isogloss.core.task import Source, Task, data_hash
from isogloss.formats.lines import read_lines

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
        (toy([one("a", "2")]), "example 'a': label '2' is not one of: 0, 1"),
        (toy([Text(id="a", text="x")]), "a Text, expected Classification"),
        (toy([Tagging(id="a", tokens=("x",), tags=("N",))], type="tagging"), "label 'N' is not one of"),
    ],
)
def test_examples_are_checked(task: Task, message: str) -> None:
    """No examples, repeated ids, foreign labels and examples of another type are DataErrors."""
    with pytest.raises(DataError, match=message):
        task.examples(Path("/nowhere"), "dev", "en")


def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path) -> None:
    """Where examples say where they come from, an error does; else it names the files that were read."""
    path = tmp_path / "toy" / "en.tsv"
    path.parent.mkdir()
    path.touch()
    first, second = (Classification(id="a", text=text, at=Place(path, line)) for text, line in (("x", 1), ("y", 7)))
    wrong = Classification(id="b", text="x", label="2", at=Place(path, "data[3]"))
    seen = {}
    for name, given in (("twice", [first, second]), ("label", [wrong]), ("none", []), ("placeless", [one("a", "2")])):
        with pytest.raises(DataError) as caught:
            toy(given, places=lambda *_: [(path,)]).examples(tmp_path, "dev", "en")
        seen[name] = str(caught.value)
    assert seen["twice"].startswith(f"{path}, line 7: toy dev en: the id 'a' occurs twice, first at line 1;")
    assert seen["label"].startswith(f"{path}, data[3]: toy dev en, example 'b': label '2' is not one of: 0, 1.")
    assert seen["none"].startswith(f"{path}: toy dev en: no examples were found.")
    assert seen["placeless"].startswith(f"{path}: toy dev en, example 'a': label '2'")
    assert all(message.endswith(" Nothing was written.") for message in seen.values())


def test_a_long_label_is_cut_and_its_control_characters_are_escaped() -> None:
    """An error quotes the beginning of what was seen, and a terminal obeys none of it."""
    with pytest.raises(DataError) as caught:
        toy([one("\x1b[2J" * 99, "\u202e\x07" + "x" * 10_000)]).examples(Path("/nowhere"), "dev", "en")
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_where_an_example_comes_from_is_no_part_of_it() -> None:
    """Equality, hash and data hash are those of what it says: no run id depends on where a file lies."""
    here, there = (Classification(id="a", text="x", label="0", at=at) for at in (Place(Path("a"), 1), None))
    assert here == there
    assert hash(here) == hash(there)
    assert data_hash([here]) == data_hash([there])


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
    """An alternative counts when all its files are there; a split the task lacks has none."""

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


@pytest.mark.parametrize("kind", ["its own", "the package's"])
def test_without_places_the_reader_is_tried(tmp_path: Path, kind: str) -> None:
    """A file that is not there or has nothing in it is not available; one that cannot be read is, and is an error."""

    def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
        path = folder / f"{split}-{language}.txt"
        for line in path.read_text("utf-8").split("\n")[:-1] if kind == "its own" else read_lines(path):
            text, label = line.split("|")
            yield Classification(id=text, text=text, label=label)

    task = dataclasses.replace(toy(), read=read, languages=("en", "de", "sw", "ar"))
    assert task.available(tmp_path, "dev") == ()
    (tmp_path / "toy").mkdir()
    for language, text in (("en", "a|yes\n"), ("de", "b\n"), ("sw", "")):
        (tmp_path / "toy" / f"dev-{language}.txt").write_text(text)
    assert task.available(tmp_path, "dev")[:2] == ("en", "de")
    assert ("sw" in task.available(tmp_path, "dev")) == (kind == "the package's")  # an empty file is an error there
    generated = dataclasses.replace(task, source=dataclasses.replace(task.source, generated="0"))
    assert generated.available(tmp_path, "dev") == task.languages


def test_a_task_with_labels_to_learn_trains_itself() -> None:
    """Unless another is named, or nothing trains it: retrieval, text, and tests without a train split."""
    assert toy().teachers == ("toy",)
    assert toy(trained_on=("mnli",)).teachers == ("mnli",)
    assert toy(splits=("dev", "test")).teachers == ()
    assert toy(type="text").teachers == toy(type="retrieval").teachers == ()


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


def test_a_phase_is_taught_in_the_languages_it_names() -> None:
    """Text in those that it has, a labelled task in all of them, and either in all on disk where none is named."""
    text = toy([Text(id="a", text="x")], type="text", languages=("en", "fr"))
    labelled = toy([one("a", "0")])
    assert text.taught_in(Path("/nowhere"), ("en", "de")) == ("en",)
    assert labelled.taught_in(Path("/nowhere"), ("en", "fr")) == ("en", "fr")
    assert labelled.taught_in(Path("/nowhere"), ()) == ("en", "de")
