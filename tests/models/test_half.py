"""models/half: what is computed otherwise between the products in bfloat16 is the same but for rounding."""

from pathlib import Path

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import BertConfig, BertModel

from isogloss.models import half
from isogloss.models.device import Ways
from isogloss.models.encoder import load

ROUNDING = 2.0**-8
"""Relative, of one bfloat16."""


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5])
def test_dropout_keeps_the_mean(rate: float) -> None:
    """Factors are 0 or 1 over the share kept, as bfloat16 has it; their mean is 1 within five standard errors of a
    million draws; a seed of torch's gives the same ones again."""
    torch.manual_seed(3)
    found = half.kept(torch.Size((1000, 1000)), rate)
    zero, factor = sorted(set(found.float().unique().tolist()))
    assert zero == 0
    assert factor == pytest.approx(1 / (1 - rate), rel=ROUNDING)
    spread = (rate / (1 - rate) / 1e6) ** 0.5
    assert found.double().mean() == pytest.approx(1, abs=5 * spread)
    torch.manual_seed(3)
    assert torch.equal(found, half.kept(torch.Size((1000, 1000)), rate))
    assert not torch.equal(found, half.kept(torch.Size((1000, 1000)), rate))


@pytest.mark.parametrize("masked", [False, True])
def test_attention_and_its_gradients_are_those_of_torch(masked: bool) -> None:
    """Without dropout, against torch's own in float64 on the same numbers; the padded end is attended to by nobody."""
    torch.manual_seed(0)
    states = [torch.randn(3, 2, 7, 16).bfloat16() for _ in range(3)]
    mask = torch.ones(3, 1, 7, 7, dtype=torch.bool)
    mask[0, ..., 5:] = not masked
    ours = [each.clone().requires_grad_() for each in states]
    exact = [each.double().requires_grad_() for each in states]
    out = half._attended(torch.nn.Identity(), *ours, mask if masked else None)[0].transpose(1, 2)
    expected = scaled_dot_product_attention(*exact, attn_mask=mask if masked else None)
    assert torch.allclose(out.double(), expected, atol=4 * ROUNDING)
    weights = torch.randn_like(expected)
    (out.double() * weights).sum().backward()
    (expected * weights).sum().backward()
    for mine, theirs in zip(ours, exact, strict=True):
        assert mine.grad is not None
        assert theirs.grad is not None
        assert torch.allclose(mine.grad.double(), theirs.grad, atol=8 * ROUNDING)


def test_gradients_go_through_the_same_dropout() -> None:
    """With the factors written out, in float64: the backward pass thins what the forward pass thinned."""
    torch.manual_seed(1)
    states = [torch.randn(4, 6, 8).bfloat16() for _ in range(3)]
    ours = [each.clone().requires_grad_() for each in states]
    torch.manual_seed(2)
    out = half._Attention.apply(*ours, None, 0.5, 0.25)  # type: ignore[no-untyped-call]
    torch.manual_seed(2)
    factors = half.kept(torch.Size((4, 6, 6)), 0.25).double()
    query, key, value = exact = [each.double().requires_grad_() for each in states]
    expected = (torch.softmax(query @ key.transpose(1, 2) * 0.5, -1) * factors) @ value
    assert torch.allclose(out.double(), expected, atol=4 * ROUNDING)
    out.double().pow(2).sum().backward()
    expected.pow(2).sum().backward()
    for mine, theirs in zip(ours, exact, strict=True):
        assert mine.grad is not None
        assert theirs.grad is not None
        assert (mine.grad.double() - theirs.grad).norm() < 4 * ROUNDING * theirs.grad.norm()


def test_an_encoder_gives_nearly_its_states_and_then_its_own_again(xlmr: Path) -> None:
    """All layers of two families, with padding; afterwards the bits are those of before."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=300, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96
    )
    wide = load(xlmr)
    wide.model = BertModel(config, add_pooling_layer=False)
    wide.model.config._attn_implementation = "sdpa"
    ids = torch.randint(5, 40, (3, 9))
    mask = torch.ones_like(ids)
    mask[1, 6:] = 0
    for encoder in (load(xlmr), wide):
        encoder.model.eval()
        with torch.inference_mode():
            plain = encoder.all_states(ids, mask, None)
            encoder.compute(Ways(half=True))
            with encoder.ways.precision(torch.device("cpu")):
                lean = encoder.all_states(ids, mask, None)
            encoder.compute(Ways())
            after = encoder.all_states(ids, mask, None)
        real = mask.bool()
        assert all(torch.equal(one[real], other[real]) for one, other in zip(plain, after, strict=True))
        for exact, near in zip(plain, lean, strict=True):
            assert near.dtype == torch.float32
            assert not torch.equal(exact[real], near[real])
            assert (exact[real] - near[real]).norm() < 6 * ROUNDING * exact[real].norm()
