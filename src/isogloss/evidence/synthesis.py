"""A synthesis: a question, the papers on it, claims with what was said of them, a panel, references, and its limits.

Everything is worked out from the lock, so that whoever has the folder gets the same one. Limits are computed, not
written: what was not asked, not held, not decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.core.record import Record
from isogloss.evidence import verify
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.panel import Panel, Sight, review
from isogloss.evidence.verify import Judged
from isogloss.literature.flow import flow_of
from isogloss.literature.lock import Lock

DATABASES = ("openalex", "crossref", "semanticscholar", "arxiv")
TOLD = 5
"""Sentences of included papers in the abstract."""
OWN = 20
"""Claims found in the papers that are judged where a user gives none: those nearest to the question."""


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """All that the page shows."""

    name: str
    question: str
    counts: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...]
    """Per source: asked, brought, failed and why."""
    included: tuple[Mapping[str, Any], ...]
    """Papers, nearest first."""
    told: tuple[Mapping[str, Any], ...]
    """Sentences of included papers nearest to the question."""
    judged: tuple[Judged, ...]
    panel: Panel | None
    references: tuple[Mapping[str, Any], ...]
    limits: tuple[str, ...]
    study: str = ""
    verifier: str = ""
    """Which verifier spoke, in words."""

    @property
    def found(self) -> bool:
        """Whether anything was found."""
        return bool(self.counts["included"])

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "search": self.name, "question": self.question, "study": self.study, "found": self.found,
            "says": summary(self), "verifier": self.verifier,
            "counts": dict(self.counts), "sources": [dict(each) for each in self.sources],
            "included": [dict(each) for each in self.included], "abstract": [dict(each) for each in self.told],
            "claims": [verify.plain(each) for each in self.judged],
            "panel": self.panel.plain() if self.panel else None,
            "references": [dict(each) for each in self.references], "limits": list(self.limits),
        }  # fmt: skip


def synthesise(
    lock: Lock, corpus: Corpus, judged: Sequence[Judged], *, study: str = "", cautions: Sequence[str] = (),
    people: Sequence[Any] = (), verifier: str = "", model: str = "",
) -> Synthesis:  # fmt: skip
    """Put together what a search holds and what was said of its claims."""
    wanted, counts = lock.question(), flow_of(lock).plain()
    sources = tuple(_sources(lock, counts))
    failed = [each["failed"] for each in sources if each["failed"]]
    sight = Sight(
        question=wanted["question"], corpus=corpus, judged=judged, counts=counts, failed=failed, cautions=cautions,
        study=study,
    )  # fmt: skip
    papers = tuple(_included(corpus))
    return Synthesis(
        name=lock.name, question=wanted["question"], counts=counts, sources=sources, included=papers,
        told=tuple(_told(corpus, wanted["question"])), judged=tuple(judged), panel=review(sight, people),
        references=tuple(references(corpus, judged)), limits=tuple(_limits(sight, wanted)), study=study,
        verifier=f"Verifier: {verifier}" + (f" The language model {model} was asked, too." if model else ""),
    )  # fmt: skip


def summary(found: Synthesis) -> str:
    """The result in one sentence."""
    if not found.found:
        return "Nothing was found."
    count = len(found.judged)
    by = {status: sum(each.status == status for each in found.judged) for status in ("supported", "refuted")}
    agree = sum(_says(each, "figures") == "agree" for each in found.judged)
    return (
        f"{by['supported']} of {count} {'claim is' if count == 1 else 'claims are'} supported, "
        f"{by['refuted']} refuted, {count - sum(by.values())} undecided; the figures of {agree} agree with the text."
    )


def references(corpus: Corpus, judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """What claims cite and what was included, each resolved to a record or said to be not found."""
    rows: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(cited for each in judged for cited in each.claim.cites):
        record = corpus.resolve(name)
        if record is None:
            rows[name] = {"cited": name, "status": "not found", "cited_by": [], "included": False}
        else:
            rows.setdefault(record.id, {**_reference(corpus, record), "cited": name, "cited_by": []})
    for name in corpus.included:
        rows.setdefault(name, {**_reference(corpus, corpus.by_id[name]), "cited": "", "cited_by": []})
    for each in judged:
        for name in each.claim.cites:
            record = corpus.resolve(name)
            row = rows[name if record is None else record.id]["cited_by"]
            if each.claim.id not in row:
                row.append(each.claim.id)
    return list(rows.values())


def _reference(corpus: Corpus, record: Record) -> dict[str, Any]:
    held = corpus.texts(record.id)
    notice = record.retracted
    return {
        "status": "held" if held else "title only", "record": record.id, "title": record.title,
        "authors": list(record.authors), "year": record.year, "venue": record.venue, "ids": dict(record.ids),
        "url": _address(record), "held_as": sorted({text.document.format for text in held}),
        "licence": next((text.document.licence for text in held if text.document.licence), record.licence),
        "version": record.ids.get("arxiv_version", ""), "source": record.source,
        "retraction": f"{notice.status}, says {notice.source} {notice.date}".strip() if notice else "",
        "included": record.id in corpus.included,
    }  # fmt: skip


def _address(record: Record) -> str:
    """Where a paper can be read; made from its identifiers, or an address with https that its source gives."""
    ids = record.ids
    if ids.get("acl"):
        return f"https://aclanthology.org/{ids['acl']}/"
    if ids.get("doi"):
        return f"https://doi.org/{ids['doi']}"
    if ids.get("arxiv"):
        return f"https://arxiv.org/abs/{ids['arxiv']}{ids.get('arxiv_version', '')}"
    return record.url if record.url.startswith("https://") else ""


def _sources(lock: Lock, counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per source, with what it was asked and what came of it."""
    rows: dict[str, dict[str, Any]] = {}
    for _, values in lock.plain("answers"):
        failed = str(values.get("error", ""))
        name = failed.split(": ", 1)[0] if failed else values["source"]
        row = rows.setdefault(name, {"source": name, "requests": 0, "records": 0, "failed": ""})
        row["requests"] += 1
        row["failed"] = row["failed"] or failed
    for name, count in counts["by_source"].items():
        row = rows.setdefault(name, {"source": name, "requests": 0, "records": 0, "failed": ""})
        row["records"] = count
    files = rows.pop("file", {"requests": 0})["requests"]
    for row in rows.values():  # what was read from files is known by their format
        row["asked"] = "requests" if row["requests"] else "files"
        row["requests"] = row["requests"] or files
    return sorted(rows.values(), key=lambda row: row["source"])


def _included(corpus: Corpus) -> list[dict[str, Any]]:
    ranks = {each.record: each.rank for each in corpus.screening}
    return [
        {"id": name, "rank": ranks.get(name, 0), "title": record.title, "year": record.year,
         "authors": list(record.authors), "venue": record.venue, "ids": dict(record.ids), "url": _address(record),
         "held": bool(corpus.texts(name))}
        for name in corpus.included for record in [corpus.by_id[name]]
    ]  # fmt: skip


def _told(corpus: Corpus, question: str) -> list[dict[str, Any]]:
    """The sentence nearest to the question of each of the nearest papers, with where it stands."""
    claims: list[dict[str, Any]] = []
    for name in corpus.included:
        for text in corpus.texts(name)[:1]:
            place = corpus.best(question, text, 1)[0] if text.passages else None
            if place is not None and len(claims) < TOLD:
                claims.append({
                    "record": name, "document": text.document.id, "title": text.title,
                    "url": _address(corpus.by_id[name]), "text": text.passages[place],
                    "start": text.spans[place][0], "end": text.spans[place][1],
                })  # fmt: skip
    return claims


def _limits(sight: Sight, wanted: Mapping[str, Any]) -> list[str]:
    """What this synthesis cannot say, from what is and is not in the lock."""
    counts, judged = sight.counts, sight.judged
    unasked = [name for name in DATABASES if name not in wanted["databases"]]
    limits = []
    if unasked:
        limits.append(f"Databases not asked: {', '.join(unasked)}. What only they hold is not here.")
    limits += [f"A source failed: {each}" for each in sight.failed]
    if counts["not_held"]:
        limits.append(f"{counts['not_held']} of {counts['sought']} papers that were sought have no text here.")
    formats = {document.format for document in sight.corpus.documents if document.held}
    if formats == {"abstract"}:
        limits.append("Abstracts alone were read: what stands in the papers themselves is not looked at.")
    if counts["excluded"]:
        told = "; ".join(f"{reason} {count:,}" for reason, count in counts["by_reason"].items())
        limits.append(f"{counts['excluded']:,} records were left out by rules on titles and abstracts ({told}).")
    if not judged:
        return limits
    open_ = sum(each.status == "undecided" for each in judged)
    limits.append(f"{open_} of {len(judged)} claims are undecided ({open_ / len(judged):.0%}).")
    cut = [each.claim.id for each in judged if sight.breaks_off(each)]
    if cut:
        limits.append(f"Cut off: {_claims(len(cut))}, judged as far as the words go and never called supported.")
    single = sum(len(sight.papers(each)) == 1 for each in judged)
    if single:
        limits.append(f"Resting on a single paper: {_claims(single)}.")
    lost = sorted({name for each in judged for name in each.claim.cites if sight.corpus.resolve(name) is None})
    if lost:
        limits.append(f"References not found: {', '.join(lost)}.")
    outside = sum(
        sight.outcome(each, "overlap") == "out of domain" or sight.outcome(each, "entailment") == "out of domain"
        for each in judged
    )  # fmt: skip
    if outside:
        limits.append(f"Unlike what the verifier was calibrated on, so without a probability: {_claims(outside)}.")
    if not any(sight.outcome(each, "entailment") not in ("", "no verifier") for each in judged):
        limits.append(
            "No trained verifier was asked (--verifier): that a text means a claim in other words goes unseen."
        )
    if not sight.study:
        limits.append("No study of one's own was named (--study): claims are held against text and published cells.")
    return limits + [f"The study {sight.study} says of itself: {each}" for each in sight.cautions]


def _says(judged: Judged, check: str) -> str:
    return next((each.says for each in judged.outcomes if each.check == check), "")


def _claims(number: int) -> str:
    return "1 claim" if number == 1 else f"{number:,} claims"


def nearest_claims(corpus: Corpus, question: str, claims: Sequence[Any]) -> list[Any]:
    """Of the claims found in papers, those nearest to a question, at most OWN."""
    near = corpus.nearest
    order = sorted(claims, key=lambda claim: (-round(near.coverage(question, claim.text), 6), claim.id))
    return order[:OWN]
