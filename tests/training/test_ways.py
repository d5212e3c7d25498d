"""training/ways: of several ways to compute, the one that is done first; on a processor there is one."""

from pathlib import Path

import pytest
import torch

from isogloss.models.device import Ways, device, usual
from isogloss.models.encoder import load
from isogloss.store import owner
from isogloss.store.layout import PARTIAL
from isogloss.training.ways import Measured, best, candidates, choose, measure, read, write

PLAIN, COMPILED = Ways(), Ways(compiled=True)


def test_compiling_pays_in_long_phases_only() -> None:
    """60 seconds before the first step are won back at 0.1 s a step after 600 steps."""
    seen = {PLAIN: Measured(begin=0.3, step=0.3), COMPILED: Measured(begin=60.0, step=0.2)}
    assert best(seen, 100) == PLAIN
    assert best(seen, 10_000) == COMPILED


def test_a_processor_has_one_way(xlmr: Path) -> None:
    """Nothing is measured and nothing changes: the step that would be timed is never taken."""
    encoder = load(xlmr)

    def never() -> None:
        raise AssertionError

    assert choose(encoder, never, 100, 1000) == encoder.ways == PLAIN
    assert usual(torch.device("cpu")) == PLAIN
    assert device().type in ("cpu", "cuda")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what the compiler imports
def test_every_way_is_measured_and_the_encoder_is_left_plain(xlmr: Path, tmp_path: Path) -> None:
    """A way that the device refuses is left out; what was measured is read back the same."""
    encoder = load(xlmr)
    seen: list[Ways] = []

    def step() -> None:
        seen.append(encoder.ways)
        if encoder.ways.compiled:
            raise RuntimeError("no compiler here")

    found = measure(encoder, step, candidates(encoder, torch.device("cpu")))
    assert list(found) == [PLAIN, Ways(packed=True)]
    assert COMPILED in seen
    assert encoder.ways == PLAIN
    dead = tmp_path / f"{PARTIAL}{'.'.join([*owner.me().split('.')[:2], '1'])}-0-ways.json"  # of a process before ours
    dead.write_text("half")
    write(tmp_path / "ways.json", found)
    assert not dead.exists()
    assert read(tmp_path / "ways.json") == found


def test_measurements_of_another_version_are_taken_again(tmp_path: Path) -> None:
    """A file that does not name the ways of now counts as none."""
    (tmp_path / "old.json").write_text('[{"ways": {"warp": true}, "measured": {"begin": 1, "step": 1}}]', "utf-8")
    assert read(tmp_path / "old.json") is None
    assert read(tmp_path / "none.json") is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what the compiler imports
def test_a_way_can_be_taken_back(xlmr: Path) -> None:
    """Compiled or not is a property of the model's call, and its weights keep their names."""
    encoder = load(xlmr)
    names = list(encoder.model.state_dict())
    encoder.compute(COMPILED)
    assert encoder.model._compiled_call_impl is not None
    assert list(encoder.model.state_dict()) == names
    encoder.compute(PLAIN)
    assert encoder.model._compiled_call_impl is None
