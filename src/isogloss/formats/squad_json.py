"""SQuAD's JSON, v1.1 and v2.0, and what XTREME makes of it.

    {"version": "1.1", "data": [{"title": "Rain", "paragraphs": [{"context": "Rain fell on Oslo.", "qas": [
        {"id": "q1", "question": "Where did rain fall?", "answers": [{"text": "Oslo", "answer_start": 13}]}]}]}]}

An empty list of answers is a question without an answer where `is_impossible` is true, and unlabelled otherwise.
XTREME strips test answers to `[{"answer_start": 0, "text": ""}]`: unlabelled, too.

No answer is left out. In the published files all begin where they say; one that does not tells of a text that was
changed since, and its file is refused, with how many of its answers do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import DataError
from isogloss.core.examples import Place, Span
from isogloss.core.shown import quoted
from isogloss.formats.json_text import document, fetch


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A context, its questions as spans, and where its sentences lie (LAReQA's `sentence_breaks`; else empty)."""

    title: str
    context: str
    questions: tuple[Span, ...]
    sentences: tuple[tuple[int, int], ...]
    at: Place


def spans(path: Path) -> Iterator[Span]:
    """All questions of a file in order. Raises DataError for a span that does not match its context."""
    for paragraph in paragraphs(path):
        yield from paragraph.questions


def paragraphs(path: Path) -> Iterator[Paragraph]:
    """All paragraphs of a file in order. Raises DataError naming the place in the document."""
    root = document(path)
    any_read = False
    for a, article in enumerate(fetch(root, "data", list, path, None)):
        at = f"data[{a}]"
        title = fetch(article, "title", str, path, None, at) if "title" in _object(article, path, at) else ""
        for p, paragraph in enumerate(fetch(article, "paragraphs", list, path, None, at)):
            any_read = True
            yield _paragraph(path, f"{at}.paragraphs[{p}]", title, paragraph)
    if not any_read:
        raise DataError.at(path, None, "it holds no paragraphs; expected at least one. Get the file again.")


def _object(value: Any, path: Path, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError.at(path, None, f"{at} is a {type(value).__name__}, expected an object.")
    return value


def _paragraph(path: Path, at: str, title: str, paragraph: Any) -> Paragraph:
    context = fetch(paragraph, "context", str, path, None, at)
    questions = tuple(
        _question(path, f"{at}.qas[{q}]", context, values)
        for q, values in enumerate(fetch(paragraph, "qas", list, path, None, at))
    )
    return Paragraph(
        title=title,
        context=context,
        questions=questions,
        sentences=_breaks(path, at, context, paragraph),
        at=Place(path, at),
    )


def _breaks(path: Path, at: str, context: str, paragraph: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    if "sentence_breaks" not in paragraph:
        return ()
    breaks: list[tuple[int, int]] = []
    for pair in fetch(paragraph, "sentence_breaks", list, path, None, at):
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(edge) is int for edge in pair)):
            raise DataError.at(path, None, f"{at}.sentence_breaks holds {quoted(pair)}, expected [start, end].")
        start, end = pair
        if not 0 <= start < end <= len(context):
            seen = f"[{start}, {end}] is outside its context of {len(context)} characters"
            raise DataError.at(path, None, f"{at}.sentence_breaks: {seen}.")
        if breaks and start < breaks[-1][1]:
            seen = f"[{start}, {end}] overlaps {list(breaks[-1])}; expected one sentence after another"
            raise DataError.at(path, None, f"{at}.sentence_breaks: {seen}.")
        breaks.append((start, end))
    return tuple(breaks)


def _question(path: Path, at: str, context: str, values: Any) -> Span:
    name = fetch(values, "id", str, path, None, at)
    question = fetch(values, "question", str, path, None, at)
    impossible = fetch(values, "is_impossible", bool, path, None, at) if "is_impossible" in values else False
    answers: list[str] = []
    starts: list[int] = []
    given = fetch(values, "answers", list, path, None, at)
    for i, answer in enumerate(given):
        text = fetch(answer, "text", str, path, None, f"{at}.answers[{i}]")
        start = fetch(answer, "answer_start", int, path, None, f"{at}.answers[{i}]")
        if text == "" and len(given) == 1:
            break
        if start < 0 or not text or context[start : start + len(text)] != text:
            there = context[max(start, 0) : max(start, 0) + len(text)]
            seen = f"{at}.answers[{i}] (id {quoted(name)}) is {quoted(text)} at {start}"
            raise DataError.at(
                path, None, f"{seen}, where the context has {quoted(there)}; the span must match.{_off(path)}"
            )
        answers.append(text)
        starts.append(start)
    if impossible and answers:
        raise DataError.at(path, None, f"{at} (id {quoted(name)}) is impossible but has {len(answers)} answers.")
    return Span(
        id=name,
        context=context,
        question=question,
        answers=tuple(answers),
        starts=tuple(starts),
        answerable=not impossible,
        at=Place(path, at),
    )


def _off(path: Path) -> str:
    """How many answers of a file do not begin where it says, as a sentence; empty where that cannot be counted."""
    try:
        fits = [
            paragraph["context"].startswith(answer["text"], answer["answer_start"]) and answer["answer_start"] >= 0
            for article in document(path)["data"]
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
            for answer in question["answers"]
            if answer["text"]
        ]
    except (DataError, KeyError, TypeError, AttributeError):
        return ""
    wrong = f"{fits.count(False):,} of its {len(fits):,} answers do not"
    return f" {wrong}: the text was changed after the offsets were counted. Get the file again."
