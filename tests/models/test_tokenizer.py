"""models/tokenizer: train, load, fingerprint, and text → ids."""

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

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


@pytest.mark.parametrize(("specials", "stands_in"), [
    ({"pad_token": "<pad>"}, 0), ({"pad_token": "<pad>", "mask_token": "<mask>"}, 1),
])  # fmt: skip
def test_a_word_without_subwords_has_an_id_where_there_is_no_unknown(specials: dict[str, str], stands_in: int) -> None:
    """The mask's, which stands for some word, or else the padding's."""
    made = Tokenizer(models.BPE(vocab={"<pad>": 0, "<mask>": 1, "a": 2, "b": 3}, merges=[]))
    subwords = Subwords(PreTrainedTokenizerFast(tokenizer_object=made, **specials))
    assert [ids.tolist() for ids in subwords.words(["a", "", "b"])] == [[2], [stands_in], [3]]


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


MARKUP = ["close it with </s> here", "a <pad> in the text", "<mask>", "<s>", "the </s></s> end"]


def test_special_strings_inside_a_text_are_characters_like_any_others(unigram: Subwords) -> None:
    """SentencePiece cuts "</s>" in a text into characters; words and offsets do likewise."""
    special = {i for i in unigram.tokenizer.all_special_ids if i != unigram.unknown}
    for ids in [*unigram.ids(MARKUP), *unigram.words(MARKUP), *(ids for ids, _ in unigram.ids_and_offsets(MARKUP))]:
        assert len(ids)
        assert not special & set(ids.tolist())
    assert unigram.ids(["the ferry </s> leaves"])[0][:2].tolist() == unigram.ids(["the ferry"])[0][:2].tolist()


def test_compatibility_forms_of_special_strings_are_characters_too(unigram: Subwords) -> None:
    """Full-width brackets become plain ones in the normalizer, after special tokens were looked for."""
    assert not {0, 1, 2} & set(unigram.ids(["an ＜/s＞ end"])[0].tolist())


def byte_level(normalizer: Any = None) -> Subwords:
    made = Tokenizer(models.BPE())
    if normalizer is not None:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    made.train_from_iterator(TEXT, trainer)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    names = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }
    return Subwords(PreTrainedTokenizerFast(tokenizer_object=made, **names))


@pytest.mark.parametrize("normalizer", [None, normalizers.Strip(), normalizers.Lowercase()], ids=str)
def test_words_of_a_byte_level_tokenizer_keep_the_space_before_them(normalizer: Any) -> None:
    """Words one by one, joined, are the sub-words of the running text; the first has no space before it. So it is where
    a normalizer strips the space that begins a text."""
    subwords = byte_level(normalizer)
    for sentence in ("my neighbour keeps bees", "bees bees bees", "Fähre um sieben", "a", "1 's a ? aa ’s 2"):
        assert np.concatenate(subwords.words(sentence.split())).tolist() == subwords.ids([sentence])[0].tolist()


@pytest.mark.parametrize("word", ["Hà", "thủ", "Việt", "한국", "éa", "ñ", "അവന്\u200d"])
@pytest.mark.parametrize("kind", ["unigram", "pieces"])
def test_a_range_of_characters_holds_the_marks_of_its_letters(word: str, kind: str) -> None:
    """In decomposed text the ranges of a word's sub-words end after its last mark, vowel or final consonant."""
    context = unicodedata.normalize("NFD", f"in {word} now")
    subwords = Subwords(train([context] * 9, kind=kind, vocabulary=200, positions=64))
    _, offsets = subwords.ids_and_offsets([context])[0]
    end = context.index(" now")
    assert end in offsets[:, 1]
    assert offsets[:, 1].max() == len(context)
    for _, after in offsets:  # none ends between a letter and its mark, unless the mark is a sub-word
        assert after == len(context) or after in offsets[:, 0] or not unicodedata.combining(context[after])
