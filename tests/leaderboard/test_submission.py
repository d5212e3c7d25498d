"""Submissions: what is written is read back and scored the same; what is broken is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError, MetricError, SpecError, StoreError, UnknownName
from isogloss.core.examples import Passage
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Source, Task
from isogloss.leaderboard.submission import score, submit
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store

SPEC = RunSpec(encoder=Published(name="xlm-r"), phases=(Phase(stage="target", tasks=("mnli",), steps=1),))
OTHER = SPEC.then(Phase(stage="target", tasks=("udpos",), steps=1))

ANSWERS: dict[str, tuple[list[Any], list[Any]]] = {
    "xnli": (["neutral", "entailment", "neutral"], ["neutral", "entailment", "contradiction"]),
    "udpos": ([["NOUN", "NOUN", "VERB", "VERB"], ["DET"]], [["NOUN", "NOUN", "NOUN", "VERB"], ["DET"]]),
    "panx": ([["B-LOC", "I-LOC"], ["O"]], [["B-LOC", "I-LOC"], ["B-PER"]]),
    "xquad": (["the black cat", "Oslo"], [["Cat"], ["Oslo", "in Oslo"]]),
    "mlqa": (["der Hund"], [["Hund"]]),
    "xcopa": ([0, 1], [0, 0]),
    "tatoeba": ([["de-0"], ["de-2"], ["de-2"]], [["de-0"], ["de-1"], ["de-2"]]),
    "mewslix": ([{"ids": ["Q2", "Q1"], "scores": [0.9, 0.8]}], [["Q1"]]),
    "lareqa": ([{"ids": ["a", "x", "b"], "scores": [3, 2, 1]}], [["a", "b"]]),
}
LANGUAGE = {"xcopa": "it", "lareqa": "de", "mewslix": "de"}


def rows(prediction: list[Any], gold: list[Any], language: str = "de", name: str = "q{}") -> Predictions:
    """One language's rows, ids numbered."""
    count = len(gold)
    return Predictions(
        language=[language] * count,
        id=[name.format(at) for at in range(count)],
        prediction=prediction,
        gold=gold,
        confidence=[None] * count,
    )


def save(store: Store, spec: RunSpec, task: str, found: Predictions, split: str = "test", key: str = "") -> None:
    """One evaluation of a finished run."""
    if not store.finished(spec.run_id):
        store.begin(spec)
        store.finish(spec, {"steps": 1, "seconds": 1.0})
    one = Score(run=spec.run_id, task=task, split=split, language="de", metric="m", value=0.5, n=1)
    store.save_evaluation(spec.run_id, key or f"{task}-{split}", found, [one], task=task, split=split)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One run tested on a task of every form."""
    made = Store(tmp_path / "store")
    for task, (found, gold) in ANSWERS.items():
        save(made, SPEC, task, rows(found, gold, LANGUAGE.get(task, "de")))
    return made


@pytest.fixture
def sides(tmp_path: Path, store: Store) -> tuple[Path, Path]:
    """Its submission and the labels beside it."""
    submit(store, tmp_path / "out", labels=tmp_path / "labels")
    return tmp_path / "out", tmp_path / "labels"


def put(folder: Path, name: str, text: str) -> None:
    """A file of a submission."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_submission_has_the_leaderboards_layout(sides: tuple[Path, Path]) -> None:
    """One label per line, blank lines between sentences, JSON of answers by id, JSON lines for XCOPA."""
    out, labels = sides
    assert (out / "xnli/test-de.tsv").read_text() == "neutral\nentailment\nneutral\n"
    assert (out / "udpos/test-de.tsv").read_text() == "NOUN\nNOUN\nVERB\nVERB\n\nDET\n"
    assert json.loads((out / "xquad/test-de.json").read_text()) == {"q0": "the black cat", "q1": "Oslo"}
    assert (out / "xcopa/test-it.jsonl").read_text() == '{"label": 0}\n{"label": 1}\n'
    assert (out / "tatoeba/test-de.tsv").read_text() == "0\n2\n2\n"
    assert json.loads((out / "mewslix/test-de.json").read_text()) == {"q0": ["Q2", "Q1"]}
    assert json.loads((labels / "mewslix/test-de.json").read_text()) == {"q0": ["Q1"]}
    assert sorted(path.name for path in out.iterdir()) == sorted(ANSWERS)


def test_what_was_written_scores_as_it_should(sides: tuple[Path, Path]) -> None:
    """Both rules: UD-POS F1 1/3 by runs but 4/5 of the tokens, German answers with and without their articles."""
    tasks = score(*sides)["tasks"]
    values = {task: facts["languages"][LANGUAGE.get(task, "de")]["scores"] for task, facts in tasks.items()}
    assert values["xnli"] == {"accuracy": pytest.approx(2 / 3)}
    assert values["udpos"] == {"run_f1": pytest.approx(1 / 3), "token_accuracy": pytest.approx(4 / 5)}
    assert values["panx"] == {"span_f1": pytest.approx(2 / 3)}
    assert values["xquad"]["exact_match+answer_f1"] == pytest.approx((0.5 + (2 / 3 + 1) / 2) / 2)
    assert values["xquad"]["mlqa_answer_f1"] == pytest.approx((0.5 + 1) / 2)  # "the" is no German article
    assert values["mlqa"]["mlqa_exact_match"] == 1.0
    assert values["xcopa"] == {"accuracy": 0.5}
    assert values["tatoeba"] == {"retrieval_accuracy": pytest.approx(2 / 3)}
    assert values["mewslix"] == {"mrr_at_20": 0.5}
    assert values["lareqa"] == {"map_at_20": pytest.approx(5 / 6)}
    assert tasks["udpos"]["official"] == {"metric": "run_f1", "mean": pytest.approx(1 / 3), "languages": 1}
    assert tasks["udpos"]["corrected"]["metric"] == "token_accuracy"


def test_averages_over_missing_cells_are_refused_or_marked(sides: tuple[Path, Path]) -> None:
    """One language is no XTREME score; a partial one says how many cells it lacks. Reasons stand beside both."""
    found = score(*sides)
    assert "cells have no score" in found["averages"]["xtreme"]["official"]["refused"]
    assert set(found["why"]) == {"udpos", "xquad", "mewslix"}
    partial = score(*sides, partial=True)["averages"]["xtreme_r"]
    assert partial["official"]["total"]["cells"] == 9
    assert partial["official"]["total"]["missing"] > 100
    assert partial["corrected"]["total"]["value"] > partial["official"]["total"]["value"]
    assert json.loads(json.dumps(found)) == found


def test_xtremes_own_bucc_mock_scores_as_it_says(tmp_path: Path) -> None:
    """Five of ten German pairs are right on both sides: F1 1/2 (google-research/xtreme, mock_test_data, bucc2018)."""
    right = [
        ("413503", "296187"),
        ("413582", "336047"),
        ("413632", "240614"),
        ("413761", "45799"),
        ("413869", "138555"),
    ]
    wrong = ["367951", "91985", "339402", "184053", "92032"]
    gold = ["91985", "367951", "92032", "339402", "184053"]
    for side, others in (("out", wrong), ("labels", gold)):
        pairs = [*right, *zip(("413461", "413482", "413487", "413732", "413744"), others, strict=True)]
        put(tmp_path / side, "bucc2018/test-de.tsv", "".join(f"de-{one}\ten-{two}\n" for one, two in pairs))
    cell = score(tmp_path / "out", tmp_path / "labels")["tasks"]["bucc2018"]["languages"]["de"]
    assert cell["scores"] == {"bucc_f1": 0.5}
    assert cell["n"] == 10


def test_mined_pairs_take_their_threshold_from_dev(tmp_path: Path) -> None:
    """The best threshold on dev lies between 1.2 and 1.1; on test it keeps one pair of two. Without dev, an error."""
    store = Store(tmp_path / "store")
    test = [{"ids": ["en-1"], "scores": [1.3]}, {"ids": ["en-2"], "scores": [1.05]}]
    save(store, SPEC, "bucc2018", rows(test, [["en-1"], []]))
    with pytest.raises(UnknownName, match=r"bucc2018 \(dev\)"):
        submit(store, tmp_path / "out")
    dev = [{"ids": ["en-7"], "scores": [1.2]}, {"ids": ["en-8"], "scores": [1.1]}]
    save(store, SPEC, "bucc2018", rows(dev, [["en-7"], []]), split="dev")
    submit(store, tmp_path / "out")
    assert (tmp_path / "out/bucc2018/test-de.tsv").read_text() == "q0\ten-1\n"


def test_tatoeba_is_written_in_xtremes_order(tmp_path: Path) -> None:
    """XTREME sorts the English side by character codes, repeated sentences in file order; the rows stay German ones."""
    english = ["b.", "a.", "Z."]
    sides = [Passage(id=f"q{at}", side="query", text=text, keys=(str(at),)) for at, text in enumerate(english)]
    task = Task(
        name="tatoeba",
        type="retrieval",
        title="t",
        languages=("de",),
        read=lambda *_: sides,
        source=Source(folder="", licence="", cite=""),
        splits=("test",),
    )
    store = Store(tmp_path / "store")
    found, gold = ANSWERS["tatoeba"]
    save(store, SPEC, "tatoeba", rows(found, gold))
    submit(store, tmp_path / "out", labels=tmp_path / "labels", find_task=lambda _: task, data=tmp_path)
    assert (tmp_path / "labels/tatoeba/test-de.tsv").read_text() == "2\n1\n0\n"
    assert (tmp_path / "out/tatoeba/test-de.tsv").read_text() == "2\n2\n0\n"


def test_a_submission_is_one_system(tmp_path: Path, store: Store) -> None:
    """Two runs tested on one task: the error names both; naming one, by how it begins, settles it."""
    save(store, OTHER, "xnli", rows(*ANSWERS["xnli"]))
    with pytest.raises(StoreError, match=f"xnli .* was tested 2 times, by: .*{SPEC.run_id}"):
        submit(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    written = submit(store, tmp_path / "out", runs=[OTHER.run_id[:6]])
    assert written == {"xnli": {"run": OTHER.run_id, "split": "test", "languages": ["de"], "examples": 3}}
    with pytest.raises(StoreError, match="no run that begins with 'zz'"):
        submit(store, tmp_path / "out", runs=["zz"])


def test_baselines_are_submitted_only_when_named(tmp_path: Path) -> None:
    """The majority's predictions lie in the store too; they are no system unless asked for."""
    store = Store(tmp_path / "store")
    one = Score(run="majority", task="xnli", split="test", language="de", metric="accuracy", value=0.3, n=3)
    store.save_evaluation("majority", "k", rows(*ANSWERS["xnli"]), [one], task="xnli", split="test")
    with pytest.raises(StoreError, match="no test predictions for a task of the leaderboard"):
        submit(store, tmp_path / "out")
    assert set(submit(store, tmp_path / "out", runs=["majority"])) == {"xnli"}


def test_a_missing_answer_is_an_error_unless_it_may_count_as_wrong(sides: tuple[Path, Path]) -> None:
    """The official script counts it as wrong and prints a line; so does `lenient`, with the number beside the score."""
    out, labels = sides
    put(out, "xquad/test-de.json", json.dumps({"q1": "Oslo", "zz": "?"}))
    with pytest.raises(MetricError, match=r"test-de\.json: no prediction for 1 of 2 ids, such as 'q0'"):
        score(out, labels)
    cell = score(out, labels, lenient=True)["tasks"]["xquad"]["languages"]["de"]
    assert (cell["missing"], cell["unknown"], cell["n"]) == (1, 1, 2)
    assert cell["scores"]["exact_match"] == cell["scores"]["answer_f1"] == 0.5


def test_an_unknown_id_is_an_error(sides: tuple[Path, Path]) -> None:
    """A prediction for a question that is not asked points at the wrong file."""
    out, labels = sides
    put(out, "xquad/test-de.json", json.dumps({"q0": "a", "q1": "Oslo", "zz": "?"}))
    with pytest.raises(MetricError, match="1 unknown ids, such as 'zz'"):
        score(out, labels)


def test_an_id_given_twice_is_an_error(sides: tuple[Path, Path]) -> None:
    """JSON readers keep the last of two; here both are seen. The same holds for mined pairs."""
    out, labels = sides
    put(out, "xquad/test-de.json", '{"q0": "a", "q0": "b", "q1": "c"}')
    with pytest.raises(MetricError, match="the id 'q0' is there twice"):
        score(out, labels)
    put(out, "xquad/test-de.json", '{"q0": "a", "q1": "c"}')
    put(labels, "bucc2018/test-de.tsv", "de-1\ten-2\n")
    put(out, "bucc2018/test-de.tsv", "de-1\ten-2\nde-1\ten-2\n")
    with pytest.raises(MetricError, match="line 2: the pair de-1 en-2 is there twice"):
        score(out, labels)


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("xnli/test-de.tsv", "neutral\n", MetricError, r"1 predictions and .* 3 labels; give one for each"),
        ("udpos/test-de.tsv", "NOUN\n\nDET\n", MetricError, r"sentence 0 .* has 4 gold tags and 1 predicted"),
        ("xquad/test-de.json", '{"q0": "a", ', DataError, r"not JSON"),
        ("xquad/test-de.json", '{"q0": 3, "q1": "b"}', DataError, r"q0 is 3, expected text"),
        ("xcopa/test-it.jsonl", '{"label": 0}\n{"answer": 1}\n', DataError, r"line 2: label is missing"),
        ("mewslix/test-de.json", '{"q0": "Q1"}', DataError, r"expected a list"),
        ("xnli/test-de.tsv", "", DataError, r"it is empty"),
    ],
)
def test_broken_files_are_said(
    sides: tuple[Path, Path], name: str, text: str, error: type[Exception], said: str
) -> None:
    """Each error names the file and what was expected."""
    put(sides[0], name, text)
    with pytest.raises(error, match=said) as raised:
        score(*sides)
    assert name in str(raised.value)


def test_files_without_labels_are_listed(sides: tuple[Path, Path]) -> None:
    """A prediction that cannot be scored, and a file that is no part of the layout, are named, not dropped."""
    out, labels = sides
    put(out, "xnli/test-sw.tsv", "neutral\n")
    put(out, "xnli/notes.txt", "x")
    put(labels, "xnli/test-fr.tsv", "neutral\n")
    found = score(out, labels)
    assert found["ignored"] == ["xnli/notes.txt", "xnli/test-sw.tsv"]
    assert found["tasks"]["xnli"]["missing"] == ["fr"]


def test_nothing_in_common_is_an_error(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    """An empty folder and one that is not there."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(MetricError, match="no file in common"):
        score(sides[0], tmp_path / "empty")
    with pytest.raises(SpecError, match="is not a folder"):
        score(sides[0], tmp_path / "nowhere")


def test_blank_lines_and_windows_line_ends_are_harmless(sides: tuple[Path, Path]) -> None:
    """As in the official script; two blank lines part two sentences once."""
    out, labels = sides
    put(out, "udpos/test-de.tsv", "NOUN\r\nNOUN\r\nVERB\r\nVERB\r\n\r\n\r\nDET\r\n\r\n")
    assert score(out, labels)["tasks"]["udpos"]["languages"]["de"]["scores"]["token_accuracy"] == pytest.approx(0.8)


def test_a_study_decides_which_of_two_tests_of_a_run_is_meant(tmp_path: Path, store: Store) -> None:
    """A run tested again under another key is one system all the same when a saved study names one of the two."""
    found, gold = ANSWERS["xnli"]
    save(store, SPEC, "xnli", rows(found, gold, "de"), key="again")
    with pytest.raises(StoreError, match="tested 2 times"):
        submit(store, tmp_path / "refused")
    store.save_study("s", {"name": "s", "evaluations": [{"run": SPEC.run_id, "key": "again"}]})
    assert submit(store, tmp_path / "out")["xnli"]["languages"] == ["de"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "xnli/test-de.tsv",
            "neutral\nentailment\nneutrl\n",
            r"line 3: label 'neutrl' is not one of: entailment, neutral",
        ),
        ("xnli/test-de.tsv", "neutral\n\nneutral\n", r"line 2: label '' is not one of"),
        ("xnli/test-de.tsv", "neutral\nentailment\nNEUTRAL\n", r"line 3: label 'NEUTRAL' is not one of"),
        (
            "xnli/test-de.tsv",
            "a b\tneutral\n",
            r"line 1: 2 columns, 'a b\\tneutral'; expected a label alone on its line",
        ),
        ("panx/test-de.tsv", "Oslo\tB-LOC\nnow\tO\n", r"line 1: 2 columns, 'Oslo\\tB-LOC'; .*`cut -f2` keeps the last"),
        ("panx/test-de.tsv", "B-LOC\nI-LOC\n\nB-MISC\n", r"line 4: label 'B-MISC' is not one of: .*I-ORG"),
        ("panx/test-de.tsv", "de:Oslo B-LOC\n", r"line 1: label 'de:Oslo B-LOC' is not one of"),
        ("udpos/test-de.tsv", "NOUN\nNOUN\nVERB\nNN\n\nDET\n", r"line 4: label 'NN' is not one of: ADJ"),
        ("tatoeba/test-de.tsv", "0\n3\n1\n", r"line 2: '3' is not a row; expected a number from 0 to 2"),
        ("tatoeba/test-de.tsv", "0\n-1\n1\n", r"line 2: '-1' is not a row"),
        ("tatoeba/test-de.tsv", "0\nde-1\n1\n", r"line 2: 'de-1' is not a row"),
        ("tatoeba/test-de.tsv", "0\n1.0\n1\n", r"line 2: '1.0' is not a row"),
        (
            "xcopa/test-it.jsonl",
            '{"label": 0}\n{"label": 2}\n',
            r"line 2: label is 2, expected the number of a choice, 0",
        ),
        ("xcopa/test-it.jsonl", '{"label": -1}\n{"label": 0}\n', r"line 1: label is -1"),
        ("xcopa/test-it.jsonl", '{"label": true}\n{"label": 0}\n', r"line 1: label is true"),
        ("mewslix/test-de.json", '{"q0": ["Q2", "Q2"]}', r"'q0' ranks 'Q2' more than once"),
        ("mewslix/test-de.json", '{"q0": ["Oslo"]}', r"'q0' names 'Oslo', expected a WikiData entity like Q42"),
        ("lareqa/test-de.json", '{"q0": ["a", "b", "a"]}', r"'q0' ranks 'a' more than once"),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_what_a_task_does_not_allow_is_no_wrong_answer(
    sides: tuple[Path, Path], name: str, text: str, said: str, side: int
) -> None:
    """XTREME's label sets and ids hold on either side: another line is an error that names it, not a score of .000."""
    put(sides[side], name, text)
    with pytest.raises(DataError, match=said) as raised:
        score(*sides)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("en-2\tde-1\n", "line 1: the id 'en-2'; expected a foreign id and an English one, such as de-000000001"),
        ("de-1\ten-2\nfr-1\ten-3\n", "line 2: the id 'fr-1'"),
        ("de-1\ten-2\tx\n", "line 1: 3 columns, expected 2"),
        ("de-1\t7\n", "line 1: the id '7'"),
    ],
)
def test_mined_pairs_are_ids_of_both_sides(tmp_path: Path, text: str, said: str) -> None:
    """The foreign sentence first, then the English one, as BUCC numbers them: exchanged columns would score 0."""
    put(tmp_path / "labels", "bucc2018/test-de.tsv", "de-1\ten-2\n")
    put(tmp_path / "out", "bucc2018/test-de.tsv", text)
    with pytest.raises(DataError, match=said):
        score(tmp_path / "out", tmp_path / "labels")


def test_other_names_of_labels_and_numbers_are_taken_as_the_readers_take_them(sides: tuple[Path, Path]) -> None:
    """XNLI's translated MultiNLI writes `contradictory`; a row may have leading zeros."""
    put(sides[0], "xnli/test-de.tsv", "neutral\nentailment\ncontradictory\n")
    put(sides[0], "tatoeba/test-de.tsv", "00\n01\n02\n")
    tasks = score(*sides)["tasks"]
    assert tasks["xnli"]["languages"]["de"]["scores"] == {"accuracy": 1.0}
    assert tasks["tatoeba"]["languages"]["de"]["scores"] == {"retrieval_accuracy": 1.0}


def test_a_row_that_was_not_found_is_a_wrong_answer(sides: tuple[Path, Path]) -> None:
    """`submit` writes an empty line for a query without candidates; among labels it is an error."""
    put(sides[0], "tatoeba/test-de.tsv", "0\n\n2\n")
    cell = score(*sides)["tasks"]["tatoeba"]["languages"]["de"]
    assert (cell["scores"]["retrieval_accuracy"], cell["empty"]) == (pytest.approx(2 / 3), 1)
    put(sides[1], "tatoeba/test-de.tsv", "0\n\n2\n")
    with pytest.raises(DataError, match="line 2: '' is not a row"):
        score(*sides)


@pytest.mark.parametrize("name", ["lareqa/test-de.json", "mewslix/test-de.json"])
def test_a_question_without_a_right_candidate_is_no_label(sides: tuple[Path, Path], name: str) -> None:
    """An empty ranking is a wrong answer; among labels no answer could be right, and it would count as 0."""
    put(sides[0], name, '{"q0": []}')
    put(sides[1], name, '{"q0": []}')
    with pytest.raises(DataError, match=r"'q0' has no right candidate; these are not labels"):
        score(*sides)


def test_one_name_of_two_is_half_right(tmp_path: Path) -> None:
    """PAN-X with the tags alone: precision and recall 1/2, by hand."""
    put(tmp_path / "labels", "panx/test-de.tsv", "B-PER\nO\nB-LOC\n")
    put(tmp_path / "out", "panx/test-de.tsv", "B-PER\nO\nB-ORG\n")
    assert score(tmp_path / "out", tmp_path / "labels")["tasks"]["panx"]["official"]["mean"] == 0.5


def test_question_answering_has_both_means_beside_the_one_that_counts(sides: tuple[Path, Path]) -> None:
    """XQuAD by SQuAD's rule: EM (0 + 1) / 2, F1 (2/3 + 1) / 2, and what counts is their mean."""
    official = score(*sides)["tasks"]["xquad"]["official"]
    assert official["parts"] == {"exact_match": 0.5, "answer_f1": pytest.approx(5 / 6)}
    assert official["mean"] == pytest.approx((0.5 + 5 / 6) / 2)
