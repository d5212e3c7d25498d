"""What the tests of translation share: the installed Apertium, and a tiny translator that has learned its pairs."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from isogloss.translation.apertium import Apertium
from isogloss.translation.engine import Pieces, Translation, plain

from .pairs import PAIRS



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
        return f"dictionary {self.edition} {language}"

    def translate(self, sentences: Sequence[Pieces], language: str) -> list[Translation | None]:
        texts = ["".join(text for text, _ in sentence) for sentence in sentences]
        self.asked += texts
        return [Translation(plain(made)) if (made := self.known.get(text, text)) else None for text in texts]


@pytest.fixture(scope="session")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny translator of NLLB's architecture, tokenizer class and file layout, trained until it knows PAIRS."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    from isogloss.models.encoder import _quiet

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(vocab_size=120, special_tokens=specials, show_progress=False)
    trained.train_from_iterator([text for pair in PAIRS for text in pair], trainer)
    kept = json.loads(trained.to_str())["model"]
    folder = tmp_path_factory.mktemp("published") / "nllb"
    with _quiet():
        tokenizer = NllbTokenizer(
            vocab=kept["vocab"], merges=[tuple(merge) for merge in kept["merges"]],
            src_lang="eng_Latn", tgt_lang="spa_Latn",
        )  # fmt: skip
        torch.manual_seed(0)
        spanish = tokenizer.convert_tokens_to_ids("spa_Latn")
        config = M2M100Config(
            vocab_size=len(tokenizer), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64, dropout=0.0,
            attention_dropout=0.0, activation_dropout=0.0, encoder_layerdrop=0.0, decoder_layerdrop=0.0,
            pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id, decoder_start_token_id=tokenizer.eos_token_id,
        )  # fmt: skip
        model = M2M100ForConditionalGeneration(config)
        batch = tokenizer(
            [source for source, _ in PAIRS], text_target=[target for _, target in PAIRS], return_tensors="pt",
            padding=True,
        )  # fmt: skip
        batch["labels"][batch["labels"] == tokenizer.pad_token_id] = -100
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(250):
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
        print("LOSS", loss.item(), spanish)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
