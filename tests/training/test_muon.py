"""training/muon: the same update as torch's Muon, without its bfloat16."""

import torch

from isogloss.training.muon import Muon, orthogonal


def test_ten_steps_agree_with_torchs_muon_to_its_bfloat16() -> None:
    """Tall, wide and square matrices move as under torch.optim.Muon; what differs is its 8-bit mantissa."""
    torch.manual_seed(0)
    shapes = [(16, 48), (48, 16), (16, 16), (16, 48)]
    ours = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    theirs = [torch.nn.Parameter(each.detach().clone()) for each in ours]
    start = [each.detach().clone() for each in ours]
    mine, peer = Muon(ours, lr=0.02, weight_decay=0.1), torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1)
    for _ in range(10):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        mine.step()
        peer.step()
    for one, other, before in zip(ours, theirs, start, strict=True):
        moved, expected = (one - before).detach().flatten(), (other - before).detach().flatten()
        assert torch.cosine_similarity(moved, expected, dim=0) > 0.999
        assert 0.98 < float(moved.norm() / expected.norm()) < 1.02


def test_an_update_has_singular_values_near_one() -> None:
    """Whatever the gradient's spectrum, its update moves all directions about equally."""
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 12, 40)))
    assert float(values.min()) > 0.6
    assert float(values.max()) < 1.3
