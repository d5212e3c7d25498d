"""Forms of words: cognates, false friends and colexification are ways to share one."""

from collections.abc import Callable, Iterable

from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import (
    ADJECTIVE,
    CLASSES,
    CONCEPTS,
    GIVEN,
    HYPERNYM,
    HYPONYMS,
    NATIVE,
    NOUN,
    NUMBER,
    QUERY,
    STOP,
    TIME,
    VERB,
)
from isogloss.worlds.language import Language
from isogloss.worlds.latent import relations
from isogloss.worlds.world import World

ONSETS, VOWELS = "bdfghjklmnprstvz", "aeiou"
SYLLABLES = [onset + vowel for onset in ONSETS for vowel in VOWELS]


def words(world: World, language: Language) -> list[str]:
    """The form of each concept in one language."""
    english = _forms(world, 0)
    form = list(english)
    own = _forms(world, world.index(language.code))
    cognate = cognates(world, language)
    for concept in range(NATIVE):
        if concept not in cognate:
            form[concept] = own[concept]
    for a, b in false_friends(world, language):
        form[a], form[b] = english[b], english[a]
    for a, b in merged(world, language):
        form[b] = form[a]
    return form


def cognates(world: World, language: Language) -> frozenset[int]:
    """The concepts whose form is English's; nested, and the same share of each class of words."""
    random = world.rng(f"cognates/{language.draw}")
    found: list[int] = []
    for _, first, end in CLASSES:
        found += random.permutation(np.arange(first, end))[: round(language.cognates * (end - first))].tolist()
    return frozenset(found)


def false_friends(world: World, language: Language) -> Int[np.ndarray, "k 2"]:
    """Pairs of concepts (a, b): a looks like English's b, and b like English's a."""
    cognate = cognates(world, language)
    random = world.rng(f"false_friends/{language.draw}")
    pairs: list[tuple[int, int]] = []
    for name, first, end in CLASSES:
        free = [concept for concept in range(first, end) if concept not in cognate]
        related = _synonyms if name == "verb" else _unrelated
        pairs += _paired(free, related, random)
    return _share(pairs, language.false_friends, random)


def _synonyms(a: int, b: int) -> bool:
    """The two lexemes of one verb: to exchange them would change no meaning."""
    return (a - VERB) // 2 == (b - VERB) // 2


def _unrelated(_a: int, _b: int) -> bool:
    return False


def merged(world: World, language: Language) -> Int[np.ndarray, "k 2"]:
    """Pairs of content words with one form."""
    found = candidates(world, language)
    return found[: round(language.merge * len(found))]


def candidates(world: World, language: Language) -> Int[np.ndarray, "k 2"]:
    """Pairs that `merge` = 1 gives one form. Words whose difference decides a gold label never are such a pair."""
    random = world.rng(f"merge/{language.draw}")
    partner = relations(world, world.languages[0]).partner

    def related_verbs(a: int, b: int) -> bool:
        a, b = a - VERB, b - VERB
        return a // 4 == b // 4 or bool(partner[a // 2] == b // 2)

    pairs = _paired(range(NOUN, HYPERNYM), lambda a, b: a // HYPONYMS == b // HYPONYMS, random)
    pairs += _paired(range(VERB, ADJECTIVE), related_verbs, random)
    pairs += _paired(range(ADJECTIVE, TIME), lambda a, b: (a - ADJECTIVE) // 2 == (b - ADJECTIVE) // 2, random)
    return _share(pairs, 1.0, random)


def _paired(
    concepts: Iterable[int], related: Callable[[int, int], bool], random: np.random.Generator
) -> list[tuple[int, int]]:
    """A random pairing in which no two are related; what finds no mate is left out."""
    left: list[int] = random.permutation(np.fromiter(concepts, dtype=np.int64)).tolist()
    pairs = []
    while left:
        a = left.pop()
        b = next((other for other in left if not related(a, other)), None)
        if b is not None:
            left.remove(b)
            pairs.append((a, b))
    return pairs


def _share(pairs: list[tuple[int, int]], share: float, random: np.random.Generator) -> Int[np.ndarray, "k 2"]:
    shuffled = random.permutation(np.array(pairs, dtype=np.int64).reshape(-1, 2))
    return shuffled[: round(share * len(shuffled))]


def _forms(world: World, index: int) -> list[str]:
    """Three-syllable forms, all different over all languages of a world; names and numbers depend on no language."""
    count = len(SYLLABLES) ** 3
    random = world.rng("forms")
    # A walk of fixed step through all forms visits each once; the step shares no factor with 80³.
    start, step = int(random.integers(count)), int(random.integers(count // 4, count // 2)) * 10 + 3

    def form(number: int) -> str:
        rest, text = (start + number * step) % count, ""
        for _ in range(3):
            rest, syllable = divmod(rest, len(SYLLABLES))
            text += SYLLABLES[syllable]
        return text

    native = [form(CONCEPTS * index + concept) for concept in range(NATIVE)]
    names = [form(concept).capitalize() for concept in range(GIVEN, STOP)]
    return [*native, *(str(2 + number) for number in range(GIVEN - NUMBER)), *names, *".?"[: QUERY - STOP + 1]]
