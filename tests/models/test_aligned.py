"""models/aligned: translations start near each other, and the language is not what tells vectors apart."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from isogloss.core.doing import heard
from isogloss.core.errors import ModelError, SpecError
from isogloss.core.examples import Text
from isogloss.core.spec import Architecture
from isogloss.models import aligned
from isogloss.models.encoder import Encoder, load, save
from isogloss.models.pooling import poolings, weights_for
from isogloss.models.tokenizer import Subwords, train

ENGLISH = [f"en{index}" for index in range(60)]
OTHER = [f"xx{index}" for index in range(60)]
SHAPE = Architecture(vocabulary=200, width=24, layers=2, heads=2, hidden=32, positions=40, tokenizer="words")


def parallel() -> aligned.Texts:
    """Lines in two languages that are word by word the same; word 0 is in every line."""
    draw = random.Random(0)
    lines = [[0, *draw.choices(range(1, 60), k=6)] for _ in range(400)]

    def side(words: list[str]) -> list[Text]:
        return [
            Text(id=str(row), text=" ".join(words[index] for index in line), row=str(row))
            for row, line in enumerate(lines)
        ]

    return {"lines": {"en": side(ENGLISH), "xx": side(OTHER)}}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    subwords = Subwords(train([" ".join(ENGLISH), " ".join(OTHER)], kind="words", vocabulary=200, positions=40))
    torch.manual_seed(0)
    return aligned.start(SHAPE, subwords, parallel(), "key")


class Interrupted(Exception):
    """A kill, as far as what was kept can tell."""


def test_an_interrupted_start_goes_on_to_the_same_bits(encoder: Encoder) -> None:
    """However often it is stopped while a part is made, each part is made once, and the vectors are the same."""
    parts: dict[str, dict[str, np.ndarray]] = {}
    said: list[str] = []

    def keep(name: str, make: Callable[[], aligned.Part]) -> aligned.Part:
        if name in parts:
            return parts[name]
        parts[name] = make()
        raise Interrupted(name)

    stops = 0
    with heard(said.append):
        while True:
            torch.manual_seed(0)
            try:
                again = aligned.start(SHAPE, encoder.subwords, parallel(), "key", keep)
                break
            except Interrupted:
                stops += 1
    assert stops == len(parts) == 4
    assert [each for each in said if "of the text" not in each] == [
        "building aligned vectors, context", "building aligned vectors, meaning", "building aligned vectors, syntax",
        "building aligned vectors, word links in xx (1 of 1)",
    ]  # fmt: skip
    assert torch.equal(again.word_embeddings().weight, encoder.word_embeddings().weight)


def nearest(vectors: np.ndarray) -> float:
    """Share of English words whose nearest foreign word is their translation; the word in every line left out."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return float(((unit[:59] @ unit[59:].T).argmax(axis=1) == np.arange(59)).mean())


def test_a_word_is_nearest_to_its_translation(encoder: Encoder) -> None:
    """In the table, and still in the last layer of the untrained body."""
    ids = torch.tensor([int(encoder.subwords.ids([word])[0][0]) for word in (*ENGLISH[1:], *OTHER[1:])])
    table = encoder.word_embeddings().weight.detach()[ids].numpy()
    encoder.model.eval()
    with torch.inference_mode():
        last = encoder.states(ids[:, None], None, None)[:, 0].numpy()
    assert nearest(table) > 0.95
    assert nearest(last) > 0.9


def test_a_word_in_every_line_counts_little_and_specials_nothing(encoder: Encoder) -> None:
    """Inverse document frequency: log of lines over lines with the word."""
    weights = encoder.frequency_weights
    assert weights is not None
    everywhere, rare = (int(encoder.subwords.ids([word])[0][0]) for word in ("en0", "en1"))
    assert 0 <= weights[everywhere] < 0.8 < weights[rare]
    assert not weights[encoder.subwords.tokenizer.all_special_ids].any()


def test_removing_language_directions_brings_the_languages_means_together() -> None:
    """After it the mean vectors of the languages differ far less; directions within a language stay."""
    draw = np.random.default_rng(0)
    table = draw.standard_normal((40, 8)).astype(np.float32)
    table[20:, 0] += 5  # the second language lies elsewhere
    rows = {f"{index}": np.arange(index, index + 5) for index in range(15)}
    corpus = aligned.ParallelText({"en": rows, "xx": {row: ids + 20 for row, ids in rows.items()}}, [], 40)
    weights = np.ones(40, np.float32)
    after = aligned.without_languages(table, corpus, weights, 3)

    def apart(vectors: np.ndarray) -> float:
        return float(np.linalg.norm(vectors[:19].mean(axis=0) - vectors[20:39].mean(axis=0)))

    assert apart(after) < 0.2 * apart(table)
    assert np.linalg.matrix_rank(after) == 7


def test_the_weights_travel_with_the_encoder(encoder: Encoder, tmp_path: Path) -> None:
    """Saved and loaded, an encoder pools as before; one without weights does not offer "idf" and says why."""
    save(encoder, tmp_path / "saved")
    again = load(tmp_path / "saved")
    assert encoder.frequency_weights is not None
    assert again.frequency_weights is not None
    assert torch.equal(again.frequency_weights, encoder.frequency_weights)
    assert "idf" in poolings(again)
    plain = Encoder(encoder.model, encoder.subwords)
    assert "idf" not in poolings(plain)
    with pytest.raises(ModelError, match='start="aligned"'):
        weights_for(plain, "idf")


def test_text_without_translations_is_refused(encoder: Encoder) -> None:
    """An aligned start needs texts that share their rows with English ones."""
    alone = {"lines": {"xx": [Text(id="1", text="xx1 xx2", row="1")]}}
    with pytest.raises(SpecError, match="parallel text in English"):
        aligned.read(alone, encoder.subwords, "key")


def test_spaces_between_characters_go_only_where_none_are_written() -> None:
    """Chinese tokenised into characters is joined again; other languages keep their spaces."""
    assert aligned.joined("渡 船 in 1998 离 开", "zh") == "渡船 in 1998 离开"
    assert aligned.joined("über allem", "de") == "über allem"


def test_every_language_gives_a_tokenizer_the_same_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language with a hundred times the text does not get a hundred times the sub-words."""
    monkeypatch.setattr(aligned, "SAMPLE", 100)
    texts = {"wiki": {"de": [Text(id=str(index), text="ein Satz.") for index in range(1000)],
                      "fi": [Text(id=str(index), text="lauseita") for index in range(10)]}}  # fmt: skip
    lines = aligned.sample(texts, "key")
    assert (lines.count("ein Satz."), lines.count("lauseita")) == (11, 10)
