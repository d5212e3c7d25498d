"""The record of a run, as it is read."""

from pathlib import Path

import pytest

from isogloss.core.errors import StoreError
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec
from isogloss.store.run_record import NOTHING, Attempt, Given, read
from isogloss.store.store import Store

RUN = RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("wiki",), steps=1),))


def test_what_was_not_written_down_is_empty() -> None:
    """Runs from before a field was there have none of it: no zero stands for a time, and float32 is not claimed."""
    old = read({"steps": 3})
    assert (old.steps, old.seconds, old.losses, old.precision, old.trained_parameters) == (3, None, None, "", None)
    assert NOTHING.plain() == {}


def test_a_record_has_types() -> None:
    """JSON's lists and objects are what they stand for, and the whole stays as it was."""
    body = {
        "losses": [[1, 0.5], [2, 0.25]], "seed": 7, "attempts": [{"seed": 0, "collapsed": "flat", "steps": 2}],
        "mixture": {"mnli": {"batches": 3, "examples": 96}}, "later": "a field of a newer version",
    }  # fmt: skip
    found = read(body)
    assert found.losses == ((1, 0.5), (2, 0.25))
    assert found.attempts == (Attempt(seed=0, collapsed="flat"),)
    assert found.mixture == {"mnli": Given(batches=3, examples=96)}
    assert found.plain() == body


@pytest.mark.parametrize("wrong", [{"steps": "many"}, {"losses": 3}, {"mixture": {"mnli": {}}}, {"versions": 1}])
def test_what_is_no_record_is_said_of_its_file(wrong: dict[str, object], tmp_path: Path) -> None:
    """A marker that something else wrote is an error that names it, not a traceback."""
    store = Store(tmp_path / "store")
    store.begin(RUN)
    store.finish(RUN, wrong)
    with pytest.raises(StoreError, match=r"done\.json: it is not laid out as a run's record"):
        store.record(RUN.run_id)
