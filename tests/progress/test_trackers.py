"""Runs in trackers of experiments; each tracker's own reader finds what was measured, with no network."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from isogloss.core.errors import SpecError
from isogloss.progress.steps import Progress, Step
from isogloss.progress.trackers import NAMES, Followed, Tracker

STEPS = [Step("nli (seed 0)", key="abc"), Step("test nli", key="abc/k"), Step("qa", key="def")]


def about(run: str) -> Followed:
    return Followed(study="demo", run=run, title=f"nli (seed 0), {run}", facts={"lr": "0.1"}, folder=Path("logs"))


def play(name: str) -> None:
    """Two runs at once, one of them interrupted after a step and gone on with."""
    for _ in range(2):
        tracker = Tracker(name, [step.id for step in STEPS], about)
        with Progress(STEPS, listeners=[tracker]) as progress:
            progress.measured("abc", 1, {"loss": 2.0, "lr": 0.1})
            progress.measured("def", 1, {"loss": 3.0})
        time.sleep(1.1 * (name == "wandb"))  # whose folders are called by the second
    with Progress(STEPS, listeners=[tracker := Tracker(name, ["abc", "abc/k"], about)]) as progress:
        progress.measured("abc", 2, {"loss": 1.5, "lr": 0.2})
        progress.finished("abc")
        progress.measured("abc/k", 2, {"nli/de/accuracy": 0.5, "qa/de/exact_match+answer_f1": 0.25})
        progress.finished("abc/k")
    assert not tracker._failed


READ = {
    "tensorboard": """
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
for folder in sorted(Path("logs/tensorboard/demo").iterdir()):
    events = EventAccumulator(str(folder)).Reload()
    run = folder.name.rpartition("-")[2]
    found[run] = {tag: [[e.step, round(e.value, 6)] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
""",
    "wandb": """
from wandb.proto import wandb_internal_pb2
def records(path):  # LevelDB's log format after seven bytes, which wandb reads in Go alone
    data, at, whole = path.read_bytes(), 7, b""
    while at + 7 <= len(data):
        if (room := 32768 - at % 32768) < 7:
            at += room
            continue
        size, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        whole = (b"" if kind in (1, 2) else whole) + data[at + 7 : at + 7 + size]
        at += 7 + size
        if kind in (1, 4):
            yield wandb_internal_pb2.Record.FromString(whole)
for path in sorted(Path("logs/wandb").glob("offline-run-*/run-*.wandb")):
    for record in records(path):
        if record.WhichOneof("record_type") == "run":
            assert (record.run.run_group, record.run.project) == ("demo", "isogloss")
        if record.WhichOneof("record_type") == "history":
            items = {each.key or ".".join(each.nested_key): json.loads(each.value_json) for each in record.history.item}
            for tag, value in items.items():
                if not tag.startswith("_"):
                    found.setdefault(path.stem[4:], {}).setdefault(tag, []).append([items["_step"], value])
""",
    "mlflow": """
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri=Path("logs/mlflow").absolute().as_uri())
for run in client.search_runs([client.get_experiment_by_name("demo").experiment_id]):
    history = {tag: client.get_metric_history(run.info.run_id, tag) for tag in run.data.metrics}
    assert run.data.params["lr"] == "0.1" and run.info.status in ("RUNNING", "FINISHED")
    assert run.data.tags["isogloss.run"] not in found
    found[run.data.tags["isogloss.run"]] = {tag: [[m.step, m.value] for m in each] for tag, each in history.items()}
""",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_tracker_s_own_reader_finds_what_was_measured(name: str, tmp_path: Path) -> None:
    """Losses and scores of each run by their steps; an interrupted run goes on as the same one."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"pip install 'isogloss[{name}]'")
    played = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_trackers
test_trackers.play({name!r})
"""
    reading = f"""
import json
from pathlib import Path
found = {{}}
{READ[name]}
print(json.dumps(found))
"""
    offline = {"WANDB_MODE": "offline", "MLFLOW_ALLOW_FILE_STORE": "true"}
    for script in (played, reading):  # wandb may write its last block after a run's end, but before the program's
        made = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, **offline}, capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout.splitlines()[-1])
    points = {run: {tag: sorted(map(tuple, each)) for tag, each in curves.items()} for run, curves in found.items()}
    assert {tag: sorted({*each}) for tag, each in points["abc"].items()} == {
        "loss": [(1, 2.0), (2, 1.5)], "lr": [(1, 0.1), (2, 0.2)], "nli/de/accuracy": [(2, 0.5)],
        f"qa/de/exact_match{'-' if name == 'mlflow' else '+'}answer_f1": [(2, 0.25)],  # MLflow refuses a "+"
    }  # fmt: skip
    assert {*points["def"]["loss"]} == {(1, 3.0)}


class Fake:
    """A tracker that writes down what it is told, and fails when it is told of run "bad"."""

    def __init__(self) -> None:
        self.all: list[object] = []

    def follow(self, run: Followed) -> "Fake":
        """Begin a run."""
        if run.run == "bad":
            raise OSError("the server is away")
        self.all.append(f"open {run.run}")
        return self

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """A point."""
        self.all.append((at, dict(values)))

    def close(self) -> None:
        """An end."""
        self.all.append("close")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    module, made = ModuleType("isogloss.progress.fake"), Fake()
    module.follow = made.follow  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return made


def test_a_run_is_closed_when_its_tests_are_done(fake: Fake) -> None:
    """A run stays open for the scores of its tests, and what is left is closed at the end."""
    tracker = Tracker("fake", ["abc", "abc/k", "def"], about)
    tracker.measured("abc", 1, {"loss": 2.0})
    tracker.finished("abc")
    tracker.measured("abc/k", 1, {"nli/de/accuracy": 0.5})
    tracker.finished("abc/k")
    tracker.measured("def", 1, {"loss": 3.0})
    tracker.close()
    assert fake.all == [
        "open abc", (1, {"loss": 2.0}), (1, {"nli/de/accuracy": 0.5}), "close", "open def", (1, {"loss": 3.0}), "close",
    ]  # fmt: skip


def test_a_tracker_that_fails_is_given_up(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says why; training goes on."""
    tracker = Tracker("fake", ["bad", "abc"], about)
    for run in ("bad", "bad", "abc"):
        tracker.measured(run, 1, {"loss": 2.0})
    assert capsys.readouterr().err == "--log fake is given up: OSError: the server is away\n"
    assert fake.all == []


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is trained."""
    monkeypatch.setitem(sys.modules, "isogloss.progress.wandb", None)
    with pytest.raises(SpecError, match=r"--log wandb needs a package .*: pip install 'isogloss\[wandb\]'"):
        Tracker("wandb", [], about)
