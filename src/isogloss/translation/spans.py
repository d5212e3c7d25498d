"""Answers of questions, carried into the translated context or given up.

The sentence that holds an answer is translated with the answer's words marked, where the engine carries marks: the
answer is what they enclose, if every mark arrived and nothing else is among them. Otherwise the answer is translated
alone, and taken if the sentence's translation says exactly that exactly once.
"""

import re
from collections.abc import Iterator

from isogloss.core.examples import Span
from isogloss.translation import fields
from isogloss.translation.engine import Pieces, plain
from isogloss.translation.fields import Dropped, Look

_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*|[^\w\s]")
Place = tuple[int, int, int, int]
"""First and last sentence that an answer touches, and where it begins and ends in them joined, in characters."""


def to_translate(example: Span, *, marks: bool) -> list[Pieces]:
    """What is to be translated of a question and its context."""
    pieces = fields.to_translate(example.question) + fields.to_translate(example.context)
    for place in set(_places(example)):
        sentence, begin, end = _sentence(example.context, place)
        pieces.append(plain(sentence))
        pieces.append(plain(sentence[begin:end]))
        if marks:
            pieces.append(marked(sentence, begin, end))
    return pieces


def rebuilt(example: Span, look: Look, *, marks: bool) -> Span:
    """The question in the other language. Raises Dropped when no answer can be followed."""
    question = fields.rebuilt(example.question, look)
    parts = [fields.sentence_of(plain(sentence.strip()), look).text for _, sentence in fields.cut(example.context)]
    if not example.answers:
        return Span(id=example.id, context=fields.joined(parts), question=question, answerable=example.answerable)
    for place in dict.fromkeys(_places(example)):
        sentence, begin, end = _sentence(example.context, place)
        carried = _carried(sentence, begin, end, look) if marks else None
        carried = carried or _sought(sentence, begin, end, look)
        if carried:
            text, start, stop = carried
            before = fields.joined([*parts[: place[0]], "|"])[:-1]
            context = fields.joined([*parts[: place[0]], text, *parts[place[1] + 1 :]])
            answer = context[len(before) + start : len(before) + stop]
            if answer != text[start:stop]:
                raise Dropped("answer not found")
            return Span(
                id=example.id, context=context, question=question, answers=(answer,), starts=(len(before) + start,)
            )
    raise Dropped("answer not found")


def marked(sentence: str, begin: int, end: int) -> Pieces:
    """A sentence whose words from `begin` to `end` are marked 0, 1, 2 …"""
    pieces: list[tuple[str, tuple[int, ...]]] = [(sentence[:begin], ())]
    at = begin
    for number, word in enumerate(_WORD.finditer(sentence, begin, end)):
        pieces += [(sentence[at : word.start()], ()), (word.group(), (number,))]
        at = word.end()
    return tuple(piece for piece in [*pieces, (sentence[at:], ())] if piece[0])


def _places(example: Span) -> Iterator[Place]:
    """Where each answer lies; answers that begin or end within a word are left out: no mark can follow half a word."""
    sentences = fields.cut(example.context)
    for answer, start in zip(example.answers, example.starts, strict=True):
        stop = start + len(answer)
        touched = [row for row, (at, sentence) in enumerate(sentences) if at < stop and start < at + len(sentence)]
        inside = re.search(r"\w\w", example.context[max(0, start - 1) : start + 1])
        inside = inside or re.search(r"\w\w", example.context[max(0, stop - 1) : stop + 1])
        if touched and answer.strip() and not inside:
            at = sentences[touched[0]][0]
            yield touched[0], touched[-1], start - at, stop - at


def _sentence(context: str, place: Place) -> tuple[str, int, int]:
    sentences = fields.cut(context)
    at = sentences[place[0]][0]
    last, text = sentences[place[1]]
    return context[at : last + len(text)], place[2], place[3]


def _carried(sentence: str, begin: int, end: int, look: Look) -> tuple[str, int, int] | None:
    """The translated sentence, and where in it the marked words begin and end."""
    source = marked(sentence, begin, end)
    translation = look(source)
    if translation is None:
        return None
    rows = [row for row, (_, marks) in enumerate(translation.pieces) if marks]
    arrived = {mark for _, marks in translation.pieces for mark in marks}
    wanted = {mark for text, marks in source if re.search(r"\w", text) for mark in marks}
    if not rows or not wanted <= arrived:
        return None
    between = "".join(text for text, marks in translation.pieces[rows[0] : rows[-1] + 1] if not marks)
    if re.search(r"\w", between):
        return None
    start = sum(len(text) for text, _ in translation.pieces[: rows[0]])
    stop = sum(len(text) for text, _ in translation.pieces[: rows[-1] + 1])
    return translation.text, *_trimmed(translation.text, start, stop, sentence[begin:end])


def _trimmed(text: str, start: int, stop: int, source: str) -> tuple[int, int]:
    """The answer without white space at its ends, and with the signs that its source has there (19.7%)."""
    stop = start + len(text[start:stop].rstrip())
    start = stop - len(text[start:stop].lstrip())
    before, after = re.match(r"[^\w\s]*", source), re.search(r"[^\w\s]*$", source)
    if before and before.group() and text[:start].endswith(before.group()):
        start -= len(before.group())
    if after and after.group() and text.startswith(after.group(), stop):
        stop += len(after.group())
    return start, stop


def _sought(sentence: str, begin: int, end: int, look: Look) -> tuple[str, int, int] | None:
    """The translated sentence, and the one place where it says what the answer alone is translated to."""
    whole, alone = look(plain(sentence)), look(plain(sentence[begin:end]))
    if whole is None or alone is None:
        return None
    answer = alone.text if sentence[begin:end].endswith((".", "!", "?")) else alone.text.rstrip(".")
    if not answer.strip():
        return None
    hits = list(re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", whole.text, re.IGNORECASE))
    return (whole.text, hits[0].start(), hits[0].end()) if len(hits) == 1 else None
