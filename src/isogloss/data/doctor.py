"""A data check to trust: what is on disk, beside what is published, and what would make results wrong."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.languages import ENGLISH
from isogloss.core.left_out import LeftOut, listening
from isogloss.core.shown import amount, some
from isogloss.core.task import Task
from isogloss.data import fetch, leakage
from isogloss.data.checks import Set, Tokenizer, check
from isogloss.data.findings import SEVERITIES, Finding, Report, Row

Say = Callable[[str], None]
PAIRS = 6
"""So many pairs of languages are examined of a task across languages; their files are those of another task."""


def examine(
    tasks: Sequence[Task],
    data: Path,
    tokenizer: Tokenizer | None = None,
    *,
    together: bool = False,
    say: Say | None = None,
) -> Report:
    """Read and check every split and language of `tasks` that is on disk, and compare the tasks with each other.

    `together`: the tasks are those of one study, so that test text of one in the training text of another is an
    error; otherwise it is one only between a task and what trains it, and a warning between any two. The data of a
    task that is not there is a note, data that cannot be read an error. `say` hears of progress.
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    indices: list[leakage.Index] = []
    for place, task in enumerate(tasks, 1):
        if say:
            say(f"{place} of {len(tasks)}: {task.name}")
        index = leakage.Index(task)
        readable, about = _task(task, data)
        findings += about
        for split, language in readable:
            try:
                with listening() as left_out:
                    examples = task.examples(data, split, language)
            except Exception as error:  # a user's reader may not check its input
                seen = (
                    str(error)
                    if isinstance(error, DataError)
                    else f"its reader failed: {type(error).__name__}: {error}"
                )
                findings.append(_finding(task, "error", "reading", seen, split, language))
                continue
            part = Set(task=task, split=split, language=language, examples=examples)
            row, about = check(part, tokenizer)
            rows.append(row)
            findings += [*about, *_left_out(part, left_out)]
            index.add(part)
        findings += leakage.within(index)
        if index.texts:
            indices.append(index)
    findings += _across(indices, together)
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Report(rows=rows, findings=findings)


def _task(task: Task, data: Path) -> tuple[list[tuple[str, str]], list[Finding]]:
    """(split, language) pairs that can be read, and what is missing."""
    there = {split: task.available(data, split) for split in task.splits}
    findings = []
    if not any(there.values()):
        how = f"`isogloss tasks {task.name} --fetch` downloads it." if task.source.urls else task.source.by_hand
        return [], [_finding(task, "note", "missing", f"nothing is on disk. {how}")]
    if names := fetch.changed(task, data):
        which = f"not what was fetched, by sha256 ({fetch.RECORD}): {some(names, 6)}."
        message = f"{which} Delete them and fetch them again."
        findings.append(_finding(task, "warning", "changed", message))
    if "train" in there and task.type != "text" and ENGLISH in there["train"] and ENGLISH not in there.get("dev", ()):
        message = "English training data without a dev set: a checkpoint can only be chosen by its last step."
        findings.append(_finding(task, "warning", "missing", message))
    for split, languages in there.items():
        absent = [language for language in task.languages if language not in languages]
        known = {language for where, language in task.counts if where == split}
        absent = [language for language in absent if not known or language in known]
        if languages and absent and "-" not in absent[0]:
            findings.append(_finding(task, "note", "missing", f"not on disk: {some(absent)}.", split))
        pairs = [language for language in languages if "-" in language]
        if len(pairs) > PAIRS:
            there[split] = tuple(pairs[:PAIRS])
            message = f"{PAIRS} of {len(pairs)} pairs of languages are examined; the files are those of the languages."
            findings.append(_finding(task, "note", "missing", message, split))
    return [(split, language) for split, languages in there.items() for language in languages], findings


def _left_out(part: Set, lines: Sequence[LeftOut]) -> Iterator[Finding]:
    """What the reader left out, by kind, with the first place."""
    for what in dict.fromkeys(each.what for each in lines):
        of = [each.at for each in lines if each.what == what]
        yield part.finding("note", "reading", f"{amount(len(of), 'line')} {what}: left out, the first at {of[0]}.")


def _across(indices: Sequence[leakage.Index], together: bool) -> list[Finding]:
    """Leakage between different data: a task made from another's files shares its texts by design."""
    findings: list[Finding] = []
    tested = [index for index in indices if index.task.type != "text" and any(s in index.texts for s in leakage.TESTS)]
    for target in tested:
        for trained in indices:
            if trained is not target and not _is_kin(trained.task, target.task):
                used = together or trained.task.name in target.task.teachers
                findings += leakage.between(trained, target, together=used)
    findings += leakage.clean([index for index in indices if index.task.type == "text"], tested)
    return findings


def _is_kin(one: Task, other: Task) -> bool:
    """Whether two tasks are readings of the same training data, such as a set and its stand-in."""
    return one.type != "text" and one.source.folder == other.source.folder


def _finding(task: Task, severity: str, check: str, message: str, split: str = "", language: str = "") -> Finding:
    return Finding(severity=severity, check=check, task=task.name, split=split, language=language, message=message)
