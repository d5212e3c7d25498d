"""Is a search whole? Hashes, counts, licences, references: what would make its results wrong, and what to know."""

import shlex
from collections import Counter
from typing import Any

from isogloss.core.errors import LockError
from isogloss.core.reading import Document
from isogloss.core.record import Record, Screening
from isogloss.literature.flow import flow_of
from isogloss.literature.lock import Lock

BAD, KNOW, GOOD = "wrong", "know", "good"


def examine(lock: Lock) -> dict[str, Any]:
    """{"failed", "findings": [{"level", "says"}], "counts"}; failed when any finding is "wrong"."""
    findings: list[tuple[str, str]] = []
    counts: dict[str, Any] = {}
    try:
        locked = lock.verify()
        findings.append((GOOD, f"{len(locked['files'])} files are what the lock says"))
        records, screening = lock.read(Record, "records"), lock.read(Screening, "screening")
        was_read = "documents.jsonl" in locked["files"]
        documents = lock.read(Document, "documents") if was_read else None
        counts = flow_of(lock).plain()
        findings.append(
            (GOOD, f"the counts reconcile: {counts['identified']:,} identified, {counts['included']:,} included")
        )
        findings += _records(lock, records, screening)
        findings += (
            _documents(lock, documents)
            if documents is not None
            else [(KNOW, f"not read yet: isogloss read {shlex.quote(lock.name)}")]
        )
        findings += _references(lock)
    except LockError as error:
        findings.append((BAD, str(error)))
    return {
        "search": lock.name, "failed": any(level == BAD for level, _ in findings), "counts": counts,
        "findings": [{"level": level, "says": says} for level, says in findings],
    }  # fmt: skip


def _records(lock: Lock, records: list[Record], screening: list[Screening]) -> list[tuple[str, str]]:
    bodies = {values.get("sha256") for _, values in lock.plain("answers")}
    findings = [
        (BAD, f"{record.id} was read from a body that is not in the lock")
        for record in records
        if record.answer not in bodies
    ]
    findings += [
        (BAD, f"a source failed: {values['error']}") for _, values in lock.plain("answers") if "error" in values
    ]
    findings += [(KNOW, f"conflict, not merged: {values['says']}") for _, values in lock.plain("conflicts")]
    marks = Counter(mark for record in records for mark in record.marks())
    if marks:
        findings.append(
            (KNOW, "records with " + ", ".join(f"{name}: {count:,}" for name, count in sorted(marks.items())))
        )
    known = {record.id: record for record in records}
    for each in screening:
        notice = known[each.record].retracted
        if notice is not None:
            told = f"{each.record}: {notice.status}, says {notice.source} {notice.date}".rstrip()
            findings.append((KNOW, told + (", stays among the included" if each.included else ", left out")))
    return findings


def _documents(lock: Lock, documents: list[Document]) -> list[tuple[str, str]]:
    findings = []
    for document in documents:
        if document.held and document.format != "abstract":
            lock.body(document.text, document=True)
        elif not document.held:
            findings.append((KNOW, f"{document.record}: not held: {document.why}"))
    licences = Counter(document.licence or "not known" for document in documents if document.held)
    formats = Counter(document.format for document in documents if document.held)
    if licences:
        told = ", ".join(f"{name} {count:,}" for name, count in licences.most_common(6))
        kinds = ", ".join(f"{name} {count:,}" for name, count in formats.most_common())
        findings.append((KNOW, f"texts held: {kinds}; licences: {told}"))
    return findings


def _references(lock: Lock) -> list[tuple[str, str]]:
    """References of claims that are not records of the lock."""
    lost = [
        values
        for _, values in lock.plain("outcomes")
        if values["check"] == "resolves" and values["says"] == "not found"
    ]
    return [(BAD, f"claim {values['claim']}: {values['reason']}") for values in lost]
