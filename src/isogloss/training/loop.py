"""The training loop. There is one.

A step: a batch of similar lengths under a token budget → encoder → the head of the batch's task → loss per unit,
scaled so that every example of an epoch counts the same however its batch was cut → clip → optimizers.
"""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from isogloss.core.doing import measured
from isogloss.core.errors import ModelError
from isogloss.core.parts import Mixture
from isogloss.core.phase import Phase
from isogloss.core.seeds import rng, seed_of
from isogloss.core.typing import Int, np
from isogloss.models import batches as cutting
from isogloss.models import heap
from isogloss.models.device import Ways, computes_half
from isogloss.models.encoder import Encoder
from isogloss.models.features import Feature, collate
from isogloss.models.heads import Head
from isogloss.store.layout import Weights
from isogloss.training import checkpoint, mixture, ways
from isogloss.training.optimizer import clip, optimizers, rate, set_rate
from isogloss.training.tally import Tally, curve, width
from isogloss.training.team import Alone, team

PART = 2048
"""Sub-words that a published encoder reads at once on a processor; a larger batch is read in parts, whose gradients
add up. Of e5-small 10,240 at once take twice the memory of 2,560 and 1.3 times the time: tensors of more than 32 MB
are mapped anew at each use (models/heap.py). In bfloat16 parts of 2,048 take a fifth less memory than 4,096 and no more
time; smaller ones take more, since weights are cast once for each part."""
SAVE_SECONDS = 20.0
"""Between two states that are saved, or for each second that the last one took: saving takes a twentieth at most."""


@dataclass
class Stream:
    """The training data of one head, as features."""

    name: str
    head: Head
    features: list[Feature]
    budget: int
    """Sub-words per batch, padding included."""
    text: bool = False
    """Masked language modelling beside the tasks."""
    language: str = ""
    """What all of it is read as, by an encoder with adapters for languages; "" = as the encoder was set before."""

    def __post_init__(self) -> None:
        self.examples = len({feature.example for feature in self.features})
        self.lengths: Int[np.ndarray, "n"] = np.array([feature.length for feature in self.features])
        self.rows: Int[np.ndarray, "n"] = np.array([len(feature.rows) for feature in self.features])
        size = float((self.lengths * self.rows).sum())
        self.units = sum(map(self.head.units, self.features)) / max(1.0, size / self.budget)
        """What a batch of mean size is worth: examples, words, or masked sub-words."""

    @property
    def heading(self) -> str:
        """The name of its head, which streams of several languages share."""
        return self.name.partition("/")[0]

    def epoch(self, key: str, number: int) -> list[Int[np.ndarray, "_"]]:
        """The batches of one epoch."""
        return cutting.epoch(self.lengths, self.rows, self.budget, f"{key}/{self.name}", number)

    def batches(self, key: str) -> Iterator["Turn"]:
        """Its batches, epoch after epoch, without end."""
        return ((self, batch) for number in itertools.count() for batch in self.epoch(key, number))


Turn = tuple[Stream, Int[np.ndarray, "_"]]
"""A batch, and the stream it comes from."""


def run(
    encoder: Encoder,
    streams: Sequence[Stream],
    phase: Phase,
    *,
    key: str,
    folder: Path,
    report: Callable[[int, int], None],
    after: Callable[[int, int], None] = lambda *_: None,
    precision: str = "auto",
) -> dict[str, Any]:
    """Train, going on from the state in `folder` if there is one; returns steps, losses, tokens and seconds.

    `after` is called with (step, steps in all) when the weights have taken a step. A phase goes on in the `precision`
    that it began in.
    """
    heap.keep()
    device, crew = encoder.model.device, team()
    steppers = optimizers(encoder, list(dict.fromkeys(stream.head for stream in streams)), phase)
    body = encoder.model if encoder.adapters is None else encoder.adapters  # all that a phase with adapters changes
    modules: dict[str, torch.nn.Module] = {"encoder": body, **{f"head.{s.heading}": s.head for s in streams}}
    total = phase.steps or _total(streams, phase, key)
    about = checkpoint.restore(folder, modules, steppers) or {}
    begin, spent = int(about.get("step", 0)), float(about.get("seconds", 0.0))
    tally = Tally.restored(folder, about, [stream.name for stream in streams])
    started = saved = time.monotonic()
    saving = 0.0
    apart = width(total)
    for at, loss in curve(tally.losses[: begin // apart * apart], apart):  # of before this was interrupted
        measured(at, loss=loss)
    for module in (encoder.model, *modules.values()):
        module.train()
    if begin:
        taken = f"{begin} of {total} steps of {'+'.join(phase.tasks)}"
        precision = _as_begun(about.get("precision", ""), precision, encoder, Weights(folder), taken)
    trial = partial(_trial, encoder, streams[0], key)
    encoder.compute(ways.choose(encoder, trial, total, streams[0].budget, precision))
    computed: dict[str, Any] = {"precision": encoder.ways.dtype}
    if device.type == "cuda":
        computed["ways"] = asdict(encoder.ways)
    for step, group in enumerate(_steps(streams, phase, key, begin), start=begin):
        if step >= total:
            break
        torch.manual_seed(seed_of(key, crew.purpose(f"step/{step}")))
        lr = phase.lr * rate(step, total, phase.optimizer.warmup)
        set_rate(steppers, lr)
        loss = tally.step([stream.name for stream, _ in group], crew.add(_gradients(encoder, group, crew)))
        if not np.isfinite(loss):
            raise ModelError(
                f"the loss is {loss} at step {step + 1} of {total} ({'+'.join(phase.tasks)}). "
                f"Nothing of this phase is kept; lower lr={phase.lr:g} or set clip (now {phase.optimizer.clip:g})."
            )
        crew.add_gradients(steppers)
        clip(steppers, phase.optimizer.clip)
        for optimizer in steppers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        tally.losses.append(loss)
        if (step + 1) % apart == 0 or step + 1 == total:
            measured(step + 1, loss=float(np.mean(tally.losses[step // apart * apart :])), lr=lr)
        if crew.first:
            after(step + 1, total)
        report(step + 1, total)
        if time.monotonic() - saved > SAVE_SECONDS * max(1.0, saving) and step + 1 < total:
            begun = time.monotonic()
            heap.release()
            if crew.first:
                now = {"step": str(step + 1), "seconds": str(spent + begun - started), "precision": encoder.ways.dtype}
                checkpoint.save(folder, modules, steppers, now | tally.about())
            saved = time.monotonic()
            saving = saved - begun
    encoder.compute(Ways())
    heap.release()
    return (
        {"steps": total, "seconds": round(spent + time.monotonic() - started, 2), **tally.plain(total)}
        | {"examples": {stream.name: stream.examples for stream in streams}}
        | computed
        | ({"mixture": tally.mixture()} if len(streams) > 1 else {})
    )


def _gradients(encoder: Encoder, group: Sequence[Turn], crew: Alone) -> list[tuple[float, ...]]:
    """Backward through this process's part of each batch of a step.

    Returns of each batch: its summed loss, the units that it sums, its sub-words, those with padding, and its examples.
    """
    device = encoder.model.device
    most = PART if device.type == "cpu" and not encoder.own else math.inf
    sums: list[tuple[float, ...]] = []
    for stream, picked in group:
        parts: list[tuple[float, ...]] = [(0.0, 0, 0, 0, 0)]  # of a batch of fewer examples than processes
        for features in cutting.parts([stream.features[index] for index in crew.share(picked)], most):
            summed, units, used, size = _loss(encoder, stream, features, device)
            # Batches of long inputs hold fewer examples, and an average over the batch would count those for more.
            # The sum over what a mean batch is worth counts every example of an epoch the same.
            torch.autograd.backward(summed / (stream.units * len(group)))
            parts.append((float(summed.detach()), units, used, size, len(features)))
        sums.append(tuple(map(sum, zip(*parts, strict=True))))
    return sums


def _loss(
    encoder: Encoder, stream: Stream, features: list[Feature], device: torch.device
) -> tuple[torch.Tensor, int, int, int]:
    """Summed loss of one batch, the units it sums, its sub-words, and its sub-words with padding."""
    batch = collate(features, encoder.subwords.pad, device)
    if stream.language:
        encoder.speak(stream.language)
    seen = stream.head.corrupt(batch)
    with encoder.ways.precision(device):
        states = encoder.states(seen.ids, seen.mask, seen.segments, stream.head.layer)
        summed, units = stream.head.loss(states, batch)
    used = batch.ids.numel() if batch.mask is None else int(batch.mask.sum())
    return summed, units, used, batch.ids.numel()


def _as_begun(begun: str, asked: str, encoder: Encoder, kept: Weights, taken: str) -> str:
    """The precision in which a phase goes on. Raises ModelError where the encoder is not trained in it here.

    States from before it was noted are of float32 on a processor, and of what is usual on a GPU.
    """
    device = encoder.model.device
    on_processor = device.type == "cpu"
    if begun == "bfloat16" and (not computes_half(device) or (encoder.own and on_processor)):
        state = f"{kept.state} and {kept.snapshots}" if kept.snapshots.is_dir() else f"{kept.state}"
        raise ModelError(
            f"{taken} were taken in bfloat16, in which this encoder is not trained on this "
            f"{'processor' if on_processor else 'GPU'}. Run the study where it was begun, or delete {state} to begin "
            "this phase again."
        )
    return begun or ("float32" if on_processor else asked)


def _trial(encoder: Encoder, stream: Stream, key: str) -> None:
    """Forward and backward of a batch, to be timed; leaves nothing behind."""
    batches = stream.epoch(key, 0)
    features = [stream.features[index] for index in batches[len(batches) // 2]]
    torch.autograd.backward(_loss(encoder, stream, features, encoder.model.device)[0])
    for module in (encoder.model, stream.head):
        module.zero_grad(set_to_none=True)


def _total(streams: Sequence[Stream], phase: Phase, key: str) -> int:
    """The steps of `phase.epochs`: as many batches as all tasks have in that many epochs, however they are mixed."""
    batches = phase.epochs * sum(len(stream.epoch(key, 0)) for stream in streams if not stream.text)
    return mixture.steps_with_text(batches / phase.accumulate, phase.text_share)


def _steps(streams: Sequence[Stream], phase: Phase, key: str, begin: int) -> Iterator[list[Turn]]:
    """The batches of each step, from step `begin` on."""
    tasks = [stream for stream in streams if not stream.text]
    own = _sampled(tasks, phase.mixture, key) if phase.mixture else _shuffled(tasks, key)
    text = itertools.chain.from_iterable(stream.batches(key) for stream in streams if stream.text)
    for step in itertools.count():
        group = list(itertools.islice(text if mixture.is_text(step, phase.text_share) else own, phase.accumulate))
        if step >= begin:
            yield group


def _shuffled(streams: Sequence[Stream], key: str) -> Iterator[Turn]:
    """The batches of all streams, epoch by epoch, in random order."""
    for number in itertools.count():
        drawn = [(stream, batch) for stream in streams for batch in stream.epoch(key, number)]
        for index in rng(key, f"mix/{number}").permutation(len(drawn)) if len(streams) > 1 else range(len(drawn)):
            yield drawn[index]


def _sampled(streams: Sequence[Stream], mixed: Mixture, key: str) -> Iterator[Turn]:
    """Streams drawn by their shares; one that is used up begins an epoch of its own."""
    batches = [stream.batches(key) for stream in streams]
    for turn in mixture.turns([stream.examples for stream in streams], mixed, key):
        yield next(batches[turn])
