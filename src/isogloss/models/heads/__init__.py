"""Heads: one file per task type, each with a class `HEAD`. encode → forward → loss → decode."""

import importlib

from isogloss.core.errors import UnknownName
from isogloss.core.spec import Phase
from isogloss.core.task import Task
from isogloss.models.encoder import Encoder
from isogloss.models.heads._head import Answer, Head, limit_of

__all__ = ["Answer", "Head", "head_for", "limit_of"]
TRAINABLE = ("choice", "classification", "span", "tagging", "text")


def head_for(task: Task, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> Head:
    """A fresh head for a task and its labels, its weights drawn from torch's global generator."""
    if task.type not in TRAINABLE:
        raise UnknownName.of("head", task.type, TRAINABLE, f"task '{task.name}' trains nothing")
    module = importlib.import_module(f"isogloss.models.heads.{task.type}")
    head: Head = module.HEAD(labels, encoder, phase)
    return head
