"""Tasks from a user's own tables."""

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.core.errors import DataError, DataMissing, SpecError
from isogloss.core.examples import Choice, Classification, Span, Tagging
from isogloss.face.task import Task

ROWS = [{"text": "my card was stolen", "label": "card"}, {"text": "when does the money come", "label": "transfer"}]


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def table(path: Path, kind: str) -> Path:
    """The same two rows in one kind of file."""
    path = path / f"train.{kind}"
    match kind:
        case "tsv":
            return written(path, "text\tlabel\n" + "".join(f"{row['text']}\t{row['label']}\n" for row in ROWS))
        case "csv":
            return written(path, 'label,text\ncard,my card was stolen\ntransfer,"when does the money come"\n')
        case "jsonl":
            return written(path, "".join(json.dumps(row) + "\n" for row in ROWS))
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", "parquet"])
def test_every_kind_of_table_gives_the_same_examples(kind: str, tmp_path: Path) -> None:
    """Text and label of both rows, and the labels in order."""
    task = Task.from_table("intents", {"train": {"en": table(tmp_path, kind)}})
    read = task.examples(tmp_path, "train", "en")
    assert [(each.text, each.label) for each in read if isinstance(each, Classification)] == [
        ("my card was stolen", "card"),
        ("when does the money come", "transfer"),
    ]
    assert task.labels == ("card", "transfer")
    assert task.chance == 0.5
    assert task.teachers == ("intents",)


def test_rows_in_memory_are_known_by_what_they_hold(tmp_path: Path) -> None:
    """Other rows are other data; the same rows are the same."""
    one = Task.from_table("intents", {"train": {"en": ROWS}})
    same = Task.from_table("intents", {"train": {"en": [dict(row) for row in ROWS]}})
    other = Task.from_table("intents", {"train": {"en": ROWS[::-1]}})
    assert one.source.generated == same.source.generated != other.source.generated
    assert Task.from_table("intents", {"train": {"en": table(tmp_path, "tsv")}}).source.generated == ""


def test_columns_of_other_names_and_files_without_a_header(tmp_path: Path) -> None:
    """`columns` says which column is which field, `header` what the columns are called."""
    path = written(tmp_path / "a.tsv", "spam\tbuy now\nham\tsee you at noon\n")
    task = Task.from_table(
        "mail", {"test": {"de": path}}, columns={"text": "mail", "label": "kind"}, header=("kind", "mail")
    )
    (first, _) = task.examples(tmp_path, "test", "de")
    assert isinstance(first, Classification)
    assert (first.text, first.label) == ("buy now", "spam")


def test_a_language_is_there_where_its_table_is(tmp_path: Path) -> None:
    """Training data in English alone, tests in two languages, of which one file is missing."""
    files = {
        "train": {"en": table(tmp_path, "tsv")},
        "test": {"en": table(tmp_path, "csv"), "sw": tmp_path / "gone.tsv"},
    }
    task = Task.from_table("intents", files)
    assert task.languages == ("en", "sw")
    assert task.available(tmp_path, "train") == ("en",)
    assert task.available(tmp_path, "test") == ("en",)
    with pytest.raises(DataMissing, match="gone"):
        task.examples(tmp_path, "test", "sw")


@pytest.mark.parametrize(
    ("kind", "row", "expected"),
    [
        (
            "tagging",
            {"tokens": ["Ada", "sleeps"], "tags": ["B-PER", "O"]},
            Tagging(id="train-1", tokens=("Ada", "sleeps"), tags=("B-PER", "O")),
        ),
        (
            "span",
            {"question": "Who sleeps?", "context": "Ada sleeps.", "answers": {"text": ["Ada"], "answer_start": [0]}},
            Span(id="train-1", question="Who sleeps?", context="Ada sleeps.", answers=("Ada",), starts=(0,)),
        ),
        (
            "choice",
            {"prompt": "It rained, so", "choices": ["the street is wet", "Ada sings"], "label": 0},
            Choice(id="train-1", prompt="It rained, so", choices=("the street is wet", "Ada sings"), label=0),
        ),
    ],
)
def test_every_type_of_task_can_come_from_rows(kind: str, row: dict[str, Any], expected: object) -> None:
    """Tagging, spans and choices."""
    task = Task.from_table("mine", {"train": {"en": [row]}}, type=kind)
    assert task.examples(Path(), "train", "en") == [expected]


def test_tags_of_names_are_scored_as_spans_and_others_as_tokens() -> None:
    """B- and I- mark spans."""
    names = Task.from_table("a", {"train": {"en": [{"tokens": ["Ada"], "tags": ["B-PER"]}]}}, type="tagging")
    parts = Task.from_table("b", {"train": {"en": [{"tokens": ["Ada"], "tags": ["NOUN"]}]}}, type="tagging")
    assert (names.metrics, parts.metrics) == (("span_f1",), ("token_accuracy",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text\tlabel\nmy card\tcard\textra\n", "line 2"),
        ("text\tkind\nmy card\tcard\n", "no column 'label'|labels"),
        ("text\ttext\nmy card\tcard\n", "two columns"),
        ("text\tlabel\n \tcard\n", "line 2.*text is"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    """File, line, what was seen."""
    with pytest.raises(DataError, match=said):
        Task.from_table("mine", {"train": {"en": written(tmp_path / "train.tsv", text)}})


def test_a_label_of_the_test_that_training_lacks_is_refused(tmp_path: Path) -> None:
    """The labels are those of the training table."""
    test = written(tmp_path / "test.jsonl", '{"text": "hallo", "label": "greeting"}\n')
    task = Task.from_table("mine", {"train": {"en": ROWS}, "test": {"de": test}})
    with pytest.raises(DataError, match=r"test\.jsonl, line 1.*greeting"):
        task.examples(tmp_path, "test", "de")


def test_a_label_is_one_however_its_accents_are_encoded(tmp_path: Path) -> None:
    """Canonically equivalent labels and tags are the same (Unicode, chapter 3, C6), in the file as in the code."""
    one, two = "réclamation", normalize("NFD", "réclamation")
    rows = [{"text": "rendez l'argent", "label": one}, {"text": "merci", "label": "merci"}]
    tests = [{"text": "c'est cassé", "label": two}]
    for labels in ((), (two, "merci")):
        task = Task.from_table("mine", {"train": {"en": rows}, "test": {"fr": tests}}, labels=labels)
        assert sorted(task.labels) == ["merci", one]
        assert [each.label for each in task.examples(tmp_path, "test", "fr")] == [one]
    tagged = [{"tokens": ["Oslo", "dort"], "tags": [two, one]}]
    assert Task.from_table("mine", {"train": {"en": tagged}}, type="tagging").labels == (one,)


def test_what_cannot_be_a_table_is_refused(tmp_path: Path) -> None:
    """Types, splits, fields and files that are not known."""
    with pytest.raises(SpecError, match="retrieval"):
        Task.from_table("mine", {"train": {"en": ROWS}}, type="retrieval")
    with pytest.raises(SpecError, match="validation"):
        Task.from_table("mine", {"validation": {"en": ROWS}})
    with pytest.raises(SpecError, match="field 'lable'"):
        Task.from_table("mine", {"train": {"en": ROWS}}, columns={"lable": "label"})
    with pytest.raises(DataError, match="does not say what it is"):
        Task.from_table("mine", {"train": {"en": tmp_path / "train.xls"}})


def test_a_folder_of_parquet_is_a_dataset(tmp_path: Path) -> None:
    """A file or a folder for each split; "validation" is "dev"."""
    table(tmp_path, "parquet").rename(tmp_path / "validation-00000-of-00001.parquet")
    (tmp_path / "train").mkdir()
    table(tmp_path / "train", "parquet")
    task = Task.from_dataset("intents", tmp_path, "de")
    assert task.splits == ("train", "dev")
    assert len(task.examples(tmp_path, "dev", "de")) == 2
    with pytest.raises(DataMissing, match="no train"):
        Task.from_dataset("intents", tmp_path / "train" / "nothing")


def test_an_answer_that_is_not_in_its_context_is_refused() -> None:
    """SQuAD's offsets are held against the text."""
    row = {"question": "Who?", "context": "Ada sleeps.", "answers": {"text": ["Ada"], "answer_start": [4]}}
    with pytest.raises(DataError, match="does not stand in the context at 4"):
        Task.from_table("mine", {"test": {"en": [row]}}, type="span").examples(Path(), "test", "en")
