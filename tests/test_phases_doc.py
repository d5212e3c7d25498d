"""docs/phases.md: every line of a recipe in it is one that works."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer
from isogloss.core.phase import PARTS
from isogloss.core.spec import RunSpec

DOC = Path(__file__).resolve().parents[1] / "docs" / "phases.md"


def said() -> dict[str, Any]:
    """What the document's examples define, run in their order."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL):
        exec(block, names)
    return names


def test_every_example_of_the_document_runs() -> None:
    """The examples are valid phases, all different from the plain ones they vary."""
    names = said()
    encoder: RunSpec = names["encoder"]
    variants = {
        name: encoder.then(names[name]).run_id
        for name in (
            "nli", "qa", "target", "faster_head", "held", "steadier", "muon", "all_data", "by_size", "smoothed", "even",
            "beside", "fake", "lora", "apart", "everywhere", "frozen", "fresh", "named", "spoken", "stacked",
        )
    }  # fmt: skip
    assert len(set(variants.values())) == len(variants)


def test_the_document_names_every_field_of_a_variant() -> None:
    """A field or part that is not shown would not be found."""
    text = DOC.read_text("utf-8")
    parts = [item.name for part in (Optimizer, Mixture, MLM, Lora, Bottleneck) for item in dataclasses.fields(part)]
    for name in (*PARTS, *parts, "freeze", "head"):
        assert f"{name}=" in text, name


def test_the_cross_of_the_document_has_its_controls() -> None:
    """Five intermediates and three controls on one target, three seeds each, every one tested; no control is lost."""
    names = said()
    assert len({each.run.run_id for each in names["tests"]}) == (5 + 3) * 3
