"""What of a study was measured, among what its folder holds."""

from dataclasses import replace
from pathlib import Path

from isogloss.analysis.measured import changed, divergences, pairings_of
from isogloss.store.divergence import CHANGE, Divergence
from study_in_store import build


def test_rows_of_what_a_study_was_before_are_left_out(tmp_path: Path) -> None:
    """Another encoder, language or split, and a task by the name it had before. Of two files the study's own counts."""
    store = build(
        tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa",), encoders=1
    )
    study = store.study("made_up")
    study = replace(study, evaluations=tuple(replace(each, languages=("en", "de")) for each in study.evaluations))
    (part,) = (each for each in pairings_of(study) if each.intermediate and each.target.task)
    row = Divergence(
        encoder=part.encoder.run_id, measure="mmd", family="distributional", direction="distance", version="raw",
        intermediate="qa", target="topics", split="test", language="de", value=0.5, layer=1, pooling="mean",
    )  # fmt: skip
    moved = replace(row, measure="cka", version=CHANGE, target="", split="", value=-0.1)
    narrower = replace(row, value=0.9)
    store.save_divergences("made_up", part.name, [row])
    store.save_divergences("made_up", changed(row.encoder, "qa"), [moved])
    others = [narrower, replace(narrower, language="fr"), replace(narrower, split="dev")]
    store.save_divergences("made_up", "0000-others", others)
    store.save_divergences("made_up", changed(row.encoder, "qa (lr=1)"), [replace(moved, intermediate="qa (lr=1)")])
    store.save_divergences("made_up", "another", [replace(row, encoder="0123456789ab")])
    assert len(store.divergences("made_up")) == 7
    found = divergences(store, study)
    assert sorted(found, key=lambda each: each.value) == [moved, row]


def test_an_intermediate_phases_own_test_is_no_target(tmp_path: Path) -> None:
    """It is not measured, and what was measured of it before is not shown."""
    store = build(
        tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa", "nli"), encoders=1,
        learned=0.9,
    )  # fmt: skip
    study = store.study("made_up")
    assert {part.target.task for part in pairings_of(study)} == {"", "topics"}
    row = Divergence(
        encoder=pairings_of(study)[0].encoder.run_id, measure="jaccard", family="lexical", direction="distance",
        version="", intermediate="qa", target="topics", split="test", language="en", value=0.5, layer=None, pooling="",
    )  # fmt: skip
    own = [replace(row, target=task, intermediate=first) for task, first in (("qa", "nli"), ("qa", "qa"), ("nli", ""))]
    store.save_divergences("made_up", "before", [row, *own])
    assert divergences(store, study) == [row]
