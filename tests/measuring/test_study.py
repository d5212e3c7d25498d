"""A study measured: which parts there are, what a row says, and that nothing is measured twice."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from isogloss.analysis.measured import pairings_of
from isogloss.cli import main
from isogloss.core import folder
from isogloss.core.cross import cross
from isogloss.core.measure import Corpus
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study
from isogloss.measuring.corpora import Collection, Corpora
from isogloss.measuring.fisher import fisher
from isogloss.measuring.study import StudyMeasure, chosen, measure_all, pretraining
from isogloss.models.embedding import embed, reference
from isogloss.plan.census import Census
from isogloss.plan.plan import plan
from isogloss.report.sections import divergence as said
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from tongues import adapted

NAMES = "frechet,jaccard,leep,logme,mexa,proxy_a_distance,task_embedding,family_distance,text_embedding"


def find(name: str):  # type: ignore[no-untyped-def]
    return folder.load("tasks", name)


@pytest.fixture(scope="module")
def measured(xlmr: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyMeasure, list[Divergence]]:
    """Paraphrase before inference, on a small published encoder: nothing is trained."""
    root = tmp_path_factory.mktemp("measured")
    runs, tests = cross(
        [RunSpec(encoder=Published(name=str(xlmr)))],
        {"none": (), "paraphrase": (Phase(stage="intermediate", tasks=("world_paraphrase",), steps=1, limit=60),)},
        {name: (Phase(stage="target", tasks=(name,), steps=1),) for name in ("world_nli", "world_pos")},
        range(1),
        retrieval=("world_retrieval",),
    )
    store = Store(root / "store")
    tests = tuple(
        replace(each, languages=("x3",) if each.task == "world_retrieval" else ("en", "x3")) for each in tests
    )
    study = Study(name="small", title="", runs=runs, evaluations=tests)
    resolved = plan(study, store, root, find)
    store.save_study("small", resolved.plain())
    bench = StudyMeasure(study=resolved.saved, store=store, data=root, find=find, measures=chosen(NAMES), limit=40)
    bench.characters = pretraining(find, root, Census(store, root))
    measure_all(bench, quiet=True)
    return bench, store.divergences("small")


def test_a_study_has_a_part_per_encoder_intermediate_and_target(
    measured: tuple[StudyMeasure, list[Divergence]],
) -> None:
    """None is no intermediate; what holds of languages alone, and of targets alone, has parts of its own."""
    found = [(part.intermediate, part.target.task) for part in pairings_of(measured[0].study)]
    assert sorted(found) == [
        ("", ""), ("", "world_nli"), ("", "world_pos"), ("", "world_retrieval"),
        ("world_paraphrase", "world_nli"), ("world_paraphrase", "world_pos"), ("world_paraphrase", "world_retrieval"),
    ]  # fmt: skip


def test_a_distance_splits_into_task_shift_language_shift_and_the_rest(
    measured: tuple[StudyMeasure, list[Divergence]],
) -> None:
    """The three add up; in English there is no language shift, and the task shift is the whole."""
    rows = [row for row in measured[1] if row.measure == "frechet" and row.target == "world_nli"]
    assert {row.version for row in rows} == {"raw", "centred"}
    for row in rows:
        assert row.task_shift is not None
        assert row.language_shift is not None
        assert row.interaction is not None
        assert row.value == pytest.approx(row.task_shift + row.language_shift + row.interaction)
        assert row.low is not None
        assert row.low <= row.value
        assert (row.n, row.m, row.pooling) == (40, 40, "mean")
        if row.language == "en":
            assert row.language_shift == pytest.approx(0.0, abs=1e-6)
            assert row.interaction == pytest.approx(0.0, abs=1e-6)
        else:
            assert row.language_shift > 0


def test_what_needs_no_intermediate_is_measured_once(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """LogME and alignment name no intermediate; alignment leaves English out and uses the target's own translations."""
    rows = measured[1]
    assert {row.intermediate for row in rows if row.measure in ("logme", "mexa")} == {""}
    assert {row.intermediate for row in rows if row.measure in ("leep", "jaccard", "task_embedding")} == {
        "world_paraphrase"
    }
    assert "en" not in {row.language for row in rows if row.measure == "mexa"}


def test_targets_without_translations_are_lent_those_of_another(
    measured: tuple[StudyMeasure, list[Divergence]],
) -> None:
    """Tagged sentences in another order have none: alignment has a row for any target, of text in most languages."""
    mexa = {(row.target, row.version): row for row in measured[1] if row.measure == "mexa"}
    assert {target for target, _ in mexa} == {"", "world_nli", "world_retrieval"}
    for version in ("raw", "centred"):
        lent, own = mexa["", version], mexa["world_nli", version]
        assert (lent.value, lent.low, lent.high, lent.n) == (own.value, own.low, own.high, own.n)
        assert lent.note == "parallel with English, in world_nli"


def test_nothing_is_lent_where_every_target_has_its_own(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """Without the tagged target no row holds for any target."""
    bench = measured[0]
    (alone,) = (part for part in pairings_of(bench.study) if not part.target.task)
    bench.enter(alone.encoder)
    assert bench._lent(alone, "x3") != (None, None)
    parallel = tuple(target for target in alone.beside if target.task != "world_pos")
    assert bench._lent(replace(alone, beside=parallel), "x3") == (None, None)


def test_what_is_undefined_has_no_row_and_a_reason(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """Synthetic languages have no family, retrieval has no labels, centred vectors no direction: said, not zero."""
    bench, rows = measured
    assert not [row for row in rows if row.measure == "family_distance" and row.language != "en"]
    assert not [row for row in rows if row.measure == "leep" and row.target == "world_retrieval"]
    assert {"family_distance", "leep", "text_embedding"} <= set(bench.undefined)
    (line,) = (line for line in said.notes(rows, bench.undefined) if "no table of languages" in line)
    assert line.startswith("No row, since undefined: family_distance of x3 (")


def test_vectors_that_are_no_numbers_leave_the_other_rows_standing(
    measured: tuple[StudyMeasure, list[Divergence]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One language's vectors are NaN: its rows on vectors are absent and named, all others stand."""
    bench = measured[0]
    wrong = StudyMeasure(
        study=bench.study, store=bench.store, data=bench.data, find=find, measures=chosen("frechet,mexa,jaccard"),
        limit=40,
    )  # fmt: skip
    (part,) = (each for each in pairings_of(bench.study) if (each.intermediate, each.target.task) == ("", "world_nli"))
    read = Corpora.corpus

    def damaged(self: Corpora, collection: Collection, classes: bool) -> tuple[Collection, Corpus]:
        kept, corpus = read(self, collection, classes)
        if corpus.vectors is None or collection.language != "x3":
            return kept, corpus
        return kept, replace(corpus, vectors=np.where(np.arange(corpus.vectors.shape[1]) == 3, np.nan, corpus.vectors))

    monkeypatch.setattr(Corpora, "corpus", damaged)
    wrong.enter(part.encoder)
    (both,) = (each for each in pairings_of(bench.study) if each.intermediate and each.target.task == "world_nli")
    found = [*wrong._rows(both, "x3", {}), *wrong._rows(part, "x3", {}), *wrong._rows(both, "en", {})]
    assert {(row.measure, row.version, row.language) for row in found} == {
        ("jaccard", "", "x3"), ("jaccard", "", "en"), ("frechet", "raw", "en"), ("frechet", "centred", "en"),
    }  # fmt: skip
    (line,) = (line for line in said.absent(wrong.undefined) if "frechet" in line)
    assert "world_paraphrase → world_nli x3 raw, world_paraphrase → world_nli x3 centred (the vectors of" in line
    assert "not finite" in line


def test_labels_of_words_are_read_with_the_vectors_of_words(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """LogME of a tagged target is over its words; labels of words and of whole texts do not meet."""
    rows = measured[1]
    sizes = {(row.target, row.note): row.m for row in rows if row.measure == "logme" and row.language == "x3"}
    assert sizes["world_nli", "uses test labels"] == 40
    assert sizes["world_pos", "uses test labels of words"] > 100
    assert not [row for row in rows if row.measure == "leep" and row.target == "world_pos"]


def test_nothing_is_measured_twice(
    measured: tuple[StudyMeasure, list[Divergence]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second time no vector is computed and no row is new; another measure adds its own rows and keeps the rest."""
    bench, rows = measured
    monkeypatch.setattr("isogloss.measuring.corpora.embed", None)
    again = StudyMeasure(
        study=bench.study, store=bench.store, data=bench.data, find=find, measures=bench.measures, limit=40
    )
    assert measure_all(again, quiet=True) == 0
    more = StudyMeasure(
        study=bench.study, store=bench.store, data=bench.data, find=find, measures=chosen("jensen_shannon"), limit=40
    )
    added = measure_all(more, quiet=True)
    assert added > 0
    assert len(bench.store.divergences("small")) == len(rows) + added


def test_no_row_depends_on_what_was_measured_before(
    measured: tuple[StudyMeasure, list[Divergence]], tmp_path: Path
) -> None:
    """Each part measured by a process of its own, the last one first, gives every number of one that did all in order:
    what a kill leaves is gone on with to the bit, noise floors included."""
    bench, rows = measured
    apart = Store(tmp_path / "store")
    for part in reversed(pairings_of(bench.study)):
        alone = StudyMeasure(
            study=bench.study, store=apart, data=bench.data, find=find, measures=bench.measures, limit=bench.limit,
            characters=bench.characters,
        )  # fmt: skip
        alone.run(part, lambda *_: None)
    assert sum(row.null is not None and row.version == "centred" for row in rows) > 10
    assert apart.divergences("small") == rows


def test_a_row_outside_its_bounds_is_measured_anew(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """What an older version kept, such as MMD² of 1e25, is no value: what can be measured is, the rest goes."""
    bench, rows = measured
    part = next(each for each in pairings_of(bench.study) if (each.intermediate, each.target.task) == ("", "world_nli"))
    kept = bench.store.divergences("small", part.name)
    wrong = [replace(row, value=3.0) if row.measure == "mexa" and row.version == "raw" else row for row in kept]
    gone = replace(kept[0], measure="proxy_a_distance", value=1e25, data="")  # no row of this part
    bench.store.save_divergences("small", part.name, [*wrong, gone])
    again = StudyMeasure(
        study=bench.study, store=bench.store, data=bench.data, find=find, measures=bench.measures, limit=40
    )
    assert again.run(part, lambda *_: None) == 1
    assert sorted(bench.store.divergences("small", part.name), key=repr) == sorted(kept, key=repr)
    assert len(bench.store.divergences("small")) >= len(rows)


def test_a_part_that_a_kill_left_out_of_the_list_is_noted_by_the_next_measure(
    measured: tuple[StudyMeasure, list[Divergence]],
) -> None:
    """Killed between a part and the list of parts, the same command measures nothing and completes the list."""
    bench, _ = measured
    path = bench.store.at.divergences("small")
    before = bench.store.held(path)
    assert before
    bench.store._keep(path / ".held.json", {"holds": before[1:]})
    assert bench.store.held(path) == before[1:]
    assert measure_all(bench, quiet=True) == 0
    assert bench.store.held(path) == before


def test_saturation_is_said_and_not_sold_as_a_finding(measured: tuple[StudyMeasure, list[Divergence]]) -> None:
    """A raw proxy A-distance at its ceiling is marked in the row and in the notes below the table."""
    rows = [row for row in measured[1] if row.measure == "proxy_a_distance"]
    assert all(("saturated" in row.note) == (row.value >= 1.9) for row in rows)
    full = [row for row in rows if row.version == "raw" and row.language != "en" and row.value >= 1.9]
    assert any("no finding" in line for line in said.notes(rows, {})) == bool(full)


def test_the_verb_prints_a_line_per_measure_and_rows_as_json(
    measured: tuple[StudyMeasure, list[Divergence]], capsys: pytest.CaptureFixture[str]
) -> None:
    """`isogloss measure STUDY` on a store that has everything prints it and computes nothing."""
    root = str(measured[0].store.root)
    options = ["measure", "small", "--store", root, "--data", str(measured[0].data), "--limit", "40", "--quiet"]
    assert main([*options, "--measures", "frechet,jaccard"]) == 0
    shown = capsys.readouterr().out
    assert "frechet" in shown
    assert "by chance" in shown
    assert main([*options, "--measures", "jaccard", "--json"]) == 0
    assert '"measure": "jaccard"' in capsys.readouterr().out


def test_gradients_of_the_same_texts_in_two_languages_are_two(xlmr: Path) -> None:
    """Each language's are those of its own adapter, also where a test repeats its English."""
    encoder = adapted(xlmr, "en", "de")
    view = reference(encoder)
    texts = [(f"{word} leaves at seven", "") for word in ("ferry", "bakery", "bees", "school")]
    bench = SimpleNamespace(_gradients={}, encoder=encoder, view=view)
    found = []
    for code in ("en", "de"):
        same = Collection(name="topics", language=code, ids=("1", "2", "3", "4"), texts=tuple(texts))
        vectors = embed(adapted(xlmr, code), [first for first, _ in texts], [view], lambda *_: None)[view]
        corpus = Corpus(name="topics", language=code, vectors=vectors, labels=np.array([0, 1, 0, 1]))
        found.append(StudyMeasure._fisher(bench, same, corpus))  # type: ignore[arg-type]
        assert corpus.labels is not None
        alone = fisher(adapted(xlmr, code), texts, corpus.labels, vectors, view)
        assert np.allclose(found[-1], alone)
    assert not np.allclose(found[0], found[1])
