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

from isogloss.core.examples import Classification
from isogloss.core.seeds import rng
from isogloss.core.spec import Architecture, Phase, Published, RunSpec
from isogloss.core.task import Source, Task
from isogloss.models.batches import padding
from isogloss.models.encoder import build, save
from isogloss.models.tokenizer import Subwords, train
from isogloss.training import phase as phases

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BATCH, STEPS, LENGTH = 32, 25, 128
LABELS = ("contradiction", "entailment", "neutral")


def examples() -> tuple[list[Classification], str]:
    """XNLI's English development set, or texts with lengths like its."""
    from isogloss.core.folder import load

    if (DATA / "xnli").is_dir():
        found = load("tasks", "xnli").examples(DATA, "dev", "en")
        return [example for example in found if isinstance(example, Classification)], "XNLI dev, English"
    random = rng("bench", "lengths")
    words = [f"w{index}" for index in range(3000)]

    def text(mean: float) -> str:
        return " ".join(random.choice(words, size=max(2, int(random.lognormal(mean, 0.55)))))

    made = [Classification(id=str(n), text=text(2.9), text_pair=text(2.3), label=LABELS[n % 3]) for n in range(2490)]
    return made, "made texts with lengths like XNLI's (../shared/data is not there)"


def main() -> None:
    torch.set_num_threads(2)
    found, source = examples()
    texts = [text for example in found for text in (example.text, example.text_pair or "")]
    subwords = Subwords(train(texts, kind="unigram", vocabulary=8000, positions=LENGTH))
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
    share = waste(found, subwords)
    print(f"share of padding in our batches: {share:.4f}")
    print(
        json.dumps(
            {
                "name": "throughput",
                "ours": round(best["isogloss"], 1),
                "peer": round(best["trainer, dynamic padding"], 1),
                "ratio": round(best["isogloss"] / best["trainer, dynamic padding"], 2),
                "unit": "training examples/s; peer: transformers.Trainer with its default (dynamic) padding",
                "ratio_padded_to_128": round(best["isogloss"] / best["trainer, padded to 128"], 2),
                "padding": round(share, 4),
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


def waste(found: list[Classification], subwords: Subwords) -> float:
    """Share of padding over one epoch."""
    from isogloss.core.typing import np
    from isogloss.models.batches import epoch

    rows = [subwords.tokenizer(e.text, e.text_pair, truncation=True, max_length=LENGTH)["input_ids"] for e in found]
    lengths = np.array([len(row) for row in rows])
    ones = np.ones_like(lengths)
    return padding(epoch(lengths, ones, round(BATCH * float(lengths.mean())), "bench", 0), lengths, ones)


if __name__ == "__main__":
    main()
