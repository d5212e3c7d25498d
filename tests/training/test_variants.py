"""training/phase: several tasks at once, text beside them, adapters, and the head a phase begins with."""

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from torch import equal

from isogloss.core.errors import ModelError, SpecError
from isogloss.core.parts import MLM, Lora, Mixture
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.evaluation.zero_shot import evaluate
from isogloss.models.open import load, load_subwords
from isogloss.training.phase import train

from .conftest import PRETRAINED, TARGET, TASKS, Stopped, first_word, make  # type: ignore[import-not-found]

MORE = {
    **TASKS,
    "few": make("few", "classification", lambda *at: list(first_word(*at))[:40], labels=("low", "high")),
    "other": make("other", "classification", first_word, labels=("high", "low")),
}
"""`few` asks the same as `first` and has a quarter of its examples; `other` numbers its labels the other way round."""
BOTH = dataclasses.replace(TARGET, stage="intermediate", tasks=("first", "few"), epochs=0.0, steps=16, batch=16)
BESIDE = dataclasses.replace(
    TARGET, stage="intermediate", epochs=0.0, steps=16,
    mlm=MLM(share=0.25, tasks=("lines",), languages=("xx", "en"), first=60),
)  # fmt: skip
VARIANTS = {
    "proportional": dataclasses.replace(BOTH, mixture=Mixture(by="proportional", cap=100)),
    "uniform": dataclasses.replace(BOTH, mixture=Mixture(by="uniform"), accumulate=2),
    "text beside": BESIDE,
    "text beside a mixture": dataclasses.replace(BESIDE, tasks=("first", "few"), mixture=Mixture(by="uniform")),
    "adapters": dataclasses.replace(TARGET, epochs=0.0, steps=20, adapters=Lora(rank=2, dropout=0.1)),
}


def go(spec: RunSpec, folder: Path, parent: Path | None, report: Any = lambda *_: None) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    return train(spec, folder=folder, parent=parent, find=MORE.__getitem__, data=folder, report=report)


def weights(folder: Path) -> dict[str, Any]:
    return load_file(folder / "encoder" / "model.safetensors") | load_file(folder / "head.safetensors")


def same(one: Path, other: Path) -> bool:
    here, there = weights(one), weights(other)
    return here.keys() == there.keys() and all(equal(here[key], there[key]) for key in here)


def accuracy(spec: RunSpec, folder: Path) -> dict[str, float]:
    _, scores = evaluate(
        spec, folder=folder, task=MORE["first"], split="test", languages=("en", "xx"), limit=0, data=folder,
        report=lambda *_: None,
    )  # fmt: skip
    return {score.language: score.value for score in scores}


@pytest.fixture(autouse=True)
def _needs_peft(request: pytest.FixtureRequest) -> None:
    if "adapters" in request.node.name:
        pytest.importorskip("peft")


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_that_is_killed_goes_on_to_the_same_weights(
    pretrained: Path, tmp_path: Path, name: str, stopped: Stopped
) -> None:
    """Stopped twice, the phase ends with the bits, losses and realised mixture of an undisturbed one."""
    spec = PRETRAINED.then(VARIANTS[name])
    whole = go(spec, tmp_path / "whole", pretrained)
    for wanted in (4, 9):
        stopped(partial(go, spec, tmp_path / "killed", pretrained), wanted)
    seen: list[int] = []
    resumed = go(spec, tmp_path / "killed", pretrained, lambda step, _: seen.append(step))
    assert seen[0] == 9
    assert resumed["losses"] == whole["losses"]
    assert resumed.get("mixture") == whole.get("mixture")
    assert same(tmp_path / "whole", tmp_path / "killed")


def test_a_mixture_gives_every_task_its_share_and_a_head(pretrained: Path, tmp_path: Path) -> None:
    """Uniform: the small task has about half of the batches, more than one pass over its data; both losses fall."""
    phase = dataclasses.replace(BOTH, mixture=Mixture(by="uniform"), steps=160)
    record = go(PRETRAINED.then(phase), tmp_path / "run", pretrained)
    found = record["mixture"]
    assert sum(each["batches"] for each in found.values()) == 160
    assert sum(each["examples"] for each in found.values()) == record["seen"]
    assert abs(found["few"]["batches"] - 80) < 4 * 40**0.5  # four standard deviations of 160 fair draws
    assert found["few"]["examples"] > 10 * 40
    for each in found.values():
        assert each["losses"][-1][1] < 0.5 * each["losses"][0][1]
    assert {"first", "few"} == {key.split("/")[0] for key in load_file(tmp_path / "run" / "head.safetensors")}
    assert accuracy(PRETRAINED.then(phase), tmp_path / "run")["en"] > 0.75


def test_a_proportional_mixture_with_a_cap_counts_large_tasks_for_less(pretrained: Path, tmp_path: Path) -> None:
    """160 and 40 examples, capped at 80: two thirds of the batches are the larger task's, not four fifths."""
    phase = dataclasses.replace(BOTH, mixture=Mixture(by="proportional", cap=80), steps=150, batch=4, languages=("en",))
    found = go(PRETRAINED.then(phase), tmp_path / "run", pretrained)["mixture"]
    assert abs(found["first"]["batches"] / 150 - 2 / 3) < 4 * (2 / 9 / 150) ** 0.5


def test_epochs_of_a_mixture_are_those_of_all_its_tasks(pretrained: Path, tmp_path: Path) -> None:
    """One epoch has as many steps however the batches are drawn; text beside the tasks comes on top."""
    phase = dataclasses.replace(BOTH, epochs=1.0, steps=0)
    text = MLM(share=0.5, tasks=("lines",))
    usual, drawn, beside = (
        go(PRETRAINED.then(one), tmp_path / str(number), pretrained)["steps"]
        for number, one in enumerate(
            (phase, dataclasses.replace(phase, mixture=Mixture(by="uniform")), dataclasses.replace(phase, mlm=text))
        )
    )
    assert usual == drawn
    assert beside == 2 * usual


def test_text_beside_a_task_has_its_share_of_the_steps(pretrained: Path, tmp_path: Path) -> None:
    """A quarter of the steps is text of both languages, going on with the head of pretraining; the task is learned."""
    text = MLM(share=0.25, tasks=("text",), languages=("xx", "en"), first=60)
    spec = PRETRAINED.then(dataclasses.replace(BESIDE, steps=160, batch=64, mlm=text))
    record = go(spec, tmp_path / "run", pretrained)
    assert {name: each["batches"] for name, each in record["mixture"].items()} == {"first": 120, "text": 40}
    assert record["examples"] == {"first": 160, "text": 120}  # the first 60 lines of each language
    assert record["heads"] == {"first": "fresh", "text": "text"}
    assert record["mixture"]["first"]["losses"][-1][1] < 0.5 * record["mixture"]["first"]["losses"][0][1]


def test_text_beside_a_task_keeps_the_language_model(pretrained: Path, tmp_path: Path) -> None:
    """On the text itself, the loss after a task with text beside it is lower than after the task alone."""
    modelled = Phase(stage="intermediate", tasks=("text",), steps=1, tokens=4096, lr=1e-9)
    found = {}
    for name, phase in (
        ("alone", dataclasses.replace(TARGET, epochs=0.0, steps=60, lr=5e-3)),
        ("beside", dataclasses.replace(TARGET, epochs=0.0, steps=120, lr=5e-3, mlm=MLM(share=0.5, tasks=("text",)))),
    ):
        spec = PRETRAINED.then(phase)
        go(spec, tmp_path / name, pretrained)
        head = load_file(pretrained / "head.safetensors")  # one head for both, so that the encoder alone differs
        from safetensors.torch import save_file

        save_file(head, tmp_path / name / "head.safetensors", {"labels": '{"text": []}'})
        found[name] = go(spec.then(modelled), tmp_path / f"{name}-read", tmp_path / name)["loss"]
    assert found["beside"] < found["alone"]


def test_text_beside_text_is_an_error(pretrained: Path, tmp_path: Path) -> None:
    """Only labelled tasks have text beside them, and only text is beside them."""
    for tasks, beside in ((("text",), ("lines",)), (("first",), ("few",))):
        phase = dataclasses.replace(BESIDE, tasks=tasks, mlm=MLM(share=0.25, tasks=beside))
        with pytest.raises(SpecError, match="MLM reads tasks of type text"):
            go(PRETRAINED.then(phase), tmp_path / beside[0], pretrained)


def test_adapters_alone_are_trained(pretrained: Path, tmp_path: Path) -> None:
    """The base does not move, the loss falls, and what is saved is a plain encoder that holds the change."""
    phase = dataclasses.replace(TARGET, epochs=0.0, steps=150, lr=2e-2, adapters=Lora(rank=4, targets=("all-linear",)))
    record = go(PRETRAINED.then(phase), tmp_path / "run", pretrained)
    before, after = (load(folder / "encoder").model.state_dict() for folder in (pretrained, tmp_path / "run"))
    moved = {key for key in before if not equal(before[key], after[key])}
    assert moved == {f"encoder.layer.0.{name}.weight" for name in (
        "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
        "intermediate.dense", "output.dense",
    )}  # fmt: skip
    # Rank 4: 4 × (16 + 16) for each of the four of attention, 4 × (16 + 32) for each of the other two, and the head:
    # 16 × 16 + 16 and 16 × 2 + 2.
    assert record["trained_parameters"] == 4 * 128 + 2 * 192 + 272 + 34
    assert record["losses"][-1][1] < 0.5 * record["losses"][0][1]


def test_adapters_kept_apart_are_the_same_model(pretrained: Path, tmp_path: Path) -> None:
    """Merged or not, the same training gives the same encoder, to the bit; apart it is a small file that plain peft
    reads, and later phases and tests find the encoder it belongs to."""
    import peft

    merged = dataclasses.replace(TARGET, epochs=0.0, steps=20, adapters=Lora(rank=2))
    apart = dataclasses.replace(merged, adapters=Lora(rank=2, merge=False))
    go(PRETRAINED.then(merged), tmp_path / "merged", pretrained)
    go(PRETRAINED.then(apart), tmp_path / "apart", pretrained)
    names = {path.name for path in (tmp_path / "apart" / "encoder").iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors", "base.json"}
    one, two = (load(tmp_path / name / "encoder").model.state_dict() for name in ("merged", "apart"))
    assert one.keys() == two.keys()
    assert all(equal(one[key], two[key]) for key in one)
    assert (
        load_subwords(tmp_path / "apart" / "encoder").fingerprint == load_subwords(pretrained / "encoder").fingerprint
    )
    assert peft.PeftConfig.from_pretrained(str(tmp_path / "apart" / "encoder")).r == 2
    assert accuracy(PRETRAINED.then(apart), tmp_path / "apart") == accuracy(
        PRETRAINED.then(merged), tmp_path / "merged"
    )
    after = PRETRAINED.then(apart).then(dataclasses.replace(apart, seed=1))
    go(after, tmp_path / "chain", tmp_path / "apart")
    chained = load(tmp_path / "chain" / "encoder").model.state_dict()
    assert any(not equal(chained[key], two[key]) for key in two)  # the second adapters lie on top of the first
    assert set(accuracy(after, tmp_path / "chain")) == {"en", "xx"}


def test_adapters_whose_encoder_is_gone_are_explained(pretrained: Path, tmp_path: Path, xlmr: Path) -> None:
    """The run that is missing is named; adapters of a published encoder name it with its revision."""
    from isogloss.models.adapters.origin import base_of

    phase = dataclasses.replace(TARGET, epochs=0.0, steps=2, adapters=Lora(rank=2, merge=False))
    go(PRETRAINED.then(phase), tmp_path / "run", pretrained)
    (tmp_path / "run" / "encoder" / "base.json").write_text('{"run": "0123456789ab"}')
    with pytest.raises(ModelError, match="0123456789ab, whose weights are gone"):
        load(tmp_path / "run" / "encoder")
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,))
    go(spec, tmp_path / "published", None)
    assert base_of(tmp_path / "published" / "encoder") == Published(name=str(xlmr))
    assert accuracy(spec, tmp_path / "published")["en"] >= 0.0


def test_adapters_for_modules_that_are_not_there_are_an_error(pretrained: Path, tmp_path: Path) -> None:
    """The message lists the names there are."""
    phase = dataclasses.replace(TARGET, adapters=Lora(rank=2, targets=("q_proj",)))
    with pytest.raises(SpecError, match="query"):
        go(PRETRAINED.then(phase), tmp_path, pretrained)


def test_a_published_encoder_goes_on_with_its_own_language_model(xlmr: Path, tmp_path: Path) -> None:
    """Text beside a task starts with the head the checkpoint was pretrained with, not with a fresh one."""
    phase = dataclasses.replace(BESIDE, steps=4, lr=1e-9)
    record = go(RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,)), tmp_path / "run", None)
    assert record["heads"]["text"] == "published"
    kept, own = load_file(tmp_path / "run" / "head.safetensors"), load_file(xlmr / "model.safetensors")
    assert kept["text/dense.weight"].allclose(own["lm_head.dense.weight"], atol=1e-6)
    assert kept["text/bias"].shape == own["lm_head.bias"].shape


def test_a_head_is_a_choice(pretrained: Path, tmp_path: Path) -> None:
    """By default the same task's is kept; "fresh" drops it; another task's of the same labels is kept by name."""
    spec = PRETRAINED.then(TARGET)
    fresh = go(spec, tmp_path / "first", pretrained)
    losses, origins = {}, {}
    for name, settings in (
        ("kept", {}),
        ("fresh", {"head": "fresh"}),
        ("named", {"tasks": ("few",), "head": "first"}),
        ("other task", {"tasks": ("few",)}),
    ):
        phase = dataclasses.replace(TARGET, seed=5, epochs=0.0, steps=2, lr=1e-6, **settings)
        record = go(spec.then(phase), tmp_path / name, tmp_path / "first")
        losses[name], (origins[name],) = record["losses"][0][1], record["heads"].values()
    assert fresh["heads"] == {"first": "fresh"}
    assert origins == {"kept": "first", "fresh": "fresh", "named": "first", "other task": "fresh"}
    assert max(losses["kept"], losses["named"]) < 0.5 * min(losses["fresh"], losses["other task"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"head": "few"}, "trained heads for first"),
        ({"tasks": ("other",), "head": "first"}, "its labels are low, high; those of 'other' are high, low"),
        ({"tasks": ("few", "other"), "head": "first"}, "one head cannot begin several"),
        ({"tasks": ("text",), "head": "first"}, "'first' is a classification task"),
    ],
)
def test_a_head_that_does_not_fit_is_an_error(
    pretrained: Path, tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    """No head is put on a task of another type or of other labels, or labels in another order."""
    go(PRETRAINED.then(dataclasses.replace(TARGET, epochs=0.1)), tmp_path / "first", pretrained)
    spec = PRETRAINED.then(TARGET).then(dataclasses.replace(TARGET, **settings))
    with pytest.raises(SpecError, match=said):
        go(spec, tmp_path / "next", tmp_path / "first")
