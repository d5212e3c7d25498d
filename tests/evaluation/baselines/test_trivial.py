"""Trivial baselines on made-up tasks small enough to work out by hand, and against scikit-learn."""

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from isogloss.core.errors import SpecError
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.core.folder import load
from isogloss.core.task import Source, Task, data_hash
from isogloss.evaluation.baselines.linear import Bag, Logistic
from isogloss.evaluation.baselines.trivial import BASELINES, baselines
from isogloss.evaluation.words import trigrams, words
from loaded import after

HERE = Path()


def made_up(kind: str, train: list[Example], test: list[Example], **rest: object) -> Task:
    """A task whose English training data and German and English test are these lists."""

    def read(folder: Path, split: str, language: str) -> Iterator[Example]:
        del folder, language
        yield from train if split == "train" else test

    settings = {"labels": (), "metrics": ("accuracy",), "title": kind, "languages": ("en", "de")} | rest
    return Task(name="made_up", type=kind, read=read, source=Source(folder="", licence="", cite=""), **settings)  # type: ignore[arg-type]


def run(task: Task, *, train: bool = True, limit: int = 0) -> dict[str, tuple[list, dict[str, float]]]:
    """Baseline → its German predictions and its German scores."""
    found = baselines(task, task if train else None, split="test", languages=("en", "de"), limit=limit, data=HERE)
    assert set(found) <= set(BASELINES[task.type])
    return {
        name: (list(predictions.of("de").prediction), {one.metric: one.value for one in scores if one.language == "de"})
        for name, (predictions, scores) in found.items()
    }


def pair(name: int, text: str, other: str, label: str) -> Classification:
    return Classification(id=str(name), text=text, text_pair=other, label=label)


def test_the_hypothesis_alone_gives_labels_away() -> None:
    """Where "nobody" always means contradiction, hypothesis-only is right without the premise and majority is not."""
    train = [
        pair(n, "the dog ran", "nobody ran" if n % 3 else "somebody ran", "no" if n % 3 else "yes") for n in range(30)
    ]
    test = [pair(0, "a", "nobody slept", "no"), pair(1, "b", "somebody slept", "yes"), pair(2, "c", "niemand", "no")]
    found = run(made_up("classification", train, test, labels=("no", "yes")))
    assert found["majority"] == (["no"] * 3, {"accuracy": pytest.approx(2 / 3)})
    assert found["hypothesis-only"] == (["no", "yes", "no"], {"accuracy": 1.0})  # no known word: the majority


def test_overlap_learned_in_english_holds_in_another_script() -> None:
    """Equal texts are paraphrases in training; so they are in Thai, which has no spaces and shares no word."""
    train = [pair(n, f"w{n} x{n}", f"w{n} x{n}" if n % 2 else f"y{n} z{n}", "1" if n % 2 else "0") for n in range(40)]
    test = [pair(0, "แมวนอน", "แมวนอน", "1"), pair(1, "แมวนอน", "ฝูงหมู", "0")]
    assert run(made_up("classification", train, test, labels=("0", "1")))["overlap"] == (["1", "0"], {"accuracy": 1.0})


def test_one_text_is_judged_by_its_words() -> None:
    """Without a second text there is neither hypothesis nor overlap, but a bag of words."""
    train = [
        Classification(id=str(n), text="rain today" if n % 2 else "goal match", label="ab"[n % 2]) for n in range(9)
    ]
    test = [Classification(id="0", text="match!", label="a"), Classification(id="1", text="Rain.", label="b")]
    found = run(made_up("classification", train, test, labels=("a", "b")))
    assert set(found) == {"majority", "words"}
    assert found["words"] == (["a", "b"], {"accuracy": 1.0})


def test_the_lexicon_knows_words_then_lower_case_then_shapes() -> None:
    """ "Runs" as "runs"; an unknown number, mark, name and word as the training words seen once of that shape."""
    sentence = Tagging(
        id="t",
        tokens=("the", "dog", "runs", "the", "3", "!", "Ann", "quick"),
        tags=("DET", "NOUN", "VERB", "DET", "NUM", "PUNCT", "PROPN", "ADJ"),
    )
    more = [
        Tagging(id=str(n), tokens=("the", "dog", "runs", f"w{'abc'[n]}"), tags=("DET", "NOUN", "VERB", "NOUN"))
        for n in range(3)
    ]
    train = [sentence, *more]
    gold = ("DET", "VERB", "NUM", "PUNCT", "PROPN", "NOUN")
    test = [Tagging(id="0", tokens=("The", "Runs", "44", "?", "Bob", "katt"), tags=gold)]
    labels = ("DET", "NOUN", "VERB", "NUM", "PUNCT", "PROPN", "ADJ")
    found = run(made_up("tagging", train, test, labels=labels, metrics=("token_accuracy",)))
    assert found["lexicon"] == ([list(gold)], {"token_accuracy": 1.0})
    assert found["majority"] == ([["NOUN"] * 6], {"token_accuracy": pytest.approx(1 / 6)})


def test_choices() -> None:
    """Majority index, longest choice, and most overlap with the prompt; the first of equals."""
    train = [Choice(id=str(n), prompt="p", choices=("a", "b"), label=1) for n in range(3)]
    test = [Choice(id="0", prompt="the cat sat", choices=("a very long answer", "cat"), label=1)]
    found = run(made_up("choice", train, test))
    assert {name: values for name, (values, _) in found.items()} == {"majority": [1], "longest": [0], "overlap": [1]}


def test_an_answer_is_the_sentence_that_shares_most_words() -> None:
    """The question's words stand in the second sentence; where answers may be missing, saying nothing is scored too."""
    context = "It rained in Bergen. The tower was built in 1837, at 3.5 marks. Then it fell."
    test: list[Example] = [
        Span(id="0", context=context, question="When was the tower built?", answers=("1837",), starts=(44,)),
        Span(id="1", context=context, question="Who?", answerable=False),
    ]
    found = run(made_up("span", [], test, metrics=("squad2_exact_match+squad2_answer_f1",)), train=False)
    assert found["overlap"][0][0] == "The tower was built in 1837, at 3.5 marks."
    assert found["no-answer"][1] == {
        "squad2_exact_match+squad2_answer_f1": 0.5,
        "squad2_exact_match": 0.5,
        "squad2_answer_f1": 0.5,
    }


def test_retrieval_by_trigrams() -> None:
    """A cognate is found, gold comes from the shared keys, and scores stand beside the ids."""
    sides = [
        *(
            Passage(id=f"q{n}", side="query", text=text, keys=(str(n),))
            for n, text in enumerate(["the president", "music"])
        ),
        *(
            Passage(id=f"c{n}", side="candidate", text=text, keys=(str(n),))
            for n, text in enumerate(["der Präsident", "Musik"])
        ),
    ]
    found = run(made_up("retrieval", [], sides, metrics=("retrieval_accuracy",)), train=False)
    rankings, scores = found["overlap"]
    assert [ranking["ids"] for ranking in rankings] == [["c0", "c1"], ["c1", "c0"]]
    assert rankings[0]["scores"] == sorted(rankings[0]["scores"], reverse=True)
    assert scores == {"retrieval_accuracy": 1.0}


def test_only_baselines_that_need_no_teacher_stand_without_one() -> None:
    """Without an English training task nothing is learned, and nothing is guessed in its place."""
    test = [pair(0, "a", "b", "x")]
    assert run(made_up("classification", [], test, labels=("x",)), train=False) == {}
    choice = Choice(id="0", prompt="p", choices=("a", "b"), label=0)
    assert set(run(made_up("choice", [], [choice]), train=False)) == {"longest", "overlap"}


def test_scores_are_signed_like_those_of_runs() -> None:
    """The data hash is that of the very examples tested, after the limit; the run is the baseline's name."""
    test = [Choice(id=str(n), prompt="p", choices=("a", "bb"), label=n % 2) for n in range(4)]
    task = made_up("choice", test, test)
    found = baselines(task, None, split="test", languages=("de",), limit=3, data=HERE)
    (score,) = found["longest"][1]
    assert (score.run, score.task, score.split, score.language, score.n) == ("longest", "made_up", "test", "de", 3)
    assert score.data == data_hash(test[:3])


def test_pretraining_text_has_no_baselines() -> None:
    """The error says which task types have some."""
    with pytest.raises(SpecError, match="'text' has no baselines; there are some for classification"):
        run(made_up("text", [], [Text(id="0", text="x")]))


def test_the_regression_is_scikit_learns() -> None:
    """Same penalty, same optimum: equal predictions, and equal weights up to the optimisers' tolerance."""
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((300, 5))
    labels = [str(label) for label in (rows @ rng.standard_normal((5, 3))).argmax(axis=1)]
    theirs = LogisticRegression(C=1 / (1e-4 * 300), tol=1e-8, max_iter=5000).fit(rows, labels)
    ours = Logistic(rows, labels)
    assert ours.predict(rows) == theirs.predict(rows).tolist()
    slopes = ours.weights[:-1] - ours.weights[:-1].mean(axis=1, keepdims=True)
    assert np.abs(slopes.T - theirs.coef_).max() < 0.05 * np.abs(theirs.coef_).max()


def test_a_bag_leaves_out_rare_and_unknown_words() -> None:
    """A word seen in one text only has no column; a repeated one counts once."""
    bag = Bag([["a", "a", "b"], ["a", "c"], ["b"]])
    assert bag.rows([["a", "a", "c", "z"], ["b"], []]).toarray().tolist() == [[1, 0], [0, 1], [0, 0]]


def test_words_of_scripts_with_and_without_spaces() -> None:
    """Marks around words go; Chinese and Thai fall into characters; Hindi vowel signs stay with their word."""
    assert words("“The cat,” he said: 3.5!") == ["the", "cat", "he", "said", "3.5"]
    assert words("北京 is big。") == ["北", "京", "is", "big"]
    assert words("हिन्दी भाषा।") == ["हिन्दी", "भाषा"]
    assert trigrams("ab c") == {" ab", "ab ", "b c", " c "}


def test_words_do_not_depend_on_how_they_are_encoded() -> None:
    """Decomposed letters, joiners and full-width forms give the words of the plain text, and so its trigrams."""
    plain = "Cô ấy đến Hà Nội, ABC"
    other = normalize("NFD", "Cô ấy đến Hà Nội,").replace("Hà", "H\u200ca\u0300") + " ＡＢＣ"
    assert words(other) == words(plain) == ["cô", "ấy", "đến", "hà", "nội", "abc"]
    assert trigrams(other) == trigrams(plain)


def test_the_lexicon_knows_a_word_in_another_encoding() -> None:
    """Its tag is learned from composed letters and given to decomposed ones."""
    train: list[Example] = [Tagging(id="1", tokens=("Tür", "zu", "und"), tags=("NOUN", "ADV", "ADV"))]
    test: list[Example] = [Tagging(id="2", tokens=(normalize("NFD", "Tür"), "z\u00adu"), tags=("NOUN", "ADV"))]
    found = run(made_up("tagging", train, test, labels=("NOUN", "ADV"), metrics=("token_accuracy",)))
    assert found["lexicon"][0] == [["NOUN", "ADV"]]


@pytest.mark.real
def test_hypothesis_only_beats_chance_on_real_xnli_english(real: Path) -> None:
    """MultiNLI's hypotheses give labels away (Gururangan et al. 2018); German shares no words."""
    found = baselines(
        load("tasks", "xnli"), load("tasks", "mnli"), split="test", languages=("en", "de"), limit=600, data=real
    )
    values = {(name, score.language): score.value for name, (_, scores) in found.items() for score in scores}
    assert values["majority", "en"] == pytest.approx(1 / 3, abs=0.01)
    assert values["hypothesis-only", "en"] > 0.40
    assert abs(values["hypothesis-only", "de"] - 1 / 3) < 0.05
    assert values["overlap", "de"] > 0.38


def test_baselines_load_no_torch() -> None:
    """A worker that makes baselines alone starts in a fraction of the time."""
    _, modules = after("""
from pathlib import Path
from isogloss.core.folder import load
from isogloss.evaluation.baselines.trivial import baselines
for name in ("world_nli", "world_ner"):
    task = load("tasks", name)
    assert baselines(task, task, split="test", languages=("en", "x3"), limit=4, data=Path())
""")
    assert "isogloss.evaluation.baselines.trivial" in modules
    assert not {"torch", "transformers"} & modules
