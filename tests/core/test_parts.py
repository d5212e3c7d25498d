"""Parts of a phase: what each refuses by itself, when a recipe is read."""

from collections.abc import Callable
from typing import Any

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer


@pytest.mark.parametrize(
    ("part", "settings", "said"),
    [
        (Optimizer, {"name": "adam"}, "Did you mean 'adamw'"),
        (Mixture, {"by": "even"}, "no mixture named 'even'"),
        (Mixture, {"by": "uniform", "cap": 5}, "cap=5"),
        (Mixture, {"by": "proportional", "cap": -1}, "both are above 0"),
        (Mixture, {"by": "uniform", "temperature": 2.0}, 'give by="temperature"'),
        (Mixture, {"by": "temperature", "temperature": 0.0}, "both are above 0"),
        (MLM, {"share": 0.0, "tasks": ("wiki",)}, r"share=0; .* in \(0, 1\)"),
        (MLM, {"share": 1.0, "tasks": ("wiki",)}, r"share=1; .* in \(0, 1\)"),
        (MLM, {"share": 0.2, "tasks": ()}, "name the text it reads"),
        (Lora, {"rank": 0}, "rank=0"),
        (Bottleneck, {"width": 0}, "width=0"),
        (Bottleneck, {"width": 8, "invertible": True}, "a language's"),
    ],
)
def test_a_part_that_cannot_be_is_refused(part: Callable[..., Any], settings: dict[str, Any], said: str) -> None:
    """Nothing is trained under a setting that would be ignored, and the message names what is allowed."""
    with pytest.raises((SpecError, UnknownName), match=said):
        part(**settings)


def test_adapters_know_whether_they_are_saved_alone() -> None:
    """Bottlenecks always, low-rank ones when they are not merged."""
    assert Bottleneck(width=8).apart
    assert Lora(rank=8, merge=False).apart
    assert not Lora(rank=8).apart
