"""models/pieces: a Unigram tokenizer in XLM-R's layout, whatever the script."""

from isogloss.models.tokenizer import Subwords, train

TEXTS = [
    "the ferry leaves the harbour", "the ferries left the harbours in 1998", "die Fähre verlässt den Hafen",
    "паром уходит из гавани", "паромы ушли из гавани", "渡船离开港口", "渡船回到港口",
] * 5  # fmt: skip


def test_frequent_words_are_whole_and_every_word_begins_with_its_mark() -> None:
    """A frequent word is one sub-word, marked as a word's beginning, in Latin and Cyrillic script alike."""
    subwords = Subwords(train(TEXTS, kind="pieces", vocabulary=300, positions=64))
    assert subwords.tokenizer.convert_ids_to_tokens(subwords.ids(["the гавани"])[0]) == ["▁the", "▁гавани"]


def test_specials_stand_where_xlmr_has_them() -> None:
    """<s> 0, <pad> 1, </s> 2, <unk> 3, <mask> last; the vocabulary is at most what was asked."""
    subwords = Subwords(train(TEXTS, kind="pieces", vocabulary=120, positions=64))
    tokens = subwords.tokenizer.convert_ids_to_tokens(range(len(subwords)))
    assert tokens[:4] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert tokens[-1] == "<mask>"
    assert len(tokens) <= 120
    assert subwords.frame.prefix == (0,)
    assert subwords.frame.suffix == (2,)


def test_digits_and_punctuation_stand_alone() -> None:
    """A number is spelt, so that no year needs a sub-word of its own."""
    subwords = Subwords(train(TEXTS, kind="pieces", vocabulary=300, positions=64))
    assert len(subwords.ids(["1998"])[0]) >= 4


def test_training_again_gives_the_same_tokenizer() -> None:
    """Nothing depends on the order in which a set happens to be walked."""
    one, other = (Subwords(train(TEXTS, kind="pieces", vocabulary=150, positions=64)) for _ in range(2))
    assert one.fingerprint == other.fingerprint
