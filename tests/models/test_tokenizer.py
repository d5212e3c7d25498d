"""models/tokenizer: train, load, fingerprint, and text → ids."""

from pathlib import Path

import numpy as np
import pytest
from transformers import AutoTokenizer

from isogloss.core.errors import UnknownName
from isogloss.models.tokenizer import Subwords, train

TEXT = ["the ferry leaves at seven", "my neighbour keeps bees", "die Fähre fährt um sieben"] * 20


@pytest.fixture(scope="module")
def unigram() -> Subwords:
    return Subwords(train(TEXT, kind="unigram", vocabulary=120, positions=64))


def test_special_tokens_stand_where_xlmr_has_them(unigram: Subwords) -> None:
    """<s> 0, <pad> 1, </s> 2, <unk> 3 and <mask> last, as XLM-R's published vocabulary has them."""
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    assert unigram.tokenizer.convert_tokens_to_ids(tokens) == [0, 1, 2, 3, len(unigram) - 1]


def test_a_row_is_framed_exactly_as_transformers_frames_it(unigram: Subwords, xlmr: Path) -> None:
    """Frame + raw ids give the same row as calling the tokenizer, for one text and for a pair, for both layouts."""
    for subwords in (unigram, Subwords(AutoTokenizer.from_pretrained(xlmr))):
        first, second = subwords.ids(["the ferry", "my bees"])
        assert subwords.frame.wrap(first)[0].tolist() == subwords.tokenizer("the ferry")["input_ids"]
        row, start = subwords.frame.wrap(first, second)
        assert row.tolist() == subwords.tokenizer("the ferry", "my bees")["input_ids"]
        assert row[start : start + len(second)].tolist() == second.tolist()


def test_words_are_cut_one_by_one(unigram: Subwords) -> None:
    """The ids of words in a list, joined, are those of transformers' own is_split_into_words."""
    words = ["die", "Fähre", "keeps", "die"]
    expected = unigram.tokenizer(words, is_split_into_words=True, add_special_tokens=False)["input_ids"]
    assert np.concatenate(unigram.words(words)).tolist() == expected


def test_a_word_without_subwords_becomes_unknown(unigram: Subwords) -> None:
    """A word that the normaliser empties still has one id, so that its tag has a place."""
    assert unigram.words(["​", " "])[1].tolist() == [unigram.unknown]


def test_saving_and_loading_keeps_the_fingerprint_and_the_ids(unigram: Subwords, tmp_path: Path) -> None:
    """A saved tokenizer loads in plain transformers and cuts text the same way."""
    unigram.tokenizer.save_pretrained(tmp_path)
    again = Subwords(AutoTokenizer.from_pretrained(tmp_path))
    assert again.fingerprint == unigram.fingerprint
    assert [ids.tolist() for ids in again.ids(TEXT[:3])] == [ids.tolist() for ids in unigram.ids(TEXT[:3])]


def test_the_fingerprint_tells_tokenizers_apart(unigram: Subwords) -> None:
    """Another vocabulary has another fingerprint."""
    assert Subwords(train(TEXT, kind="unigram", vocabulary=100, positions=64)).fingerprint != unigram.fingerprint


def test_a_word_tokenizer_splits_at_white_space_only() -> None:
    """Kind "words" gives one id per token."""
    subwords = Subwords(train(TEXT, kind="words", vocabulary=100, positions=64))
    assert [len(ids) for ids in subwords.ids(["the ferry leaves", "Fähre"])] == [3, 1]


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    """A slip in the recipe is met with the nearest name."""
    with pytest.raises(UnknownName, match="Did you mean 'unigram'"):
        train(TEXT, kind="unigran", vocabulary=100, positions=64)
