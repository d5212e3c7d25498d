"""Share of padding in training batches of the real XNLI lengths: ours against random batches of the same size."""

import json

import numpy as np

from _xnli import BATCH, LENGTH, examples, subwords_of
from isogloss.models.batches import epoch, padding


def main() -> None:
    found, source = examples()
    tokenizer = subwords_of(found).tokenizer
    rows = [tokenizer(e.text, e.text_pair, truncation=True, max_length=LENGTH)["input_ids"] for e in found]
    lengths = np.array([len(row) for row in rows])
    ones = np.ones_like(lengths)
    order = np.random.default_rng(0).permutation(len(lengths))
    random = [order[begin : begin + BATCH] for begin in range(0, len(order), BATCH)]
    theirs = padding(random, lengths, ones)
    ours = padding(epoch(lengths, ones, round(BATCH * float(lengths.mean())), "bench", 0), lengths, ones)
    fixed = 1 - float(lengths.mean()) / LENGTH
    print(f"data: {source}; {len(lengths)} pairs, {lengths.mean():.1f} sub-words on average, batch {BATCH}")
    print(f"padded to {LENGTH}: {fixed:.3f}; random batches: {theirs:.3f}; ours: {ours:.4f} (asked: under 0.03)")
    figures = {"ours": round(ours, 4), "peer": round(theirs, 4), "ratio": round(theirs / ours, 1)}
    print(
        json.dumps({"name": "padding", **figures, "unit": "share of padding; peer: random batches, padded to longest"})
    )


if __name__ == "__main__":
    main()
