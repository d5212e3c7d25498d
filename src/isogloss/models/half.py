"""How an encoder computes in bfloat16 on a processor: fast between the matrix products, too.

The products themselves are autocast's, and weights stay float32. What a processor loses most of the time in is the
rest, so while an encoder is `lean`, three kinds of its modules work otherwise:

- Layer norms give bfloat16, so that nothing is cast back and forth between two products.
- Dropout draws 16 random bits an element, from a generator that is seeded by torch's, instead of a number each.
- Attention with dropout is two batched products and a softmax in float32; torch has no fused kernel for it there.

Modules keep their names, weights and order, so an encoder can be saved at any time.
"""

from functools import cache, partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from isogloss.core.typing import Float, np

Tensor = torch.Tensor
LEAN = "isogloss_lean"
"""What transformers calls our attention by."""
SHORT = 256
"""Longest input for which attention without dropout is two plain products; longer ones take torch's fused kernel."""
_BITS = 1 << 16


def enter(model: PreTrainedModel) -> None:
    """Let a model compute so from here on, under autocast to bfloat16."""
    for module in model.modules():
        if type(module) is nn.LayerNorm:
            module.forward = partial(_normed, module)  # type: ignore[method-assign]
        elif type(module) is nn.Dropout:
            module.forward = partial(_dropped, module)  # type: ignore[method-assign]
    if model.config._attn_implementation == "sdpa":
        model.config._attn_implementation = LEAN


def leave(model: PreTrainedModel) -> None:
    """Let it compute as it did; a model that was not lean stays as it is."""
    for module in model.modules():
        if type(module) in (nn.LayerNorm, nn.Dropout):
            module.__dict__.pop("forward", None)
    if model.config._attn_implementation == LEAN:
        model.config._attn_implementation = "sdpa"


def kept(shape: torch.Size, rate: float) -> Float[Tensor, "..."]:
    """Dropout's factors in bfloat16: 0, or 1 over the share that is kept.

    Both are rounded so that the mean factor is 1: of a rate of .1, .0986 are dropped.
    """
    least, factor = _rounded(rate)
    size = shape.numel()
    seed = int(torch.empty((), dtype=torch.int64).random_())
    bits = np.random.SFC64(seed).random_raw(-(-size // 4)).view(np.uint16)[:size]
    return torch.from_numpy(np.multiply(bits >= least, factor)).view(torch.bfloat16).view(shape)


@cache
def _rounded(rate: float) -> tuple[int, np.int16]:
    """The least of 16 random bits that keeps an element, and the factor of those kept, as the bits of a bfloat16."""
    factor = torch.tensor(1 / (1 - rate), dtype=torch.bfloat16)
    return _BITS - round(_BITS / float(factor)), np.int16(factor.view(torch.int16).item())


def _normed(norm: nn.LayerNorm, states: Tensor) -> Tensor:
    return functional.layer_norm(states, norm.normalized_shape, norm.weight, norm.bias, norm.eps).to(torch.bfloat16)


def _dropped(dropout: nn.Dropout, states: Tensor) -> Tensor:
    if not dropout.training or not dropout.p:
        return states
    if dropout.p >= 1:
        return torch.zeros_like(states)
    return states.to(torch.bfloat16) * kept(states.shape, dropout.p)


class _Attention(torch.autograd.Function):
    """softmax(q kᵀ · scale + mask), thinned by dropout, times v; each (batch · heads, tokens, width) in bfloat16."""

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scale: float, dropout: float
    ) -> Tensor:
        scores = torch.bmm(query, key.transpose(1, 2)).float().mul_(scale)
        if mask is not None:
            scores.view(len(mask), -1, *scores.shape[1:]).add_(mask)
        chances = torch.softmax(scores, -1, out=scores)
        thinned = chances.to(torch.bfloat16)
        factors = kept(thinned.shape, dropout) if dropout else None
        if factors is not None:
            thinned = thinned.mul_(factors)
        ctx.save_for_backward(query, key, value, chances, thinned, factors)
        ctx.scale = scale
        return torch.bmm(thinned, value)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, chances, thinned, factors = ctx.saved_tensors
        (out,) = gradients
        of_value = torch.bmm(thinned.transpose(1, 2), out)
        of_thinned = torch.bmm(out, value.transpose(1, 2))
        if factors is not None:
            of_thinned.mul_(factors)
        inner = torch.ops.aten._softmax_backward_data(of_thinned.float(), chances, -1, torch.float32)
        inner = inner.mul_(ctx.scale).to(torch.bfloat16)
        return torch.bmm(inner, key), torch.bmm(inner.transpose(1, 2), query), of_value, None, None, None


def _attended(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None,
    dropout: float = 0.0, scaling: float | None = None, is_causal: bool | None = None, **more: Any,
) -> tuple[Tensor, None]:  # fmt: skip
    """Attention as transformers asks for it: (rows, heads, tokens, width) → (rows, tokens, heads, width)."""
    rows, heads, tokens, width = query.shape
    simple = query.shape == key.shape == value.shape and not (is_causal or more.get("position_bias") is not None)
    if not simple or (not dropout and tokens > SHORT):
        fused: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, is_causal=is_causal, **more
        )
        return fused
    mask = attention_mask
    if mask is not None and mask.dtype == torch.bool:
        mask = torch.zeros(mask.shape).masked_fill_(~mask, torch.finfo(torch.float32).min)
    flat = [each.to(torch.bfloat16).reshape(rows * heads, tokens, width) for each in (query, key, value)]
    scale = width**-0.5 if scaling is None else scaling
    out: Tensor = _Attention.apply(*flat, mask, scale, dropout)  # type: ignore[no-untyped-call]
    return out.view(rows, heads, tokens, width).transpose(1, 2), None


AttentionInterface.register(LEAN, _attended)
AttentionMaskInterface.register(LEAN, sdpa_mask)
