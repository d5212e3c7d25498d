"""Which files a study is made of."""

from pathlib import Path

import pytest

from isogloss.core.errors import SpecError
from isogloss.setup.files import tables


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text("x\n", "utf-8")
    return folder / names[0]


@pytest.mark.parametrize(
    ("names", "test", "dev"),
    [
        (
            ("train-en.tsv", "test-en.tsv", "test-sw.tsv", "dev-en.tsv", "dev-sw.tsv", "test-xx1.tsv"),
            ["en", "sw"],
            True,
        ),
        (("my_train_en.tsv", "my_test_en.tsv", "my_test_de.tsv", "test_fr.tsv"), ["en", "de"], False),
        (("en.train.conll", "en.test.conll", "de.test.conll"), ["en", "de"], False),
        (("train.csv", "test.csv", "test-de.csv"), ["en"], False),
    ],
)
def test_tests_beside_the_training_file_are_found_by_its_name(
    tmp_path: Path, names: tuple[str, ...], test: list[str], dev: bool
) -> None:
    """`train` and the language exchanged, English first; files of other patterns are not taken."""
    found = tables(put(tmp_path, *names), None, [])
    assert list(found["test"]) == test
    assert ("dev" in found) is dev
    assert found["test"]["en"] == tmp_path / names[1]


def test_tests_that_are_named_are_the_only_ones(tmp_path: Path) -> None:
    """Whatever lies beside the training file."""
    train = put(tmp_path, "train-en.tsv", "test-en.tsv", "test-de.tsv")
    assert tables(train, None, [f"de={tmp_path}/test-de.tsv"])["test"] == {"de": tmp_path / "test-de.tsv"}


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ([], "no test is beside .*--test en=FILE"),
        (["test-de.tsv"], "expected LANG=FILE"),
        (["deu=test-de.tsv"], "the code of German is here 'de'"),
        (["German=test-de.tsv"], "is not the code of a language"),
        (["de=a.tsv", "de=b.tsv"], "names a language twice"),
        (["de=a.tsv", "sw=a.tsv"], "is both test in 'de' and test in 'sw'"),
    ],
)
def test_what_is_missing_or_doubled_is_said(tmp_path: Path, tests: list[str], said: str) -> None:
    """With the option that answers it."""
    with pytest.raises(SpecError, match=said):
        tables(put(tmp_path, "train-en.tsv"), None, tests)
