"""Gold-labelled families: balanced, decidable, and not to be guessed from half of the input."""

from collections import Counter

import numpy as np
import pytest

from isogloss.core.examples import Choice, Classification
from isogloss.worlds import choice, context, hypernym, nli, odd, paraphrase, qa, retrieval, tagging, topic
from isogloss.worlds.concepts import HYPERNYM, NOUN, STOP, VERB
from isogloss.worlds.language import Language
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import DEFAULT, World

CODES = DEFAULT.codes


def guess(texts: list[str], labels: list[object]) -> float:
    """Accuracy on held-out examples of a linear classifier on single words and pairs of words (scikit-learn)."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    features = CountVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", lowercase=False).fit_transform(texts)
    cut = len(labels) * 3 // 4
    model = LogisticRegression(C=0.1, max_iter=300).fit(features[:cut], labels[:cut])
    return float(model.score(features[cut:], labels[cut:]))


@pytest.mark.parametrize("family", [nli, paraphrase, hypernym, context])
@pytest.mark.parametrize("side", ["text", "text_pair"])
def test_half_a_pair_tells_little(family, side: str) -> None:
    """Neither sentence alone gives the label away: a classifier of words stays near chance."""
    examples = list(family.examples(DEFAULT, "train", "en"))
    found = guess([getattr(item, side) for item in examples], [item.label for item in examples])
    assert found < family.FAMILY.chance + 0.1


def test_choices_alone_tell_nothing() -> None:
    """The consequence cannot be guessed from the two choices without the prompt."""
    examples = list(choice.examples(DEFAULT, "train", "en"))
    assert guess(["|".join(item.choices).replace(" ", "1 ") for item in examples], [i.label for i in examples]) < 0.57


def test_topics_can_be_told_from_words() -> None:
    """Topics are decidable: a linear classifier of words tells most of them."""
    examples = list(topic.examples(DEFAULT, "train", "en"))
    assert guess([item.text for item in examples], [item.label for item in examples]) > 0.85


@pytest.mark.parametrize("family", [nli, paraphrase, hypernym, topic, choice, odd, context])
@pytest.mark.parametrize("split", ["train", "test"])
def test_labels_are_balanced(family, split: str) -> None:
    """No label is much rarer than another."""
    counts = Counter(item.label for item in family.examples(DEFAULT, split, "en"))
    assert min(counts.values()) > 0.6 * max(counts.values())


@pytest.mark.parametrize("family", [nli, paraphrase, hypernym, topic, choice, context])
def test_tests_are_parallel(family) -> None:
    """The same item in every language of the default world, with the same label."""
    golds = [[(item.id, item.label) for item in family.examples(DEFAULT, "test", code)] for code in CODES]
    assert all(gold == golds[0] for gold in golds)


def test_nli_by_hand(read) -> None:
    """Read off the words: entailments repeat or generalise, and only contradictions with one verb pair oppose it."""
    verbs = {label: Counter() for label in nli.LABELS}
    for item in nli.examples(DEFAULT, "test", "en"):
        premise, hypothesis = read(DEFAULT, item.text), read(DEFAULT, item.text_pair)
        verbs[item.label][premise[1] == hypothesis[1], premise[1] == hypothesis[1] ^ 1] += 1
        if item.label == "entailment":
            assert set(hypothesis[3]) <= set(premise[3])
            assert set(hypothesis[4]) <= set(premise[4])
    assert set(verbs["entailment"]) == set(verbs["neutral"]) == {(True, False)}
    assert set(verbs["contradiction"]) == {(True, False), (False, True)}


def test_paraphrases_say_the_same(read) -> None:
    """ "same" pairs read alike up to synonyms, "different" ones never; the words are never all the same."""
    for item in paraphrase.examples(DEFAULT, "test", "en"):
        assert (read(DEFAULT, item.text) == read(DEFAULT, item.text_pair)) == (item.label == "same")
        assert item.text != item.text_pair


def test_hypernym_pairs_share_no_content_word() -> None:
    """Premise and hypothesis have nothing in common but the full stop."""
    for item in hypernym.examples(DEFAULT, "test", "x3"):
        assert set(item.text.split()) & set(item.text_pair.split()) == {"."}


def test_hypernym_labels_follow_the_categories() -> None:
    """Entailed exactly where each noun belongs to the category named, read off the words."""
    form = speaker(DEFAULT, "en").words.tolist()
    concept = {word: index for index, word in enumerate(form)}
    for item in hypernym.examples(DEFAULT, "test", "en"):
        nouns = [concept[word] for word in item.text.split() if concept[word] < HYPERNYM]
        names = [concept[word] - HYPERNYM for word in item.text_pair.split() if HYPERNYM <= concept[word] < VERB]
        entailed = [(noun - NOUN) // 6 for noun in nouns[:2]] == names
        assert entailed == (item.label == "entailment")


@pytest.mark.parametrize("code", CODES)
def test_answers_stand_in_their_context(code: str) -> None:
    """Every answer is whole tokens at its offset, and the question does not contain it."""
    for item in qa.examples(DEFAULT, "test", code):
        start, answer = item.starts[0], item.answers[0]
        assert item.context[start : start + len(answer)] == answer
        assert f" {answer} " in f" {item.context} "
        assert f" {answer} " not in f" {item.question} "


def test_answers_are_the_right_ones(read) -> None:
    """The answer is in that sentence of the context whose verb and other participants the question repeats."""
    form = speaker(DEFAULT, "en").words.tolist()
    right = 0
    for item in qa.examples(DEFAULT, "test", "en"):
        both = [f"{part} ." for part in item.context.removesuffix(" .").split(" . ")]
        holder = int(item.starts[0] > len(both[0]))
        asked = set(item.question.split())
        shared = [len(asked & set(sentence.split())) for sentence in both]
        verbs = [read(DEFAULT, sentence)[1] for sentence in both]
        said = {(form.index(word) - VERB) // 4 for word in asked if VERB <= form.index(word) < VERB + 32}
        if verbs[0] // 2 != verbs[1] // 2:
            assert verbs[holder] // 2 in said
        right += shared[holder] >= shared[1 - holder]
    assert right / 400 > 0.85


def test_neither_sentence_is_likelier_to_answer() -> None:
    """The answer is in the first sentence half of the time."""
    first = [item.starts[0] < item.context.index(" . ") for item in qa.examples(DEFAULT, "train", "en")]
    assert np.mean(first) == pytest.approx(0.5, abs=0.03)


def test_names_are_tagged_by_what_surrounds_them() -> None:
    """Some surnames are person, organisation and place in turn; spans are well formed."""
    kinds: dict[str, set[str]] = {}
    for item in tagging.names(DEFAULT, "train", "en"):
        for before, tag, token in zip(("O", *item.tags), item.tags, item.tokens, strict=False):
            if tag.startswith("I-"):
                assert before[1:] == tag[1:]
            elif token[0].isupper():
                kinds.setdefault(token, set()).add(tag)
    assert any({"B-LOC", "B-ORG"} <= found or len(found) > 1 for found in kinds.values())
    assert set.union(*kinds.values()) == {"B-LOC", "B-ORG", "B-PER"}


def test_retrieval_goes_by_no_name_and_no_number() -> None:
    """Hard sentences have neither capitals nor digits; candidates are all different; keys pair them one to one."""
    items = list(retrieval.examples(DEFAULT, "test", "x2"))
    queries, candidates = items[:400], items[400:]
    assert all(word.islower() or word == "." for item in items for word in item.text.split())
    assert len({item.text for item in candidates}) == 400
    assert [item.keys for item in queries] == [item.keys for item in candidates]
    assert {item.language for item in candidates} == {"en"}


@pytest.mark.parametrize("dials", [{}, {"merge": 1.0}, {"relations": 0.5}])
def test_odd_ones_are_odd_in_the_language(dials: dict[str, float]) -> None:
    """Under every reading of its words, three of the four share a category and the answer does not."""
    world = World(name="w", languages=(Language(code="en"), Language(code="x", **dials)))
    teller = speaker(world, "x")
    senses: dict[str, set[int]] = {}
    for noun in range(HYPERNYM):
        senses.setdefault(teller.words[noun], set()).add(int(teller.relations.category[noun]))
    examples = list(odd.examples(world, "test", "x"))
    assert len(examples) > 40
    for item in examples:
        rest = [senses[word] for index, word in enumerate(item.choices) if index != item.label]
        kind = set.intersection(*rest)
        assert kind
        assert not kind & senses[item.choices[item.label or 0]]


def test_labels_differ_only_where_relations_do() -> None:
    """Merging words and moving usage changes no label of a pair that stays in the test."""
    dials = Language(code="x", cognates=0.3, merge=0.5, false_friends=0.5, register=1.0, order="SOV")
    world = World(name="w", languages=(Language(code="en"), dials))
    for family in (nli, paraphrase, hypernym, choice):
        english, other = (
            {item.id: item.label for item in family.examples(world, "test", code)} for code in world.codes
        )
        assert len(other) > 300
        assert all(english[name] == label for name, label in other.items())


def test_examples_are_of_their_type() -> None:
    """Punctuation ends every sentence and tokens are separated by single spaces."""
    for family in (nli, topic, choice):
        for item in family.examples(DEFAULT, "dev", "x4"):
            match item:
                case Classification():
                    texts = [item.text, item.text_pair or item.text]
                case Choice():
                    texts = [item.prompt, *item.choices]
            assert all(text.split(" ") == text.split() and text.endswith(" .") for text in texts)
    assert speaker(DEFAULT, "en").words[STOP] == "."


def test_contexts_share_one_noun_that_fits_both_or_one() -> None:
    """The object's form is the one noun both sentences share; "same" items need the verb's and adjective's meaning."""
    form = speaker(DEFAULT, "en").words.tolist()
    nouns = set(form[NOUN:HYPERNYM])
    verbs = set(form[VERB : VERB + 32])
    for item in context.examples(DEFAULT, "test", "en"):
        shared = set(item.text.split()) & set(item.text_pair.split())
        assert len(shared & nouns) == 1
        assert not shared & verbs


def test_contexts_use_the_words_that_the_language_merges() -> None:
    """Where a language colexifies all it can, the word in question is one that has two meanings there."""
    world = World(name="w", languages=(Language(code="en"), Language(code="x", cognates=0.3, merge=1.0)))
    words = Counter(speaker(world, "x").words[:HYPERNYM].tolist())
    for item in context.examples(world, "test", "x"):
        shared = set(item.text.split()) & set(item.text_pair.split()) & set(words)
        assert any(words[word] == 2 for word in shared)
