"""Shared by benchmarks: encoders of XLM-R's shapes with random weights, and real texts with real lengths."""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from _xnli import LABELS, real
from isogloss.core.examples import Classification, Example, Tagging
from isogloss.core.folder import load
from isogloss.core.spec import Architecture
from isogloss.core.task import Source, Task
from isogloss.models.encoder import build, save
from isogloss.models.tokenizer import Subwords, _wrapped, train

VOCABULARY = 250_002
"""Rows of XLM-R's table of sub-word vectors."""
TRAINED = 40_000
"""Sub-words that are cut for the texts at hand; the others fill the table up, as other languages' do in XLM-R."""


def shape_arguments(parser: argparse.ArgumentParser) -> None:
    """The encoder's shape, XLM-R Base's unless something smaller is asked for to try a benchmark."""
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--heads", type=int, default=0, help="of attention; 0 = one for each 64 units of width")
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY, help="rows of the table of sub-word vectors")
    parser.add_argument("--threads", type=int, default=2)


def architecture(asked: argparse.Namespace) -> Architecture:
    """XLM-R's proportions: heads of 64, a feed-forward layer of four widths, dropout of .1, 512 positions."""
    return Architecture(
        vocabulary=asked.vocabulary, width=asked.width, layers=asked.layers,
        heads=asked.heads or max(1, asked.width // 64),
        hidden=4 * asked.width, positions=512, activation="gelu", dropout=0.1,
    )  # fmt: skip


def checkpoint(folder: Path, subwords: Subwords, asked: argparse.Namespace) -> int:
    """Write such an encoder with random weights; returns its parameters."""
    torch.manual_seed(0)
    encoder = build(architecture(asked), subwords)
    save(encoder, folder)
    return int(encoder.model.num_parameters())


def tokenizer(texts: Sequence[str], vocabulary: int, seed: int = 0) -> Subwords:
    """Sub-words trained on the texts, spread evenly over a table of `vocabulary` rows."""
    trained = train(texts, kind="unigram", vocabulary=min(TRAINED, vocabulary), positions=512)
    pieces = [(piece, score) for piece, score in _vocabulary(trained.backend_tokenizer) if not piece.startswith("<")]
    room = vocabulary - 5 - len(pieces)
    worst = min(score for _, score in pieces) - 20.0
    filled = pieces + [(chr(0xF0000 + index // 500) + chr(0x100000 + index % 500), worst) for index in range(room)]
    random.Random(seed).shuffle(filled)
    specials = [(name, 0.0) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    whole = Tokenizer(models.Unigram([*specials, *filled], unk_id=3))
    whole.normalizer = trained.backend_tokenizer.normalizer
    whole.pre_tokenizer = pre_tokenizers.Metaspace()
    whole.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return Subwords(_wrapped(whole, 512))


def _vocabulary(cut: Tokenizer) -> list[tuple[str, float]]:
    return [tuple(pair) for pair in json.loads(cut.to_str())["model"]["vocab"]]


def texts_of(examples: Sequence[Example]) -> list[str]:
    """What a tokenizer learns from."""
    found = []
    for example in examples:
        if isinstance(example, Classification):
            found += [example.text, example.text_pair or ""]
        elif isinstance(example, Tagging):
            found.append(" ".join(example.tokens))
    return found


def training(name: str, count: int) -> tuple[list[Example], Task]:
    """English training examples of "xnli" (MultiNLI, what trains it) or "udpos", drawn evenly, and their task."""
    task = load("tasks", {"xnli": "mnli"}.get(name, name))
    every = task.examples(real(task.source.folder), "train", "en")
    chosen = random.Random(1).sample(range(len(every)), count)
    return [every[index] for index in chosen], task


def served(name: str, examples: Sequence[Example], labels: tuple[str, ...] = LABELS) -> Task:
    """A task that reads the given examples."""
    kind = "tagging" if isinstance(examples[0], Tagging) else "classification"
    return Task(
        name=name, type=kind, title="", languages=("en",), read=lambda *_: examples, labels=labels,
        source=Source(folder="", licence="", cite="", generated="bench"),
    )  # fmt: skip
