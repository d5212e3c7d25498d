"""Exact vocabulary trimming on an encoder of XLM-R Base's real size (278 million parameters), random weights.

The same epochs of real NLI pairs, once with all 250,002 rows and once with those that occur: seconds per step, memory
while training, and losses that must agree.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from _train import ours
from _turns import run
from _xlmr import checkpoint, shape_arguments, texts_of, tokenizer, training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shape_arguments(parser)
    parser.add_argument("--examples", type=int, default=32)
    parser.add_argument("--turns", type=int, default=3, help="epochs, each a turn")
    asked = parser.parse_args()
    examples, task = training("xnli", asked.examples)
    everything, _ = training("xnli", 4000)
    subwords = tokenizer(texts_of(everything), asked.vocabulary)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        size = checkpoint(folder / "encoder", subwords, asked)
        print(f"{size:,} parameters, {len(subwords):,} rows; {len(examples)} pairs of {task.name}", flush=True)
        arguments = (folder, examples, task.labels, asked.turns, asked.threads, 2e-5)
        found = run({"whole": (ours, (*arguments, True)), "trimmed": (ours, (*arguments, False))}, asked.turns)
    whole, trimmed = found["whole"], found["trimmed"]
    apart = max(abs(a - b) for a, b in zip(whole.about["losses"], trimmed.about["losses"], strict=True))
    if apart > 1e-3:
        raise SystemExit(f"the losses differ by {apart}: {whole.about['losses']} and {trimmed.about['losses']}")
    steps = whole.about["steps"] / asked.turns
    per_step = {name: statistics.median(each.seconds) / steps for name, each in found.items()}
    held = {name: max(each.resident) / 2**30 for name, each in found.items()}
    print(f"rows trained: {trimmed.about['rows']:,}; losses differ by {apart:.1e} at most, of {whole.about['losses']}")
    for name, each in found.items():
        print(
            f"{name:8} {per_step[name]:.3f} s/step, {held[name]:.2f} GiB while training, peak {each.peak / 2**30:.2f}"
        )
    print(
        json.dumps(
            {
                "name": "vocabulary",
                "ours": round(per_step["trimmed"], 3),
                "peer": round(per_step["whole"], 3),
                "ratio": round(per_step["whole"] / per_step["trimmed"], 2),
                "unit": "s/step; peer: the same with the whole vocabulary",
                "gib": {name: round(value, 2) for name, value in held.items()},
                "gib_ratio": round(held["whole"] / held["trimmed"], 2),
                "rows": {"whole": len(subwords), "trimmed": trimmed.about["rows"]},
                "losses_differ_by": apart,
            }
        )
    )


if __name__ == "__main__":
    main()
