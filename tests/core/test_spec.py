"""A run is its encoder and phases; what it is makes its name."""

import dataclasses
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isogloss.core.errors import SpecError
from isogloss.core.fields import written
from isogloss.core.names import problem
from isogloss.core.parts import Bottleneck, Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec, canonical, from_plain, plain

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
    A new field's default means what was done before it, and is added here with the field: every field is pinned, those
    of a phase's parts by the names under which they are written."""
    for kind, defaults in DEFAULTS.items():
        fields = {name: item.default for name, item in written(kind).items()}
        assert {name: default for name, default in fields.items() if default is not dataclasses.MISSING} == defaults
        bare = {Architecture: set(), Published: {"name"}, Phase: {"stage", "tasks"}}[kind]
        assert fields.keys() - defaults.keys() == bare


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


def test_twins_differ_in_the_name_of_their_last_stage_or_keep_checkpoints() -> None:
    """Which come first that keep as many; one that keeps some has no twin that keeps none, adapters that are saved
    alone keep none, and pretraining is nobody's twin."""

    def told(phase: Phase, *kept: int) -> list[tuple[str, int]]:
        run = OWN.then(phase)
        twins = run.twins(kept)
        assert all(each.parent == OWN and each.run_id != run.run_id for each in twins)
        return [(each.phases[-1].stage, each.phases[-1].checkpoints) for each in twins]

    assert told(QA) == [("intermediate", 0)]
    assert told(NLI, 0, 5) == [("target", 0), ("intermediate", 5), ("target", 5)]
    assert told(dataclasses.replace(QA, checkpoints=5), 0, 3) == [("intermediate", 5)]
    assert told(dataclasses.replace(QA, adapters=Bottleneck(width=4)), 5) == [("intermediate", 0)]
    assert OWN.twins([5]) == RunSpec(encoder=Published(name="x")).twins() == ()


def test_what_a_default_says_need_not_be_written() -> None:
    """A field written at its default is the same run; any other value is another."""
    same = dataclasses.replace(QA, lr=1e-3, optimizer=Optimizer(weight_decay=0.0))
    assert OWN.then(same).run_id == OWN.then(QA).run_id
    assert OWN.then(dataclasses.replace(QA, lr=2e-3)).run_id != OWN.then(QA).run_id


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


def test_phases_that_runs_share_are_read_once() -> None:
    """Of two runs with one phase in common, that phase is one object: a large study has thousands of such runs."""
    one, other = (from_plain(plain(OWN.then(NLI).then(dataclasses.replace(QA, seed=seed)))) for seed in (1, 2))
    assert one.phases[1] is other.phases[1]
    assert one.phases[2].seed != other.phases[2].seed


def test_specs_of_a_newer_version_are_refused() -> None:
    """An unknown field or type is an error, not dropped."""
    with pytest.raises(SpecError, match="Phase has no field spin; it was written by a newer version"):
        from_plain(plain(QA) | {"spin": 1})
    with pytest.raises(SpecError, match="a spec of type 'Frob'; known: Architecture"):
        from_plain({"type": "Frob"})


def test_an_encoder_of_our_own_is_pretrained_first() -> None:
    """It has no weights before."""
    with pytest.raises(SpecError, match="needs a pretrain phase"):
        RunSpec(encoder=Architecture(), phases=(QA,))


def test_bottleneck_adapters_are_followed_by_others() -> None:
    """They cannot become part of an encoder, so the phase after them stands on them with some of its own."""
    spoken = dataclasses.replace(NLI, adapters=Bottleneck(width=8))
    with pytest.raises(SpecError, match="the phase on squad after them needs a Bottleneck of its own"):
        OWN.then(spoken).then(QA)
