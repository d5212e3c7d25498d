"""models/cutting.py: sub-words by a file alone."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from isogloss.core.errors import ModelError
from isogloss.models.cutting import cutter


def test_words_are_cut_as_the_file_says(tmp_path: Path) -> None:
    """One word is known whole, the other not at all."""
    made = Tokenizer(models.WordLevel({"<unk>": 0, "hello": 1}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    assert cutter(tmp_path / "tokenizer.json")(["hello", "there"]) == [["hello"], ["<unk>"]]
    assert cutter(tmp_path / "tokenizer.json") is cutter(tmp_path / "tokenizer.json")  # read once


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    """By name."""
    file = tmp_path / "tokenizer.json"
    file.write_text("{")
    with pytest.raises(ModelError, match="cannot be used"):
        cutter(file)
