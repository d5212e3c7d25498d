"""The probe measures what training reaches, on this device."""

import pytest
import torch

from isogloss.core.errors import ModelError
from isogloss.models import device
from isogloss.models.memory import Shape
from isogloss.plan import estimate, probe


def test_the_probe_reaches_less_than_a_matrix_product() -> None:
    """Training a layer of width 256 is at most ten times as fast as a plain product, and no thousand times slower."""
    if torch.cuda.is_available():
        pytest.skip("the plain product is measured on the processor")
    shape = Shape(vocabulary=10, width=256, layers=2, heads=4, hidden=1024, positions=64)
    rate, device = probe.reached(shape)
    assert device == "this processor"
    assert estimate.peak() / 1000 < rate < 10 * estimate.peak()
    assert probe.reached(shape) == (rate, device)


def test_a_precision_that_is_not_computed_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the run that is planned would be; and each precision is measured by itself."""
    shape = Shape(vocabulary=10, width=256, layers=2, heads=4, hidden=1024, positions=64)
    monkeypatch.setattr(device, "computes_half", lambda _: False)
    with pytest.raises(ModelError, match="bfloat16 was asked for"):
        probe.reached(shape, "bfloat16")
    assert probe.reached(shape, "float32")[0] > 0
