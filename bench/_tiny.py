"""A small checkpoint that looks published: XLM-R's architecture, tokenizer class and file layout, random weights."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import XLMRobertaConfig, XLMRobertaForMaskedLM, XLMRobertaTokenizer

from isogloss.models.encoder import quiet

SENTENCES = (
    "The ferry leaves at seven and the bakery opens at eight .",
    "My neighbour keeps bees behind the old school .",
    "Die Fähre fährt um sieben , die Bäckerei öffnet um acht .",
    "Mein Nachbar hält Bienen hinter der alten Schule .",
    "Паром уходит в семь , а пекарня открывается в восемь .",
    "渡船七点开，面包店八点开门。",
    "العبارة تغادر في السابعة والمخبز يفتح في الثامنة .",
    "नाव सात बजे जाती है और बेकरी आठ बजे खुलती है ।",
    "フェリーは七時に出て、パン屋は八時に開きます。",
    "Feribot yedide kalkar , fırın sekizde açılır .",
)
"""Sentences of our own in several scripts."""


def published(folder: Path) -> Path:
    """Write it, with a vocabulary of `SENTENCES`; returns the folder."""
    trained = Tokenizer(models.Unigram())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=specials, unk_token="<unk>", show_progress=False)
    trained.train_from_iterator(SENTENCES, trainer)
    pieces = [tuple(piece) for piece in json.loads(trained.to_str())["model"]["vocab"]]
    tokenizer = XLMRobertaTokenizer(vocab=[*pieces, ("<mask>", 0.0)])
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=130, type_vocab_size=1,
    )  # fmt: skip
    with quiet():
        XLMRobertaForMaskedLM(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
