"""Verbs about the literature: search it, read what was found, check claims against it. All add to one folder."""

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.names import listed
from isogloss.core.rows import row
from isogloss.core.shown import amount
from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.literature.lock import Lock
    from isogloss.store.store import Store

LIBRARIES = ("bm25s", "Stemmer", "rapidfuzz", "pypdf", "pylatexenc", "bibtexparser", "rispy", "stamina", "httpx2")


def search(arguments: argparse.Namespace) -> int:
    """Search files, and databases where they are named, for what bears on a question; all that came back is kept.

    Given the NAME of a search: go on with it; --again asks the same now, in a new search beside it.
    Exit status 1 when a source failed.
    """
    from isogloss.literature import search as engine
    from isogloss.literature.lock import Lock, names

    check_libraries()
    store = places.store(arguments)
    old: Lock | None = None
    if arguments.again:
        here = names(store)
        if arguments.question not in here:
            from isogloss.core.errors import UnknownName

            raise UnknownName.of("search", arguments.question, here, str(store))
        old = Lock(store, arguments.question)
        wanted = old.question()
        lock, files = engine.again(old, _files(arguments))
        request = engine.Asked(
            question=wanted["question"], files=tuple(files), databases=tuple(wanted["databases"]),
            terms=tuple(wanted["terms"]), years=tuple(wanted["years"]), limit=wanted["limit"], most=wanted["most"],
        )  # fmt: skip
        engine.question(lock, request)
    else:
        lock = begun(arguments, store)
    if arguments.dry_run:
        return _say_plan(lock, arguments.json)
    failed = engine.run(lock, patience=arguments.patience, say=teller(arguments))
    if arguments.figure:
        _draw(lock, arguments.figure)
    return _say_search(lock, failed, old, arguments.json)


def begun(arguments: argparse.Namespace, store: "Store") -> "Lock":
    """The search of a question, written down; or the one of this name, to go on with."""
    from isogloss.core.errors import SpecError
    from isogloss.literature import search as engine
    from isogloss.literature.lock import Lock, name_of, names

    here = names(store)
    if arguments.question in here:
        if arguments.places or arguments.databases:
            raise SpecError(
                f"'{arguments.question}' is a search: give --in and --databases with a question, or --again."
            )
        return Lock(store, arguments.question)
    lock = Lock(store, arguments.name or _named(arguments.question, here, store, name_of))
    databases = listed(arguments.databases, "--databases")
    request = engine.Asked(
        question=arguments.question, files=tuple(_files(arguments)), databases=databases, terms=tuple(arguments.terms),
        years=_years(arguments.years), limit=arguments.limit, most=arguments.most,
    )  # fmt: skip
    _check_recipe(lock.name)
    engine.question(lock, request)
    return lock


def _draw(lock: "Lock", path: Path) -> None:
    """The figure of a search's flow, written in one step."""
    from isogloss.literature.flow import flow_of
    from isogloss.report.figures.flow import flow_svg
    from isogloss.store.write import write_text

    failed = sorted({values["request"] for _, values in lock.plain("answers") if "error" in values})
    write_text(path, flow_svg(flow_of(lock).plain(), lock.name, failed))


def read(arguments: argparse.Namespace) -> int:
    """Hold the text of what a search included: abstracts, and files of --documents that match; find the claims in it.

    Exit status 1 when a file could not be read.
    """
    from isogloss.core.reading import Candidate, Document
    from isogloss.literature.flow import flow_of
    from isogloss.literature.lock import Lock
    from isogloss.literature.read import read as hold
    from isogloss.report.terminal import literature as said

    check_libraries()
    lock = Lock(places.store(arguments), arguments.name)
    notes = hold(lock, arguments.documents, teller(arguments))
    documents, claims = lock.read(Document, "documents"), lock.read(Candidate, "candidates")
    counts = flow_of(lock).plain()
    if arguments.json:
        print_json({
            "search": lock.name, "counts": counts, "documents": [row(each) for each in documents],
            "candidates": [row(each) for each in claims], "notes": notes,
        })  # fmt: skip
        return int(bool(notes))
    say(*said.flow_lines(counts), "", sep="\n")
    print_table(said.DOCUMENTS, said.document_rows(documents))
    say()
    print_table(said.CANDIDATES, said.candidate_rows(claims))
    for line in notes:
        say(line, file=sys.stderr)
    say(f"\nNext: isogloss verify {shlex.quote(lock.name)} --claims FILE")
    return int(bool(notes))


def verify(arguments: argparse.Namespace) -> int:
    """Hold claims against the texts of a search, published cells and a study: supported, refuted or undecided, and why.

    Claims come from FILE (one a line, or JSON lines in SciFact's layout), else from what was read.
    """
    from isogloss.core import folder
    from isogloss.core.reading import Candidate
    from isogloss.evidence import verify as engine
    from isogloss.evidence.draft import name_of
    from isogloss.literature.candidates import given
    from isogloss.literature.lock import Lock
    from isogloss.report.terminal import literature as said
    from isogloss.verbs.verifier import reader_of, verifier_of

    check_libraries()
    lock = Lock(places.store(arguments), arguments.name)
    lock.verify(making=engine.TABLES)
    claims = given(arguments.claims) if arguments.claims else lock.read(Candidate, "candidates")
    store = places.store(arguments)
    accepted = [folder.given("claims", str(path)) for path in arguments.accept]
    verifier = verifier_of(arguments, store)
    with ExitStack() as opened:
        judged_claims = engine.run(
            lock, claims, store, study=arguments.study or "", names=arguments.check, accepted=accepted,
            verifier=verifier, reader=reader_of(arguments, lock, opened),
        )  # fmt: skip
    for judged in judged_claims if arguments.drafts else ():
        if judged.draft:
            arguments.drafts.mkdir(parents=True, exist_ok=True)
            Path(arguments.drafts / f"{name_of(judged.claim.id)}.py").write_text(judged.draft, encoding="utf-8")
    plain = [engine.plain(each) for each in judged_claims]
    if arguments.json:
        print_json(plain)
        return 0
    print_table(said.CLAIMS, said.claim_rows(plain, arguments.study or ""))
    say("", *said.claim_notes(plain), f"Verifier: {verifier.told}", sep="\n")
    return 0


def plan(arguments: argparse.Namespace) -> int | None:
    """The plan of a search that was written down; None where `arguments.recipe` names none."""
    lock = lock_of(arguments, arguments.recipe)
    return None if lock is None else _say_plan(lock, arguments.json)


def lock_of(arguments: argparse.Namespace, name: str) -> "Lock | None":
    """The search of this name in the store, if there is one."""
    if "/" in name or not name or name.endswith(".py"):
        return None
    from isogloss.literature.lock import Lock, names

    store = places.store(arguments)
    return Lock(store, name) if name in names(store) else None


def doctor(arguments: argparse.Namespace) -> int | None:
    """Check a search: hashes, counts, licences, references; None where no single search is named."""
    lock = lock_of(arguments, arguments.name[0]) if len(arguments.name) == 1 else None
    if lock is None:
        return None
    from isogloss.literature.doctor import examine

    findings = examine(lock)
    if arguments.json:
        print_json(findings)
    else:
        say(*(f"{each['level']:<6}{each['says']}" for each in findings["findings"]), sep="\n")
    return int(findings["failed"])


def _say_plan(lock: "Lock", as_json: bool) -> int:
    from isogloss.literature.search import estimate
    from isogloss.report.terminal import literature as said

    wanted = lock.question()
    rows = estimate(wanted, [values for _, values in lock.plain("answers") if "error" not in values])
    if as_json:
        print_json(
            {"search": lock.name, "question": wanted["question"], "files": len(wanted["files"]), "databases": rows}
        )
        return 0
    say(f"{lock.name}: {wanted['question']}\n{_files_of(wanted)} read here.")
    if rows:
        print_table(said.PLAN, said.plan_rows(rows))
    told = " --again` asks it all again; this search has ended." if lock.whole else "` does it."
    say(f"\nNothing was asked. `isogloss search {shlex.quote(lock.name)}{told}")
    return 0


def _files_of(wanted: Mapping[str, Any]) -> str:
    return f"{amount(len(wanted['files']), 'file')},"


def _say_search(lock: "Lock", failed: list[str], old: "Lock | None", as_json: bool) -> int:
    from isogloss.core.errors import SourceError
    from isogloss.core.record import Record, Screening
    from isogloss.literature.flow import flow_of
    from isogloss.literature.search import changes
    from isogloss.report.terminal import literature as said

    records = lock.read(Record, "records")
    screening = lock.read(Screening, "screening")
    if failed and not records:
        raise SourceError(" ".join(failed))
    counts = flow_of(lock).plain()
    changed = changes(old.read(Record, "records"), records) if old else None
    conflicts = [values["says"] for _, values in lock.plain("conflicts")]
    if as_json:
        known = {record.id: record for record in records}
        included = [
            {"id": each.record, "rank": each.rank, "title": known[each.record].title, "year": known[each.record].year,
             "ids": dict(known[each.record].ids)}
            for each in sorted(screening, key=lambda each: each.rank) if each.included
        ]  # fmt: skip
        print_json({
            "search": lock.name, "folder": str(lock.at.root.resolve()), "question": lock.question()["question"],
            "counts": counts, "included": included, "failed": failed, "conflicts": conflicts, "changes": changed,
        })  # fmt: skip
        return int(bool(failed))
    say(*said.flow_lines(counts), "", sep="\n")
    rows = said.record_rows(records, screening)
    if rows:
        print_table(said.RECORDS, rows)
    else:
        terms = ", ".join(lock.question()["terms"])
        say(f"Nothing was found. Asked for: {terms}.")
    for name in ("new", "gone", "changed") if changed else ():
        names = (changed or {})[name]
        say(f"\n{name}: {len(names):,}" + (f": {', '.join(names[:8])}" if names else ""))
    for line in conflicts[:5]:
        say(f"\nConflict: {line}. Not merged.")
    for line in failed:
        say(f"\nFailed: {line}", file=sys.stderr)
    say(f"\n{lock.at.root.resolve()}\nNext: isogloss read {shlex.quote(lock.name)}")
    return int(bool(failed))


def _named(question: str, here: list[str], store: "Store", name_of: Callable[..., str]) -> str:
    """The name of a question's search: that of the same question where it is there already."""
    from isogloss.literature.lock import Lock

    name = name_of(question)
    same = name in here and Lock(store, name).question()["question"] == " ".join(question.split())
    return name if same else name_of(question, here)


def _check_recipe(name: str) -> None:
    from isogloss.core import folder
    from isogloss.core.errors import SpecError

    if name in folder.names("recipes") or name in folder.names("tasks"):
        raise SpecError(f"'{name}' is a recipe or a task; give the search another --name.")


def _files(arguments: argparse.Namespace) -> list[Any]:
    from isogloss.literature.local import files

    return files(arguments.places) if arguments.places else []


def _years(text: str) -> tuple[int, ...]:
    from isogloss.core.errors import SpecError

    if not text:
        return ()
    first, dash, last = text.partition("-")
    if not (first.isdigit() and (last.isdigit() or not dash)) or int(first) > int(last or first):
        raise SpecError(f"--years {text}: expected two years such as 2018-2024, or one.")
    return int(first), int(last or first)


def teller(arguments: argparse.Namespace) -> Callable[[str], None]:
    """What says on a terminal how far things are."""
    quiet = arguments.json or not sys.stderr.isatty()
    return lambda line: None if quiet else say(line, file=sys.stderr)


def check_libraries() -> None:
    """Raise SpecError where a library of the extra is not installed."""
    from importlib.util import find_spec

    from isogloss.core.errors import SpecError

    lacking = [name for name in LIBRARIES if find_spec(name) is None]
    if lacking:
        raise SpecError(
            f"{', '.join(lacking)}: not installed. `pip install 'isogloss[evidence]'` brings what this needs."
        )
