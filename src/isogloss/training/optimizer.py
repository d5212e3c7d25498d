"""Optimisers and the learning rate of a phase."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from isogloss.core.phase import Phase
from isogloss.models import partway
from isogloss.models.encoder import Encoder
from isogloss.models.heads import Head
from isogloss.training.muon import Muon


def optimizers(encoder: Encoder, heads: Sequence[Head], phase: Phase) -> list[torch.optim.Optimizer]:
    """AdamW for everything, or Muon for the hidden matrices and AdamW for the rest; frozen weights are left out.

    Every parameter group carries "base", its share of `phase.lr`.
    """
    settings = phase.optimizer
    freeze(encoder, phase)
    table = encoder.word_embeddings().weight
    body = [parameter for parameter in encoder.model.parameters() if parameter.requires_grad and parameter is not table]
    hidden = set()
    if settings.name == "muon":
        hidden = {id(module.weight) for module in encoder.model.modules() if isinstance(module, nn.Linear)}
    groups: list[dict[str, Any]] = []
    for parameters, factor in (
        ([parameter for parameter in body if id(parameter) not in hidden], settings.body_lr),
        ([table] if table.requires_grad else [], settings.embedding_lr),
        ([parameter for head in heads for parameter in head.parameters()], settings.head_lr),
    ):
        for decayed in (True, False):
            chosen = [parameter for parameter in parameters if (parameter.ndim > 1) == decayed]
            decay = settings.weight_decay if decayed else 0.0
            if chosen:
                groups.append({"params": chosen, "base": factor, "weight_decay": decay, "lr": phase.lr * factor})
    # The fused step is one pass over memory instead of a dozen, and what small models spend most of a step on.
    adamw = torch.optim.AdamW(groups, lr=phase.lr, fused=True)
    if not hidden:
        return [adamw]
    matrices = [parameter for parameter in body if id(parameter) in hidden]
    muon = Muon(matrices, lr=settings.muon_lr, weight_decay=settings.weight_decay)
    muon.param_groups[0]["base"] = settings.muon_lr / phase.lr
    return [adamw, muon]


def freeze(encoder: Encoder, phase: Phase) -> None:
    """Take the lowest layers and all that comes before them out of training, as the phase asks. Raises SpecError."""
    phase.check_freeze(f"this {encoder.model.config.model_type} encoder", encoder.layers)
    if phase.freeze and encoder.adapters is None:  # adapters stacked in an encoder are all of it that trains
        padding = torch.full((1, 2), encoder.subwords.pad, device=encoder.model.device)  # is in a trimmed table, too
        given = {"input_ids": padding, "attention_mask": torch.ones_like(padding)}
        if encoder.segments:
            given["token_type_ids"] = torch.zeros_like(padding)
        weights = partway.below(encoder.model, phase.freeze, **given)
        if weights is None:
            raise phase.inseparable(f"this {encoder.model.config.model_type} encoder", encoder.layers)
        for weight in weights:
            weight.requires_grad_(False)
    if phase.optimizer.embedding_lr == 0:
        encoder.word_embeddings().weight.requires_grad_(False)


def rate(step: int, steps: int, warmup: float) -> float:
    """Factor of the learning rate at a step (0-based): linear warm-up over a share of the steps, then linear to 0."""
    warm = max(1, round(warmup * steps))
    return (step + 1) / warm if step < warm else (steps - step) / max(1, steps - warm)


def shrunk(table: torch.Tensor, phase: Phase, steps: int, taken: int | None = None) -> float:
    """What weight decay leaves, after `taken` of `steps` steps (or all), of a row that never gets a gradient."""
    settings = phase.optimizer
    if not (table.requires_grad and settings.weight_decay):
        return 1.0
    decay = phase.lr * settings.embedding_lr * settings.weight_decay
    factors = (rate(step, steps, settings.warmup) for step in range(steps if taken is None else taken))
    return math.prod(1 - decay * factor for factor in factors)


def set_rate(optimizers: Sequence[torch.optim.Optimizer], lr: float) -> None:
    """Give every group its share of the rate."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = lr * group["base"]


def clip(optimizers: Sequence[torch.optim.Optimizer], largest: float) -> None:
    """Scale all gradients so that their joint norm is at most `largest`; 0 leaves them alone."""
    if largest:
        parameters = [
            parameter for optimizer in optimizers for group in optimizer.param_groups for parameter in group["params"]
        ]
        nn.utils.clip_grad_norm_(parameters, largest)
