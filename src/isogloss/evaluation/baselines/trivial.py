"""What a task gives away without a model: answers that every result is shown next to.

    majority         the label (tag, index of a choice) that the English training data has most often
    words            classification of one text: logistic regression on its English bag of words
    hypothesis-only  classification of a pair: the same on the second text alone
    overlap          a pair: logistic regression on how much the two texts share, learned in English
                     a choice: the one that shares the largest part of its words with the prompt
                     a question: the sentence of the context that shares most words with it
                     retrieval: the candidate with the most similar character trigrams
    longest          the longest choice
    lexicon          each word's most frequent English tag; an unknown word's by its shape
    no-answer        questions that may have no answer: there is none

A baseline that learns needs the English training task; without one it is left out. All are deterministic.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from isogloss.core import cut
from isogloss.core.errors import SpecError
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging
from isogloss.core.languages import ENGLISH
from isogloss.core.score import Score
from isogloss.core.task import Task, data_hash
from isogloss.core.texts import normal, sentences
from isogloss.core.typing import Float, np
from isogloss.evaluation.baselines.linear import Bag, Logistic
from isogloss.evaluation.scoring import gold_of, score
from isogloss.evaluation.words import trigrams, words
from isogloss.store.predictions import Predictions

VERSION = 2
"""Raised whenever a baseline's answers change, so that a store makes them again.

2: words in their normal form; of large training files an even part; of a retrieval's part every answer."""
LEARNED_FROM = 100_000
"""Training examples a baseline learns from, at most: evenly spread, since files may be sorted by class."""
DEPTH = 20
"""Candidates kept per query."""

BASELINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "classification": ("majority", "words", "hypothesis-only", "overlap"),
        "tagging": ("majority", "lexicon"),
        "span": ("overlap", "no-answer"),
        "choice": ("majority", "longest", "overlap"),
        "retrieval": ("overlap",),
    }
)
"""Task type → names that `baselines` may give, so that a store can be asked for them."""

LEARN = ("classification", "tagging")
"""Task types all of whose baselines learn from English training data; of the others only "majority" does."""

Answers = Callable[[Sequence[Any]], list[Any]]
"""Examples of one language → a prediction for each."""


def baselines(
    task: Task, train: Task | None, *, split: str, languages: Sequence[str], limit: int, data: Path
) -> dict[str, tuple[Predictions, list[Score]]]:
    """Name → predictions and scores of every baseline that fits the task.

    `train` is the English task whose training split teaches; `limit` keeps the first examples of each language,
    0 all. Raises DataError for missing files and SpecError for a task type without baselines.
    """
    if task.type not in BASELINES:
        raise SpecError(
            f"task '{task.name}' of type '{task.type}' has no baselines; there are some for {', '.join(BASELINES)}."
        )
    taught = cut.spread(train.training(data, (ENGLISH,), 0), LEARNED_FROM) if train and train.type == task.type else []
    if task.type == "retrieval":
        tests = {language: cut.sides(task.examples(data, split, language), limit) for language in languages}
        answered = {"overlap": Predictions.joined(_retrieved(*tests[language], language) for language in languages)}
        shown: dict[str, Sequence[Example]] = {code: [*one, *two] for code, (one, two) in tests.items()}
    else:
        shown = {language: task.examples(data, split, language)[: limit or None] for language in languages}
        answered = {
            name: Predictions.joined(
                _answered(answers(examples), examples, language) for language, examples in shown.items()
            )
            for name, answers in _answers(task.type, taught, shown).items()
        }
    hashes = {language: data_hash(examples) for language, examples in shown.items()}
    return {
        name: (predictions, score(predictions, task, run=name, split=split, data_hash=hashes))
        for name, predictions in answered.items()
    }


def _answers(kind: str, taught: Sequence[Any], shown: Mapping[str, Sequence[Any]]) -> dict[str, Answers]:
    match kind:
        case "classification":
            return _classification(taught)
        case "tagging":
            return _tagging(taught)
        case "choice":
            return _choice(taught)
        case _:
            makers: dict[str, Answers] = {"overlap": _sentence}
            if not all(item.answerable for items in shown.values() for item in items):
                makers["no-answer"] = _always("")
            return makers


def _classification(taught: Sequence[Classification]) -> dict[str, Answers]:
    taught = [item for item in taught if item.label is not None]
    if not taught:
        return {}
    labels = [str(item.label) for item in taught]
    makers = {"majority": _always(_most_frequent(labels))}
    if all(item.text_pair is None for item in taught):
        return makers | {"words": _bag(taught, labels, lambda item: item.text)}
    shared = Logistic(_shared(taught), labels)
    makers["hypothesis-only"] = _bag(taught, labels, lambda item: item.text_pair or "")
    makers["overlap"] = lambda items: shared.predict(_shared(items))
    return makers


def _bag(taught: Sequence[Classification], labels: list[str], side: Callable[[Classification], str]) -> Answers:
    texts = [words(side(item)) for item in taught]
    bag = Bag(texts)
    model = Logistic(bag.rows(texts), labels)
    usual = _most_frequent(labels)

    def answers(items: Sequence[Classification]) -> list[str]:
        rows = bag.rows([words(side(item)) for item in items])
        silent = rows.getnnz(axis=1) == 0  # not one English word: nothing to go by
        return [usual if mute else label for mute, label in zip(silent, model.predict(rows), strict=True)]

    return answers


def _shared(items: Sequence[Classification]) -> Float[np.ndarray, "n 4"]:
    """Which part of each text is in the other, by words and by character trigrams."""
    rows = []
    for item in items:
        sides = [(set(words(text)), trigrams(text)) for text in (item.text, item.text_pair or "")]
        rows.append([_part(sides[a][kind], sides[b][kind]) for kind in (0, 1) for a, b in ((0, 1), (1, 0))])
    return np.array(rows)


def _part(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one) if one else 0.0


def _tagging(taught: Sequence[Tagging]) -> dict[str, Answers]:
    pairs = [(word, tag) for item in taught if item.tags for word, tag in zip(item.tokens, item.tags, strict=True)]
    if not pairs:
        return {}
    usual = _most_frequent(tag for _, tag in pairs)
    pairs = [(normal(word), tag) for word, tag in pairs]
    seen = Counter(word for word, _ in pairs)
    by_word = _usual((word, tag) for word, tag in pairs)
    by_lower = _usual((word.lower(), tag) for word, tag in pairs)
    by_shape = _usual((_shape(word), tag) for word, tag in pairs if seen[word] == 1)  # they stand for unknown words

    def tag_of(token: str) -> str:
        word = normal(token)
        return by_word.get(word) or by_lower.get(word.lower()) or by_shape.get(_shape(word), usual)

    return {
        "majority": lambda items: [[usual] * len(item.tokens) for item in items],
        "lexicon": lambda items: [[tag_of(word) for word in item.tokens] for item in items],
    }


def _usual(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, tag in pairs:
        counts[key][tag] += 1
    return {key: _most_frequent(tags) for key, tags in counts.items()}


def _shape(word: str) -> str:
    if any(letter.isdigit() for letter in word):
        return "digit"
    if not any(letter.isalpha() for letter in word):
        return "mark"
    return "capital" if word[0].isupper() else "letters"


def _choice(taught: Sequence[Choice]) -> dict[str, Answers]:
    found: dict[str, Answers] = {
        "longest": lambda items: [_first_best([len(text) for text in item.choices]) for item in items],
        "overlap": lambda items: [
            _first_best([_part(set(words(text)), set(words(item.prompt))) for text in item.choices]) for item in items
        ],
    }
    labels = [item.label for item in taught if item.label is not None]
    return {"majority": _always(_most_frequent(labels))} | found if labels else found


def _sentence(items: Sequence[Span]) -> list[str]:
    return [_closest(item.question, [*sentences(item.context)] or [item.context]) for item in items]


def _closest(question: str, pieces: list[str]) -> str:
    asked = set(words(question))
    return pieces[_first_best([len(asked & set(words(piece))) for piece in pieces])]


def _retrieved(queries: list[Passage], candidates: list[Passage], language: str) -> Predictions:
    """Nearest candidates by cosine of character trigrams, each weighted by how rare it is among the candidates."""
    near = _similar([item.text for item in queries], [item.text for item in candidates])
    by_key: dict[str, list[str]] = defaultdict(list)
    for item in candidates:
        for key in item.keys:
            by_key[key].append(item.id)
    return Predictions(
        language=[language] * len(queries),
        id=[item.id for item in queries],
        prediction=[
            {"ids": [candidates[column].id for column in columns], "scores": scores} for columns, scores in near
        ],
        gold=[sorted({name for key in item.keys for name in by_key[key]}) for item in queries],
        confidence=[None] * len(queries),
    )


def _similar(queries: Sequence[str], candidates: Sequence[str]) -> list[tuple[list[int], list[float]]]:
    from scipy.sparse import diags

    pieces = [sorted(trigrams(text)) for text in candidates]
    bag = Bag(pieces, least=1)
    known = bag.rows(pieces)
    rarity = diags(np.log((1 + len(pieces)) / (1 + np.asarray(known.sum(axis=0)).ravel())) + 1)
    right = _unit_rows(known @ rarity)
    left = _unit_rows(bag.rows([sorted(trigrams(text)) for text in queries]) @ rarity)
    ranked = []
    for start in range(0, len(queries), 1024):
        block = (left[start : start + 1024] @ right.T).toarray()
        order = np.argsort(-block, axis=1, kind="stable")[:, :DEPTH]
        ranked += [(row.tolist(), block[at, row].tolist()) for at, row in enumerate(order)]
    return ranked


def _unit_rows(rows: Any) -> Any:
    from scipy.sparse import diags

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags(1 / np.maximum(lengths, 1e-12)) @ rows


def _answered(values: list[Any], examples: Sequence[Example], language: str) -> Predictions:
    return Predictions(
        language=[language] * len(examples),
        id=[example.id for example in examples],
        prediction=values,
        gold=[gold_of(example) for example in examples],
        confidence=[None] * len(examples),
    )


def _always(label: Any) -> Answers:
    return lambda items: [label] * len(items)


def _most_frequent(labels: Any) -> Any:
    """The label seen most often; of equals the smallest, so that the order of the data does not matter."""
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


def _first_best(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)
