"""Heads: one file per task type, each with a class `HEAD`. encode → forward → loss → decode."""

import importlib
from pathlib import Path

from isogloss.core.errors import UnknownName
from isogloss.core.phase import Phase
from isogloss.core.task import Task
from isogloss.models.encoder import Encoder
from isogloss.models.heads import saved
from isogloss.models.heads._head import Answer, Head, limit_of

__all__ = ["Answer", "Head", "head_for", "limit_of", "restored"]
TRAINABLE = ("choice", "classification", "span", "tagging", "text")


def head_for(task: Task, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> Head:
    """A fresh head for a task and its labels, its weights drawn from torch's global generator."""
    return _of(task.type, task.name, labels, encoder, phase)


def restored(path: Path, name: str, kind: str, encoder: Encoder, phase: Phase) -> Head:
    """The head for task `name` that a run left in this file, on the encoder's device; `kind` is the task's type."""
    head = _of(kind, name, saved.labels(path)[name], encoder, phase)
    weights = saved.weights(path, name)
    head.take_shape(weights)
    head.load_state_dict(weights)
    return head.to(encoder.model.device)


def _of(kind: str, name: str, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> Head:
    if kind not in TRAINABLE:
        raise UnknownName.of("head", kind, TRAINABLE, f"task '{name}' trains nothing")
    module = importlib.import_module(f"isogloss.models.heads.{kind}")
    head: Head = module.HEAD(labels, encoder, phase)
    return head
