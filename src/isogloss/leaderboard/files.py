"""The files of an XTREME submission: what each task's look like, read and written.

xnli pawsx tatoeba     test-de.tsv    one label per line (Tatoeba: the row, from 0, of the foreign sentence)
udpos panx             test-de.tsv    one tag per line, a blank line between sentences
bucc2018               test-de.tsv    mined pairs: foreign id TAB English id
xquad mlqa tydiqa      test-de.json   {question id: answer}; labels in SQuAD's layout
xcopa                  test-et.jsonl  {"label": 0} per line
mewslix lareqa         test-de.json   {query id: [candidate ids, best first]}; LAReQA's is ours, XTREME-R has none

Every line is held against what the task allows (XTREME's label sets and ids), in predictions and in labels: a line that
is none of them is an error, and not a wrong answer.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from isogloss.core import folder
from isogloss.core.errors import NOT_JSON, DataError, MetricError
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import amount, quoted
from isogloss.formats.json_text import document, fetch, objects, texts
from isogloss.formats.lines import read_lines, read_text
from isogloss.formats.squad_json import paragraphs
from isogloss.tasks._nli import MEANT

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "xnli": "labels",
        "pawsx": "labels",
        "tatoeba": "labels",
        "udpos": "tags",
        "panx": "tags",
        "bucc2018": "pairs",
        "xquad": "answers",
        "mlqa": "answers",
        "tydiqa": "answers",
        "xcopa": "choices",
        "mewslix": "rankings",
        "lareqa": "rankings",
    }
)
"""Task → form of its files."""
SUFFIXES: Mapping[str, str] = MappingProxyType({"answers": "json", "rankings": "json", "choices": "jsonl"})
"""Form → suffix; the others are .tsv."""
SAME: Mapping[str, Mapping[str, str]] = MappingProxyType({"xnli": MEANT})
"""Task → other names of its labels, as its reader takes them."""
CHOICES = 2
"""Of each of XCOPA's items."""
ENTITY = re.compile(r"Q[0-9]+")
"""What WikiData, and so Mewsli-X, calls an entity."""

Rows = dict[str, Any]
"""Id → value, in file order. The ids of forms without ids are positions, from 0."""


def name(task: str, language: str) -> str:
    """The path of a task's file below the submission's folder."""
    return f"{task}/test-{language}.{suffix(task)}"


def suffix(task: str) -> str:
    """The ending of a task's files."""
    return SUFFIXES.get(FORMS[task], "tsv")


def read(path: Path, task: str, language: str, *, gold: bool) -> Rows:
    """A file of predictions, or of labels.

    Raises DataError, with the line, for what the task does not allow, and MetricError for a repeated id.
    """
    match FORMS[task]:
        case "labels":
            lines = read_lines(path)
            check = _row_of(path, len(lines), gold=gold) if task == "tatoeba" else _label_of(path, task)
            return _counted([check(number, line) for number, line in enumerate(lines, 1)])
        case "tags":
            return _counted(list(_sentences(path, _label_of(path, task))))
        case "pairs":
            return _pairs(path, language)
        case "choices":
            return _counted([_choice(path, *each) for each in objects(path)])
        case "answers" if gold:
            return _accepted(path)
        case "answers":
            return {key: fetch(values, key, str, path, None) for values in [_unique(path)] for key in values}
        case _:
            return {key: _ranking(path, task, key, values, gold=gold) for values in [_unique(path)] for key in values}


def lines(task: str, rows: Mapping[str, Any]) -> str:
    """The text of a file of predictions, or of labels for every form but answers."""
    match FORMS[task]:
        case "labels":
            return "".join(f"{value}\n" for value in rows.values())
        case "tags":
            return "\n".join("".join(f"{tag}\n" for tag in tags) for tags in rows.values())
        case "pairs":
            return "".join(f"{query}\t{found}\n" for query, ids in rows.items() for found in ids)
        case "choices":
            return "".join(json.dumps({"label": value}) + "\n" for value in rows.values())
        case _:
            return json.dumps(dict(rows), ensure_ascii=False, indent=1) + "\n"


def squad(golds: Mapping[str, Sequence[str]]) -> str:
    """Accepted answers in SQuAD's layout, each its own context, as XTREME flattens its labels."""
    data = [
        {
            "paragraphs": [
                {"context": "\n".join(answers), "qas": [{"id": key, "question": "", "answers": _placed(answers)}]}
            ]
        }
        for key, answers in golds.items()
    ]
    return json.dumps({"version": "1.1", "data": data}, ensure_ascii=False, indent=1) + "\n"


def _placed(answers: Sequence[str]) -> list[dict[str, Any]]:
    starts = [sum(len(other) + 1 for other in answers[:at]) for at in range(len(answers))]
    return [{"text": text, "answer_start": start} for text, start in zip(answers, starts, strict=True)]


def _counted(values: Sequence[Any]) -> Rows:
    return {str(at): value for at, value in enumerate(values)}


def _alone(path: Path, number: int, line: str, what: str) -> str:
    """What a line of one column holds."""
    cells = line.strip().split("\t")
    if len(cells) > 1:
        raise DataError.at(
            path,
            number,
            f"{len(cells)} columns, {quoted(line.strip())}; expected {what} alone on its line, as XTREME lays it out "
            f"(`cut -f{len(cells)}` keeps the last column).",
        )
    return cells[0]


def _label_of(path: Path, task: str) -> Callable[[int, str], str]:
    """From a line and its number to one of the task's labels."""
    allowed, same = folder.load("tasks", task).labels, SAME.get(task, {})

    def check(number: int, line: str) -> str:
        label = _alone(path, number, line, "a label")
        label = same.get(label, label)
        if label not in allowed:
            raise DataError.at(path, number, f"label {quoted(label)} is not one of: {', '.join(allowed)}.")
        return label

    return check


def _row_of(path: Path, count: int, *, gold: bool) -> Callable[[int, str], str]:
    """From a line and its number to a row of Tatoeba's foreign side, which has as many; nothing is a wrong answer."""

    def check(number: int, line: str) -> str:
        row = _alone(path, number, line, "a row's number")
        if not row and not gold:
            return ""
        if not (row.isascii() and row.isdigit() and int(row) < count):
            raise DataError.at(path, number, f"{quoted(row)} is not a row; expected a number from 0 to {count - 1}.")
        return str(int(row))

    return check


def _choice(path: Path, line: int, values: Any) -> int:
    found = fetch(values, "label", int, path, line)
    if not 0 <= found < CHOICES:
        raise DataError.at(path, line, f"label is {found}, expected the number of a choice, 0 to {CHOICES - 1}.")
    return found


def _ranking(path: Path, task: str, key: str, values: Rows, *, gold: bool) -> list[str]:
    """Candidates of one query."""
    found = texts(values, key, path, None)
    if gold and not found:
        raise DataError.at(path, None, f"{quoted(key)} has no right candidate; these are not labels.")
    if len(set(found)) < len(found):
        twice = next(each for place, each in enumerate(found) if each in found[:place])
        raise DataError.at(path, None, f"{quoted(key)} ranks {quoted(twice)} more than once; name a candidate once.")
    wrong = [each for each in found if task == "mewslix" and not ENTITY.fullmatch(each)]
    if wrong:
        raise DataError.at(path, None, f"{quoted(key)} names {quoted(wrong[0])}, expected a WikiData entity like Q42.")
    return found


def _sentences(path: Path, check: Callable[[int, str], str]) -> Iterator[list[str]]:
    sentence: list[str] = []
    for number, line in enumerate((*read_lines(path), ""), 1):
        if line.strip():
            sentence.append(check(number, line))
        elif sentence:  # blank lines in a row part sentences once
            yield sentence
            sentence = []


def _pairs(path: Path, language: str) -> Rows:
    pairs: Rows = {}
    example = f"such as {language}-000000001 and en-000000007."
    for number, line in enumerate(read_lines(path), 1):
        cells = line.strip().split("\t")
        if len(cells) != 2 or not all(cells):
            raise DataError.at(
                path, number, f"{amount(len(cells), 'column')}, expected 2 (foreign id, English id), {example}"
            )
        for cell, code in zip(cells, (language, ENGLISH), strict=True):
            if not re.fullmatch(rf"{re.escape(code)}-[0-9]+", cell):
                raise DataError.at(
                    path, number, f"the id {quoted(cell)}; expected a foreign id and an English one, {example}"
                )
        if cells[1] in pairs.setdefault(cells[0], []):
            raise MetricError(f"{path}, line {number}: the pair {cells[0]} {cells[1]} is there twice; give it once.")
        pairs[cells[0]].append(cells[1])
    return pairs


def _accepted(path: Path) -> Rows:
    found: Rows = {}
    for paragraph in paragraphs(path):
        for span in paragraph.questions:
            if span.id in found:
                raise MetricError(f"{path}: the question '{span.id}' is there twice; ids must be unique.")
            if span.answerable and not span.answers:
                raise DataError.at(path, None, f"question '{span.id}' has no answer; these are not labels.")
            found[span.id] = list(span.answers)
    return found


def _unique(path: Path) -> Rows:
    """A JSON object none of whose keys is written twice; plain JSON readers keep the last and say nothing."""
    document(path)  # its errors name file and line

    def check(pairs: list[tuple[str, Any]]) -> Rows:
        values: Rows = {}
        for key, value in pairs:
            if key in values:
                raise MetricError(f"{path}: the id '{key}' is there twice; predict each once.")
            values[key] = value
        return values

    try:
        return dict(json.loads(read_text(path), object_pairs_hook=check))
    except NOT_JSON as error:
        raise DataError.at(path, None, f"it is not JSON that can be read ({error}).") from error
