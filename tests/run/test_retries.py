"""run/retries, training/collapse, baselines/one_answer: a collapsed run is found, kept, marked and repeated."""

import dataclasses
from math import log
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.examples import Classification, Example
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec
from isogloss.evaluation.baselines import one_answer
from isogloss.plan.site import Site
from isogloss.run import retries
from isogloss.store.layout import STATE
from isogloss.store.predictions import Predictions
from isogloss.training import collapse

SPEC = RunSpec(
    encoder=Architecture(),
    phases=(
        Phase(stage="pretrain", tasks=("colour",), steps=1),
        Phase(stage="target", tasks=("colour",), steps=3, retries=2),
    ),
)


def labels(*names: str) -> list[Example]:
    return [Classification(id=str(place), text="x", label=name) for place, name in enumerate(names)]


def answers(predicted: list[Any], gold: list[Any]) -> Predictions:
    n = len(gold)
    return Predictions(
        language=["en"] * n,
        id=[str(place) for place in range(n)],
        prediction=predicted,
        gold=gold,
        confidence=[None] * n,
    )


def test_a_blind_guess_loses_the_entropy_of_the_labels() -> None:
    """ln 2 for two labels in equal shares; for shares of 3/4 and 1/4, 0.5623 nats (Shannon 1948, in natural units)."""
    assert collapse.blind_loss(labels("a", "b")) == pytest.approx(log(2))
    assert collapse.blind_loss(labels("a", "a", "a", "b")) == pytest.approx(0.5623, abs=1e-4)


def test_a_loss_that_ends_at_a_blind_guess_is_flat_and_one_that_fell_is_not() -> None:
    """The last tenth of the curve counts; without a known blind loss nothing is said."""
    still = [(step, 0.70) for step in range(100)]
    fell = [(step, 0.70 if step < 90 else 0.3) for step in range(100)]
    assert "blind guess has 0.693" in collapse.flat(still, log(2))
    assert collapse.flat(fell, log(2)) == ""
    assert collapse.flat(still, None) == ""


def test_one_answer_for_everything_is_found_where_golds_differ() -> None:
    """One label for all, one tag for all words; not where golds have one label too, nor in a handful of examples."""
    assert one_answer.languages(answers(["a"] * 30, ["a", "b"] * 15)) == ["en"]
    assert one_answer.languages(answers([["X", "X"]] * 30, [["X", "Y"]] * 30)) == ["en"]
    assert one_answer.languages(answers(["a"] * 29 + ["b"], ["a", "b"] * 15)) == []
    assert one_answer.languages(answers(["a"] * 30, ["a"] * 30)) == []
    assert one_answer.languages(answers(["a"] * 4, ["a", "b"] * 2)) == []


def trainer(monkeypatch: pytest.MonkeyPatch, good: int, killed_at: int = -1) -> list[int]:
    """Training that stands in: the attempt number `good` learns, those before collapse; returns the seeds it saw."""
    seeds: list[int] = []

    def train(spec: RunSpec, *, folder: Path, **_: Any) -> dict[str, Any]:
        if len(seeds) == killed_at:
            seeds.append(-1)
            raise KeyboardInterrupt
        seeds.append(spec.phases[-1].seed)
        (folder / "encoder").mkdir(exist_ok=True)
        (folder / "encoder" / "weights").write_text(str(seeds[-1]))
        (folder / "head.safetensors").write_text(str(seeds[-1]))
        lost = spec.phases[-1].seed not in [retries.derived(SPEC.phases[-1], good)]
        return {"losses": [(1, 0.7)], "steps": 3} | ({"collapsed": "the loss is flat"} if lost else {})

    monkeypatch.setattr("isogloss.training.phase.train", train)
    monkeypatch.setattr(retries, "_one_answer", lambda *_: "")
    return seeds


def go(site: Site, folder: Path) -> dict[str, Any]:
    return retries.train(site, SPEC, folder=folder, parent=None, report=lambda *_: None)


def test_a_collapsed_run_is_repeated_under_a_new_seed_and_its_failures_are_recorded(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt has the phase's own seed; the third learns and is the run; those before stand in the record."""
    seeds = trainer(monkeypatch, good=2)
    (folder := tmp_path / "run").mkdir()
    record = go(site, folder)
    assert seeds == [0, retries.derived(SPEC.phases[-1], 1), retries.derived(SPEC.phases[-1], 2)]
    assert len(set(seeds)) == 3
    assert record["seed"] == seeds[2]
    assert "collapsed" not in record
    assert [each["seed"] for each in record["attempts"]] == seeds[:2]
    assert all(each["collapsed"] == "the loss is flat" and each["losses"] for each in record["attempts"])
    assert (folder / "encoder" / "weights").read_text() == (folder / "head.safetensors").read_text() == str(seeds[2])


def test_a_run_that_collapses_every_time_is_kept_and_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two retries there is no fourth attempt: the last is the run, and it is marked."""
    seeds = trainer(monkeypatch, good=99)
    (folder := tmp_path / "run").mkdir()
    record = go(site, folder)
    assert len(seeds) == 3
    assert record["collapsed"] == "the loss is flat"
    assert (folder / "encoder" / "weights").read_text() == str(seeds[-1])


def test_attempts_survive_a_kill(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in its second attempt, the run goes on with the second: the first is not trained again."""
    (folder := tmp_path / "run").mkdir()
    trainer(monkeypatch, good=1, killed_at=1)
    with pytest.raises(KeyboardInterrupt):
        go(site, folder)
    assert (folder / f"{STATE}-attempts.json").is_file()
    seeds = trainer(monkeypatch, good=1)
    record = go(site, folder)
    assert seeds == [retries.derived(SPEC.phases[-1], 1)]
    assert [each["seed"] for each in record["attempts"]] == [0]


def test_weights_that_a_killed_attempt_left_are_made_anew(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They bear no hash, and what is there when an attempt ends is not written again: so they go before it begins."""
    (folder := tmp_path / "run").mkdir()
    trainer(monkeypatch, good=1, killed_at=1)
    with pytest.raises(KeyboardInterrupt):
        go(site, folder)
    left = folder / f"{STATE}-attempt-1" / "encoder"
    left.mkdir()
    (left / "more").write_text("damaged")
    trainer(monkeypatch, good=1)
    go(site, folder)
    assert [path.name for path in (folder / "encoder").iterdir()] == ["weights"]


def test_without_retries_there_is_one_attempt(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default trains once, under the phase's own seed, and its record has nothing about attempts."""
    seeds = trainer(monkeypatch, good=99)
    once = dataclasses.replace(SPEC, phases=(SPEC.phases[0], dataclasses.replace(SPEC.phases[1], retries=0)))
    record = retries.train(site, once, folder=tmp_path, parent=None, report=lambda *_: None)
    assert seeds == [0]
    assert "attempts" not in record
