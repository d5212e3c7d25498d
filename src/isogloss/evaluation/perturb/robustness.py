"""Perturbed test examples: the same questions, written less well.

Every example has a random stream of its own, named by the perturbation, the language and the example's id: what
becomes of it depends on nothing else, so that all runs are tested on the same perturbed test. Gold answers never
change: a tagged sentence keeps a tag for each token, and the answers of a question stay in its context as they are.

A rate is the share of those words that can change; in each example it is met to within one word. In scripts without
spaces two characters count as a word, for want of a better border.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import assert_never

from isogloss.core.errors import SpecError
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.core.perturbation import Perturbation
from isogloss.core.seeds import rng
from isogloss.core.task import Task
from isogloss.core.texts import UNSPACED, normal
from isogloss.core.typing import np
from isogloss.evaluation.dictionary import dictionary as dictionary_of
from isogloss.evaluation.perturb.noise import REWRITES
from isogloss.evaluation.words import MARKS

Dictionary = Mapping[str, Sequence[str]]
"""Lower-cased word → its translations."""
Change = Callable[[Sequence[Example], str], list[Example]]
"""(examples, language) → the examples, perturbed; the same ones where nothing can change."""
_WORD = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class _Word:
    field: int
    start: int
    end: int


def changer(how: Perturbation, source: Task | None, data: Path) -> Change:
    """What perturbs the examples of any language; `source` is the text that code-switching has its words from."""
    found: dict[str, Dictionary] = {}

    def change(examples: Sequence[Example], language: str) -> list[Example]:
        if source is not None and language not in found:
            found[language] = dictionary_of(source, data, language)
        return perturb(examples, how, language, found.get(language))

    return change


def changed(tests: Mapping[str, list[Example]], change: Change, where: str) -> dict[str, list[Example]]:
    """The tests of those languages in which something changes. Raises SpecError when there are none."""
    made = {language: change(found, language) for language, found in tests.items()}
    kept = {language: found for language, found in made.items() if found != tests[language]}
    if not kept:
        raise SpecError(f"this perturbation changes nothing in {where} ({', '.join(tests)}); choose another kind.")
    return kept


def perturb(
    examples: Sequence[Example], how: Perturbation, language: str, dictionary: Dictionary | None = None
) -> list[Example]:
    """The examples, perturbed, in their order; `dictionary` is what code-switching takes its words from."""
    return [perturbed(example, how, language, dictionary) for example in examples]


def perturbed(example: Example, how: Perturbation, language: str, dictionary: Dictionary | None = None) -> Example:
    """One example, perturbed. Of retrieval, only what is asked is to be given."""
    stream = rng(f"{how}/{language}/{example.id}", "perturbation")

    def change(texts: Sequence[str]) -> list[str]:
        if how.kind == "order":
            return _reordered(texts, how.rate, stream)
        return _rewritten(texts, how, language, dictionary or {}, stream)

    match example:
        case Classification(text_pair=None):
            return replace(example, text=change([example.text])[0])
        case Classification():
            first, second = change([example.text, example.text_pair or ""])
            return replace(example, text=first, text_pair=second)
        case Choice():
            prompt, *choices = change([example.prompt, *example.choices])
            return replace(example, prompt=prompt, choices=tuple(choices))
        case Tagging():
            if how.kind == "order":
                return _reordered_tokens(example, how.rate, stream)
            return replace(example, tokens=tuple(change(example.tokens)))
        case Span():
            return _around_answers(example, change)
        case Passage():
            return replace(example, text=change([example.text])[0])
        case Text():
            return example
        case _:
            assert_never(example)


def _words(texts: Sequence[str]) -> Iterator[_Word]:
    """Words of several texts, without the punctuation around them."""
    for field, text in enumerate(texts):
        for found in _WORD.finditer(text):
            word = found.group()
            start = found.start() + len(word) - len(word.lstrip(MARKS))
            end = found.end() - len(word) + len(word.rstrip(MARKS))
            if start < end:
                yield _Word(field, start, end)


def _count(rate: float, eligible: int, stream: np.random.Generator) -> int:
    """How many of the eligible change: the rate on average, and within one of it always."""
    return min(eligible, int(rate * eligible + stream.random()))


def _rewritten(
    texts: Sequence[str], how: Perturbation, language: str, dictionary: Dictionary, stream: np.random.Generator
) -> list[str]:
    rewrite = REWRITES.get(how.kind) or (lambda word, _: list(dictionary.get(normal(word).lower(), ())))
    options = [(word, rewrite(texts[word.field][word.start : word.end], language)) for word in _words(texts)]
    eligible = [(word, others) for word, others in options if others]
    count = _count(how.rate, len(eligible), stream)
    chosen = sorted(stream.choice(len(eligible), size=count, replace=False)) if count else []
    changed = list(texts)
    for place in reversed(chosen):  # from the end, so that earlier places stay true
        word, others = eligible[place]
        text = changed[word.field]
        changed[word.field] = text[: word.start] + others[int(stream.integers(len(others)))] + text[word.end :]
    return changed


def _pairs(eligible: Sequence[int], words: int, rate: float, stream: np.random.Generator) -> list[int]:
    """Places whose thing swaps with the next one; no thing is moved twice. `rate` is the share of `words` moved."""
    wanted, taken = _count(rate / 2, words, stream), set[int]()
    found: list[int] = []
    for place in stream.permutation(np.asarray(eligible, dtype=np.int64)).tolist():
        if len(found) < wanted and not {place, place + 1} & taken:
            taken |= {place, place + 1}
            found.append(place)
    return sorted(found)


def _reordered(texts: Sequence[str], rate: float, stream: np.random.Generator) -> list[str]:
    """Neighbours with nothing but a space between them swap; words of scripts without spaces stay."""
    words = list(_words(texts))
    eligible = [
        place
        for place, (one, two) in enumerate(pairwise(words))
        if one.field == two.field
        and texts[one.field][one.end : two.start].isspace()
        and not _UNSPACED.search(texts[one.field][one.start : two.end])
    ]
    changed = list(texts)
    for place in _pairs(eligible, len(words), rate, stream):
        one, two = words[place], words[place + 1]
        text = changed[one.field]
        first, space, second = text[one.start : one.end], text[one.end : two.start], text[two.start : two.end]
        changed[one.field] = text[: one.start] + second + space + first + text[two.end :]
    return changed


def _reordered_tokens(example: Tagging, rate: float, stream: np.random.Generator) -> Tagging:
    """Tokens move with their tags; what belongs to one name (B-, I-) moves together."""
    tags = example.tags or ("",) * len(example.tokens)
    units: list[list[int]] = []
    for place, tag in enumerate(tags):
        if units and tag.startswith("I-"):
            units[-1].append(place)
        else:
            units.append([place])

    def movable(unit: list[int]) -> bool:
        return any(letter.isalnum() for place in unit for letter in example.tokens[place])

    eligible = [place for place in range(len(units) - 1) if movable(units[place]) and movable(units[place + 1])]
    for place in _pairs(eligible, sum(map(movable, units)), rate, stream):
        units[place], units[place + 1] = units[place + 1], units[place]
    order = [place for unit in units for place in unit]
    return replace(
        example,
        tokens=tuple(example.tokens[place] for place in order),
        tags=None if example.tags is None else tuple(example.tags[place] for place in order),
    )


def _around_answers(example: Span, change: Callable[[Sequence[str]], list[str]]) -> Span:
    """The question and what stands between the answers change; each answer's place is found again."""
    merged: list[list[int]] = []
    for start, end in sorted((at, at + len(text)) for at, text in zip(example.starts, example.answers, strict=True)):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    edges = [0, *(edge for block in merged for edge in block), len(example.context)]
    pieces = [example.context[one:two] for one, two in pairwise(edges)]
    question, *free = change([example.question, *pieces[::2]])
    pieces[::2] = free
    moved, length = {}, 0
    for edge, piece in zip(edges, pieces, strict=False):
        moved[edge], length = length, length + len(piece)
    starts = []
    for start in example.starts:
        block = next(block for block in merged if block[0] <= start <= block[1])
        starts.append(moved[block[0]] + start - block[0])
    return replace(example, question=question, context="".join(pieces), starts=tuple(starts))
