"""training/phase and training/loop: a phase learns, repeats itself to the bit, and survives a kill."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from torch import allclose, equal

from isogloss.core.doing import heard
from isogloss.core.errors import DataError, ModelError, SpecError, StoreError, UnknownName
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.evaluation.zero_shot import evaluate
from isogloss.models import vocabulary
from isogloss.models.encoder import save
from isogloss.models.features import Feature
from isogloss.models.open import load
from isogloss.store.layout import Weights
from isogloss.training import loop, tally
from isogloss.training.phase import train

from .conftest import PRETRAINED, TARGET, Stopped  # type: ignore[import-not-found]

Find = Callable[[str], Task]


def go(spec: RunSpec, folder: Path, parent: Path | None, find: Find, report: Any = lambda *_: None) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    return train(spec, folder=folder, parent=parent, find=find, data=folder, report=report)


def same(one: Path, other: Path) -> bool:
    """Whether two runs left the same weights, to the bit."""
    return all(
        equal(value, load_file(other / name)[key])
        for name in ("encoder/model.safetensors", "head.safetensors")
        for key, value in load_file(one / name).items()
    )


def test_saving_a_state_takes_a_small_share_of_a_phase(
    pretrained: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a state takes 30 s to be written and a step takes 1 s, the next one is due after 600 s and not after 20.

    Free memory goes back each time, and once more at the end.
    """
    now = [0.0]
    saved: list[int] = []
    released: list[float] = []
    monkeypatch.setattr(loop.heap, "release", lambda: released.append(now[0]))
    monkeypatch.setattr(loop.time, "monotonic", lambda: now[0])

    def save(_folder: Path, _modules: object, _optimizers: object, about: dict[str, str]) -> None:
        saved.append(int(about["step"]))
        now[0] += 30

    monkeypatch.setattr(loop.checkpoint, "save", save)

    def report(_step: int, _total: int) -> None:
        now[0] += 1

    go(PRETRAINED.then(dataclasses.replace(TARGET, epochs=0, steps=700)), tmp_path / "run", pretrained, find, report)
    assert saved == [21, 21 + 601]  # the first steps after which more than 20 s, and 600 s, have gone
    assert released == [21, 652, 760]


def test_a_target_phase_learns_and_transfers(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """On a task that words decide, accuracy is high in the language trained on and in the other one."""
    spec = PRETRAINED.then(TARGET)
    record = go(spec, tmp_path / "run", pretrained, find)
    assert record["losses"][-1][1] < 0.2 < record["losses"][0][1]
    _, scores = evaluate(
        spec, folder=tmp_path / "run", task=find("first"), split="test", languages=("en", "xx"), limit=0,
        data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    assert {score.language: score.value > 0.9 for score in scores} == {"en": True, "xx": True}
    assert all(score.n == 160 and score.run == spec.run_id and score.tokenizer for score in scores)


def test_the_same_spec_gives_the_same_weights(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """Training is a function of its spec: again, and the bits are the same; another seed, and they are not."""
    spec = PRETRAINED.then(TARGET)
    other = PRETRAINED.then(dataclasses.replace(TARGET, seed=1))
    for name, each in (("one", spec), ("two", spec), ("three", other)):
        go(each, tmp_path / name, pretrained, find)
    assert same(tmp_path / "one", tmp_path / "two")
    assert not same(tmp_path / "one", tmp_path / "three")


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_killed_phase_goes_on_to_the_same_weights(
    pretrained: Path, tmp_path: Path, find: Find, optimizer: str, stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at any step after a checkpoint, the same call ends with the weights of an undisturbed run."""
    monkeypatch.setattr(tally, "POINTS", 7)
    spec = PRETRAINED.then(dataclasses.replace(TARGET, optimizer=Optimizer(name=optimizer), epochs=4))
    whole = go(spec, tmp_path / "whole", pretrained, find)
    for wanted in (3, 4, 11):
        stopped(partial(go, spec, tmp_path / "killed", pretrained, find), wanted)
    seen: list[int] = []
    points: list[tuple[int, float]] = []
    with heard(lambda _: None, lambda at, values: points.append((at, values["loss"]))):
        resumed = go(spec, tmp_path / "killed", pretrained, find, lambda step, _: seen.append(step))
    assert seen[0] == 11  # the step that was in flight, no earlier one
    assert resumed["losses"] == whole["losses"] == points  # all of the curve is told, also of before the kill
    assert resumed["tokens"] == whole["tokens"]
    assert same(tmp_path / "whole", tmp_path / "killed")


def test_a_damaged_state_is_explained(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """A state that something else cut short is an error that says what to delete."""
    Weights(tmp_path).state.write_bytes(b"half of a file")
    with pytest.raises(StoreError, match="Delete it"):
        go(PRETRAINED.then(TARGET), tmp_path, pretrained, find)


def test_a_state_of_another_head_is_explained(pretrained: Path, tmp_path: Path, find: Find, stopped: Stopped) -> None:
    """A phase that an earlier version began with other weights in its head says what to delete."""
    spec = PRETRAINED.then(TARGET)
    stopped(partial(go, spec, tmp_path, pretrained, find), 3)
    tensors, about = loop.checkpoint.read(Weights(tmp_path).state)
    tensors["head.first/gone.weight"] = tensors["head.first/out.weight"].clone()
    loop.checkpoint.write(Weights(tmp_path).state, tensors, about)
    with pytest.raises(StoreError, match=r"of another head\.first than is trained now. Delete it"):
        go(spec, tmp_path, pretrained, find)


def test_frozen_parts_do_not_move(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """embedding_lr=0 keeps the sub-word vectors; freeze=1 keeps the first layer and all embeddings."""
    before = load(pretrained / "encoder").model.state_dict()
    for name, settings, still in (
        ("vectors", {"optimizer": Optimizer(embedding_lr=0.0)}, ["embeddings.word_embeddings.weight"]),
        ("layer", {"freeze": 1}, [key for key in before if "embeddings" in key or "layer.0." in key]),
    ):
        go(PRETRAINED.then(dataclasses.replace(TARGET, epochs=1, **settings)), tmp_path / name, pretrained, find)
        after = load(tmp_path / name / "encoder").model.state_dict()
        assert all(equal(before[key], after[key]) for key in still)
    moved = load(tmp_path / "vectors" / "encoder").model.state_dict()
    assert not equal(before["encoder.layer.0.output.dense.weight"], moved["encoder.layer.0.output.dense.weight"])


def test_a_head_is_kept_for_the_same_task_and_dropped_for_another(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """Going on with the same task starts where it ended: its first loss is low; the text head is not carried over."""
    first = PRETRAINED.then(TARGET)
    fresh = go(first, tmp_path / "first", pretrained, find)
    again = go(first.then(dataclasses.replace(TARGET, seed=5)), tmp_path / "again", tmp_path / "first", find)
    assert again["losses"][0][1] < 0.25 * fresh["losses"][0][1]


def test_a_published_encoder_is_trained_and_tested_through_the_same_code(
    xlmr: Path, tmp_path: Path, find: Find
) -> None:
    """A checkpoint in XLM-R's layout needs no pretrain phase; written whole, the result loads in plain transformers."""
    from transformers import AutoModel

    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(dataclasses.replace(TARGET, epochs=2, lr=1e-3),))
    record = go(spec, tmp_path / "run", None, find)
    predictions, _ = evaluate(
        spec, folder=tmp_path / "run", task=find("first"), split="test", languages=("xx",), limit=50,
        data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    assert len(predictions) == 50
    assert record["versions"]["transformers"]
    save(load(tmp_path / "run" / "encoder"), tmp_path / "whole")
    assert AutoModel.from_pretrained(tmp_path / "whole", add_pooling_layer=False).config.hidden_size == 32


def test_accumulating_batches_takes_the_step_of_a_larger_batch(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """Two accumulated batches make one step, so an epoch has half the steps."""
    whole = go(PRETRAINED.then(dataclasses.replace(TARGET, epochs=2)), tmp_path / "one", pretrained, find)
    halves = go(
        PRETRAINED.then(dataclasses.replace(TARGET, epochs=2, accumulate=2)), tmp_path / "two", pretrained, find
    )
    assert halves["steps"] == whole["steps"] // 2
    assert halves["tokens"] == whole["tokens"]


def test_data_that_changed_since_the_plan_is_an_error(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """The run's identity holds the hash of its data; other data is not trained on under the old name."""
    with pytest.raises(DataError, match="changed since the study was planned"):
        go(PRETRAINED.then(dataclasses.replace(TARGET, data={"first": "0" * 12})), tmp_path, pretrained, find)


def test_a_loss_that_is_no_number_stops_the_phase(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """A rate that is far too high ends in an error that names it, and no weights are written."""
    wild = dataclasses.replace(TARGET, lr=1e30, optimizer=Optimizer(clip=0.0))
    with pytest.raises(ModelError, match="lower lr"):
        go(PRETRAINED.then(wild), tmp_path, pretrained, find)
    assert not (tmp_path / "encoder").exists()


def test_a_run_is_not_tested_on_a_task_it_has_no_head_for(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """The message says which heads there are and which target phase is missing."""
    with pytest.raises(SpecError, match=r"heads for text.*trained on first"):
        evaluate(PRETRAINED, folder=pretrained, task=find("first"), split="test", languages=("en",), limit=0,
                 data=tmp_path, report=lambda *_: None)  # fmt: skip


def test_a_pretrain_phase_needs_text(tmp_path: Path, find: Find) -> None:
    """A new encoder cannot be pretrained on labelled examples alone."""
    spec = dataclasses.replace(PRETRAINED, phases=(Phase(stage="pretrain", tasks=("first",), steps=2),))
    with pytest.raises(SpecError, match="learns from text"):
        go(spec, tmp_path, None, find)


def test_an_aligned_start_needs_no_step_and_later_phases_keep_its_word_weights(tmp_path: Path, find: Find) -> None:
    """steps=0 leaves the start as it is; masked language modelling after it moves the body, not the vectors."""
    start = Phase(stage="pretrain", tasks=("lines",), languages=(), start="aligned")
    spec = dataclasses.replace(
        PRETRAINED, phases=(start,), encoder=dataclasses.replace(PRETRAINED.encoder, vocabulary=90)
    )
    assert go(spec, tmp_path / "start", None, find)["steps"] == 0
    held = Optimizer(embedding_lr=0.0)
    modelled = Phase(stage="pretrain", tasks=("lines",), languages=(), steps=3, tokens=128, optimizer=held, first=50)
    record = go(spec.then(modelled), tmp_path / "next", tmp_path / "start", find)
    assert record["examples"] == {"text": 100}  # the first 50 of each language
    one, two = (load(tmp_path / name / "encoder") for name in ("start", "next"))
    assert equal(one.word_embeddings().weight, two.word_embeddings().weight)
    assert one.frequency_weights is not None
    assert two.frequency_weights is not None
    assert equal(one.frequency_weights, two.frequency_weights)
    target = spec.then(modelled).then(dataclasses.replace(TARGET, pooling="idf", epochs=1))
    go(target, tmp_path / "target", tmp_path / "next", find)
    assert load(tmp_path / "target" / "encoder").frequency_weights is not None


def test_test_sentences_leave_the_training_text_and_are_counted(tmp_path: Path, find: Find) -> None:
    """Without the sentences of a test that is the training text itself, nothing is left, and that is an error."""
    phase = dataclasses.replace(PRETRAINED.phases[0], without=("first/test",), steps=2)
    record = go(dataclasses.replace(PRETRAINED, phases=(phase,)), tmp_path / "some", None, find)
    assert set(record["test_sentences_dropped"]) == {"text"}
    phase = dataclasses.replace(phase, without=("text/train",))
    with pytest.raises(SpecError, match="has none"):
        go(dataclasses.replace(PRETRAINED, phases=(phase,)), tmp_path / "none", None, find)


def test_an_unknown_start_is_named(tmp_path: Path, find: Find) -> None:
    """The two ways to begin are listed."""
    phase = dataclasses.replace(PRETRAINED.phases[0], start="warm")
    with pytest.raises(UnknownName, match="aligned, random"):
        go(dataclasses.replace(PRETRAINED, phases=(phase,)), tmp_path, None, find)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"lr": 1e-2, "optimizer": Optimizer(weight_decay=0.5)},
        {"optimizer": Optimizer(embedding_lr=0.0, weight_decay=0.1)},
    ],
)
def test_a_trimmed_vocabulary_changes_nothing(
    xlmr: Path, tmp_path: Path, find: Find, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losses and every saved weight, unused rows under weight decay included, are those of the whole table."""
    phase = dataclasses.replace(TARGET, epochs=1, **settings)
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,))
    trimmed = go(spec, tmp_path / "trimmed", None, find)
    monkeypatch.setattr(vocabulary, "trim", lambda encoder, _: len(encoder.subwords))
    whole = go(spec, tmp_path / "whole", None, find)
    assert trimmed["vocabulary_trained"] < whole["vocabulary_trained"] == whole["vocabulary"]
    assert [loss for _, loss in trimmed["losses"]] == pytest.approx([loss for _, loss in whole["losses"]], rel=1e-5)
    one, other = (load(tmp_path / name / "encoder").model.state_dict() for name in ("trimmed", "whole"))
    assert one.keys() == other.keys()
    for key, value in one.items():
        assert allclose(value, other[key], rtol=1e-4, atol=1e-6), key


def test_text_is_trained_with_the_whole_vocabulary(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """The softmax of masked language modelling runs over every sub-word, so none may be missing."""
    phase = Phase(stage="intermediate", tasks=("text", "first"), steps=2)
    record = go(RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,)), tmp_path / "run", None, find)
    assert record["vocabulary_trained"] == record["vocabulary"]


def test_gradient_checkpointing_changes_no_bit(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """Activations computed again, dropout included, are those that were not kept."""
    phase = dataclasses.replace(TARGET, epochs=1)
    records = []
    for name, on in (("kept", False), ("again", True)):
        spec = RunSpec(
            encoder=Published(name=str(xlmr)), phases=(dataclasses.replace(phase, gradient_checkpointing=on),)
        )
        records.append(go(spec, tmp_path / name, None, find))
    assert records[0]["losses"] == records[1]["losses"]
    assert same(tmp_path / "kept", tmp_path / "again")


def test_a_large_batch_is_read_in_parts_with_the_same_gradients(
    xlmr: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without dropout, losses and weights are those of the batch at once; the same examples and sub-words count."""
    still = tmp_path / "still"
    shutil.copytree(xlmr, still)
    settings = json.loads((still / "config.json").read_text())
    settings |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (still / "config.json").write_text(json.dumps(settings))
    spec = RunSpec(encoder=Published(name=str(still)), phases=(dataclasses.replace(TARGET, epochs=1, dropout=0.0),))
    whole = go(spec, tmp_path / "whole", None, find)
    read: list[int] = []
    counted = loop.cutting.parts

    def parts(features: list[Feature], most: float) -> Iterator[list[Feature]]:
        for part in counted(features, most):
            read.append(len(part))
            yield part

    monkeypatch.setattr(loop.cutting, "parts", parts)
    monkeypatch.setattr(loop, "PART", 40)
    apart = go(spec, tmp_path / "apart", None, find)
    assert len(read) > 2 * whole["steps"]
    assert (apart["steps"], apart["tokens"], apart["examples"]) == (whole["steps"], whole["tokens"], whole["examples"])
    assert [loss for _, loss in apart["losses"]] == pytest.approx([loss for _, loss in whole["losses"]], rel=1e-4)
    for name in ("encoder/model.safetensors", "head.safetensors"):
        for key, value in load_file(tmp_path / "whole" / name).items():
            assert allclose(value, load_file(tmp_path / "apart" / name)[key], rtol=1e-3, atol=1e-4), key
