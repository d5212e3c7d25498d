"""models/cutting.py: sub-words by a file alone."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from isogloss.core.errors import ModelError
from isogloss.models.cutting import cutter


def test_texts_are_cut_as_the_file_says(tmp_path: Path) -> None:
    """Of two words one is known whole, the other not at all; the end of a text spelled out is no special token."""
    made = Tokenizer(models.WordLevel({"?": 0, "hello": 1, "</s>": 2}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens(["</s>"])
    made.enable_truncation(2)
    made.save(str(tmp_path / "tokenizer.json"))
    assert cutter(tmp_path / "tokenizer.json")(["hello there", "hello hello hello"]) == (5, 1)
    assert cutter(tmp_path / "tokenizer.json")(["a</s>b"]) == (1, 1)
    assert cutter(tmp_path / "tokenizer.json") is cutter(tmp_path / "tokenizer.json")  # read once


def test_words_are_cut_as_they_stand_in_a_text(tmp_path: Path) -> None:
    """Byte-level tokenizers know a word by the space before it: alone "moved" would be cut in more pieces."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(["it moved, it moved, and it moved"] * 9, trainer)
    made.save(str(tmp_path / "tokenizer.json"))
    assert made.encode("it moved").tokens == ["it", "Ġmoved"]
    assert len(made.encode("moved").tokens) > 1
    assert cutter(tmp_path / "tokenizer.json")(["it moved"]) == (2, 0)


def test_unknown_pieces_of_a_unigram_vocabulary_are_counted(tmp_path: Path) -> None:
    """It names the unknown piece by its number."""
    made = Tokenizer(models.Unigram([("<pad>", 0.0), ("UNK", -9.0), ("▁a", -1.0), ("▁b", -1.0)], unk_id=1))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.save(str(tmp_path / "tokenizer.json"))
    assert cutter(tmp_path / "tokenizer.json")(["a b", "a z"]) == (4, 1)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    """By name."""
    file = tmp_path / "tokenizer.json"
    file.write_text("{")
    with pytest.raises(ModelError, match="cannot be used"):
        cutter(file)
