"""The files of an XTREME submission: what each task's look like, read and written.

xnli pawsx tatoeba     test-de.tsv    one label per line (Tatoeba: the row, from 0, of the foreign sentence)
udpos panx             test-de.tsv    one tag per line, a blank line between sentences
bucc2018               test-de.tsv    mined pairs: foreign id TAB English id
xquad mlqa tydiqa      test-de.json   {question id: answer}; labels in SQuAD's layout
xcopa                  test-et.jsonl  {"label": 0} per line
mewslix lareqa         test-de.json   {query id: [candidate ids, best first]}; LAReQA's is ours, XTREME-R has none
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from isogloss.core.errors import DataError, MetricError
from isogloss.formats.json_text import document, fetch, objects, texts
from isogloss.formats.lines import read_lines, read_text
from isogloss.formats.squad_json import paragraphs

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

Rows = dict[str, Any]
"""Id → value, in file order. The ids of forms without ids are positions, from 0."""


def name(task: str, language: str) -> str:
    """The path of a task's file below the submission's folder."""
    return f"{task}/test-{language}.{suffix(task)}"


def suffix(task: str) -> str:
    """The ending of a task's files."""
    return SUFFIXES.get(FORMS[task], "tsv")


def read(path: Path, task: str, *, gold: bool) -> Rows:
    """A file of predictions, or of labels. Raises DataError for a malformed one, MetricError for a repeated id."""
    match FORMS[task]:
        case "labels":
            return _counted([line.strip() for line in read_lines(path)])
        case "tags":
            return _counted(list(_sentences(path)))
        case "pairs":
            return _pairs(path)
        case "choices":
            return _counted([fetch(values, "label", int, path, line) for line, values in objects(path)])
        case "answers" if gold:
            return _accepted(path)
        case "answers":
            return {key: fetch(values, key, str, path, None) for values in [_unique(path)] for key in values}
        case _:
            return {key: texts(values, key, path, None) for values in [_unique(path)] for key in values}


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


def _sentences(path: Path) -> Iterator[list[str]]:
    sentence: list[str] = []
    for line in (*read_lines(path), ""):
        if tag := line.strip():
            sentence.append(tag)
        elif sentence:  # blank lines in a row part sentences once
            yield sentence
            sentence = []


def _pairs(path: Path) -> Rows:
    found: Rows = {}
    for number, line in enumerate(read_lines(path), 1):
        cells = line.strip().split("\t")
        if len(cells) != 2 or not all(cells):
            raise DataError.at(path, number, f"{len(cells)} columns, expected 2 (foreign id, English id).")
        if cells[1] in found.setdefault(cells[0], []):
            raise MetricError(f"{path}, line {number}: the pair {cells[0]} {cells[1]} is there twice; give it once.")
        found[cells[0]].append(cells[1])
    return found


def _accepted(path: Path) -> Rows:
    found: Rows = {}
    for paragraph in paragraphs(path):
        for span in paragraph.questions:
            if span.id in found:
                raise MetricError(f"{path}: the question '{span.id}' is there twice; ids must be unique.")
            if span.answerable and not span.answers:
                raise DataError.at(path, None, f"question '{span.id}' has no answer; these are no labels.")
            found[span.id] = list(span.answers)
    return found


def _unique(path: Path) -> Rows:
    """A JSON object none of whose keys is written twice; plain JSON readers keep the last and say nothing."""
    document(path)  # its errors name file and line

    def check(pairs: list[tuple[str, Any]]) -> Rows:
        found: Rows = {}
        for key, value in pairs:
            if key in found:
                raise MetricError(f"{path}: the id '{key}' is there twice; predict each once.")
            found[key] = value
        return found

    return dict(json.loads(read_text(path), object_pairs_hook=check))
