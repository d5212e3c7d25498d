"""evaluation/retrieval and evaluation/embedding: translations found by hidden states."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from isogloss.core.errors import DataError, IsoglossError, MetricError
from isogloss.core.examples import Example, Passage
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Source, Task
from isogloss.evaluation.retrieval.layers import evaluate
from isogloss.evaluation.retrieval.search import centre, seen
from isogloss.models.embedding import View, embed, reference, views
from isogloss.models.encoder import load

ENGLISH = ["the ferry leaves", "my neighbour keeps bees", "the bakery opens at eight", "bees behind the school"]


def pairs(_folder: Path, _split: str, language: str) -> Iterator[Example]:
    """The "translation" is the same sentence in language xx, and the next one's in yy."""
    for index, text in enumerate(ENGLISH):
        yield Passage(id=f"en-{index}", side="query", text=text, keys=(str(index),), language="en")
    for index, text in enumerate(ENGLISH):
        key = index if language == "xx" else (index + 1) % len(ENGLISH)
        yield Passage(id=f"{language}-{index}", side="candidate", text=text, keys=(str(key),), language=language)


def task(metric: str = "retrieval_accuracy") -> Task:
    source = Source(folder="", licence="ours", cite="ours", generated="tests")
    return Task(
        name="pairs", type="retrieval", title="", languages=("xx", "yy"), read=pairs, source=source, metrics=(metric,)
    )


def test_a_copy_is_found_and_a_mismatch_is_not(xlmr: Path, tmp_path: Path) -> None:
    """Identical sentences are each other's nearest under every view, margin and direction; shifted gold scores 0."""
    spec = RunSpec(encoder=Published(name=str(xlmr)))
    predictions, scores = evaluate(
        spec, folder=None, task=task(), split="test", languages=("xx", "yy"), limit=0, data=tmp_path,
        report=lambda *_: None,
    )  # fmt: skip
    cosine = [score for score in scores if "margin=cosine" in score.variant]
    assert {score.value for score in cosine if score.language == "xx"} == {1.0}
    assert {score.value for score in cosine if score.language == "yy"} == {0.0}
    assert len({score.variant for score in cosine if score.language == "xx"}) == 2 * 2 * 7  # centring, direction, views
    assert predictions.of("xx").prediction == [[f"xx-{index}"] for index in range(4)]
    assert predictions.of("yy").gold == [["yy-3"], ["yy-0"], ["yy-1"], ["yy-2"]]


def test_only_who_asks_is_perturbed(xlmr: Path, tmp_path: Path) -> None:
    """What is searched stays: each sentence is asked as its own copy, so only a changed query can miss. Both directions
    are there; a perturbation that changes no query leaves no score."""
    spec = RunSpec(encoder=Published(name=str(xlmr)))
    seen: list[list[Example]] = []

    def change(examples: Sequence[Example], _language: str) -> list[Example]:
        seen.append([*examples])
        return [dataclasses.replace(examples[0], text="sieben bees behind um acht"), *examples[1:]]

    about: dict[str, Any] = {"folder": None, "task": task(), "split": "test", "languages": ("xx",), "limit": 0,
                             "data": tmp_path, "report": lambda *_: None}  # fmt: skip
    predictions, scores = evaluate(spec, **about, change=change)
    assert [next(each.side for each in found) for found in seen] == ["query", "candidate"]
    assert {way.variant.rpartition("direction=")[2] for way in scores} == {"en-xx", "xx-en"}
    assert all(score.value in (0.75, 1.0) for score in scores if "margin=cosine" in score.variant)
    assert any(score.value == 0.75 for score in scores)
    assert predictions.prediction[1:] == [["xx-1"], ["xx-2"], ["xx-3"]]
    assert evaluate(spec, **about, change=lambda examples, _: [*examples])[1] == []


def test_vectors_are_the_means_of_plain_transformers_states(xlmr: Path) -> None:
    """Mean pooling averages unpadded states, specials included, of the layer it names."""
    encoder = load(xlmr)
    view, first = View(layer=2, pooling="mean"), View(layer=3, pooling="first")
    found = embed(encoder, ENGLISH, [view, first], lambda *_: None)
    tokenizer, plain = (
        AutoTokenizer.from_pretrained(xlmr),
        AutoModel.from_pretrained(xlmr, add_pooling_layer=False).eval(),
    )
    for index, text in enumerate(ENGLISH):
        with torch.inference_mode():
            states = plain(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
        np.testing.assert_allclose(found[view][index], states[2][0].mean(0).numpy(), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found[first][index], states[3][0, 0].numpy(), rtol=1e-4, atol=1e-6)


def test_the_reference_layer_is_where_the_paper_reads_it(xlmr: Path) -> None:
    """Hidden layer 14 of XLM-R Large's 24 (jiant's setting, SCIENCE §2); here 14/24 of 3 layers, rounded."""
    encoder = load(xlmr)
    assert reference(encoder) == View(layer=2, pooling="mean")
    assert reference(encoder) in views(encoder)
    assert View(layer=0, pooling="first") not in views(encoder)


def test_centring_subtracts_each_sides_own_mean() -> None:
    """After centring, a constant offset between two languages is gone."""
    vectors = np.random.default_rng(0).normal(size=(20, 5))
    np.testing.assert_allclose(centre(vectors, centred=True), centre(vectors + 7.0, centred=True), atol=1e-5)
    assert np.abs(centre(vectors, centred=False) - centre(vectors + 7.0, centred=False)).max() > 0.1


def test_a_text_without_subwords_is_named(xlmr: Path) -> None:
    """An empty sentence has no vector; the message says which one it is."""
    with pytest.raises(DataError, match="text 1"):
        embed(load(xlmr), ["bees", "  "], [View(layer=0, pooling="mean")], lambda *_: None)


def test_what_cannot_be_searched_is_refused(xlmr: Path, tmp_path: Path) -> None:
    """A task scored otherwise, and a run that is not there, are errors that say so."""
    here = RunSpec(encoder=Published(name=str(xlmr)))
    gone = here.then(Phase(stage="target", tasks=("x",), steps=1))
    for spec, metric, message in ((here, "accuracy", "map_at_20"), (gone, "retrieval_accuracy", "not there")):
        with pytest.raises(IsoglossError, match=message):
            evaluate(spec, folder=None, task=task(metric), split="test", languages=("xx",), limit=0, data=tmp_path,
                     report=lambda *_: None)  # fmt: skip


def collection(_folder: Path, _split: str, language: str) -> Iterator[Example]:
    """Two of four sentences have a partner that reads the same; one sentence stands twice."""
    sources = [*ENGLISH[:2], "a lantern hangs by the quay", ENGLISH[0]]
    for index, text in enumerate(sources):
        yield Passage(
            id=f"{language}-{index}", side="query", text=text, keys=(str(index),) * (index < 2), language=language
        )
    for index, text in enumerate([*ENGLISH[:2], "we bought a ladder and some rope"]):
        yield Passage(id=f"en-{index}", side="candidate", text=text, keys=(str(index),) * (index < 2), language="en")


def test_sentences_that_read_the_same_are_always_mined(xlmr: Path, tmp_path: Path) -> None:
    """Both gold pairs are found under every view: F1 is 1, or .8 (2 of 3 right) where a third pair scores as high."""
    mined = dataclasses.replace(task("bucc_best_f1"), read=collection)
    predictions, scores = evaluate(
        RunSpec(encoder=Published(name=str(xlmr))), folder=None, task=mined, split="test", languages=("xx",), limit=0,
        data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    values = [score.value for score in scores if "centred=no" in score.variant]
    assert all(value == pytest.approx(0.8) or value == 1.0 for value in values)
    assert len(values) == 7
    assert [row["ids"] for row in predictions.prediction][:2] == [["en-0"], ["en-1"]]
    assert predictions.prediction[3]["ids"] == []
    assert predictions.gold == [["en-0"], ["en-1"], [], []]


def test_one_pool_serves_the_questions_of_every_language(xlmr: Path, tmp_path: Path) -> None:
    """A question's relevant candidates lie in both languages; copies of its text come first, so mAP@20 is 1."""
    pooled = dataclasses.replace(task("map_at_20"), read=lambda _f, _s, language: [
        *(Passage(id=f"q-{language}-{n}", side="query", text=text, keys=(str(n),), language=language)
          for n, text in enumerate(ENGLISH)),
        *(Passage(id=f"c-{language}-{n}", side="candidate", text=text, keys=(str(n),), language=language)
          for n, text in enumerate(ENGLISH)),
    ])  # fmt: skip
    predictions, scores = evaluate(
        RunSpec(encoder=Published(name=str(xlmr))), folder=None, task=pooled, split="test", languages=("xx", "yy"),
        limit=0, data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    assert {(score.language, score.value) for score in scores if "centred=no" in score.variant} == {
        ("xx", 1.0),
        ("yy", 1.0),
    }
    assert predictions.gold[0] == ["c-xx-0", "c-yy-0"]
    assert len(predictions.prediction[0]) == 8


def tuned(folder: Path, split: str, language: str) -> Iterator[Example]:
    """The collection above for the test; dev has two sentences that read the same and both are gold."""
    if split == "test":
        yield from collection(folder, split, language)
        return
    for side, code in (("query", language), ("candidate", "en")):
        for index, text in enumerate(ENGLISH[2:]):
            yield Passage(id=f"{code}-{index}", side=side, text=text, keys=(str(index),), language=code)


def test_mined_pairs_are_also_scored_at_the_threshold_of_dev(xlmr: Path, tmp_path: Path) -> None:
    """Every pair of dev is gold, so its lowest margin is the threshold; of the test what reaches it is kept.

    F1 at it is computed by hand from the kept predictions, the score names the threshold and where it is from.
    """
    mined = dataclasses.replace(task("bucc_best_f1"), read=tuned, splits=("dev", "test"), tuned_on="dev")
    asked = {"folder": None, "task": mined, "languages": ("xx",), "limit": 0, "data": tmp_path}
    spec = RunSpec(encoder=Published(name=str(xlmr)))
    dev, only_best = evaluate(spec, split="dev", report=lambda *_: None, **asked)
    test, scores = evaluate(spec, split="test", report=lambda *_: None, **asked)
    assert {score.metric for score in only_best} == {"bucc_best_f1"}
    way = "pooling=mean centred=no margin=ratio threshold=dev"
    (found,) = [score for score in scores if score.variant == f"layer=2 {way}"]
    least = min(row["scores"][0] for row in dev.prediction)
    kept = [(row["ids"], gold) for row, gold in zip(test.prediction, test.gold, strict=True)
            if row["scores"] and row["scores"][0] >= least]  # fmt: skip
    right = sum(ids == gold for ids, gold in kept)
    assert (found.metric, found.threshold, found.value) == ("bucc_f1", least, 2 * right / (len(kept) + 2))
    best = {score.variant: score.value for score in scores if score.metric == "bucc_best_f1"}
    assert found.value <= best[f"layer=2 {way.replace('=dev', '=best')}"]
    assert f"|threshold=dev|least:{least:.6g}|" in found.signature


def test_mined_pairs_without_a_gold_file_are_predicted_and_not_scored(xlmr: Path, tmp_path: Path) -> None:
    """No gold pair at all means unlabelled: no score of 0 is invented."""
    blind = dataclasses.replace(task("bucc_best_f1"), read=lambda *asked: [
        dataclasses.replace(passage, keys=()) for passage in collection(*asked)
    ])  # fmt: skip
    predictions, scores = evaluate(
        RunSpec(encoder=Published(name=str(xlmr))), folder=None, task=blind, split="test", languages=("xx",), limit=0,
        data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    assert scores == []
    assert predictions.gold == [None] * 4


@pytest.mark.parametrize("noise", [0.0, 1e-8])
def test_a_collapsed_encoder_has_no_centred_view(noise: float) -> None:
    """Without their mean its vectors are rounding alone: that view has no row, the raw one and other views stand."""
    draw = np.random.default_rng(0)
    flat, fine = View(layer=1, pooling="mean"), View(layer=2, pooling="mean")
    same = (draw.standard_normal(16) + noise * draw.standard_normal((9, 16))).astype(np.float32)
    vectors = {flat: same, fine: draw.standard_normal((9, 16)).astype(np.float32)}
    found = [(view, centred, len(one), len(two)) for view, centred, one, two in seen(vectors, [flat, fine], 4)]
    assert found == [(flat, False, 4, 5), (fine, False, 4, 5), (fine, True, 4, 5)]


def test_vectors_that_are_not_numbers_find_nothing() -> None:
    """They are refused, with their place; a candidate at a distance of NaN is none."""
    view = View(layer=1, pooling="mean")
    vectors = np.ones((5, 3), dtype=np.float32)
    vectors[2, 1] = np.nan
    with pytest.raises(MetricError, match=r"vector 2 \(of 4\) has length nan"):
        list(seen({view: vectors}, [view], 4))
