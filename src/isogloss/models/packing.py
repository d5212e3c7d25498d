"""Rows end to end in one, without padding; attention stays within each (variable-length kernels).

Through torch's jagged tensors, so that dropout inside attention is kept; on a processor they compute the same slowly.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface

from isogloss.core.typing import Int
from isogloss.models import family

Tensor = torch.Tensor
NAME = "isogloss_packed"
PACKABLE = ("xlm-roberta", "roberta", "camembert", "xlm-roberta-xl", "bert")
"""Families whose layers call the attention that is registered here and take positions as an input."""

# A pinned torch need not warn, in every process, that jagged tensors may change.
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")


def can_pack(model: PreTrainedModel) -> bool:
    """Whether a model's rows can be packed."""
    return model.config.model_type in PACKABLE


def forward(
    model: PreTrainedModel, ids: Int[Tensor, "r t"], mask: Int[Tensor, "r t"], *, all_layers: bool, **extra: Tensor
) -> list[Tensor]:
    """Hidden states of padded rows, computed without the padding; zeros stand in its place."""
    real = mask.bool()
    lengths = real.sum(dim=1)
    offsets = functional.pad(lengths.cumsum(0), (1, 0))
    start = family.first_position(model)
    positions = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)[real] + start
    with _attention(model):
        out = model(
            input_ids=ids[real][None], position_ids=positions[None], output_hidden_states=all_layers, offsets=offsets,
            longest=ids.shape[1], **{name: value[real][None] for name, value in extra.items()},
        )  # fmt: skip
    layers = out.hidden_states if all_layers else [out.last_hidden_state]
    return [_padded(states[0], real) for states in layers]


def attend(
    module: torch.nn.Module,  # noqa: ARG001
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,  # noqa: ARG001
    dropout: float = 0.0,
    scaling: float | None = None,
    offsets: Tensor | None = None,
    longest: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention of (1, heads, sub-words, size), each row within its offsets; what transformers calls in each layer."""

    def jagged(states: Tensor) -> Tensor:
        rows = states[0].transpose(0, 1).contiguous()
        nested = torch.nested.nested_tensor_from_jagged(rows, offsets, min_seqlen=1, max_seqlen=longest)
        return nested.transpose(1, 2)

    out = functional.scaled_dot_product_attention(
        jagged(query), jagged(key), jagged(value), dropout_p=dropout, scale=scaling
    )
    return out.transpose(1, 2).values()[None], None


def _padded(states: Tensor, real: Tensor) -> Tensor:
    rows = states.new_zeros(*real.shape, states.shape[-1])
    return rows.masked_scatter(real[..., None], states)


@contextmanager
def _attention(model: PreTrainedModel) -> Iterator[None]:
    before = model.config._attn_implementation
    model.config._attn_implementation = NAME
    try:
        yield
    finally:
        model.config._attn_implementation = before


def _no_mask(*_: Any, **__: Any) -> None:
    """Rows are apart by their offsets."""


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, _no_mask)
