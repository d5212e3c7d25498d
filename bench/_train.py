"""Shared by benchmarks: one epoch per turn, ours and transformers' Trainer."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from _turns import Turn, ready
from _xlmr import served
from isogloss.core.examples import Example
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.models import vocabulary
from isogloss.training import loop, phase

BATCH, LENGTH, LR = 8, 128, 2e-5
"""transformers' run_xnli and run_ner: 8 examples per step, inputs of at most 128 sub-words; XTREME's rate."""


def ours(
    turn: Turn, folder: Path, examples: Sequence[Example], labels: tuple[str, ...], epochs: int, threads: int,
    lr: float = LR, whole: bool = False, precision: str = "auto",
) -> dict[str, Any]:  # fmt: skip
    """Our loop, from the published encoder to its saved weights; `whole` keeps the whole vocabulary."""
    torch.set_num_threads(threads)
    task = served("bench", examples, labels)
    one = Phase(stage="target", tasks=("bench",), epochs=float(epochs), batch=BATCH, lr=lr, length=LENGTH)
    if whole:
        vocabulary.trim = lambda encoder, _: len(encoder.subwords)  # type: ignore[assignment]
    loop.SAVE_SECONDS = float("inf")  # Trainer saves nothing on its way either
    real = loop.run

    def run(*given: Any, **named: Any) -> dict[str, Any]:
        ready(turn)
        turn.wait()
        return real(*given, **named)

    loop.run = run

    def report(done: int, total: int) -> None:
        if done * epochs % total == 0:
            turn.over()
            if done < total:
                turn.wait()

    with tempfile.TemporaryDirectory(dir=folder) as target:
        record = phase.train(
            RunSpec(encoder=Published(name=str(folder / "encoder")), phases=(one,)), folder=Path(target), parent=None,
            find=lambda _: task, data=folder, report=report, precision=precision,
        )  # fmt: skip
    losses = [value for _, value in record["losses"]]
    return {
        "losses": losses,
        "seen": record["seen"],
        "padding": record["padding"],
        "rows": record["vocabulary_trained"],
        "steps": record["steps"],
        "precision": record["precision"],
    }


def trainer(
    turn: Turn, folder: Path, rows: Sequence[dict[str, Any]], labels: int, epochs: int, threads: int,
    lr: float = LR, grouped: bool = False, half: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """transformers' Trainer on inputs that are tokenised (and padded) already."""
    import transformers
    from transformers import Trainer, TrainingArguments
    from transformers.trainer_pt_utils import LengthGroupedSampler, get_length_grouped_indices

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    tagging = isinstance(rows[0]["labels"], list)
    kind = (
        transformers.XLMRobertaForTokenClassification if tagging else transformers.XLMRobertaForSequenceClassification
    )
    model = kind.from_pretrained(folder / "encoder", num_labels=labels)
    read = transformers.AutoTokenizer.from_pretrained(folder / "encoder")
    collator = transformers.DataCollatorForTokenClassification(read) if tagging else None
    losses: list[float] = []

    class Megabatches(LengthGroupedSampler):  # type: ignore[misc]
        """transformers' own grouping with megabatches of 50 batches."""

        def __iter__(self) -> Any:
            return iter(get_length_grouped_indices(self.lengths, self.batch_size, mega_batch_mult=50))

    class Grouped(Trainer):  # type: ignore[misc]
        """Groups over all examples, as it does over 50 batches where there are more: 64 examples would be two."""

        def _get_train_sampler(self, *_: Any) -> Any:
            return Megabatches(BATCH, lengths=[len(row["input_ids"]) for row in rows])

    class Turns(transformers.TrainerCallback):  # type: ignore[misc]
        def on_epoch_begin(self, *_: Any, **__: Any) -> None:
            turn.wait()

        def on_epoch_end(self, *_: Any, **__: Any) -> None:
            turn.over()

        def on_log(self, *_: Any, logs: dict[str, float] | None = None, **__: Any) -> None:
            losses.extend([logs["loss"]] if logs and "loss" in logs else [])

    with tempfile.TemporaryDirectory(dir=folder) as target:
        arguments = TrainingArguments(
            output_dir=target, per_device_train_batch_size=BATCH, num_train_epochs=epochs, learning_rate=lr,
            warmup_steps=len(rows) * epochs // BATCH // 10, logging_steps=1, save_strategy="no", report_to=[],
            use_cpu=True, disable_tqdm=True, bf16=half,
            weight_decay=0.0, log_level="error",
        )  # fmt: skip
        kinds = Grouped if grouped else Trainer
        found = kinds(
            model=model, args=arguments, train_dataset=list(rows), processing_class=read, data_collator=collator,
            callbacks=[Turns()],
        )  # fmt: skip
        found.pop_callback(transformers.PrinterCallback)
        ready(turn)
        found.train()
    return {"losses": losses, "seen": len(rows) * epochs, "steps": len(losses)}
