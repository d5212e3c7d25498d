"""Words as examples of a corpus: what label-aware measures see of tagged sentences."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from isogloss.core.examples import Text
from isogloss.core.measure import Corpus
from isogloss.core.task import Source, Task
from isogloss.measuring import corpora
from isogloss.measuring.comparison import _split
from isogloss.measuring.corpora import Collection, Corpora
from isogloss.models.embedding import View, embed_words
from isogloss.models.encoder import load
from isogloss.store.store import Store

SENTENCES = (("The", "quick", "brown", "foxes", "jump"), ("zwei", "Wörter"))


def tagged() -> Collection:
    return Collection(
        name="pos", language="en", ids=("1", "2"), texts=tuple((" ".join(each), "") for each in SENTENCES),
        tokens=SENTENCES, tags=(("D", "A", "A", "N", "V"), ("A", "N")),
    )  # fmt: skip


def test_a_words_vector_is_the_mean_state_of_its_subwords(xlmr: Path) -> None:
    """By transformers' own forward pass of each sentence, word by word."""
    found = embed_words(load(xlmr), SENTENCES, 2, lambda *_: None)
    tokenizer = AutoTokenizer.from_pretrained(xlmr)
    plain = AutoModel.from_pretrained(xlmr, add_pooling_layer=False).eval()
    assert [len(each) for each in found] == [5, 2]
    for words, vectors in zip(SENTENCES, found, strict=True):
        read = tokenizer([*words], is_split_into_words=True, return_tensors="pt")
        with torch.inference_mode():
            states = plain(**read, output_hidden_states=True).hidden_states[2][0].numpy()
        owner = np.array([-1 if each is None else each for each in read.word_ids()])
        for place in range(len(words)):
            np.testing.assert_allclose(vectors[place], states[owner == place].mean(0), rtol=1e-4, atol=1e-6)


def test_no_word_of_a_long_sentence_is_lost(xlmr: Path) -> None:
    """A sentence of more sub-words than the encoder takes is read in pieces and has a vector for every word."""
    long = ("foxes", "jump") * 150
    (found,) = embed_words(load(xlmr), [long], 2, lambda *_: None)
    assert found.shape == (300, 32)
    assert np.isfinite(found).all()


def test_words_are_examples_with_their_tags(xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven words, three kinds of tag, two sentences; the vectors are kept and not computed again."""
    store, encoder = Store(tmp_path), load(xlmr)
    view = View(layer=2, pooling="mean")
    collection, corpus = Corpora("here", encoder, store, view).words(tagged())
    assert collection == tagged()
    assert corpus.vectors is not None
    assert corpus.vectors.shape == (7, 32)
    assert np.asarray(corpus.labels).tolist() == [1, 0, 0, 2, 3, 0, 2]
    assert np.asarray(corpus.groups).tolist() == [0, 0, 0, 0, 0, 1, 1]

    monkeypatch.setattr(corpora, "embed_words", None)
    again = Corpora("here", encoder, store, view).words(tagged())[1]
    np.testing.assert_array_equal(np.asarray(again.vectors), corpus.vectors)


def test_tags_are_part_of_the_datas_hash() -> None:
    """Another tag is other data, and a collection without tags keeps the hash it had."""
    other = Collection(
        name="pos", language="en", ids=("1", "2"), texts=tagged().texts, tokens=SENTENCES,
        tags=(("D", "A", "A", "N", "N"), ("A", "N")),
    )  # fmt: skip
    bare = Collection(name="pos", language="en", ids=("1", "2"), texts=tagged().texts)
    assert len({other.digest, tagged().digest, bare.digest}) == 3
    assert tagged().take([1]).tags == (("A", "N"),)


def test_halves_keep_the_words_of_a_sentence_together() -> None:
    """Words of one sentence say much the same: halves that parted them would agree too well."""
    groups = np.repeat(np.arange(20), 5)
    corpus = Corpus(name="words", vectors=np.zeros((100, 2)), groups=groups)
    first, second = _split(corpus, np.random.default_rng(0))
    assert len(first) == len(second) == 50
    assert not set(groups[first]) & set(groups[second])
    assert np.asarray(corpus.take(first).groups).tolist() == groups[first].tolist()


def test_text_is_measured_in_the_languages_it_is_trained_in() -> None:
    """English text in a phase of English and German gives its English, as in training."""
    task = Task(name="prose", type="text", title="", languages=("en",), source=Source(folder="", licence="", cite=""),
                read=lambda _, split, language: [Text(id="1", text=f"{split} {language}")])  # fmt: skip
    assert corpora.taught([task], Path(), ("en", "de"), 0, 0).texts == (("train en", ""),)
