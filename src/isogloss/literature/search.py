"""From a question to a lock: files are read, databases asked, records merged and screened.

Every answer is kept before the next is asked for, so a killed search goes on where it was. What a source says is data:
one that fails is named in the flow, and the others go on.
"""

import dataclasses
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core import folder
from isogloss.core.database import Database, Page, Request
from isogloss.core.errors import SourceError, SpecError
from isogloss.core.record import Query, Record, Retraction, Screening
from isogloss.core.texts import normal
from isogloss.literature import dedupe, local, screen, words
from isogloss.literature.lock import SCHEMA, Lock
from isogloss.literature.web import PATIENCE, Web, ready
from isogloss.store.layout import SearchLayout

LIMIT = 200
TERMS = 12
"""Content words of a question that a database is asked with, at most."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a user wants searched."""

    question: str
    files: tuple[Path, ...] = ()
    databases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    """Other words than the question's own; each is a query of its own."""
    years: tuple[int, ...] = ()
    limit: int = LIMIT
    """Records of each database and query."""
    most: int = screen.MOST
    """Records that go on after screening."""


def question(lock: Lock, wanted: Asked) -> dict[str, Any]:
    """Write down what is asked, with local files kept by their hash. Raises SpecError for a question of one word."""
    count = len(words.stems(wanted.question))
    if count < 2:
        raise SpecError(
            f"{wanted.question!r}: {'one content word' if count else 'no content words'}; a question has at least two, "
            'such as "Does an English intermediate task help zero-shot transfer?"'
        )
    if not wanted.files and not wanted.databases:
        raise SpecError("nowhere to search: name files or folders with --in, or --databases openalex,crossref,arxiv,….")
    databases = [folder.load("sources", name).name for name in wanted.databases]
    with lock.alone():
        return _written(lock, wanted, databases)


def _written(lock: Lock, wanted: Asked, databases: Sequence[str]) -> dict[str, Any]:
    inputs = [list(each) for each in sorted({(path.name, lock.keep(path.read_bytes())) for path in wanted.files})]
    value = {
        "schema": SCHEMA, "question": " ".join(wanted.question.split()), "files": inputs,
        "databases": sorted(set(databases)),
        "terms": list(wanted.terms) or [terms_of(wanted.question)], "years": list(wanted.years),
        "limit": wanted.limit, "most": wanted.most,
    }  # fmt: skip
    if lock.there and lock.question() != value:
        raise SpecError(
            f"the search '{lock.name}' asks something else, or its files have changed. Give another --name; "
            f"`isogloss search {shlex.quote(lock.name)} --again` asks the same again."
        )
    lock.write_json(lock.at.question, value)
    lock.write_json(lock.at.here, {"files": [str(path.resolve()) for path in wanted.files]})
    return value


def run(
    lock: Lock, *, patience: float = PATIENCE, say: Callable[[str], None] = lambda _: None, making: Sequence[str] = ()
) -> list[str]:
    """Do what is missing of a search that was written down; returns what failed, in words.

    Tables of `making` are made again next: what a killed command left of them may lie there.
    """
    with lock.alone():
        return _run(lock, patience, say, making)


def _run(lock: Lock, patience: float, say: Callable[[str], None], making: Sequence[str]) -> list[str]:
    wanted = lock.question()
    answers = [values for _, values in lock.plain("answers")]
    if lock.whole:
        lock.verify(making=making)
        if not any("error" in row for row in answers):
            return []
        lock.begin(*SearchLayout.ROWS)
        lock.write("answers", answers)
    for table in SearchLayout.ROWS[1:]:  # what a kill left of an earlier turn
        lock.at.rows(table).unlink(missing_ok=True)
    known = {(row["request"], row.get("sha256", "")) for row in answers if "error" not in row}
    for name, sha256 in wanted["files"]:
        if (f"file:{name}", sha256) not in known:
            answers.append({"source": "file", "request": f"file:{name}", "sha256": sha256, "status": 200})
    answers = [row for row in answers if "error" not in row]
    records, failed = _local(lock, answers)
    web = Web(patience=patience, say=say)
    try:
        failed += _ask(lock, wanted, answers, web, say)
        records += _remote(lock, answers)
        _settle(lock, wanted, records, answers)
        failed += _look_up(lock, wanted, answers, web, say)
    finally:
        web.close()
    lock.write(
        "answers", answers + [{"source": "failed", "request": each.split(": ", 1)[0], "error": each} for each in failed]
    )
    lock.seal()
    return failed


def queries(wanted: Mapping[str, Any]) -> Iterator[tuple[Database, Query]]:
    """Each database with each query, lookups aside."""
    for name in wanted["databases"]:
        database = folder.load("sources", name)
        for terms in () if database.lookup else wanted["terms"]:
            yield database, Query(database=name, terms=terms, years=tuple(wanted["years"]), most=wanted["limit"])


def terms_of(text: str) -> str:
    """The content words of a question, as a database is asked with them."""
    import re

    found = [word for word in re.findall(r"[\w-]+", normal(text)) if word.lower() not in words.STOP and len(word) > 1]
    return (
        " ".join(dict.fromkeys(found[: TERMS * 2]))[:300]
        if len(found) <= TERMS
        else " ".join(dict.fromkeys(found[:TERMS]))
    )


def requests(database: Database, query: Query, page: Callable[[Request], Page | None]) -> Iterator[Request]:
    """The requests of a query, as far as `page` can answer them; the last one it cannot answer is given too."""
    params, brought = database.first(query), 0
    while True:
        request = Request(database=database.name, path=database.path, params=params)
        yield request
        answer = page(request)
        if answer is None:
            return
        brought += len(answer.records)
        if answer.next is None or brought >= query.most or not answer.records:
            return
        params = {
            **{key: value for key, value in params.items() if key != "offset" or "token" not in answer.next},
            **answer.next,
        }


def _ask(
    lock: Lock, wanted: Mapping[str, Any], answers: list[dict[str, Any]], web: Web, say: Callable[[str], None]
) -> list[str]:
    """Ask every database what it was not asked yet; each answer is kept before the next request."""
    failed: list[str] = []
    for database, query in queries(wanted):
        held = {row["request"]: row for row in answers if row["source"] == database.name}

        def page(request: Request, database: Database = database, held: dict[str, Any] = held) -> Page | None:
            row = held.get(request.canonical)
            if row is None:
                if ready(database):
                    raise SourceError(ready(database))
                row = _fetched(lock, database, request, web)
                held[request.canonical] = row
                answers.append(row)
                lock.write("answers", answers)
                say(f"{database.title}: {row['status']}, {row['bytes']:,} bytes")
            return _page(lock, database, row)

        try:
            for _ in requests(database, query, page):
                pass
        except SourceError as error:
            failed.append(_named(database, error))
    return failed


def _fetched(lock: Lock, database: Database, request: Request, web: Web) -> dict[str, Any]:
    answer = web.fetch(database, request)
    return {
        "source": database.name, "request": request.canonical, "status": answer.status,
        "sha256": lock.keep(answer.body), "bytes": len(answer.body), "headers": dict(answer.headers),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }  # fmt: skip


def _page(lock: Lock, database: Database, row: Mapping[str, Any]) -> Page:
    """What a kept answer holds; a 404 holds nothing."""
    if row["status"] == 404:
        return Page(records=())
    return database.read(lock.body(row["sha256"]), f"{database.title}, {row['request']}")


def _local(lock: Lock, answers: Sequence[dict[str, Any]]) -> tuple[list[Record], list[str]]:
    records: list[Record] = []
    failed: list[str] = []
    notices: dict[str, Retraction] = {}
    for row in sorted(answers, key=lambda row: str(row["request"])):
        if row["source"] != "file":
            continue
        name = row["request"].removeprefix("file:")
        try:
            batch = local.read(lock.body(row["sha256"]), name, lock.at.answer(row["sha256"]))
        except SourceError as error:
            failed.append(str(error))
            continue
        notices |= dict(batch.retractions)
        records += [dataclasses.replace(record, answer=row["sha256"]) for record in batch.records]
    return [_noticed(record, notices) for record in records], failed


def _noticed(record: Record, notices: Mapping[str, Retraction]) -> Record:
    notice = notices.get(record.ids.get("doi", ""))
    return dataclasses.replace(record, retracted=notice) if notice and record.retracted is None else record


def _remote(lock: Lock, answers: Sequence[dict[str, Any]]) -> list[Record]:
    """Records of every kept answer of a search, in the order of the requests' text."""
    records: list[Record] = []
    for row in sorted(answers, key=lambda row: str(row["request"])):
        database = None if row["source"] == "file" else folder.load("sources", row["source"])
        if database is None or database.lookup:
            continue
        try:
            page = _page(lock, database, row)
        except SourceError:  # named by `_ask`, which reads the same body
            continue
        records += [dataclasses.replace(record, answer=row["sha256"]) for record in page.records]
    return records


def _settle(
    lock: Lock, wanted: Mapping[str, Any], records: Sequence[Record], answers: Sequence[dict[str, Any]]
) -> None:
    """Merge and screen, and write the tables."""
    kept = list(local.numbered(records))
    merged, conflicts = dedupe.merges(kept)
    decided = screen.screen(wanted["question"], kept, merged, most=wanted["most"], years=wanted["years"])
    lock.write("answers", answers)
    lock.write("records", kept)
    lock.write("merges", merged)
    lock.write("screening", decided)
    lock.write("conflicts", [{"says": each} for each in conflicts])


def _look_up(
    lock: Lock, wanted: Mapping[str, Any], answers: list[dict[str, Any]], web: Web, say: Callable[[str], None]
) -> list[str]:
    """Ask databases that know one paper at a time about those that go on."""
    failed = []
    going = {each.record for each in lock.read(Screening, "screening") if each.included}
    dois = sorted(
        record.ids["doi"] for record in lock.read(Record, "records") if record.id in going and "doi" in record.ids
    )
    for database in (folder.load("sources", name) for name in wanted["databases"]):
        held = {row["request"] for row in answers if row["source"] == database.name}
        try:
            for doi in dois if database.lookup else ():
                request = Request(database=database.name, path=database.path.format(doi=doi))
                if request.canonical not in held:
                    if ready(database):
                        raise SourceError(ready(database))
                    answers.append(_fetched(lock, database, request, web))
                    lock.write("answers", answers)
                    say(f"{database.title}: {doi}")
        except SourceError as error:
            failed.append(_named(database, error))
    return failed


def _named(database: Database, error: SourceError) -> str:
    return str(error) if str(error).startswith(database.title) else f"{database.title}: {error}"


def estimate(wanted: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Per database: requests at most, how many are answered already, seconds at its rate, dollars."""
    rows = []
    for database in (folder.load("sources", name) for name in wanted["databases"]):
        count = wanted["most"] if database.lookup else database.requests(wanted["limit"]) * len(wanted["terms"])
        held = sum(row["source"] == database.name for row in answers)
        left = max(0, count - held)
        rows.append({
            "database": database.name, "requests": count, "answered": held, "records": 0 if database.lookup else
            wanted["limit"] * len(wanted["terms"]), "seconds": round(left * database.terms.interval, 1),
            "dollars": round(left * database.terms.price, 4), "terms": database.terms.note,
            "licence": database.terms.licence, "lacking": ready(database),
        })  # fmt: skip
    return rows


def again(lock: Lock, files: Sequence[Path] = ()) -> tuple[Lock, list[Path]]:
    """The lock of the same question asked now, and the files asked. Raises SpecError for files that are gone."""
    import re

    wanted = lock.question()
    paths = list(files)
    if not paths and wanted["files"]:
        told = lock.read_json(lock.at.here).get("files", []) if lock.at.here.is_file() else []
        paths = [Path(str(each)) for each in told] if isinstance(told, list) else []
        gone = [str(path) for path in paths if not path.is_file()]
        if gone or not paths:
            raise SpecError(f"{(gone or ['the files of this search'])[0]}: not on this machine; name them with --in.")
    base, number = re.sub(r"\.\d+$", "", lock.name), 2
    while Lock(lock.store, f"{base}.{number}").there:
        number += 1
    return Lock(lock.store, f"{base}.{number}"), paths


def changes(old: Sequence[Record], new: Sequence[Record]) -> dict[str, list[str]]:
    """Ids that are new, gone, or whose record says something else."""
    before, after = (
        {record.id: dataclasses.replace(record, answer="", place="") for record in each} for each in (old, new)
    )
    return {
        "new": sorted(after.keys() - before.keys()), "gone": sorted(before.keys() - after.keys()),
        "changed": sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
    }  # fmt: skip
