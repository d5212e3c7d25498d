"""CoNLL-U as Universal Dependencies publishes it, read the way XTREME's preprocessing does.

A multiword token (`3-4 won't`) keeps its surface form and takes the tag of its highest word: the one with the fewest
ancestors, over basic and enhanced dependencies. Ties go by a precedence of tags, which Spanish, French and Italian
have of their own. Empty nodes (`5.1`) are left out. Spaces and U+200C inside a token are removed, and a sentence
that is (nearly) all `_`, as treebanks without their text are, is dropped. XTREME's tokens are therefore not the
syntactic words of UD in ar, he, fr, es, it, pt, tr, ta and others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import amount, quoted
from isogloss.formats.lines import read_lines

PRECEDENCE = {
    "": "VERB NOUN PROPN PRON ADJ NUM ADV INTJ AUX ADP DET PART CCONJ SCONJ X PUNCT",
    "es": "VERB AUX PRON ADP DET",
    "fr": "VERB AUX PRON NOUN ADJ ADV ADP DET PART SCONJ CONJ",
    "it": "VERB AUX ADV PRON ADP DET INTJ",
}
"""Which of several equally high words gives a multiword token its tag (bplank/ud-conversion-tools)."""

LONGEST = 10_000
"""Words of a sentence, and heads of a word, beyond which a treebank is refused; published ones have far fewer."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """Surface tokens and universal tags; `name` is the sent_id, or "" when the file gives none."""

    line: int
    name: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(slots=True)
class _Sentence:
    line: int
    name: str = ""
    forms: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    heads: list[set[int]] = field(default_factory=list)
    fused: list[tuple[int, int, str]] = field(default_factory=list)


def sentences(path: Path, language: str) -> Iterator[Tagged]:
    """The sentences of a treebank file, in order. Raises DataError naming file and line."""
    current = _Sentence(1)
    any_read = False
    for number, line in enumerate([*read_lines(path), ""], 1):
        if line.startswith("#"):
            key, equals, value = line[1:].partition("=")
            if equals and key.strip() == "sent_id":
                current.name = value.strip()
        elif line.strip():
            _word(path, number, line, current)
        else:
            if current.forms:
                any_read = True
                tagged = _surface(path, current, language)
                blank = tagged.tokens.count("_")
                if blank == 0 or blank < len(tagged.tokens) - 1:
                    yield tagged
            current = _Sentence(number + 1)
    if not any_read:
        raise DataError.at(path, None, "it holds no sentence; expected CoNLL-U.")


def _word(path: Path, number: int, line: str, sentence: _Sentence) -> None:
    cells = line.split("\t")
    if len(cells) != 10:
        raise DataError.at(path, number, f"{amount(len(cells), 'column')}, expected 10 (CoNLL-U).")
    index, form, tag, head, enhanced = cells[0], cells[1], cells[3], cells[6], cells[8]
    if "." in index:
        return
    first, dash, last = index.partition("-")
    following = len(sentence.forms) + 1
    if dash:
        if not (_is_number(first) and _is_number(last) and int(first) == following and int(last) > int(first)):
            raise DataError.at(path, number, f"the multiword token {quoted(index)} does not begin at word {following}.")
        sentence.fused.append((int(first), int(last), form))
        return
    if index != str(following):
        raise DataError.at(path, number, f"the word's number is {quoted(index)}, expected {following}.")
    if not _is_number(head):
        raise DataError.at(path, number, f"the head is {quoted(head)}, expected a number.")
    if not form.strip():
        raise DataError.at(path, number, "the form is empty; expected a word.")
    sentence.forms.append(form)
    sentence.tags.append(tag)
    if following > LONGEST or enhanced.count("|") >= LONGEST:
        raise DataError.at(path, number, f"more than {LONGEST:,} words or heads; expected sentences of fewer.")
    others = (pair.partition(":")[0] for pair in enhanced.split("|"))
    sentence.heads.append({int(head), *(int(other) for other in others if _is_number(other))})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def _surface(path: Path, sentence: _Sentence, language: str) -> Tagged:
    size = len(sentence.forms)
    for word, heads in enumerate(sentence.heads, 1):
        if max(heads) > size:
            raise DataError.at(path, sentence.line, f"word {word} has head {max(heads)} in a sentence of {size} words.")
    tokens: list[str] = []
    tags: list[str] = []
    word = 1
    above = _ancestors(sentence.heads) if sentence.fused else []
    for first, last, form in [*sentence.fused, (size + 1, size, "")]:
        if last > size:
            raise DataError.at(path, sentence.line, f"the multiword token {first}-{last} goes beyond word {size}.")
        if first < word:
            raise DataError.at(path, sentence.line, f"the multiword token {first}-{last} overlaps the one before.")
        tokens += sentence.forms[word - 1 : first - 1]
        tags += sentence.tags[word - 1 : first - 1]
        if first <= size:
            tokens.append(form)
            tags.append(_tag_of_highest(sentence.tags[first - 1 : last], above[first - 1 : last], language))
        word = last + 1
    cleaned = [token.replace("\u200c", "").replace(" ", "") or token for token in tokens]
    return Tagged(sentence.line, sentence.name, tuple(cleaned), tuple(tags))


def _tag_of_highest(tags: list[str], above: list[int], language: str) -> str:
    least = min(above)
    highest = [tag for tag, count in zip(tags, above, strict=True) if count == least]
    ranks = PRECEDENCE.get(language, PRECEDENCE[""]).split()
    return min(highest, key=lambda tag: ranks.index(tag) if tag in ranks else len(ranks))


def _ancestors(heads: list[set[int]]) -> list[int]:
    """How many nodes lie above each word, the root (0) included.

    Each node is visited once, and gets the nodes above it as the bits of one number. Words in a circle of enhanced
    dependencies have the same nodes above them: they are found together (Gabow 2000, path-based strong components).
    """
    above: list[int | None] = [0, *[None] * len(heads)]
    order = {0: 0}
    path: list[int] = []
    circles: list[int] = []
    todo = list(range(len(heads), 0, -1))
    while todo:
        word = todo.pop()
        if word < 0:  # everything above it has been visited
            if circles[-1] == -word:
                circles.pop()
                members = [path.pop()]
                while members[-1] != -word:
                    members.append(path.pop())
                bits = 0
                for head in set().union(*(heads[member - 1] for member in members)):
                    bits |= 1 << head | (above[head] or 0)
                for member in members:
                    above[member] = bits
        elif word not in order:
            order[word] = len(order)
            path.append(word)
            circles.append(word)
            todo += [-word, *heads[word - 1]]
        elif above[word] is None:
            while order[circles[-1]] > order[word]:
                circles.pop()
    return [((bits or 0) & ~(1 << word)).bit_count() for word, bits in enumerate(above) if word]
