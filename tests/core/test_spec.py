"""A run is its encoder and phases; what it is makes its name."""

import dataclasses
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.names import problem
from isogloss.core.spec import Architecture, Phase, Published, RunSpec, canonical, from_plain, plain

PRETRAIN = Phase(stage="pretrain", tasks=("wiki",), languages=(), steps=100, objective={"mask": 0.3})
NLI = Phase(stage="intermediate", tasks=("mnli",), epochs=2.0, lr=3e-5, data={"mnli": "0123456789ab"})
QA = Phase(stage="target", tasks=("squad",), steps=10, seed=1)
OWN = RunSpec(encoder=Architecture(), phases=(PRETRAIN,))


def test_ids_never_change() -> None:
    """Ids are 12 hex digits of sha256 over such a text. A new field with a default keeps them; if this fails, a field
    was renamed or its writing changed, and the results of every user are lost to them."""
    text = (
        '{"encoder":{"type":"Architecture"},"phases":[{"languages":[],"objective":{"mask":0.3},"stage":"pretrain",'
        '"steps":100,"tasks":["wiki"],"type":"Phase"}],"type":"RunSpec"}'
    )
    assert canonical(OWN) == text
    assert OWN.run_id == hashlib.sha256(text.encode()).hexdigest()[:12]
    ids = [
        OWN.run_id,
        OWN.then(NLI).run_id,
        OWN.then(NLI).then(QA).run_id,
        RunSpec(encoder=Published(name="xlm-roberta-base", revision="e73636d4f797")).run_id,
    ]
    assert ids == PINNED


PINNED = ["a971c756c711", "3f096022b465", "a34e78f4d3b6", "917dbdb8872e"]
DEFAULTS = {
    Architecture: {
        "vocabulary": 8000,
        "width": 64,
        "layers": 2,
        "heads": 4,
        "hidden": 128,
        "positions": 128,
        "activation": "relu",
        "dropout": 0.0,
        "tokenizer": "unigram",
    },
    Published: {
        "revision": "",
        "fingerprint": "",
        "folder": "",
    },
    Phase: {
        "languages": ("en",),
        "steps": 0,
        "epochs": 0.0,
        "batch": 32,
        "tokens": 0,
        "accumulate": 1,
        "gradient_checkpointing": False,
        "lr": 0.001,
        "embedding_lr": 1.0,
        "body_lr": 1.0,
        "head_lr": 1.0,
        "muon_lr": 0.02,
        "optimizer": "adamw",
        "weight_decay": 0.0,
        "warmup": 0.1,
        "clip": 1.0,
        "length": 128,
        "stride": 64,
        "limit": 0,
        "freeze": 0,
        "layer": -1,
        "pooling": "first",
        "reads": "first",
        "hidden": 0,
        "dropout": 0.1,
        "objective": {},
        "start": "random",
        "first": 0,
        "without": (),
        "mixture": "",
        "cap": 0,
        "temperature": 1.0,
        "mlm": 0.0,
        "mlm_tasks": (),
        "mlm_languages": (),
        "mlm_first": 0,
        "lora": 0,
        "lora_alpha": 0.0,
        "lora_dropout": 0.0,
        "lora_targets": (),
        "lora_merge": True,
        "bottleneck": 0,
        "per_language": False,
        "invertible": False,
        "head": "",
        "checkpoints": 0,
        "average": 3,
        "parent_weights": "last",
        "retries": 0,
        "seed": 0,
        "data": {},
    },
}


def test_defaults_never_change() -> None:
    """A default stands in no spec, so a changed one would silently give old results a new meaning: these are for good.
    A new field's default means what was done before it, and is added here with the field: every field is pinned."""
    for kind, defaults in DEFAULTS.items():
        found = {}
        for item in dataclasses.fields(kind):
            if item.default is not dataclasses.MISSING:
                found[item.name] = item.default
            elif item.default_factory is not dataclasses.MISSING:
                found[item.name] = item.default_factory()
        assert found == defaults
    bare = {kind: {item.name for item in dataclasses.fields(kind)} - {*defaults} for kind, defaults in DEFAULTS.items()}
    assert bare == {Architecture: set(), Published: {"name"}, Phase: {"stage", "tasks"}}


def test_where_a_folder_lies_is_no_part_of_a_run() -> None:
    """Two places of one encoder are one run, equal and with one id; what is written down keeps the place."""
    one, other = (Published(name="", fingerprint="0123456789ab", folder=place) for place in ("/here/e5", "/there/e5"))
    assert RunSpec(encoder=one) == RunSpec(encoder=other)
    assert RunSpec(encoder=one).run_id == RunSpec(encoder=other).run_id
    assert from_plain(plain(other)).folder == "/there/e5"
    assert (one.title, Published(name="owner/name").title, Published(name="./mine/").title) == ("e5", "name", "mine")


def test_the_parent_is_the_run_without_its_last_phase() -> None:
    """Down to our own encoder's pretraining, or to a published encoder as it is."""
    assert OWN.then(NLI).then(QA).parent == OWN.then(NLI)
    assert OWN.then(NLI).parent == OWN
    assert OWN.parent is None
    published = RunSpec(encoder=Published(name="x"))
    assert published.then(QA).parent == published
    assert published.parent is None


def test_a_run_knows_its_ancestors_and_its_pretrained_encoder() -> None:
    """The oldest first, itself last; pretraining is what comes before the first fine-tuning."""
    run = OWN.then(NLI).then(QA)
    assert run.lineage == (OWN, OWN.then(NLI), run)
    assert run.pretrained == OWN == OWN.pretrained
    published = RunSpec(encoder=Published(name="x"))
    assert published.then(QA).pretrained == published
    assert published.lineage == (published,)


def test_what_a_default_says_need_not_be_written() -> None:
    """A field written at its default is the same run; any other value is another."""
    same = dataclasses.replace(QA, lr=1e-3, weight_decay=0.0)
    assert OWN.then(same).run_id == OWN.then(QA).run_id
    assert OWN.then(dataclasses.replace(QA, lr=2e-3)).run_id != OWN.then(QA).run_id


MLM: dict[str, Any] = {"mlm": 0.5, "mlm_tasks": ("wiki",)}
BESIDE: dict[str, dict[str, Any]] = {
    "cap": {"mixture": "proportional"},
    "temperature": {"mixture": "temperature"},
    **dict.fromkeys(("mlm_tasks", "mlm_languages", "mlm_first"), MLM),
    **{name: {"lora": 8} for name in ("lora_alpha", "lora_dropout", "lora_targets", "lora_merge")},
    "per_language": {"bottleneck": 8},
    "invertible": {"bottleneck": 8, "per_language": True},
}
"""What a field needs beside it to mean anything."""
CHANGED: dict[str, dict[str, Any]] = {
    "mixture": {"mixture": "uniform"},
    "mlm": MLM,
    "lora_merge": {"lora_merge": False},
    "per_language": {"per_language": True},
    "invertible": {"invertible": True},
}
"""Values of fields that do not take any."""


@pytest.mark.parametrize("item", dataclasses.fields(Phase), ids=lambda item: item.name)
def test_every_field_of_a_phase_makes_another_run(item: "dataclasses.Field[Any]") -> None:
    """No setting of training can change without the id changing with it."""
    other: dict[type, Any] = {str: "pretrain" if item.name == "stage" else "other", int: 77, float: 0.77}
    value = getattr(NLI, item.name)
    changed = other.get(type(value), {"x": "y"} if isinstance(value, dict) else ("x",))
    changes = {item.name: changed} | ({"epochs": 0.0} if item.name == "steps" else {}) | CHANGED.get(item.name, {})
    base = dataclasses.replace(NLI, **BESIDE.get(item.name, {}))
    assert OWN.then(dataclasses.replace(base, **changes)).run_id != OWN.then(base).run_id


@given(
    seed=st.integers(0, 9),
    lr=st.floats(1e-6, 1.0),
    tasks=st.lists(st.text(min_size=1, max_size=5).filter(lambda name: not problem(name)), min_size=1, max_size=3),
)
def test_specs_survive_json(seed: int, lr: float, tasks: list[str]) -> None:
    """What is written is read as the same run, with the same id."""
    spec = OWN.then(dataclasses.replace(NLI, seed=seed, lr=lr, tasks=tuple(tasks)))
    again = from_plain(json.loads(json.dumps(plain(spec))))
    assert again == spec
    assert again.run_id == spec.run_id


def test_specs_of_a_newer_version_are_refused() -> None:
    """An unknown field or type is an error, not dropped."""
    with pytest.raises(SpecError, match="Phase has no field spin; it was written by a newer version"):
        from_plain(plain(QA) | {"spin": 1})
    with pytest.raises(SpecError, match="a spec of type 'Frob'; known: Architecture"):
        from_plain({"type": "Frob"})


def test_impossible_phases_are_refused() -> None:
    """No length, two lengths, no task, an unknown stage; an encoder of our own without pretraining."""
    with pytest.raises(SpecError, match=r"steps=0 and epochs=0\.0"):
        Phase(stage="target", tasks=("mnli",))
    with pytest.raises(SpecError, match="give one of them"):
        Phase(stage="target", tasks=("mnli",), steps=1, epochs=1.0)
    with pytest.raises(SpecError, match="has no tasks"):
        Phase(stage="target", tasks=(), steps=1)
    with pytest.raises(UnknownName, match="Did you mean 'intermediate'"):
        Phase(stage="intermediary", tasks=("mnli",), steps=1)
    with pytest.raises(SpecError, match="needs a pretrain phase"):
        RunSpec(encoder=Architecture(), phases=(QA,))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mixture": "even"}, "no mixture named 'even'"),
        ({"cap": 5}, "cap=5"),
        ({"mixture": "uniform", "temperature": 2.0}, 'give mixture="temperature"'),
        ({"mixture": "temperature", "temperature": 0.0}, "both are above 0"),
        ({"mlm": 1.0, "mlm_tasks": ("wiki",)}, r"lies in \[0, 1\)"),
        ({"mlm": 0.2}, "needs both"),
        ({"mlm_languages": ("de",)}, "needs both"),
        ({"mlm": 0.2, "mlm_tasks": ("mnli",)}, "give each text once"),
        ({"lora": 8, "optimizer": "muon"}, "adapters are"),
        ({"lora_merge": False}, "has no lora"),
        ({"lora": 8, "lora_merge": False, "checkpoints": 3}, "does not average"),
    ],
)
def test_a_variant_that_cannot_be_is_said_when_the_recipe_is_read(settings: dict[str, Any], said: str) -> None:
    """Nothing is trained under a setting that would be ignored, and the message names what is missing."""
    with pytest.raises((SpecError, UnknownName), match=said):
        dataclasses.replace(NLI, **settings)


def test_text_beside_a_task_is_a_phase_of_its_own() -> None:
    """It keeps the phase's rate and length, not its tasks, languages and limits; without a share there is none."""
    phase = dataclasses.replace(NLI, limit=7, length=64, mlm=0.25, mlm_tasks=("wiki",), mlm_languages=("de",))
    text = phase.text
    assert text is not None
    assert (text.tasks, text.languages, text.limit, text.first, text.mlm) == (("wiki",), ("de",), 0, 0, 0.0)
    assert (text.length, text.lr, text.data) == (64, NLI.lr, NLI.data)
    assert NLI.text is None
