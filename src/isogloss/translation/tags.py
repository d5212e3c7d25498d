"""Tags of words, carried to the words that translate them or given up.

Every tagged word is marked. In named entities only the words of a name are: an entity must arrive whole and in one
piece, and words that no mark reached are outside. In other tag sets every word of the translation needs a mark whose
words agree on the tag; one that the translator put in (an article, a preposition) has none, so the sentence is dropped.
"""

import re
from collections.abc import Sequence

from isogloss.core.examples import Tagging
from isogloss.translation import fields
from isogloss.translation.engine import Pieces
from isogloss.translation.fields import Dropped, Look

_WORD = re.compile(r"(?:\b[dlmnst]['’](?=\w))|\w+(?:[-'’·.,:]\w+)*['’]?|[^\w\s]", re.IGNORECASE)
"""A word or a sign; an elided article or preposition is a word, as it is in Universal Dependencies (l'anunci)."""
Word = tuple[str, frozenset[int]]


def to_translate(example: Tagging) -> list[Pieces]:
    """The sentence with its marks: what is to be translated."""
    return [_marked(example)]


def rebuilt(example: Tagging, look: Look) -> Tagging:
    """The sentence in the other language. Raises Dropped when a tag cannot be followed."""
    words = _words(fields.sentence_of(_marked(example), look).pieces)
    tags = example.tags
    if tags is None:
        found: tuple[str, ...] | None = None
    elif names(tags):
        found = _names(words, tags)
    else:
        found = _each(words, example.tokens, tags)
    return Tagging(id=example.id, tokens=tuple(word for word, _ in words), tags=found)


def names(tags: Sequence[str]) -> bool:
    """Whether these are tags of names: O, B-…, I-…."""
    return all(tag == "O" or tag.startswith(("B-", "I-")) for tag in tags)


def _marked(example: Tagging) -> Pieces:
    tags = example.tags or ()
    outside = names(tags)
    pieces: list[tuple[str, tuple[int, ...]]] = []
    for row, token in enumerate(example.tokens):
        follow = bool(tags) and not (outside and tags[row] == "O")
        pieces += [(" ", ()), (token, (row,) if follow else ())]
    return tuple(pieces[1:])


def _words(pieces: Pieces) -> list[Word]:
    """The words of a translation. Two words made of two are taken to be in their order: "el mercat", "the market"."""
    found: list[Word] = []
    for text, marks in pieces:
        words = _WORD.findall(text)
        if len(words) == len(set(marks)) == 2:
            found += [(word, frozenset({mark})) for word, mark in zip(words, dict.fromkeys(marks), strict=True)]
        else:
            found += [(word, frozenset(marks)) for word in words]
    return found


def _names(words: Sequence[Word], tags: Sequence[str]) -> tuple[str, ...]:
    entity: list[int] = []
    before = ""
    for tag in tags:
        goes_on = tag.startswith("I-") and before[2:] == tag[2:]
        entity.append((entity[-1] if entity else 0) + (not goes_on))
        before = tag
    kinds = {number: tag[2:] for number, tag in zip(entity, tags, strict=True) if tag != "O"}
    marked: list[str] = []
    seen: list[int] = []
    last = 0
    for _, marks in words:
        own = {entity[mark] for mark in marks}
        if len(own) > 1:
            raise Dropped("words of two names became one")
        number = next(iter(own), 0)
        if number and number != last:
            seen.append(number)
        marked.append(("I-" if number == last else "B-") + kinds[number] if number else "O")
        last = number
    if sorted(seen) != sorted(kinds):
        raise Dropped("name lost or torn apart")
    return tuple(marked)


def _each(words: Sequence[Word], tokens: Sequence[str], tags: Sequence[str]) -> tuple[str, ...]:
    reached = {mark for _, marks in words for mark in marks}
    # Signs and names often pass as they are without their mark; the same word is the same word.
    unreached = [(token, tag) for row, (token, tag) in enumerate(zip(tokens, tags, strict=True)) if row not in reached]
    kept = []
    for word, marks in words:
        own = {tags[mark] for mark in marks}
        if not own:
            same = next((pair for pair in unreached if pair[0] == word), None)
            if same is None:
                raise Dropped("word without a source")
            unreached.remove(same)
            own = {same[1]}
        if len(own) > 1:
            raise Dropped("words of two tags became one")
        kept.append(own.pop())
    return tuple(kept)
