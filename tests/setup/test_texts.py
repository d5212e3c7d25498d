"""The two files as text: Python whatever is in them, and the task that was meant."""

import ast
from pathlib import Path

import pytest

from isogloss.core import folder
from isogloss.core.spec import Study
from isogloss.face.task import Task
from isogloss.setup import texts

HOSTILE = (
    '"',
    "'",
    '"""',
    "\\",
    "a\nb",
    "{0}",
    "%s",
    "\u202e",
    "\u2028",
    '"); import os; os.abort() #',
    "\x1b[2J",
    "é",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_is_the_text_and_nothing_else(text: str) -> None:
    """One line of printable characters that evaluates to it."""
    written = texts.literal(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable()


def test_hostile_labels_columns_and_paths_make_the_task_that_was_meant(tmp_path: Path) -> None:
    """Files whose names hold quotes and newlines, in a folder and beside it."""
    here = tmp_path / "o'clock\nnow"
    here.mkdir()
    for name in HOSTILE:
        (here / f"{name.replace('/', '-')}.tsv").write_text("", "utf-8")
    train, test = here / '".tsv', tmp_path / "{}.tsv"
    rows = "".join(f"text {n}\t{n % 2}\n" for n in range(4))
    train.write_text(rows, "utf-8")
    test.write_text(rows, "utf-8")
    written = texts.task(
        "mine", here, {"train": {"en": train}, "test": {"de": test}}, kind="classification", columns={},
        header=("text", "label"), labels=(*HOSTILE, "0", "1"), layout="tsv",
    )  # fmt: skip
    (here / "mine.py").write_text(written, "utf-8")
    made = folder.load("tasks", "mine", [here])
    assert isinstance(made, Task)
    assert made.labels == (*HOSTILE, "0", "1")
    assert len(made.examples(here, "train", "en")) == len(made.examples(here, "test", "de")) == 4


def test_the_study_compares_multinli_with_nothing(tmp_path: Path) -> None:
    """Three seeds, each with an encoder of its own."""
    (tmp_path / "mine_study.py").write_text(texts.study("mine", ("en", "de")), "utf-8")
    study = folder.given("recipes", str(tmp_path / "mine_study.py"))()
    assert isinstance(study, Study)
    assert (study.name, study.baselines) == ("mine_study", ("mine",))
    assert len({run.run_id for run in study.runs}) == 3 * 4  # an encoder, MultiNLI after it, and the task after each
    assert len(study.evaluations) == 6


def test_long_lists_get_a_line_for_each(tmp_path: Path) -> None:
    """No line is longer than 120 characters, and short lists stay on one."""
    labels = [f"label number {n}" for n in range(40)]
    path = tmp_path / "train.tsv"
    written = texts.task("mine", tmp_path, {"train": {"en": path}}, kind="tagging", columns={"tags": "ner"}, header=(),
                         labels=labels, layout="")  # fmt: skip
    assert max(map(len, written.splitlines())) <= 120
    assert '    columns={"tags": "ner"},' in written.splitlines()
    assert '        "label number 7",' in written.splitlines()
