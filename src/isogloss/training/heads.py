"""The head a phase begins with: fresh, or one that was trained before."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from isogloss.core.controls import FRESH
from isogloss.core.errors import SpecError
from isogloss.core.examples import Example
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Find, Task
from isogloss.models.encoder import Encoder
from isogloss.models.heads import Head, head_for, published, saved
from isogloss.models.place import place
from isogloss.store.layout import Weights


def head_of(
    name: str,
    task: Task,
    examples: Sequence[Example],
    encoder: Encoder,
    phase: Phase,
    parent: Path | None,
    find: Find,
) -> tuple[Head, str]:
    """The head, and where its weights come from: "fresh", or the task of the phase before that trained them.

    Raises SpecError for a head that the phase asks for and that is not there, or that is not a head for this task.
    """
    head = head_for(task, labels_of(task, examples), encoder, phase)
    before = saved.labels(Weights(parent).head) if parent is not None else {}
    if phase.head in ("", FRESH):
        source = name if phase.head != FRESH and before.get(name) == head.labels else FRESH
    else:
        source = phase.head
        _check(source, before, task, head.labels, phase, find)
    if parent is not None and source != FRESH:
        _fill(head, saved.weights(Weights(parent).head, source), f"the head of '{source}'")
    return head, source


def text_head_of(
    task: Task, encoder: Encoder, text: Phase, parent: Path | None, spec: RunSpec, find: Find
) -> tuple[Head, str]:
    """The head of masked language modelling beside a task: the parent's, else the published encoder's own, else fresh.

    A fresh one would first undo some of what the encoder knows of its languages.
    """
    head, source = head_of("text", task, (), encoder, text, parent, find)
    if source == FRESH and isinstance(spec.encoder, Published):
        weights = published.language_model(place(spec.encoder), spec.encoder.revision)
        if weights:
            head.take_shape(weights)
        if weights and _shapes(weights) == _shapes(head.state_dict()):
            _fill(head, weights, f"the language-model head of {spec.encoder.title}")
            return head, "published"
    return head, source


def labels_of(task: Task, examples: Sequence[Example]) -> tuple[str, ...]:
    """The task's labels, or those of its training data when they are too many to list."""
    if not task.open_labels:
        return task.labels
    return tuple(sorted({tag for example in examples for tag in getattr(example, "tags", None) or ()}))


def _check(
    source: str, before: dict[str, tuple[str, ...]], task: Task, labels: tuple[str, ...], phase: Phase, find: Find
) -> None:
    setting = f"head='{source}' for {'+'.join(phase.tasks)}"
    if len(phase.tasks) > 1:
        raise SpecError(f"{setting}: one head cannot begin several tasks; name one task in the phase.")
    if source not in before:
        raise SpecError(f"{setting}: the phase before trained heads for {', '.join(before) or 'nothing'}.")
    if find(source).type != task.type:
        raise SpecError(f"{setting}: '{source}' is a {find(source).type} task, '{task.name}' a {task.type} task.")
    if before[source] != labels:
        theirs, ours = (", ".join(each) or "none" for each in (before[source], labels))
        raise SpecError(f"{setting}: its labels are {theirs}; those of '{task.name}' are {ours}.")


def _fill(head: Head, weights: dict[str, torch.Tensor], what: str) -> None:
    head.take_shape(weights)
    here, there = _shapes(head.state_dict()), _shapes(weights)
    if here != there:
        odd = ", ".join(sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key)))
        raise SpecError(f"{what} has another shape ({odd}); give both phases the same settings of the head.")
    head.load_state_dict(weights)


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in weights.items()}
