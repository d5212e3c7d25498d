"""training/snapshots: weights at earlier steps, exact through kills, changing nothing."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from isogloss.core.errors import StoreError
from isogloss.core.parts import Optimizer
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.models.open import load
from isogloss.store import seal
from isogloss.store.layout import STATE
from isogloss.store.write import remove
from isogloss.training import loop, snapshots
from isogloss.training.phase import train

from .conftest import PRETRAINED, TARGET  # type: ignore[import-not-found]

Find = Callable[[str], Task]
KEPT = dataclasses.replace(TARGET, epochs=0.0, steps=20, checkpoints=4)


def go(spec: RunSpec, folder: Path, parent: Path | None, find: Find, report: Any = lambda *_: None) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    return train(spec, folder=folder, parent=parent, find=find, data=folder, report=report)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a run's folder and of its snapshots, by file and name."""
    return {
        f"{path.relative_to(folder)}/{name}": value
        for path in sorted(folder.rglob("*.safetensors"))
        if not path.name.startswith(STATE)
        for name, value in load_file(path).items()
    }


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def test_checkpoints_are_evenly_spaced_and_end_at_the_end() -> None:
    """Four of twenty steps are 5, 10, 15, 20; more than there are steps is every step; none is the end alone."""
    assert snapshots.steps(4, 20) == [5, 10, 15, 20]
    assert snapshots.steps(9, 3) == [1, 2, 3]
    assert snapshots.steps(0, 7) == [7]


def test_keeping_checkpoints_does_not_change_the_training(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """The last weights and losses are, to the bit, those of the phase that keeps none."""
    plain = go(PRETRAINED.then(dataclasses.replace(KEPT, checkpoints=0)), tmp_path / "plain", pretrained, find)
    kept = go(PRETRAINED.then(KEPT), tmp_path / "kept", pretrained, find)
    assert kept["losses"] == plain["losses"]
    last = {name: value for name, value in weights(tmp_path / "kept").items() if not name.startswith("snapshots")}
    assert same(last, weights(tmp_path / "plain"))


def test_a_checkpoint_holds_the_weights_of_its_step(
    pretrained: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot of step 10 is what the state saved after step 10 holds, written by other code."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)

    def stop(step: int, _total: int) -> None:
        if step == 11:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(PRETRAINED.then(KEPT), tmp_path / "run", pretrained, find, stop)
    state = load_file(tmp_path / "run" / "state.safetensors")
    snapshot = weights(snapshots.place(tmp_path / "run", 10))
    held = {name.removeprefix("encoder/"): value for name, value in state.items() if name.startswith("encoder/")}
    found = {name.removeprefix("encoder/model.safetensors/"): v for name, v in snapshot.items() if "model.saf" in name}
    assert same(found, held)


def test_a_killed_phase_leaves_the_same_checkpoints(
    pretrained: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before and after a snapshot, with an older state: the same weights at every kept step, to the bit."""
    go(PRETRAINED.then(KEPT), tmp_path / "whole", pretrained, find)

    def stop_at(wanted: int) -> Callable[[int, int], None]:
        def report(step: int, _total: int) -> None:
            monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0 if step < 4 else 1e9)
            if step == wanted:
                raise KeyboardInterrupt

        return report

    for wanted in (3, 5, 6, 16):
        with pytest.raises(KeyboardInterrupt):
            go(PRETRAINED.then(KEPT), tmp_path / "killed", pretrained, find, stop_at(wanted))
    go(PRETRAINED.then(KEPT), tmp_path / "killed", pretrained, find)
    assert same(weights(tmp_path / "killed"), weights(tmp_path / "whole"))


@pytest.mark.parametrize("damage", ["gone", "damaged", "without its list"])
def test_a_checkpoint_that_is_not_what_it_was_makes_the_phase_start_again(
    pretrained: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A state beyond a snapshot that is missing, has one bit flipped, or lost the list of its files, is not gone on
    from: an error says so once, then the phase starts over."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)

    def stop(step: int, _total: int) -> None:
        if step == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(PRETRAINED.then(KEPT), tmp_path / "run", pretrained, find, stop)
    snapshot = snapshots.place(tmp_path / "run", 5)
    if damage == "damaged":
        data = bytearray((snapshot / "head.safetensors").read_bytes())
        data[-1] ^= 1
        (snapshot / "head.safetensors").write_bytes(data)
    else:
        remove(snapshot if damage == "gone" else snapshot / seal.FILES)
    with pytest.raises(StoreError, match="starts over"):
        go(PRETRAINED.then(KEPT), tmp_path / "run", pretrained, find)
    seen: list[int] = []
    go(PRETRAINED.then(KEPT), tmp_path / "run", pretrained, find, lambda step, _: seen.append(step))
    assert seen[0] == 1
    assert len(snapshots.folders(tmp_path / "run", 4, 20)) == 4


def test_the_mean_is_the_mean_of_the_last(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """Every weight of the encoder and the head is the mean of the same weight in the last three checkpoints, and the
    folder loads as any encoder does."""
    go(PRETRAINED.then(KEPT), tmp_path / "run", pretrained, find)
    sources = list(snapshots.folders(tmp_path / "run", 4, 20).values())[-3:]
    folder = snapshots.mean(tmp_path / "run", sources)
    for name in ("encoder/model.safetensors", "head.safetensors"):
        parts = [load_file(source / name) for source in sources]
        for key, value in load_file(folder / name).items():
            expected = sum(part[key].double().numpy() for part in parts) / 3
            assert torch.allclose(value.double(), torch.from_numpy(expected), atol=1e-7)
            assert not torch.equal(value, parts[-1][key]) or torch.equal(parts[0][key], parts[-1][key])
    assert load(folder / "encoder").layers == 1


def test_a_snapshot_of_a_trimmed_encoder_has_its_whole_vocabulary(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """Training goes on with the trimmed table; what is kept loads with every row, unused ones as weight decay left
    them: the same table that a phase stopped there by its own schedule would restore, unused rows."""
    phase = dataclasses.replace(KEPT, steps=6, checkpoints=2, optimizer=Optimizer(weight_decay=0.1))
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,))
    record = go(spec, tmp_path / "run", None, find)
    assert record["vocabulary_trained"] < record["vocabulary"]
    whole = load(xlmr).word_embeddings().weight
    first = load(snapshots.place(tmp_path / "run", 3) / "encoder").word_embeddings().weight
    last = load(tmp_path / "run" / "encoder").word_embeddings().weight
    assert first.shape == last.shape == whole.shape
    ratio = (first / whole).double()[-5:-1].mean().item()  # rows at the end of the vocabulary that no input asks for
    end = (last / whole).double()[-5:-1].mean().item()
    assert 1 > ratio > end > 0.99
