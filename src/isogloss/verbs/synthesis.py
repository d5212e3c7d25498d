"""The verb that answers a question from the literature: search, read, verify, review, and one page."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.shown import amount
from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import literature, places
from isogloss.verbs.verifier import reader_of, verifier_of

if TYPE_CHECKING:
    from isogloss.evidence.synthesis import Synthesis
    from isogloss.literature.lock import Lock
    from isogloss.store.store import Store

LEAD = 12
"""Papers and references that the terminal shows; the page has all."""


def synthesis(arguments: argparse.Namespace) -> int:
    """Answer a question from the literature: papers, claims held against text and cells, a panel, one page.

    Claims come from --claims, else from the papers. The page is written here as NAME.html, or to --out. Exit status 1
    when a source failed or a file could not be read.
    """
    from isogloss.core import folder
    from isogloss.core.reading import Candidate
    from isogloss.evidence import panel, verify
    from isogloss.evidence.synthesis import nearest_claims, synthesise
    from isogloss.literature import search
    from isogloss.literature.candidates import given
    from isogloss.literature.read import TABLES, read

    literature.check_libraries()
    store, tell = places.store(arguments), literature.teller(arguments)
    claims = given(arguments.claims) if arguments.claims else []
    lock = literature.begun(arguments, store)
    failed = search.run(lock, patience=arguments.patience, say=tell, making=TABLES)
    notes = read(lock, arguments.documents, tell)
    corpus = verify.corpus_of(lock, store, arguments.study or "")
    claims = claims or nearest_claims(corpus, lock.question()["question"], lock.read(Candidate, "candidates"))
    accepted = [folder.given("claims", str(path)) for path in arguments.accept]
    verifier = verifier_of(arguments, store)
    people = panel.people(arguments.ratings, [claim.id for claim in claims])
    with ExitStack() as opened:
        reader = reader_of(arguments, lock, opened)
        judged = verify.run(
            lock, claims, store, study=arguments.study or "", accepted=accepted, verifier=verifier, reader=reader
        )  # fmt: skip
    corpus = replace(corpus, accepted={each.name: each for each in accepted})
    found = synthesise(
        lock, corpus, judged, study=arguments.study or "", cautions=_cautions(store, arguments.study), people=people,
        verifier=verifier.told if verifier else "", model=arguments.model if arguments.reader else "",
    )  # fmt: skip
    _keep(lock, found)
    plain = found.plain()
    if arguments.json:
        print_json(plain)
    if arguments.out or not arguments.json:
        path = _write(arguments, plain, lock)
        if not arguments.json:
            _say(found, path)
    for line in (*failed, *notes):
        say(line, file=sys.stderr)
    return int(bool(failed or notes))


def _keep(lock: "Lock", found: "Synthesis") -> None:
    """The ratings, in the lock."""
    with lock.alone():
        lock.begin("ratings")
        lock.write("ratings", found.panel.ratings if found.panel else ())
        lock.seal()


def _cautions(store: "Store", study: str | None) -> Sequence[str]:
    """What a study says against itself."""
    if not study:
        return ()
    from isogloss.analysis import ledger

    return ledger.read(store, study).study.notes


def _write(arguments: argparse.Namespace, plain: dict[str, Any], lock: "Lock") -> Path:
    from isogloss.report.page.synthesis import write

    path = arguments.out or Path(f"{lock.name}.html")
    content = str(lock.read_json(lock.at.lock)["content"])
    return write(
        plain, path, command=_command(arguments, plain), place=f"evidence/{lock.name}", lock=content[:16],
        given=bool(arguments.claims),
    )  # fmt: skip


def _command(arguments: argparse.Namespace, plain: dict[str, Any]) -> str:
    """What makes the page again from the lock; files by name alone, so that a page is the same in every folder."""
    words = ["isogloss", "synthesis", plain["search"]]
    claims = arguments.claims.name if arguments.claims else ""
    for option, value in (("--claims", claims), ("--study", arguments.study), ("--verifier", arguments.verifier)):
        words += [option, value] if value else []
    words += [word for path in arguments.ratings for word in ("--ratings", path.name)]
    return shlex.join(words)


def _say(found: "Synthesis", path: Path) -> None:
    from isogloss.evidence.verify import plain as as_plain
    from isogloss.report.terminal import literature as said

    say(*said.flow_lines(found.counts), "", sep="\n")
    if not found.found:
        say("Nothing was found. There is no score.")
    else:
        rows = [as_plain(each) for each in found.judged]
        print_table(said.CLAIMS, said.claim_rows(rows, found.study))
        say("", *said.claim_notes(rows), "", sep="\n")
        say(*said.panel_lines(found.panel.plain() if found.panel else None), sep="\n")
        lost = [each["cited"] for each in found.references if each["status"] == "not found"]
        say(
            f"\n{amount(len(found.references), 'reference')}"
            + (f"; not found: {', '.join(lost[:LEAD])}" if lost else "")
        )
    say(f"\n{path.resolve()}")
