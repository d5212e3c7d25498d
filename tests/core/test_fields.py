"""How a phase and its parts are written: as the flat fields that ids were made of."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from isogloss.core import folder
from isogloss.core.errors import SpecError
from isogloss.core.fields import written
from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer
from isogloss.core.phase import PARTS, Phase
from isogloss.core.spec import Published, RunSpec, canonical, from_plain, plain

NLI = Phase(stage="intermediate", tasks=("mnli",), epochs=2.0, lr=3e-5, data={"mnli": "0123456789ab"})
FULL = Phase(
    stage="intermediate", tasks=("mnli", "qqp"), languages=("en", "de"), epochs=2.5, batch=16, tokens=512, accumulate=2,
    gradient_checkpointing=True, lr=3e-5,
    optimizer=Optimizer(
        name="muon", embedding_lr=0.0, body_lr=0.5, head_lr=4.0, muon_lr=0.01, weight_decay=0.1, warmup=0.05, clip=0.5
    ),
    length=64, stride=32, limit=900, freeze=1, layer=2, pooling="mean", reads="first+mean", hidden=64, dropout=0.2,
    objective={"mask": 0.3}, first=600, without=("xnli/test",),
    mixture=Mixture(by="temperature", cap=1000, temperature=5.0),
    mlm=MLM(share=0.2, tasks=("wiki", "ntrex"), languages=("de", "sw"), first=200),
    head="fresh", checkpoints=3, average=2, parent_weights="mean", retries=2, seed=7, data={"mnli": "0123456789ab"},
)  # fmt: skip
ADAPTED = Phase(
    stage="target", tasks=("mnli",), steps=40,
    adapters=Lora(rank=8, alpha=16.0, dropout=0.1, targets=("query", "value"), merge=False),
)  # fmt: skip
SPOKEN = Phase(
    stage="intermediate", tasks=("wiki",), epochs=1.0, start="aligned",
    adapters=Bottleneck(width=192, per_language=True, invertible=True),
)  # fmt: skip
WRITTEN = {
    '{"accumulate":2,"average":2,"batch":16,"body_lr":0.5,"cap":1000,"checkpoints":3,"clip":0.5,'
    '"data":{"mnli":"0123456789ab"},"dropout":0.2,"embedding_lr":0.0,"epochs":2.5,"first":600,"freeze":1,'
    '"gradient_checkpointing":true,"head":"fresh","head_lr":4.0,"hidden":64,"languages":["en","de"],"layer":2,'
    '"length":64,"limit":900,"lr":3e-05,"mixture":"temperature","mlm":0.2,"mlm_first":200,"mlm_languages":["de","sw"],'
    '"mlm_tasks":["wiki","ntrex"],"muon_lr":0.01,"objective":{"mask":0.3},"optimizer":"muon","parent_weights":"mean",'
    '"pooling":"mean","reads":"first+mean","retries":2,"seed":7,"stage":"intermediate","stride":32,'
    '"tasks":["mnli","qqp"],"temperature":5.0,"tokens":512,"type":"Phase","warmup":0.05,"weight_decay":0.1,'
    '"without":["xnli/test"]}': FULL,
    '{"lora":8,"lora_alpha":16.0,"lora_dropout":0.1,"lora_merge":false,"lora_targets":["query","value"],'
    '"stage":"target","steps":40,"tasks":["mnli"],"type":"Phase"}': ADAPTED,
    '{"bottleneck":192,"epochs":1.0,"invertible":true,"per_language":true,"stage":"intermediate","start":"aligned",'
    '"tasks":["wiki"],"type":"Phase"}': SPOKEN,
}  # fmt: skip
"""What commit 22b02f1, the last in which a phase was flat, wrote of the same settings."""


@pytest.mark.parametrize("text", WRITTEN, ids=("every part", "low-rank adapters", "adapters for languages"))
def test_a_phase_is_written_as_when_it_was_flat(text: str) -> None:
    """To the letter, whatever is set; and what was written then is read as the phase of today."""
    assert canonical(WRITTEN[text]) == text
    assert from_plain(json.loads(text)) == WRITTEN[text]


def test_those_phases_leave_no_field_out() -> None:
    """Between them, and with `steps` for `epochs`, every written field is set."""
    assert {name for text in WRITTEN for name in json.loads(text)} == {*written(Phase), "type"}


def variations() -> Iterator[tuple[str, Phase, Phase]]:
    """(what, a phase, the same with one field changed) for each field of a phase and of its parts."""
    other: dict[type, Any] = {str: "other", int: 77, float: 0.77, tuple: ("x",), dict: {"x": "y"}, bool: True}
    own: dict[str, dict[str, Any]] = {"stage": {"stage": "pretrain"}, "steps": {"steps": 77, "epochs": 0.0}}
    for item in dataclasses.fields(Phase):
        if item.name not in PARTS:
            changes = {item.name: other[type(getattr(NLI, item.name))]} | own.get(item.name, {})
            yield item.name, NLI, dataclasses.replace(NLI, **changes)
    parts: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("optimizer", Optimizer(), {"name": "muon"}),
        ("mixture", Mixture(by="temperature"), {"by": "proportional"}),
        ("mlm", MLM(share=0.5, tasks=("wiki",)), {}),
        ("adapters", Lora(rank=8), {"merge": False}),
        ("adapters", Bottleneck(width=8, per_language=True), {"per_language": False}),
    )
    for holder, part, values in parts:
        phase = dataclasses.replace(NLI, **{holder: part})
        if phase != NLI:
            yield type(part).__name__, NLI, phase
        for item in dataclasses.fields(part):
            value = values.get(item.name, other[type(getattr(part, item.name))])
            changed = dataclasses.replace(part, **{item.name: value})
            yield f"{type(part).__name__}.{item.name}", phase, dataclasses.replace(phase, **{holder: changed})


@pytest.mark.parametrize(("phase", "changed"), [pytest.param(*two, id=name) for name, *two in variations()])
def test_every_field_of_a_phase_and_its_parts_makes_another_run(phase: Phase, changed: Phase) -> None:
    """No setting of training can change without the id changing with it, and each is read as it was written."""
    one, other = (RunSpec(encoder=Published(name="x"), phases=(each,)) for each in (phase, changed))
    assert one.run_id != other.run_id
    assert from_plain(json.loads(json.dumps(plain(other)))) == other


def test_what_a_default_says_may_be_written() -> None:
    """A field that stands at its default, or says that there is no part, is read like one that is left out."""
    flat = {"lora": 0, "lora_merge": True, "mixture": "", "cap": 0, "mlm": 0.0, "mlm_tasks": [], "warmup": 0.1}
    assert from_plain(plain(NLI) | flat) == NLI


@pytest.mark.parametrize(
    ("flat", "said"),
    [
        ({"lora": 8, "bottleneck": 4}, "bottleneck=4 beside Lora; a Phase has one of the two"),
        ({"mlm_first": 5}, "'share' and 'tasks'"),
        ({"lora": "8"}, "holds what it cannot"),
    ],
)
def test_fields_that_make_no_part_are_refused(flat: dict[str, Any], said: str) -> None:
    """Two kinds of adapters, half a part, a value of another type: an error that says so, not a phase without it."""
    with pytest.raises(SpecError, match=said):
        from_plain(plain(NLI) | flat)


@pytest.mark.parametrize("recipe", folder.names("recipes"))
def test_runs_of_every_recipe_are_read_as_they_were_written(recipe: str) -> None:
    """Through JSON and back they are the same runs, with the same ids."""
    study = folder.load("recipes", recipe)()
    runs = {run.run_id: run for run in (*study.runs, *(test.run for test in study.evaluations))}
    assert runs
    for run_id, run in runs.items():
        again = from_plain(json.loads(json.dumps(plain(run))))
        assert again == run
        assert again.run_id == run_id
