"""Which share of this machine's matrix product training reaches, and where the rest goes.

The roof is the best product of several sizes in the precision that training takes here (`--precision`), measured in
the same run, before and after. Seconds are the processor's. The arithmetic
counted is what training needs: 6 operations per parameter of a layer and sub-word, padding left out, and attention's
products. Then one profiled step says what the time went to.
"""

import argparse
import json
import statistics
import time
from collections import Counter

import torch
from torch.profiler import ProfilerActivity, profile

from _train import BATCH, LENGTH, LR
from _xlmr import architecture, served, shape_arguments, texts_of, tokenizer, training
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture
from isogloss.models import heap, vocabulary
from isogloss.models.batches import budget_for
from isogloss.models.device import PRECISIONS, usual
from isogloss.models.encoder import build
from isogloss.models.heads import head_for
from isogloss.training import loop
from isogloss.training.optimizer import clip, optimizers

KINDS = {
    "matrix products": ("mm", "linear", "bmm", "matmul"),
    "attention": ("attention", "softmax"),
    "activations": ("gelu", "tanh", "relu"),
    "norms": ("layer_norm", "linalg_vector_norm", "_foreach_norm"),
    "dropout": ("dropout", "bernoulli"),
    "optimizer": ("adam",),
    "embeddings": ("embedding",),
}

ROOF_SECONDS = 0.1
"""Of the processor, for each product."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shape_arguments(parser)
    parser.add_argument("--examples", type=int, default=64)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--batch", type=int, default=BATCH, help="examples of a step")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    heap.keep()  # as training/loop does
    examples, task = training("xnli", asked.examples)
    subwords = tokenizer(texts_of(training("xnli", 4000)[0]), asked.vocabulary)
    shape = architecture(asked)
    torch.manual_seed(0)
    encoder = build(shape, subwords)
    phase = Phase(stage="target", tasks=("bench",), steps=asked.steps, batch=asked.batch, lr=LR, length=LENGTH)
    head = head_for(served("bench", examples, task.labels), task.labels, encoder, phase)
    features = head.encode(examples, subwords, labelled=True)
    print(f"{encoder.model.num_parameters():,} parameters; {vocabulary.trim(encoder, features):,} rows are trained")
    stream = loop.Stream("bench", head, features, budget_for(features, asked.batch))
    found = optimizers(encoder, [head], phase)
    encoder.compute(usual(encoder.model.device, asked.precision, width=encoder.width))
    numbers = torch.bfloat16 if encoder.ways.half else torch.float32
    encoder.model.train()
    head.train()
    batches = stream.epoch("bench", 0)

    def step(number: int) -> tuple[float, int]:
        """Operations that a step needs, and its sub-words."""
        picked = [features[index] for index in batches[number % len(batches)]]
        summed, _, used, _ = loop._loss(encoder, stream, picked, encoder.model.device)
        torch.autograd.backward(summed / stream.units)
        clip(found, phase.optimizer.clip)
        for optimizer in found:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return operations(shape, [feature.length for feature in picked]), used

    roofs = [roof(shape.width, numbers)]
    step(0)
    shares = []
    for number in range(1, asked.steps):
        begin = time.process_time()
        done, used = step(number)
        taken = time.process_time() - begin
        roofs.append(roof(shape.width, numbers))  # beside every step, so that a slow moment meets both
        shares.append(done / taken / statistics.mean(roofs[-2:]))
        speed = f"{done / taken / 1e9:.1f} of {roofs[-1] / 1e9:.1f} GFLOP/s"
        print(f"  step {number}: {taken:.2f} s, {used} sub-words, {speed}", flush=True)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        step(asked.steps)
    where = breakdown(seen)
    for kind, share in where.items():
        print(f"  {kind:18} {share:6.1%}")
    print(
        json.dumps(
            {
                "name": "roofline",
                "ours": round(statistics.median(shares), 3),
                "peer": 1.0,
                "ratio": round(statistics.median(shares), 3),
                "unit": f"share of the measured {encoder.ways.dtype} product that a step reaches; peer: the roof",
                "roof_gflops": {"median": round(statistics.median(roofs) / 1e9, 1), "best": round(max(roofs) / 1e9, 1)},
                "time": {kind: round(share, 3) for kind, share in where.items()},
            }
        )
    )


def operations(shape: Architecture, lengths: list[int]) -> float:
    """Forward and backward: 2 + 4 operations per weight and sub-word, and attention's two products per pair of them."""
    weights = shape.layers * (4 * shape.width**2 + 2 * shape.width * shape.hidden)
    pairs = shape.layers * 2 * shape.width * sum(length**2 for length in lengths)
    return 6.0 * (weights * sum(lengths) + pairs)


def roof(width: int, kind: torch.dtype) -> float:
    """Operations per second of the fastest of several matrix products; a fraction of a second.

    Each is timed over many: the processor's clock counts a second thread that still runs some milliseconds late.
    """
    best = 0.0
    for rows, inner, columns in ((1024, 1024, 1024), (512, width, 4 * width), (2048, 512, 2048)):
        one, other = torch.randn(rows, inner, dtype=kind), torch.randn(inner, columns, dtype=kind)
        one @ other
        done, begin = 0, time.process_time()
        while (taken := time.process_time() - begin) < ROOF_SECONDS:
            one @ other
            done += 1
        best = max(best, 2 * rows * inner * columns * done / taken)
    return best


def breakdown(seen: profile) -> dict[str, float]:
    """Share of a step's time per kind of operation, of the time that each operation itself takes."""
    taken: Counter[str] = Counter()
    for event in seen.key_averages():
        name = event.key.lower()
        kind = next((kind for kind, parts in KINDS.items() if any(part in name for part in parts)), "the rest")
        taken[kind] += event.self_cpu_time_total
    return {kind: value / taken.total() for kind, value in taken.most_common()}


if __name__ == "__main__":
    main()
