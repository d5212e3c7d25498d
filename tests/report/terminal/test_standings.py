"""`isogloss submit` and `isogloss score`, from a store to words and JSON."""

import json
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.leaderboard.averages import WHY
from isogloss.leaderboard.files import squad
from isogloss.report.terminal import standings
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store

SPEC = RunSpec(encoder=Published(name="xlm-r"), phases=(Phase(stage="target", tasks=("udpos",), steps=1),))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One finished run, tested on two sentences of German UD-POS."""
    made = Store(tmp_path / "store")
    made.begin(SPEC)
    made.finish(SPEC, {"steps": 1, "seconds": 1.0})
    found = Predictions(
        language=["de", "de"],
        id=["0", "1"],
        prediction=[["NOUN", "NOUN", "VERB", "VERB"], ["DET"]],
        gold=[["NOUN", "NOUN", "NOUN", "VERB"], ["DET"]],
        confidence=[None, None],
    )
    one = Score(run=SPEC.run_id, task="udpos", split="test", language="de", metric="run_f1", value=1 / 3, n=2)
    made.save_evaluation(SPEC.run_id, "k", found, [one], task="udpos", split="test")
    return made.root


def test_a_submission_is_written_and_scored(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table shows both rules and the mean; below it, why there is no XTREME score and what the rules differ in."""
    out, labels = str(tmp_path / "out"), str(tmp_path / "labels")
    assert main(["submit", out, "--store", str(store), "--data", str(tmp_path), "--labels", labels]) == 0
    assert SPEC.run_id in capsys.readouterr().out
    assert main(["score", out, "--labels", labels]) == 0
    printed = capsys.readouterr().out
    lines = [line.split() for line in printed.splitlines()]
    assert lines[:3] == [
        ["task", "language", "n", "official", "corrected"],
        ["udpos", "de", "2", ".333", ".800"],
        ["udpos", "mean", "2", ".333", ".800"],
    ]
    assert "XTREME: 161 of 162 cells have no score" in printed
    assert "udpos: The official F1 takes runs of equal tags" in printed


def test_json_is_the_same_in_full(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints the data behind the table; --partial adds averages that say how many cells they lack."""
    out, labels = str(tmp_path / "out"), str(tmp_path / "labels")
    main(["submit", out, "--store", str(store), "--data", str(tmp_path), "--labels", labels, "--json"])
    assert json.loads(capsys.readouterr().out)["udpos"]["languages"] == ["de"]
    assert main(["score", out, "--labels", labels, "--partial", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tasks"]["udpos"]["languages"]["de"]["scores"]["token_accuracy"] == pytest.approx(0.8)
    assert found["averages"]["xtreme_r"]["corrected"]["total"] == {
        "value": pytest.approx(0.8),
        "cells": 1,
        "missing": found["averages"]["xtreme_r"]["corrected"]["total"]["missing"],
        "missing_cells": found["averages"]["xtreme_r"]["corrected"]["total"]["missing_cells"],
    }
    assert any("without 161 cells: no official figure" in note for note in standings.notes(found))


def test_an_error_is_one_sentence_and_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there, and a store without predictions."""
    assert main(["score", str(tmp_path / "no"), "--labels", str(tmp_path)]) == 2
    assert "SpecError" in capsys.readouterr().err
    assert main(["submit", str(tmp_path / "out"), "--store", str(tmp_path / "s"), "--data", str(tmp_path)]) == 2
    assert "no test predictions for a task of the leaderboard" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_languages_without_files_are_told() -> None:
    """Tatoeba's official order needs the sentences; the languages written in another order are named."""
    facts = {"tatoeba": {"languages": ["de", "fr"], "in_official_order": ["fr"]}}
    assert standings.order(facts) == ["tatoeba de: in the release's order, as its files are not on disk."]
    assert standings.order({"xnli": {}}) == []


def test_exact_match_and_f1_stand_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a question answering task both are printed per language, with both means, beside the average that counts."""
    answers = {"de": ({"a": "the cat", "b": "Oslo"}, {"a": ["cat"], "b": ["Oslo"]}), "en": ({"a": "x"}, {"a": ["y"]})}
    for code, (found, gold) in answers.items():
        for side, text in (("out", json.dumps(found)), ("labels", squad(gold))):
            path = tmp_path / side / "xquad" / f"test-{code}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for path in (tmp_path / "out/xnli/test-de.tsv", tmp_path / "labels/xnli/test-de.tsv"):
        path.parent.mkdir(parents=True)
        path.write_text("neutral\n")
    assert main(["score", str(tmp_path / "out"), "--labels", str(tmp_path / "labels")]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:6] == [
        ["task", "language", "n", "official", "EM", "F1", "corrected", "EM", "F1"],
        ["xnli", "de", "1", "1.000", "1.000"],
        ["xnli", "mean", "1", "1.000", "1.000"],
        ["xquad", "de", "2", "1.000", "1.000", "1.000", ".667", ".500", ".833"],
        ["xquad", "en", "1", ".000", ".000", ".000", ".000", ".000", ".000"],
        ["xquad", "mean", "3", ".500", ".500", ".500", ".333", ".250", ".417"],
    ]


def test_the_note_on_udpos_says_which_version_of_seqeval_it_equals() -> None:
    """seqeval 1.0 reads tags without a prefix in another way, so the official script's figures depend on it."""
    found = {"averages": {}, "why": WHY, "ignored": []}
    (note,) = (line for line in standings.notes(found) if line.startswith("udpos:"))
    assert "seqeval 1.0 or later" in note
    assert ".38 points" in note
