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
from isogloss.core.shown import quoted
from isogloss.formats.lines import read_lines

PRECEDENCE = {
    "": "VERB NOUN PROPN PRON ADJ NUM ADV INTJ AUX ADP DET PART CCONJ SCONJ X PUNCT",
    "es": "VERB AUX PRON ADP DET",
    "fr": "VERB AUX PRON NOUN ADJ ADV ADP DET PART SCONJ CONJ",
    "it": "VERB AUX ADV PRON ADP DET INTJ",
}
"""Which of several equally high words gives a multiword token its tag (bplank/ud-conversion-tools)."""


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
    heads: list[list[int]] = field(default_factory=list)
    fused: list[tuple[int, int, str]] = field(default_factory=list)


def sentences(path: Path, language: str) -> Iterator[Tagged]:
    """The sentences of a treebank file, in order. Raises DataError naming file and line."""
    current = _Sentence(1)
    found = False
    for number, line in enumerate([*read_lines(path), ""], 1):
        if line.startswith("#"):
            key, equals, value = line[1:].partition("=")
            if equals and key.strip() == "sent_id":
                current.name = value.strip()
        elif line.strip():
            _word(path, number, line, current)
        else:
            if current.forms:
                found = True
                tagged = _surface(path, current, language)
                blank = tagged.tokens.count("_")
                if blank == 0 or blank < len(tagged.tokens) - 1:
                    yield tagged
            current = _Sentence(number + 1)
    if not found:
        raise DataError.at(path, None, "it holds no sentence; expected CoNLL-U.")


def _word(path: Path, number: int, line: str, sentence: _Sentence) -> None:
    cells = line.split("\t")
    if len(cells) != 10:
        raise DataError.at(path, number, f"{len(cells)} columns, expected 10 (CoNLL-U).")
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
    heads = [int(head)]
    for pair in enhanced.split("|"):
        other = pair.partition(":")[0]
        heads += [int(other)] if _is_number(other) else []
    sentence.heads.append(heads)


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
    for first, last, form in [*sentence.fused, (size + 1, size, "")]:
        if last > size:
            raise DataError.at(path, sentence.line, f"the multiword token {first}-{last} goes beyond word {size}.")
        if first < word:
            raise DataError.at(path, sentence.line, f"the multiword token {first}-{last} overlaps the one before.")
        tokens += sentence.forms[word - 1 : first - 1]
        tags += sentence.tags[word - 1 : first - 1]
        if first <= size:
            tokens.append(form)
            tags.append(_tag_of_highest(sentence, first, last, language))
        word = last + 1
    cleaned = [token.replace("\u200c", "").replace(" ", "") or token for token in tokens]
    return Tagged(sentence.line, sentence.name, tuple(cleaned), tuple(tags))


def _tag_of_highest(sentence: _Sentence, first: int, last: int, language: str) -> str:
    above = [_ancestors(sentence.heads, word) for word in range(first, last + 1)]
    highest = [sentence.tags[first - 1 + i] for i, count in enumerate(above) if count == min(above)]
    ranks = PRECEDENCE.get(language, PRECEDENCE[""]).split()
    return min(highest, key=lambda tag: ranks.index(tag) if tag in ranks else len(ranks))


def _ancestors(heads: list[list[int]], word: int) -> int:
    """How many nodes lie above a word, the root included."""
    seen: set[int] = set()
    todo = [word]
    while todo:
        for head in heads[todo.pop() - 1]:
            if head not in seen:
                seen.add(head)
                todo += [head] if head else []
    return len(seen - {word})
