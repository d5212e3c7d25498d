"""A phase: what it refuses, and what it says of its parts."""

import dataclasses
from typing import Any

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.parts import MLM, Bottleneck, Lora, Optimizer
from isogloss.core.phase import Phase

NLI = Phase(stage="intermediate", tasks=("mnli",), epochs=2.0, lr=3e-5, data={"mnli": "0123456789ab"})


def test_impossible_phases_are_refused() -> None:
    """No length, two lengths, no task, an unknown stage."""
    with pytest.raises(SpecError, match=r"steps=0 and epochs=0\.0"):
        Phase(stage="target", tasks=("mnli",))
    with pytest.raises(SpecError, match="give one of them"):
        Phase(stage="target", tasks=("mnli",), steps=1, epochs=1.0)
    with pytest.raises(SpecError, match="has no tasks"):
        Phase(stage="target", tasks=(), steps=1)
    with pytest.raises(UnknownName, match="Did you mean 'intermediate'"):
        Phase(stage="intermediary", tasks=("mnli",), steps=1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mlm": MLM(share=0.2, tasks=("wiki", "mnli"))}, "names mnli in tasks and in mlm; give each text once"),
        ({"adapters": Lora(rank=8), "optimizer": Optimizer(name="muon")}, 'trained by "adamw"'),
        ({"adapters": Bottleneck(width=8), "optimizer": Optimizer(name="muon")}, 'trained by "adamw"'),
        ({"adapters": Lora(rank=8), "stage": "pretrain"}, "in an intermediate or target phase"),
        ({"adapters": Lora(rank=8, merge=False), "checkpoints": 3}, "does not average"),
        ({"adapters": Bottleneck(width=8), "checkpoints": 3}, "does not average"),
        (
            {"adapters": Bottleneck(width=8, per_language=True), "mlm": MLM(share=0.2, tasks=("wiki",))},
            "reads text alone",
        ),
    ],
)
def test_parts_that_do_not_go_together_are_refused(settings: dict[str, Any], said: str) -> None:
    """When the recipe is read, by a message that names the phase and what is in the way."""
    with pytest.raises(SpecError, match=f"phase on mnli .*{said}"):
        dataclasses.replace(NLI, **settings)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"optimizer": "muon"}, r"optimizer='muon'; expected Optimizer\(…\)\."),
        ({"mixture": "uniform"}, r"mixture='uniform'; expected Mixture\(…\) or None\."),
        ({"mlm": 0.2}, r"mlm=0\.2; expected MLM\(…\) or None\."),
        ({"adapters": 8}, r"adapters=8; expected Lora\(…\) or Bottleneck\(…\) or None\."),
    ],
)
def test_a_value_in_the_place_of_a_part_is_told_which_part(settings: dict[str, Any], expected: str) -> None:
    """As recipes were written before there were parts: the message says what to write."""
    with pytest.raises(SpecError, match=expected):
        dataclasses.replace(NLI, **settings)


def test_text_beside_a_task_is_a_phase_of_its_own() -> None:
    """It keeps the phase's rate and length, not its tasks, languages and limits; without text there is none."""
    text = MLM(share=0.25, tasks=("wiki",), languages=("de",), first=9)
    phase = dataclasses.replace(NLI, limit=7, length=64, head="fresh", mlm=text)
    assert phase.text == Phase(
        stage="intermediate", tasks=("wiki",), languages=("de",), first=9, epochs=2.0, lr=3e-5, length=64, data=NLI.data
    )
    assert (phase.all_tasks, phase.text_share) == (("mnli", "wiki"), 0.25)
    assert (NLI.text, NLI.all_tasks, NLI.text_share) == (None, ("mnli",), 0.0)


def test_a_phase_says_what_its_adapters_are() -> None:
    """Saved alone or not, one for each language or not; without adapters neither."""
    for adapters, apart, per_language in (
        (None, False, False),
        (Lora(rank=8), False, False),
        (Lora(rank=8, merge=False), True, False),
        (Bottleneck(width=8), True, False),
        (Bottleneck(width=8, per_language=True), True, True),
    ):
        phase = dataclasses.replace(NLI, adapters=adapters)
        assert (phase.apart, phase.per_language) == (apart, per_language)
