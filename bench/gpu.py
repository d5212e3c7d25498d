"""Everything that is faster on a GPU, measured in one command on one GPU: `python bench/gpu.py`.

On real NLI lengths and an encoder of XLM-R Base's shape (or `--layers 24 --width 1024` for Large): each way of
computing (float32, bfloat16, packed rows, torch.compile), each step of AdamW (fused, foreach, one by one), the whole
vocabulary against the trimmed one, gradient checkpointing with its memory beside the estimate that `isogloss plan`
prints, and inputs padded to 128 sub-words in float32 and bfloat16, as run_xnli does. `--device cpu` at a small shape
runs the same code without a GPU, for whoever changes it.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from _needs import needs
from _train import LENGTH, LR
from _xlmr import architecture, served, shape_arguments, texts_of, tokenizer, training
from isogloss.core.examples import Example
from isogloss.core.phase import Phase
from isogloss.models import memory, vocabulary
from isogloss.models.batches import budget_for
from isogloss.models.device import Ways, usual
from isogloss.models.encoder import Encoder, build
from isogloss.models.features import Batch, Feature
from isogloss.models.heads import Head, head_for
from isogloss.models.tokenizer import Subwords
from isogloss.training import loop
from isogloss.training.optimizer import clip, optimizers

Optimize = Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer]


@dataclass
class Setting:
    """One thing to measure."""

    name: str
    how: Ways
    whole: bool = False
    again: bool = False
    """Gradient checkpointing."""
    padded: bool = False
    """Every input padded to 128 sub-words, batches of `batch` inputs in random order."""
    adamw: str = "fused"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shape_arguments(parser)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20, help="timed per setting, after three that are not")
    parser.add_argument("--compile", action="store_true", help="on a processor too, where it takes minutes")
    asked = parser.parse_args()
    if asked.device == "cuda" and not torch.cuda.is_available():
        needs("a CUDA device (or --device cpu --layers 2 --width 64 --vocabulary 45000, to try the code)")
    where = torch.device(asked.device)
    name = torch.cuda.get_device_name(where) if where.type == "cuda" else platform.processor() or platform.machine()
    print(f"{name}, torch {torch.__version__}", flush=True)
    examples, task = training("xnli", asked.examples)
    subwords = tokenizer(texts_of(training("xnli", 4000)[0]), asked.vocabulary)
    half = usual(where)
    settings = [
        Setting("padded to 128, float32", Ways(), padded=True, whole=True),
        Setting("padded to 128, reduced", half, padded=True, whole=True),
        Setting("float32", Ways()),
        Setting("reduced", half),
        Setting("reduced, packed", replace(half, packed=True)),
        Setting("reduced, compiled", replace(half, compiled=True)),
        Setting("reduced, whole vocabulary", half, whole=True),
        Setting("reduced, AdamW foreach", half, adamw="foreach"),
        Setting("reduced, AdamW one by one", half, adamw="loop"),
        Setting("reduced, gradient checkpointing", half, again=True),
    ]
    rows = {}
    for each in settings:
        if each.how.compiled and where.type == "cpu" and not asked.compile:
            continue
        try:
            rows[each.name] = measured(each, asked, where, examples, task.labels, subwords)
        except (RuntimeError, NotImplementedError) as error:  # one that the device refuses is a finding too
            rows[each.name] = {"failed": str(error).splitlines()[0]}
        print(f"  {each.name:34} {rows[each.name]}", flush=True)
    done = {key: row["examples_per_second"] for key, row in rows.items() if "failed" not in row}
    ours = max((key for key in done if "padded" not in key), key=lambda key: done[key])
    peer = done.get("padded to 128, reduced", done["padded to 128, float32"])
    print(
        json.dumps(
            {
                "name": "gpu",
                "ours": done[ours],
                "peer": peer,
                "ratio": round(done[ours] / peer, 2),
                "unit": "training examples/s; peer: padded to 128, whole vocabulary, the device's reduced precision",
                "device": name,
                "best": ours,
                "settings": rows,
            }
        )
    )


def measured(
    setting: Setting, asked: argparse.Namespace, where: torch.device, examples: list[Example], labels: tuple[str, ...],
    subwords: Subwords,
) -> dict[str, Any]:  # fmt: skip
    """Speed and memory of one setting."""
    torch.manual_seed(0)
    encoder = build(architecture(asked), subwords)
    phase = Phase(
        stage="target", tasks=("bench",), steps=1, batch=asked.batch, lr=LR, length=LENGTH,
        gradient_checkpointing=setting.again,
    )  # fmt: skip
    head = head_for(served("bench", examples, labels), labels, encoder, phase)
    features = head.encode(examples, subwords, labelled=True)
    kept = len(subwords) if setting.whole else vocabulary.trim(encoder, features)
    if setting.again:
        encoder.model.activation_checkpointing_enable({"use_reentrant": False})
        encoder.model.config.use_cache = False
    encoder.model.to(where).train()
    head.to(where).train()
    stream = loop.Stream("bench", head, features, budget_for(features, asked.batch))
    found = adamw(setting.adamw, encoder, head, phase)
    batches = stream.epoch("bench", 0)
    if setting.padded:
        order = torch.randperm(len(features)).tolist()
        batches = [np.array(order[at : at + asked.batch]) for at in range(0, len(order) - asked.batch + 1, asked.batch)]
    encoder.compute(setting.how)
    if where.type == "cuda":
        torch.cuda.reset_peak_memory_stats(where)
    taken, counts = [], []
    for number in range(3 + asked.steps):
        picked = [features[index] for index in batches[number % len(batches)]]
        begin = time.perf_counter()
        loss = padded_loss(encoder, head, picked, where) if setting.padded else plain(encoder, stream, picked, where)
        torch.autograd.backward(loss / len(picked))
        clip(found, phase.optimizer.clip)
        for optimizer in found:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if where.type == "cuda":
            torch.cuda.synchronize(where)
        taken.append(time.perf_counter() - begin)
        counts.append(len(picked))
    row: dict[str, Any] = {
        "examples_per_second": round(sum(counts[3:]) / sum(taken[3:]), 1),
        "seconds_per_step": round(statistics.median(taken[3:]), 4),
        "first_step": round(taken[0], 2),
        "rows": kept,
    }
    if where.type == "cuda":
        columns = asked.batch * LENGTH if setting.padded else stream.budget
        shape = memory.shape_of(architecture(asked))
        expected = memory.training(shape, phase, subwords=columns, rows=kept, half=setting.how.half) if shape else None
        row["gib"] = round(torch.cuda.max_memory_allocated(where) / 2**30, 2)
        row["gib_estimated"] = round(expected.total / 2**30, 2) if expected else None
    return row | {"ways": asdict(setting.how)}


def adamw(kind: str, encoder: Encoder, head: Head, phase: Phase) -> list[torch.optim.Optimizer]:
    """Ours, which is fused, or another way of taking the same step."""
    if kind == "fused":
        return optimizers(encoder, [head], phase)
    parameters = [{"params": [*encoder.model.parameters(), *head.parameters()], "base": 1.0}]
    return [torch.optim.AdamW(parameters, lr=LR, weight_decay=0.0, foreach=kind == "foreach")]


def plain(encoder: Encoder, stream: loop.Stream, picked: list[Feature], where: torch.device) -> torch.Tensor:
    """Our loss of a batch."""
    return loop._loss(encoder, stream, picked, where)[0]


def padded_loss(encoder: Encoder, head: Head, picked: list[Feature], where: torch.device) -> torch.Tensor:
    """The loss of a batch of 128 columns."""
    pad = encoder.subwords.pad
    ids = torch.full((len(picked), LENGTH), pad)
    for index, feature in enumerate(picked):
        ids[index, : feature.length] = torch.from_numpy(feature.rows[0].astype("int64"))
    batch = Batch(ids=ids.to(where), mask=(ids != pad).long().to(where), segments=None, features=picked)
    with encoder.ways.precision(where):
        states = encoder.states(batch.ids, batch.mask, None)
        return head.loss(states, batch)[0]


if __name__ == "__main__":
    main()
