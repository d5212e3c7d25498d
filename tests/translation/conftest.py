"""What the tests of translation share: the installed Apertium, and a tiny translator that has learned its pairs."""

import json
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from isogloss.translation.apertium import Apertium
from isogloss.translation.engine import Pieces, Translation, plain

from .pairs import CATALAN, PAIRS


@pytest.fixture(scope="session")
def apertium() -> Apertium:
    """Apertium as Debian installs it; the tests are skipped, with the reason, where it is not."""
    if shutil.which("apertium") is None:
        pytest.skip("Apertium is not installed (apt-get install apertium apertium-eng-spa apertium-eng-cat)")
    engine = Apertium()
    for language in ("es", "ca"):
        mode, package = engine.modes[language]
        if not (engine.folder / f"{mode}.mode").is_file():
            pytest.skip(f"Apertium has no {mode} (apt-get install {package})")
    return engine


class Dictionary:
    """An engine of a few sentences; it counts what it is asked."""

    name = "dictionary"
    carries_marks = False

    def __init__(self, known: dict[str, str | None], edition: int = 1) -> None:
        self.known, self.edition = known, edition
        self.asked: list[str] = []

    def version(self, language: str) -> str:
        """Another edition is another version."""
        return f"dictionary {self.edition} {language}"

    def translate(self, sentences: Sequence[Pieces], language: str) -> list[Translation | None]:  # noqa: ARG002
        """What is known, and the sentence itself where nothing is."""
        texts = ["".join(text for text, _ in sentence) for sentence in sentences]
        self.asked += texts
        return [Translation(plain(made)) if (made := self.known.get(text, text)) else None for text in texts]


def taught(model: Any, batch: Any, pad: int) -> Any:
    """A model that knows a batch by heart."""
    import torch

    batch["labels"][batch["labels"] == pad] = -100
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(250):
        optimizer.zero_grad()
        model(**batch).loss.backward()
        optimizer.step()
    return model


@pytest.fixture(scope="session")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny translator of NLLB's architecture, tokenizer class and file layout, trained until it knows PAIRS."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    from isogloss.models.encoder import quiet

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(vocab_size=120, special_tokens=specials, show_progress=False)
    trained.train_from_iterator([text for pair in PAIRS for text in pair], trainer)
    kept = json.loads(trained.to_str())["model"]
    folder = tmp_path_factory.mktemp("published") / "nllb"
    with quiet():
        tokenizer = NllbTokenizer(
            vocab=kept["vocab"], merges=[tuple(merge) for merge in kept["merges"]],
            src_lang="eng_Latn", tgt_lang="spa_Latn",
        )  # fmt: skip
        torch.manual_seed(0)
        config = M2M100Config(
            vocab_size=len(tokenizer), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64, dropout=0.0,
            attention_dropout=0.0, activation_dropout=0.0, encoder_layerdrop=0.0, decoder_layerdrop=0.0,
            pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id, decoder_start_token_id=tokenizer.eos_token_id,
        )  # fmt: skip
        batch = tokenizer(
            [source for source, _ in PAIRS], text_target=[target for _, target in PAIRS], return_tensors="pt",
            padding=True,
        )  # fmt: skip
        taught(M2M100ForConditionalGeneration(config), batch, tokenizer.pad_token_id).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny translator into two languages of Marian's architecture, with the files that OPUS-MT ships."""
    sentencepiece = pytest.importorskip("sentencepiece", reason="Marian's tokenizer needs sentencepiece")
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    from isogloss.models.encoder import quiet

    work = tmp_path_factory.mktemp("marian")
    names = []
    for side in (0, 1):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([*(pair[side] for pair in PAIRS),
            *CATALAN] * 4), model_prefix=str(work / f"side{side}"),
            vocab_size=60, hard_vocab_limit=False, minloglevel=2,
        )  # fmt: skip
        loaded = sentencepiece.SentencePieceProcessor(model_file=str(work / f"side{side}.model"))
        names += [loaded.id_to_piece(row) for row in range(loaded.get_piece_size())]
    pieces = [each for each in dict.fromkeys(names) if each not in ("<unk>", "<s>", "</s>")]
    vocabulary = {piece: row for row, piece in enumerate(["</s>", "<unk>", *pieces, ">>spa<<", ">>cat<<", "<pad>"])}
    (work / "vocab.json").write_text(json.dumps(vocabulary))
    folder = work / "published"
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends sacremoses, which it does not need
        tokenizer = MarianTokenizer(
            source_spm=str(work / "side0.model"), target_spm=str(work / "side1.model"), vocab=str(work / "vocab.json"),
            source_lang="en", target_lang="es",
        )  # fmt: skip
        torch.manual_seed(0)
        config = MarianConfig(
            vocab_size=len(vocabulary), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64,
            dropout=0.0,
            pad_token_id=vocabulary["<pad>"], eos_token_id=0, decoder_start_token_id=vocabulary["<pad>"],
            forced_eos_token_id=0,
        )  # fmt: skip
        batch = tokenizer(
            [f"{code} {source}" for code in (">>spa<<", ">>cat<<") for source, _ in PAIRS],
            text_target=[*(target for _, target in PAIRS), *CATALAN], return_tensors="pt", padding=True,
        )  # fmt: skip
        taught(MarianMTModel(config), batch, tokenizer.pad_token_id).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
