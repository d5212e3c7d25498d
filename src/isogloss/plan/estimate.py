"""How long jobs take and what they leave on the disk: from finished jobs of the same kind, else from arithmetic.

Arithmetic: floating-point operations of the encoder over what a matrix product reaches here, measured in some
milliseconds; for a published encoder, over what one layer of its shape reaches in training, measured in a second; or
over a share of what another device is stated to reach. It is right within a small factor; after the first jobs of a
kind their own times replace it.
"""

import dataclasses
import math
import statistics
import time
from collections.abc import Sequence
from functools import cache

import numpy as np

from isogloss.core.errors import IsoglossError, SpecError
from isogloss.core.parts import Bottleneck, Lora
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec, canonical
from isogloss.models.memory import shape_of
from isogloss.plan.job import Job
from isogloss.store.store import Store

CHARACTERS = 3.0
"""Characters per sub-word, over many languages and small vocabularies."""
REACHED = 0.25
"""Share of the measured matrix product that a small encoder reaches in training."""
OVERHEAD = 0.006
"""Seconds per optimiser step that are not arithmetic."""
ALIGNED = 6e-6
"""Seconds per character that an aligned start takes: tokenizer, counts, singular vectors, word links."""
TRANSLATED = 1e-4
"""Seconds per character that Apertium takes; a neural translator on a processor takes some ten times as long."""
BEGIN = 2.0
"""Seconds a job needs before its first step."""
ROWS = 25
"""Distinct sub-words of a text over the square root of its length (Heaps' law; e5-small's on real text)."""
ROW = 60
"""Bytes per example that predictions take."""


class Estimator:
    """Estimates from what one store has seen; `tflops` states another device, of which the store knows nothing.

    `precision` is what published encoders will be trained in.
    """

    def __init__(self, store: Store, tflops: float = 0.0, precision: str = "auto") -> None:
        if tflops < 0:
            raise SpecError(f"a device of {tflops:g} TFLOP/s; state a rate above 0.")
        self.store, self.tflops, self.precision = store, tflops, precision
        self.basis = ""

    def fill(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """The jobs with their seconds and bytes; None for a published encoder of unknown size, never run here.

        Raises ModelError for an encoder that does not compute in the precision that was asked for by name.
        """
        if all(job.cached for job in jobs):
            return tuple(jobs)
        if self.precision == "bfloat16":  # what a kind of model does not compute is found out before it is trained
            from isogloss.plan.probe import check_half

            runs = [job.run for job in jobs if job.run and not job.cached]
            check_half(dict.fromkeys(run.encoder for run in runs if isinstance(run.encoder, Published)))
        rates = {} if self.tflops else self._rates()
        return tuple(job if job.cached else self._estimated(job, rates) for job in jobs)

    def _estimated(self, job: Job, rates: dict[str, float]) -> Job:
        size = parameters(job.run) if job.run else 0
        if job.twin:
            return dataclasses.replace(job, seconds=BEGIN)
        if job.kind == "train":
            kept = 0
            if size and job.run and job.run.phases:
                kept = 4 * saved(job.run, size, job.characters) * max(1, job.run.phases[-1].checkpoints)
            measured = rates.get(_kind(job))
            return dataclasses.replace(
                job, seconds=measured * max(1, job.steps) if measured else self._training(job, size), bytes=kept
            )
        if job.kind == "translate":
            return dataclasses.replace(job, seconds=BEGIN + TRANSLATED * job.characters, bytes=3 * job.characters)
        measured = rates.get(_kind(job))
        seconds = measured * job.examples if measured else evaluation_seconds(job, size, self._speed(job, size))
        if job.weights == "oracle" and seconds and job.run:  # every checkpoint is tested
            seconds *= job.run.phases[-1].checkpoints
        mean = 4 * size if job.weights == "mean" and size else 0
        return dataclasses.replace(job, seconds=seconds, bytes=ROW * job.examples + mean)

    def _training(self, job: Job, size: int | None) -> float | None:
        return training_seconds(job, size, self._speed(job, size))

    def _speed(self, job: Job, size: int | None) -> float:
        """Floating-point operations per second that the encoder of a job reaches; says what that rests on."""
        if self.tflops:
            self.basis = f"GPU-hours, by arithmetic alone, at {REACHED:.0%} of the stated {self.tflops:g} TFLOP/s."
            return REACHED * self.tflops * 1e12
        shape = shape_of(job.run.encoder) if job.run and size and isinstance(job.run.encoder, Published) else None
        if shape is None:
            return REACHED * peak()
        from isogloss.plan.probe import reached  # which takes a second, and torch

        speed, device = reached(shape, self.precision)
        unit = "processor-hours" if device == "this processor" else "GPU-hours"
        self.basis = (
            f"{unit}, from jobs that have finished here, else from one layer of this shape trained for a moment on "
            f"{device}: {speed / 1e12:.3g} TFLOP/s. --device-tflops N estimates for another device."
        )
        return speed

    def _rates(self) -> dict[str, float]:
        """Kind of job → median seconds per step (training) or per example (evaluation)."""
        seen: dict[str, list[float]] = {}
        specs: dict[str, RunSpec] = {}
        for run_id in self.store.runs():
            try:
                spec, record = self.store.spec(run_id), self.store.record(run_id)
            except IsoglossError:  # of a newer version: no help here, no harm either
                continue
            specs[run_id] = spec
            if record.seconds_per_step is not None and spec.phases:
                seen.setdefault(_training(spec), []).append(record.seconds_per_step)
        for run_id, key in self.store.evaluations():
            about = self.store.about(run_id, key)
            if about["seconds"] and about.get("examples") and "weights" not in about:
                kind = _testing(specs.get(run_id), about["task"])
                seen.setdefault(kind, []).append(about["seconds"] / about["examples"])
        return {kind: statistics.median(values) for kind, values in seen.items()}


def training_seconds(job: Job, size: int | None, speed: float) -> float | None:
    """Six operations per parameter and sub-word: two forward, four backward. None for an unknown size.

    A frozen encoder only goes forward; one that keeps no activations goes forward twice; an aligned start counts and
    factorises instead. `speed` is in operations per second.
    """
    if size is None or job.run is None:
        return None
    if not job.run.phases:
        return BEGIN
    phase = job.run.phases[-1]
    if phase.start == "aligned":
        return BEGIN + ALIGNED * job.characters
    shape = shape_of(job.run.encoder)
    passes = 2 if phase.freeze and shape and phase.freeze == shape.layers else 6
    if phase.adapters:
        passes = 4  # back through frozen matrices, without gradients of their own
    passes += 2 if phase.gradient_checkpointing and passes == 6 else 0
    work = passes * active(job.run, size) * step_subwords(job) / speed
    return BEGIN + job.steps * (OVERHEAD + work)


def evaluation_seconds(job: Job, size: int | None, speed: float) -> float | None:
    """Two operations per parameter and sub-word."""
    if size is None:
        return None
    subwords = (job.read or job.characters) / CHARACTERS
    work = 2 * active(job.run, size) * subwords / speed if job.run else 0.0
    return BEGIN / 2 + 0.0002 * job.examples + work


def step_subwords(job: Job) -> float:
    """Sub-words of one optimiser step, cut at the phase's length."""
    phase: Phase = job.run.phases[-1] if job.run else Phase(stage="target", tasks=("none",), steps=1)
    if phase.tokens:
        return phase.tokens * phase.accumulate
    read = job.read or job.characters
    rows = read / max(1, job.characters)  # of an example: at most as many as it has choices
    mean = min(phase.length * rows, read / max(1, job.examples) / CHARACTERS)
    return phase.batch * phase.accumulate * max(1.0, mean)


def parameters(spec: RunSpec) -> int | None:
    """Parameters of the encoder; None for a published one whose shape is neither known nor on this disk."""
    shape = spec.encoder
    if isinstance(shape, Architecture):
        layer = 4 * shape.width**2 + 2 * shape.width * shape.hidden
        return (shape.vocabulary + shape.positions) * shape.width + shape.layers * layer
    known = shape_of(shape)
    return known.table + known.body if known else None


def saved(spec: RunSpec, size: int, characters: int = 0) -> int:
    """Parameters that the last phase writes: its adapters alone where they are kept apart, else the encoder.

    Of a published encoder's table those rows are written that its text asks for; `characters` is the text's length.
    """
    phase = spec.phases[-1]
    shape = spec.encoder if isinstance(spec.encoder, Architecture) else shape_of(spec.encoder)
    if shape is None:
        return size
    width = shape.width
    match phase.adapters:
        case Bottleneck(width=narrow, invertible=invertible):
            outer = (2 * width + 2) * (width // 4) + width if invertible else 0
            one = shape.layers * (2 * width * narrow + narrow + width) + outer
            return one * (max(1, len(phase.languages)) if phase.per_language else 1)
        case Lora(rank=rank, merge=False, targets=("all-linear",)):
            return shape.layers * rank * (4 * 2 * width + 2 * (width + shape.hidden))
        case Lora(rank=rank, merge=False, targets=targets):
            return shape.layers * rank * 2 * width * (len(targets) or 2)  # query and value
        case _:
            return size - _shared(spec, characters) * width


def _shared(spec: RunSpec, characters: int) -> int:
    """Rows of the table that are still the published encoder's after phases of so many characters."""
    shape = shape_of(spec.encoder) if isinstance(spec.encoder, Published) else None
    if shape is None or any(map(_reads_all, spec.phases)):
        return 0
    asked = round(ROWS * math.sqrt(characters / CHARACTERS)) * len(spec.phases)
    return max(0, shape.vocabulary - asked)


def _reads_all(phase: Phase) -> bool:
    """Whether a phase trains the whole table, as masked language modelling does."""
    return phase.stage == "pretrain" or bool(phase.text_share)


def active(spec: RunSpec, size: int) -> int:
    """Parameters that every sub-word is multiplied with: all but the table of embeddings, and MLM's output layer."""
    shape = spec.encoder
    if not isinstance(shape, Architecture):
        known = shape_of(shape)
        body = known.layers * known.layer if known else size // 2
        phase = spec.phases[-1] if spec.phases else None
        return body + round(phase.text_share * 0.15 * known.table) if known and phase else body
    layers = shape.layers * (4 * shape.width**2 + 2 * shape.width * shape.hidden)
    share = 0.0
    if spec.phases:
        share = 1.0 if spec.phases[-1].stage == "pretrain" else spec.phases[-1].text_share
    return layers + round(share * (shape.vocabulary * shape.width // 4))


@cache
def peak() -> float:
    """Floating-point operations per second of a matrix product here, by a processor's own seconds: a clock on the wall
    counts those of other work as well. Takes about 20 ms."""
    matrix = np.ones((384, 384), np.float32)
    matrix @ matrix
    best = min(_timed(matrix) for _ in range(5))
    return 2 * 384**3 / best


def _timed(matrix: "np.ndarray") -> float:
    begin = time.process_time()
    matrix @ matrix
    return max(1e-6, time.process_time() - begin)


def _kind(job: Job) -> str:
    return _training(job.run) if job.kind == "train" and job.run else _testing(job.run, job.task)


def _training(spec: RunSpec) -> str:
    """Runs with the same text here take the same time per step: seed, steps and data differ at most."""
    if not spec.phases:
        return canonical(spec.encoder)
    phase = dataclasses.replace(spec.phases[-1], seed=0, steps=1, epochs=0.0, data={})
    return canonical(spec.encoder) + canonical(phase)


def _testing(spec: RunSpec | None, task: str) -> str:
    return f"{task} {canonical(spec.encoder)}" if spec else f"{task} baseline"
