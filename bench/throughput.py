"""Training examples per second against transformers' Trainer, on one encoder and the real XNLI lengths.

Two peers in the same run: run_xnli's default (every input padded to 128 sub-words) and Trainer's own (padded to the
longest of a random batch). All three see the same examples, batch size, rate and initial weights; the mean loss of the
second half is printed for each, so that speed is not bought with another training. Without ../shared/data the texts
are drawn with lengths like XNLI's, and the output says so.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainingArguments, XLMRobertaForSequenceClassification

from _xnli import BATCH, LABELS, LENGTH, examples, subwords_of
from isogloss.core.examples import Classification
from isogloss.core.spec import Architecture, Phase, Published, RunSpec
from isogloss.core.task import Source, Task
from isogloss.models.encoder import build, save
from isogloss.models.tokenizer import Subwords
from isogloss.training import phase as phases

STEPS = 25


def main() -> None:
    torch.set_num_threads(2)
    found, source = examples()
    subwords = subwords_of(found)
    torch.manual_seed(0)
    encoder = build(
        Architecture(width=192, layers=3, heads=3, hidden=768, positions=LENGTH, activation="gelu"), subwords
    )
    with tempfile.TemporaryDirectory() as folder:
        save(encoder, Path(folder) / "encoder")
        print(f"data: {source}; encoder: 3 layers of 192, {encoder.model.num_parameters():,} parameters; batch {BATCH}")
        runs = {"trainer, padded to 128": [], "trainer, dynamic padding": [], "isogloss": []}  # type: dict[str, list[float]]
        losses: dict[str, float] = {}
        for _ in range(2):  # in turn, so that a slow moment of the machine meets all three
            for name, taken in runs.items():
                seconds, count, losses[name] = (
                    ours(Path(folder), found) if name == "isogloss" else peer(Path(folder), found, subwords, name)
                )
                taken.append(count / seconds)
                print(f"  {name:26} {count / seconds:8.1f} examples/s   mean loss, second half {losses[name]:.3f}")
    best = {name: max(taken) for name, taken in runs.items()}
    print(
        json.dumps(
            {
                "name": "throughput",
                "ours": round(best["isogloss"], 1),
                "peer": round(best["trainer, dynamic padding"], 1),
                "ratio": round(best["isogloss"] / best["trainer, dynamic padding"], 2),
                "unit": "training examples/s; peer: transformers.Trainer with its default (dynamic) padding",
                "ratio_padded_to_128": round(best["isogloss"] / best["trainer, padded to 128"], 2),
                "losses": {name: round(value, 3) for name, value in losses.items()},
            }
        )
    )


def peer(folder: Path, found: list[Classification], subwords: Subwords, name: str) -> tuple[float, int, float]:
    """Seconds, examples and loss of transformers' Trainer."""
    torch.manual_seed(0)
    model = XLMRobertaForSequenceClassification.from_pretrained(folder / "encoder", num_labels=3)
    model.config.use_cache = False
    how: dict[str, Any] = {
        "truncation": True,
        "max_length": LENGTH,
        "padding": "max_length" if "128" in name else False,
    }
    rows = [
        {**subwords.tokenizer(example.text, example.text_pair, **how), "labels": LABELS.index(example.label or "")}
        for example in found
    ]
    arguments = TrainingArguments(
        output_dir=str(folder / "trainer"), per_device_train_batch_size=BATCH, max_steps=STEPS, learning_rate=1e-4,
        warmup_steps=STEPS // 10, logging_steps=1, save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True,
        weight_decay=0.0, log_level="error", logging_strategy="no",
    )  # fmt: skip
    trainer = Trainer(model=model, args=arguments, train_dataset=rows, processing_class=subwords.tokenizer)
    begin = time.perf_counter()
    out = trainer.train()
    return time.perf_counter() - begin, BATCH * STEPS, float(out.training_loss)


def ours(folder: Path, found: list[Classification]) -> tuple[float, int, float]:
    """Seconds, examples and loss of our loop, reading and checkpointing included."""
    task = Task(
        name="nli", type="classification", title="", languages=("en",), read=lambda *_: found, labels=LABELS,
        source=Source(folder="", licence="", cite="", generated="bench"),
    )  # fmt: skip
    phase = Phase(stage="target", tasks=("nli",), steps=STEPS, batch=BATCH, lr=1e-4, length=LENGTH)
    with tempfile.TemporaryDirectory() as target:
        record = phases.train(
            RunSpec(encoder=Published(name=str(folder / "encoder")), phases=(phase,)), folder=Path(target), parent=None,
            find=lambda _: task, data=folder, report=lambda *_: None,
        )  # fmt: skip
    mean = sum(loss for _, loss in record["losses"]) / len(record["losses"])
    return record["seconds"], record["seen"], mean


if __name__ == "__main__":
    main()
