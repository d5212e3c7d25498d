"""Training examples per processor second against transformers' Trainer, on real XNLI and UDPOS lengths.

XLM-R Base's shape, or multilingual-e5-small's (`--width 384 --heads 12`). The peers, in turns with ours: Trainer with
dynamic padding and group_by_length, the same with bf16=True (where the processor computes it natively), and
(`--padded`) run_xnli's and run_ner's defaults: every input padded to 128 sub-words. Ours computes as it does by itself
here, and (`--plain`) in float32. All see the same examples, batch size, rate and initial weights; the mean loss of each
epoch is printed for each, so that speed is not bought with another training. `--curves` shows whole loss curves on a
small encoder that does learn in that time.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from _train import LENGTH, ours, trainer
from _turns import Contender, run
from _xlmr import checkpoint, shape_arguments, texts_of, tokenizer, training
from isogloss.core.examples import Classification, Example, Tagging
from isogloss.models.device import computes_half
from isogloss.models.tokenizer import Subwords

LOOP, PLAIN = "isogloss", "isogloss, float32"
PADDED, GROUPED, HALF = "trainer, padded to 128", "trainer, dynamic, group_by_length", "the same, bf16=True"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shape_arguments(parser)
    parser.add_argument("--tasks", nargs="+", default=["xnli", "udpos"])
    parser.add_argument("--examples", type=int, default=64)
    parser.add_argument("--turns", type=int, default=2, help="epochs, each a turn")
    parser.add_argument("--lr", type=float, default=2e-5)
    parser.add_argument("--plain", action="store_true", help="also ours in float32")
    parser.add_argument("--padded", action="store_true", help="also Trainer on inputs padded to 128 sub-words")
    parser.add_argument("--curves", action="store_true", help="3 layers of 192, 800 examples, 4 epochs at 3e-4")
    asked = parser.parse_args()
    if asked.curves:
        asked.layers, asked.width, asked.vocabulary, asked.examples, asked.turns, asked.lr = (
            3,
            192,
            16_000,
            800,
            4,
            3e-4,
        )
    figures = {name: measured(name, asked) for name in asked.tasks}
    worst = min(figures.values(), key=lambda each: float(each["ratio"]))
    print(
        json.dumps(
            {
                "name": "throughput",
                "ours": worst["ours"],
                "peer": worst["peer"],
                "ratio": worst["ratio"],
                "unit": f"training examples per processor second, the less favourable task; peer: {GROUPED}",
                "tasks": figures,
            }
        )
    )


def measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """One task's figures."""
    examples, task = training(name, asked.examples)
    subwords = tokenizer(texts_of(training(name, 4000)[0]), asked.vocabulary)
    labels = task.labels
    loose, padded = encoded(examples, subwords, labels, pad=False), encoded(examples, subwords, labels, pad=True)
    lengths = [len(row["input_ids"]) for row in loose]
    words = sum(len(text.split()) for text in texts_of(examples))
    print(
        f"{name}: {len(examples)} examples of {task.name}, {statistics.mean(lengths):.1f} sub-words on average, "
        f"{sum(lengths) / words:.2f} per word"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        print(f"{checkpoint(folder / 'encoder', subwords, asked):,} parameters", flush=True)
        more = (len(labels), asked.turns, asked.threads, asked.lr)
        own = (folder, examples, labels, asked.turns, asked.threads, asked.lr, False)
        contenders: dict[str, tuple[Contender, tuple[Any, ...]]] = {
            LOOP: (ours, (*own, "auto")),
            GROUPED: (trainer, (folder, loose, *more, True)),
        }
        if computes_half(torch.device("cpu")):  # others emulate it, many times slower
            contenders[HALF] = (trainer, (folder, loose, *more, True, True))
        if asked.plain:
            contenders[PLAIN] = (ours, (*own, "float32"))
        if asked.padded:
            contenders[PADDED] = (trainer, (folder, padded, *more, False))
        found = run(contenders, asked.turns)
    rates = {key: asked.examples / statistics.median(each.seconds) for key, each in found.items()}
    curves = {key: by_epoch(each.about["losses"], asked.turns) for key, each in found.items()}
    for key, rate in rates.items():
        print(f"  {key:34} {rate:8.2f} examples/s   loss by epoch {curves[key]}", flush=True)
    if asked.curves:
        draw({key: each.about["losses"] for key, each in found.items()})
    # Both were measured within seconds of each other in each turn: their ratio stands a machine that changes.
    ratios = {
        key: statistics.median(b / a for a, b in zip(found[LOOP].seconds, found[key].seconds, strict=True))
        for key in found
        if key != LOOP
    }
    return {
        "ours": round(rates[LOOP], 2),
        "precision": found[LOOP].about["precision"],
        "peer": round(rates[GROUPED], 2),
        "ratio": round(ratios[GROUPED], 2),
        "ratios": {key: round(ratio, 2) for key, ratio in ratios.items()},
        "peaks_gib": {key: round(each.peak / 2**30, 2) for key, each in found.items()},
        "losses": curves,
    }


def encoded(
    examples: Sequence[Example], subwords: Subwords, labels: tuple[str, ...], *, pad: bool
) -> list[dict[str, Any]]:
    """Inputs as run_xnli and run_ner make them."""
    rows = []
    how: dict[str, Any] = {"truncation": True, "max_length": LENGTH, "padding": "max_length" if pad else False}
    for example in examples:
        if isinstance(example, Classification):
            row = dict(subwords.tokenizer(example.text, example.text_pair, **how))
            rows.append({**row, "labels": labels.index(example.label or "")})
        elif isinstance(example, Tagging):
            coded = subwords.tokenizer(list(example.tokens), is_split_into_words=True, **how)
            words = coded.word_ids()
            first = [word is not None and word != before for word, before in zip(words, [None, *words], strict=False)]
            tags = [
                labels.index((example.tags or ())[word]) if begins and word is not None else -100
                for word, begins in zip(words, first, strict=True)
            ]
            rows.append({**dict(coded), "labels": tags})
    return rows


def by_epoch(losses: Sequence[float], epochs: int) -> list[float]:
    """Mean loss of each epoch's steps."""
    size = len(losses) / epochs
    return [round(statistics.mean(losses[round(n * size) : round((n + 1) * size)]), 4) for n in range(epochs)]


def draw(curves: dict[str, list[float]]) -> None:
    """Loss curves in twenty points each."""
    for key, losses in curves.items():
        print(f"    {key:34} {' '.join(f'{value:.2f}' for value in by_epoch(losses, min(20, len(losses))))}")


if __name__ == "__main__":
    main()
