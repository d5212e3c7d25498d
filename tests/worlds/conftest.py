"""What tests of the worlds share: languages that differ in one thing, and a reader of English text."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from isogloss.worlds import text
from isogloss.worlds.concepts import AT, BY, LINK, NOT, PASSIVE, PLURAL, TIME, VERB
from isogloss.worlds.language import Language
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import World

Make = Callable[..., World]


@pytest.fixture(scope="session")
def beside() -> Make:
    """English and one more language "x" with the dials given; words all cognate unless said otherwise."""

    def make(seed: int = 0, **dials: Any) -> World:
        return World(name="test", seed=seed, languages=(Language(code="en"), Language(code="x", **dials)))

    return make


@pytest.fixture(scope="session")
def tokens_of() -> Callable[[World, str], Counter[str]]:
    """Tokens of the pretraining text of one language, with their counts."""

    def count(world: World, code: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for document in text.examples(world, "train", code):
            found.update(document.text.split())
            found.update((document.text_pair or "").split())
        return found

    return count


@pytest.fixture(scope="session")
def native() -> Callable[[Counter[str]], set[str]]:
    """Word types that are neither names, numbers nor punctuation, which all languages share."""
    return lambda counts: {word for word in counts if word.isalpha() and word.islower()}


@pytest.fixture(scope="session")
def read() -> Callable[[World, str], tuple[object, ...]]:
    """What an English statement says, read off its words alone: the inverse of telling it.

    (subject phrase, verb as meant, object phrase, place, time); phrases as tuples of words.
    """

    def parse(world: World, sentence: str) -> tuple[object, ...]:
        form = speaker(world, world.codes[0]).words.tolist()[:-1]
        concept = {word: index for index, word in enumerate(form)}
        ids = [concept[word] for word in sentence.split()][:-1]
        if ids and LINK <= ids[0] < LINK + 3:
            ids = ids[1:]
        negated, passive = NOT in ids, PASSIVE in ids
        time = [index for index in ids if TIME <= index < TIME + 7]
        ids = [index for index in ids if index not in (NOT, PASSIVE, BY, PLURAL, *time)]
        place: list[int] = []
        if AT in ids:
            ids, place = ids[: ids.index(AT)], ids[ids.index(AT) + 1 :]
        (at,) = [where for where, index in enumerate(ids) if VERB <= index < VERB + 32]
        left, right = tuple(ids[:at]), tuple(ids[at + 1 :])
        subject, thing = (right, left) if passive else (left, right)
        return subject, ((ids[at] - VERB) // 2) ^ negated, thing, tuple(place), tuple(time)

    return parse
