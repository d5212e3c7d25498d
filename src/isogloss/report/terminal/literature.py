"""Searches of the literature and their claims as rows: for the terminal and the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core.reading import Candidate, Document
from isogloss.core.record import Record, Screening
from isogloss.core.shown import amount

WIDE = 88


def flow_lines(flow: Mapping[str, Any]) -> list[str]:
    """The flow of records in words, one step a line."""
    by_source = ", ".join(f"{name} {count:,}" for name, count in flow["by_source"].items())
    by_reason = "; ".join(f"{reason} {count:,}" for reason, count in flow["by_reason"].items())
    linked = "; ".join(filter(None, ["records of a paper that another record stands for", linked_words(flow)]))
    lines = [
        f"identified  {flow['identified']:>7,}  {by_source or 'nothing'}",
        f"− merged    {flow['merged']:>7,}  {linked}",
        f"= screened  {flow['screened']:>7,}  by title and abstract",
        f"− excluded  {flow['excluded']:>7,}  {by_reason}",
        f"= sought    {flow['sought']:>7,}  ",
    ]
    if flow["not_held"] is not None:
        lines += [f"− not held  {flow['not_held']:>7,}  no text of it is here", f"= included  {flow['included']:>7,}  "]
    return [line.rstrip() for line in lines]


def linked_words(flow: Mapping[str, Any]) -> str:
    """How many pairs are linked as versions, in words; "" for none."""
    count = flow["versions_linked"]
    return f"{amount(count, 'pair')} linked as versions" if count else ""


RECORDS = ("rank", "paper", "year", "title")


def record_rows(records: Sequence[Record], screening: Sequence[Screening]) -> list[tuple[str, ...]]:
    """What goes on, nearest first."""
    known = {record.id: record for record in records}
    return [
        (str(each.rank), known[each.record].id, str(known[each.record].year or ""), cut(known[each.record].title, WIDE))
        for each in sorted(screening, key=lambda each: each.rank)
        if each.included
    ]


PLAN = ("database", "requests", "answered", "records", "seconds", "US dollars", "")


def plan_rows(estimate: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """What a search would ask, per database, and the sum."""
    rows: list[tuple[str, ...]] = [
        (
            each["database"], f"{each['requests']:,}", f"{each['answered']:,}", f"{each['records']:,}",
            f"{each['seconds']:,.0f}", f"{each['dollars']:.3f}" if each["dollars"] else "0",
            each["lacking"] or each["terms"],
        )
        for each in estimate
    ]  # fmt: skip
    total = [sum(each[key] for each in estimate) for key in ("requests", "answered", "records", "seconds", "dollars")]
    if len(rows) > 1:
        rows.append(("all", *(f"{value:,.0f}" for value in total[:4]), f"{total[4]:.3f}" if total[4] else "0", ""))
    return rows


DOCUMENTS = ("held as", "documents", "characters or bytes", "licence")


def document_rows(documents: Sequence[Document]) -> list[tuple[str, ...]]:
    """How many texts are held, by format and licence."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in documents:
        found.setdefault((each.format if each.held else "not held", each.licence or "not known"), []).append(each.bytes)
    return [(kind, f"{len(sizes):,}", f"{sum(sizes):,}", licence) for (kind, licence), sizes in sorted(found.items())]


CANDIDATES = ("claims found", "", "of them cut off")


def candidate_rows(claims: Sequence[Candidate]) -> list[tuple[str, ...]]:
    """How many candidate claims there are, by kind."""
    kinds = sorted({each.kind for each in claims})
    return [
        (
            kind,
            f"{sum(each.kind == kind for each in claims):,}",
            f"{sum(each.kind == kind and each.truncated for each in claims):,}",
        )
        for kind in kinds
    ]


CLAIMS = (
    "",
    "claim",
    "status",
    "level",
    "quoted",
    "figures",
    "verifier",
    "published",
    "study",
    "its sentence in the source",
)


def claim_rows(judged: Sequence[Mapping[str, Any]], study: str) -> list[tuple[str, ...]]:
    """One line per claim: claim, text outcome, published cells, this study, sentence."""
    rows: list[tuple[str, ...]] = []
    for number, claim in enumerate(judged, 1):
        says = {check["check"]: check["says"] for check in claim["checks"]}
        passage = claim["passages"][0] if claim["passages"] else None
        source = f"{passage['document'].split('#')[0]}: {passage['text']}" if passage else "no text is held"
        level = f"{claim['level']} {claim['by']}" if claim["by"] else "–"
        rows.append((
            str(number), cut(claim["claim"], 46), claim["status"], level, says.get("verbatim", "–"),
            says.get("figures", "–"), _read(claim["checks"]),
            _cells(says.get("published", "–")), _cells(says.get("measured", "–")) if study else "–", cut(source, 64),
        ))  # fmt: skip
    return rows


def claim_notes(judged: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why each claim came out as it did, and the count by status."""
    lines = [f"{number}. {each['reason']}" for number, each in enumerate(judged, 1)]
    counts = {
        status: sum(each["status"] == status for each in judged) for status in ("supported", "refuted", "undecided")
    }
    agree = sum(check["check"] == "figures" and check["says"] == "agree" for each in judged for check in each["checks"])
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    drafts = sum(bool(each["draft"]) for each in judged)
    lines += ["", f"{amount(len(judged), 'claim')}: {told}; the figures of {agree} agree."]
    if drafts:
        lines.append(f"{drafts} speak of cells: --drafts DIR writes them as claim files, for you to read and accept.")
    return lines


def _read(checks: Sequence[Mapping[str, Any]]) -> str:
    """What the verifier says, with its probability where it has one."""
    found = {check["check"]: check for check in checks}
    for name in ("entailment", "overlap"):
        check = found.get(name)
        if check is not None and check["says"] != "no verifier":
            return str(check["says"]) + (f" {check['p']:.2f}" if check.get("p") is not None else "")
    return "–"


def panel_lines(panel: Mapping[str, Any] | None) -> list[str]:
    """The panel in words: every reviewer, the mean with its range, and how far they agree; never one number."""
    if panel is None:
        return ["No score: there is nothing to rate."]
    lines = [f"{each['reviewer']:<16}{each['score']:.2f}  of 5, {each['ratings']} ratings" for each in panel["scores"]]
    lines.append(f"{'mean':<16}{panel['mean']:.2f}  from {panel['low']:.2f} to {panel['high']:.2f}")
    for name, key in (("alpha, ordinal", "alpha"), ("ICC(1,1)", "icc")):
        each = panel[key]
        if each is not None:
            ends = "" if each["low"] is None else f"  [{each['low']:.2f}, {each['high']:.2f}]"
            lines.append(f"{name:<16}{each['value']:.2f}{ends} over {each['items']} items")
    return lines + ([f"Agreement is undefined: {panel['why']}"] if panel["why"] else [])


def _cells(says: str) -> str:
    return {"no cells named": "–", "not looked at": "–", "no study": "–"}.get(says, says)


def cut(text: str, width: int) -> str:
    """A text in one line, cut to a number of characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
