"""Claims held against a search: every check by itself, then one status with its level and its reasons. No vote.

refuted     a figure differs in a passage that speaks plainly of the same thing; or entailment or accepted cells refute
supported   entailment or accepted cells support and no rule objects; or whole sentences quoted whose figures all agree
undecided   everything else, with every reason; the default that a check must earn its way out of
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isogloss.core import folder
from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.claim import Claim
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.draft import draft

TABLES = ("claims", "outcomes", "ratings")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A claim with what was said of it."""

    claim: Candidate
    status: str
    level: int
    """Of what decided; 0 where nothing did."""
    by: str
    """The check that decided; "" where none did."""
    reasons: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    passages: tuple[Mapping[str, Any], ...] = ()
    """The sentences nearest to it: document, title, start, end, text."""
    draft: str = ""
    """A claim file over cells, for a person to accept."""


def checks(names: Sequence[str] = ()) -> list[Check]:
    """The checks of evidence/checks/, in their order; raises UnknownName for one that is not there."""
    found = [folder.load("evidence/checks", name) for name in names or folder.names("evidence/checks")]
    return sorted(found, key=lambda check: (check.order, check.name))


def judge(claim: Candidate, corpus: Corpus, using: Sequence[Check]) -> Judged:
    """Run the checks, each seeing the outcomes before it, and combine them."""
    before: dict[str, Outcome] = {}
    for check in using:
        before[check.name] = check.run(claim, corpus, before)
    status, level, by, reasons = combined(claim, before)
    found = None if claim.cells or claim.document else draft(claim.id, claim.text)
    return Judged(
        claim=claim, status=status, level=level, by=by, reasons=tuple(reasons), outcomes=tuple(before.values()),
        passages=tuple(_passages(claim, corpus, before)), draft=found.code if found else "",
    )  # fmt: skip


def combined(claim: Candidate, outcomes: Mapping[str, Outcome]) -> tuple[str, int, str, list[str]]:
    """(status, level, deciding check, reasons)."""
    says = {name: outcome.says for name, outcome in outcomes.items()}
    objections = list(_objections(outcomes))
    if says.get("retraction") == "retracted":
        return "undecided", 0, "", objections
    for outcome in sorted(outcomes.values(), key=lambda each: each.level):
        if outcome.status == "refuted":
            return (
                "refuted",
                outcome.level,
                outcome.check,
                [outcome.reason, *(o for o in objections if o != outcome.reason)],
            )
    blocked = _blocked(claim, says)
    for outcome in sorted(outcomes.values(), key=lambda each: -each.level):
        if outcome.level >= 2 and outcome.status == "supported" and not blocked:
            return "supported", outcome.level, outcome.check, [outcome.reason]
    quoted = says.get("verbatim") == "quoted" and says.get("figures") == "agree"
    if quoted and not blocked and not claim.document:
        return "supported", 0, "verbatim", ["it stands in its source word for word, and its figures agree"]
    return "undecided", 0, "", objections or ["nothing in the text decides it"]


def _blocked(claim: Candidate, says: Mapping[str, str]) -> bool:
    """Whether a rule forbids to call a claim supported."""
    return (
        claim.truncated
        or says.get("complete") == "cut off"
        or says.get("strength") == "weaker in the source"
        or says.get("figures") in ("differ", "unclear")
        or says.get("direction") == "conflict"
        or says.get("resolves") in ("not found", "title only")
        or says.get("retraction") in ("retracted", "concern")
        or says.get("version") == "another version"
    )


def _objections(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """Why nothing was decided, most telling first."""
    told = {
        "retraction": ("retracted", "concern", "corrected"), "resolves": ("not found", "title only"),
        "complete": ("cut off",), "version": ("another version",), "figures": ("differ", "absent", "unclear"),
        "strength": ("weaker in the source",), "direction": ("conflict",), "verbatim": ("quoted in part", "nearly"),
    }  # fmt: skip
    given = 0
    for name, words in told.items():
        outcome = outcomes.get(name)
        if outcome is not None and outcome.says in words and outcome.reason:
            given += name not in ("complete", "resolves")
            yield outcome.reason
    figure, quote = outcomes.get("figures"), outcomes.get("verbatim")
    if figure is not None and figure.says == "agree":
        yield "its figures agree; that the rest of it holds is not decided by rules"
    elif quote is not None and quote.says == "quoted":
        yield "it stands in its source word for word; whether that is so is not decided by rules"
    elif outcomes.get("strength") is not None and outcomes["strength"].says == "no passage":
        yield "no passage that is held speaks of it"
    elif not given:
        yield "the nearest passage shares words with it; rules do not decide whether it says so"


def _passages(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Iterator[dict[str, Any]]:
    """What to read: the passage a check points at, then the nearest of all that were looked at."""
    seen: set[tuple[str, int]] = set()
    nearest: list[tuple[float, Any, int]] = []
    for text in corpus.about(claim):
        near = corpus.nearest.coverage
        nearest += [(near(claim.text, text.passages[at]), text, at) for at in corpus.best(claim.text, text)]
        decided = before.get("figures")
        if (
            decided is not None
            and decided.document == text.document.id
            and decided.spans
            and decided.says in ("agree", "differ")
        ):
            place = text.spans.index(decided.spans[0]) if decided.spans[0] in text.spans else -1
            if place >= 0:
                nearest.append((2.0, text, place))
    for _, text, place in sorted(nearest, key=lambda each: (-each[0], each[1].document.id, each[2]))[:4]:
        start, end = text.spans[place]
        if (text.document.id, start) not in seen and len(seen) < 2:
            seen.add((text.document.id, start))
            yield {
                "document": text.document.id,
                "title": text.title,
                "start": start,
                "end": end,
                "text": text.passages[place],
            }


def plain(judged: Judged) -> dict[str, Any]:
    """As JSON values: one object per claim."""
    from isogloss.core.rows import row

    cells = {each.check: each.says for each in judged.outcomes if each.check in ("published", "measured")}
    return {
        "id": judged.claim.id, "claim": judged.claim.text, "status": judged.status, "level": judged.level,
        "by": judged.by,
        "reason": "; ".join(judged.reasons), "reasons": list(judged.reasons), "cites": list(judged.claim.cites),
        "passages": [dict(each) for each in judged.passages], "cells": cells, "draft": judged.draft,
        "checks": [{"status": "undecided", **row(each)} for each in judged.outcomes],
    }  # fmt: skip


def run(
    lock: Any, claims: Sequence[Candidate], store: Any, *, study: str = "", names: Sequence[str] = (),
    accepted: Sequence[Claim] = (), verifier: Any = None, reader: Any = None,
) -> list[Judged]:  # fmt: skip
    """Judge claims and write down what was said: one row per claim and check, and one for the claim."""
    with lock.alone():
        lock.verify(making=TABLES)
        corpus = replace(
            corpus_of(lock, store, study), accepted={each.name: each for each in accepted}, verifier=verifier,
            reader=reader,
        )  # fmt: skip
        using = checks(names)
        judged = [judge(claim, corpus, using) for claim in claims]
        _keep(lock, claims, judged, study)
    return judged


def _keep(lock: Any, claims: Sequence[Candidate], judged: Sequence[Judged], study: str) -> None:
    from isogloss.core.rows import row

    lock.begin(*TABLES)
    lock.write("claims", (claim for claim in claims if not claim.document))
    rows = [
        {"claim": each.claim.id, "status": "undecided", **row(outcome)} for each in judged for outcome in each.outcomes
    ]
    rows += [
        {"claim": each.claim.id, "check": "claim", "status": each.status, "level": each.level, "says": each.by,
         "reason": "; ".join(each.reasons), **({"study": study} if study else {})}
        for each in judged
    ]  # fmt: skip
    lock.write("outcomes", rows)
    lock.seal()


def corpus_of(lock: Any, store: Any, study: str = "") -> Corpus:
    """What a search holds, with published cells and those of a study."""
    from isogloss.analysis import ledger
    from isogloss.core.reading import Document, Passage
    from isogloss.core.record import Merge, Record, Screening
    from isogloss.evidence.cells import evidence, published

    spans: dict[str, list[tuple[int, int]]] = {}
    for passage in lock.read(Passage, "passages"):
        spans.setdefault(passage.document, []).append((passage.start, passage.end))
    return Corpus(
        records=tuple(lock.read(Record, "records")), merges=tuple(lock.read(Merge, "merges")),
        screening=tuple(sorted(lock.read(Screening, "screening"), key=lambda each: each.rank)),
        documents=tuple(lock.read(Document, "documents")),
        text_of=lambda sha256: lock.body(sha256, document=True).decode("utf-8"),
        spans={name: tuple(sorted(each)) for name, each in spans.items()},
        study=evidence(ledger.read(store, study)) if study else None,
        published=published(folder.ROOT / "claims" / "published.csv"),
    )  # fmt: skip
