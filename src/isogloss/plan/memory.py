"""What the runs of a plan take of a device's memory, one line for each kind of run."""

from collections.abc import Sequence
from dataclasses import replace

from isogloss.core.phase import Phase
from isogloss.core.spec import Published
from isogloss.models.memory import Memory, shape_of, training
from isogloss.plan.estimate import step_subwords
from isogloss.plan.job import Job

ROWS = 50_000
"""Sub-words of a published encoder that a phase's data is taken to hold; how many it does, its record says."""
CARD = 16e9
"""A common GPU."""
OWN = 1e9
"""Of a GPU's memory, what driver, framework and fragmentation are taken to need."""
WORTH_SAYING = 2**30
"""Whatever takes less fits everywhere."""


def needed(job: Job, *, gradient_checkpointing: bool | None = None) -> Memory | None:
    """What a training job takes on a CUDA device; None where nothing is trained or the encoder's shape is not known."""
    if job.kind != "train" or job.run is None or not job.run.phases:
        return None
    shape, phase = shape_of(job.run.encoder), job.run.phases[-1]
    if shape is None or not (phase.steps or phase.epochs):
        return None
    if gradient_checkpointing is not None:
        phase = replace(phase, gradient_checkpointing=gradient_checkpointing)
    batch = round(step_subwords(job) / phase.accumulate)
    return training(shape, phase, subwords=batch, rows=_rows(job, phase), half=True)


def _rows(job: Job, phase: Phase) -> int | None:
    """Rows of the table that are trained: a published encoder's are trimmed, unless text is among what it learns."""
    trimmed = job.run is not None and isinstance(job.run.encoder, Published) and phase.stage != "pretrain"
    return ROWS if trimmed and not phase.mlm else None


def lines(jobs: Sequence[Job]) -> list[str]:
    """A sentence on the largest run of each encoder and stage; nothing where no shape is known or all is small."""
    largest: dict[tuple[str, str], tuple[Memory, Job]] = {}
    for job in jobs:
        takes = needed(job)
        if takes is not None and job.run is not None:
            encoder = job.run.encoder
            named = encoder.title if isinstance(encoder, Published) else "own encoder"
            kind = (named, job.run.phases[-1].stage)
            if kind not in largest or takes.total > largest[kind][0].total:
                largest[kind] = (takes, job)
    return [
        _line(name, stage, takes, job) for (name, stage), (takes, job) in largest.items() if takes.total >= WORTH_SAYING
    ]


def _line(name: str, stage: str, takes: Memory, job: Job) -> str:
    sizes = ", ".join(
        f"{part} {getattr(takes, part) / 2**30:.1f}" for part in ("weights", "gradients", "optimizer", "activations")
    )
    text = f"Memory on a GPU, {name}, {stage} phases: up to {takes.total / 2**30:.1f} GiB ({sizes})"
    if takes.total + OWN <= CARD:
        return f"{text}; fits a card of 16 GB."
    again = needed(job, gradient_checkpointing=True)
    if again is None or again.total + OWN > CARD:
        return f"{text}; for a card of 16 GB set gradient_checkpointing and a smaller batch with accumulate."
    return f"{text}; with gradient_checkpointing {again.total / 2**30:.1f} GiB, which fits a card of 16 GB."
