"""The page of a synthesis: the sections of a review, every sentence from a row, every claim with where it stands."""

import html
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.reading import record_of
from isogloss.core.version import VERSION
from isogloss.report.figures.flow import flow_svg
from isogloss.report.page.render import HERE, packed, put, rendered
from isogloss.report.parts.chart import ACCENT, INK, PAPER, RULE, SOFT, TYPE
from isogloss.report.parts.spreadsheet import as_csv
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.report.parts.words import count, listed
from isogloss.store.write import replaceable, sweep_dead

Values = Mapping[str, Any]
ANCHORS = (
    ("abstract", "Abstract"), ("introduction", "Introduction"), ("methodology", "Methodology"), ("results", "Results"),
    ("limitations", "Limitations"), ("claims", "Extracted claims"), ("panel", "Panel"), ("references", "References"),
    ("redo", "Do it again"),
)  # fmt: skip
TONES = {"supported": "good", "refuted": "bad", "undecided": "open"}
LEVELS = {0: "by rules", 1: "by calibrated overlap", 2: "by entailment", 3: "by cells"}
NAMES = {
    "acl": "the ACL Anthology", "openalex": "OpenAlex", "crossref": "Crossref", "semanticscholar": "Semantic Scholar",
    "arxiv": "arXiv", "bibtex": "a BibTeX file", "ris": "an RIS file", "pdf": "PDFs",
}  # fmt: skip
UNSAID = ("no cells named", "not looked at", "no study", "")


def write(made: Values, path: Path, *, command: str, place: str, lock: str, given: bool) -> Path:
    """Write the page of a synthesis's JSON values to `path`, and its files to `<stem>_files/`; returns the path.

    `given`: whether a user gave the claims. `lock`: the hash of what the search holds.
    """
    path = Path(path)
    folder = path.parent / f"{path.stem}_files"
    replaceable(path)
    replaceable(folder)
    flow = flow_svg(made["counts"], made["search"], [row["source"] for row in made["sources"] if row["failed"]])
    files = {
        "flow.svg": flow, "references.bib": bibtex(made["references"]), "claims.csv": _claims_csv(made["claims"]),
        "synthesis.json": json.dumps(dict(made), ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    }  # fmt: skip
    strip = panel_svg(made["panel"]) if made["panel"] else ""
    if strip:
        files |= {"panel.svg": strip, "ratings.csv": _ratings_csv(made["panel"])}
    page = rendered(
        "synthesis.html", s={**made, "claims_given": given}, facts=list(_facts(made)), bars=_bars(made["claims"]),
        anchors=ANCHORS, introduction=_introduction(made),
        study_page=f"{made['study']}.html" if made["study"] else "",
        flow=flow, sources=_sources(made),
        checks=len({each["check"] for claim in made["claims"] for each in claim["checks"]}),
        outcomes=_outcomes(made["claims"]), claims=[_claim(each, made) for each in made["claims"]],
        agreement=_agreement(made["panel"]), strip=strip, panel=_panel(made["panel"]),
        reviewers=_reviewers(made["panel"]), references=_references(made["references"]), command=command, place=place,
        lock=lock, version=VERSION, folder=folder.name, files=packed(files),
        more_style=(HERE / "synthesis.css").read_text("utf-8"), script=(HERE / "page.js").read_text("utf-8"),
    )  # fmt: skip
    for each in (path.parent, folder):
        sweep_dead(each)
    for name, text in files.items():
        put(folder, name, text.encode())
    put(path.parent, path.name, page.lstrip().encode())
    return path


def bibtex(references: Sequence[Values]) -> str:
    """The references that are records, as BibTeX; those that were not found, as a comment."""
    lines: list[str] = []
    for each in references:
        if each["status"] == "not found":
            lines += [f"% not found: {_plain(each['cited'])}", ""]
            continue
        ids = each["ids"]
        fields = {
            "title": each["title"], "author": " and ".join(each["authors"]), "year": str(each["year"] or ""),
            "booktitle": each["venue"], "doi": ids.get("doi", ""), "eprint": ids.get("arxiv", ""), "url": each["url"],
        }  # fmt: skip
        told = [f"  {key} = {{{_plain(value)}}}" for key, value in fields.items() if value]
        key = "".join(letter if letter.isalnum() or letter in ".-_:" else "_" for letter in each["record"])
        lines += [f"@inproceedings{{{key},", ",\n".join(told), "}", ""]
    return "\n".join(lines)


def panel_svg(panel: Values) -> str:
    """Reviewers in lanes from 1 to 5: a dot per criterion, a bar for the score, a band for the range of scores."""
    wide, lane, left, top = 640, 40, 150, 30
    height = top + lane * len(panel["scores"]) + 8

    def x(score: float) -> float:
        return round(left + (wide - left - 24) * (score - 1) / 4, 1)

    parts = [
        f'<rect x="{x(panel["low"])}" y="{top - 6}" width="{max(2.0, x(panel["high"]) - x(panel["low"])):.1f}" '
        f'height="{height - top}" fill="{ACCENT}" opacity=".12"/>'
    ]
    for score in range(1, 6):
        parts.append(f'<line x1="{x(score)}" y1="{top - 6}" x2="{x(score)}" y2="{height - 6}" stroke="{RULE}"/>')
        parts.append(f'<text x="{x(score)}" y="{top - 12}" text-anchor="middle" fill="{SOFT}">{score}</text>')
    for place, each in enumerate(panel["scores"]):
        y = top + lane * place + lane / 2 - 4
        parts.append(f'<text x="0" y="{y + 4}">{html.escape(each["reviewer"][:20])}</text>')
        for name, value in each["by_criterion"].items():
            told = html.escape(f"{each['reviewer']}, {name}: {value:.2f}")
            dot = f'<circle cx="{x(value)}" cy="{y}" r="5" fill="{PAPER}" stroke="{SOFT}">'
            parts.append(f"{dot}<title>{told}</title></circle>")
        told = html.escape(f"{each['reviewer']}: {each['score']:.2f} of 5")
        bar = f'<rect x="{x(each["score"]) - 2}" y="{y - 13}" width="4" height="26" fill="{ACCENT}">'
        parts.append(f"{bar}<title>{told}</title></rect>")
    said = "; ".join(f"{each['reviewer']} {each['score']:.2f}" for each in panel["scores"])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{height}" viewBox="0 0 {wide} {height}" '
        f'role="img" font-family="Helvetica, Arial, Liberation Sans, sans-serif" font-size="{TYPE}" fill="{INK}">'
        f"<title>Scores by reviewer</title><desc>{html.escape(said)}</desc>{''.join(parts)}</svg>\n"
    )


def _facts(made: Values) -> Iterator[str]:
    counts = made["counts"]
    yield f"{counts['identified']:,} records identified"
    yield f"{counts['screened']:,} screened"
    yield count(counts["included"], "paper") + " included"
    yield count(len(made["claims"]), "claim")
    lost = sum(each["status"] == "not found" for each in made["references"])
    yield count(lost, "reference") + " not found"
    yield f"isogloss {VERSION}"


def _bars(claims: Sequence[Values]) -> list[dict[str, Any]]:
    by = Counter(each["status"] for each in claims)
    return [{"status": status, "count": by[status]} for status in TONES if by[status]]


def _introduction(made: Values) -> str:
    databases = listed([NAMES.get(row["source"], row["source"]) for row in made["sources"]]) or "nothing"
    return (
        f"It was put to {databases}. What follows counts what came back, shows which papers bear on the question, and "
        f"holds {count(len(made['claims']), 'claim')} against their texts, against published cells"
        + (f" and against cells of the study {made['study']}." if made["study"] else ".")
    )


def _sources(made: Values) -> Table:
    rows = [
        Rows(cells=(Cell(text=NAMES.get(row["source"], row["source"])),
                    Cell(text=f"{row['requests']:,}", aside=row["asked"], value=row["requests"]),
                    Cell(text=f"{row['records']:,}", value=row["records"]), Cell(text=row["failed"] or "–")))
        for row in made["sources"]
    ]  # fmt: skip
    counts = made["counts"]
    return table(
        key="sources", caption="Sources",
        facts=f"{counts['merged']:,} records were merged into another of the same paper; {counts['versions_linked']:,} "
        "pairs are linked as versions, and both stay",
        columns=[Column(name="Source", number=False), Column(name="Files or requests"), Column(name="Records"),
                 Column(name="Failed", number=False)],
        rows=rows,
    )  # fmt: skip


def _outcomes(claims: Sequence[Values]) -> Table | None:
    if not claims:
        return None
    by = Counter((each["status"], each["by"], each["level"]) for each in claims)
    rows = [
        Rows(cells=(
            Cell(text=status), Cell(text=LEVELS[level] if name else "nothing decided"),
            Cell(text=name or "–"), Cell(text=str(number), value=number)))
        for (status, name, level), number in sorted(by.items(), key=lambda each: (-each[1], each[0]))
    ]  # fmt: skip
    return table(
        key="outcomes", caption="Claims by outcome", facts="no vote: one check decides, or none does",
        columns=[Column(name=name, number=name == "Claims") for name in ("Outcome", "Level", "Check", "Claims")],
        rows=rows,
    )  # fmt: skip


def _claim(claim: Values, made: Values) -> dict[str, Any]:
    checks = {each["check"]: each for each in claim["checks"]}
    passage = claim["passages"][0] if claim["passages"] else {}
    record = record_of(str(passage.get("document", "")))
    known = {each.get("record", ""): each for each in made["references"]}
    said = next((checks[name] for name in ("entailment", "overlap") if checks.get(name, {}).get("p") is not None), None)
    quiet = checks.get("entailment", {}).get("says"), checks.get("overlap", {}).get("says")
    return {
        "text": claim["claim"], "status": claim["status"], "agrees": checks.get("figures", {}).get("says") == "agree",
        "tone": TONES[claim["status"]],
        "level": LEVELS[claim["level"]] if claim["by"] else "", "why": claim["reason"],
        "sentence": passage.get("text", ""), "title": passage.get("title", ""),
        "url": known.get(record, {}).get("url", ""),
        "p": f"{said['p']:.2f} for {_likeliest(said)}" if said else "",
        "calibration": _calibration(said) if said else "",
        "no_p": "none: out of domain" if "out of domain" in quiet else "none",
        "published": _cells(checks, "published"), "measured": _cells(checks, "measured"),
    }  # fmt: skip


def _likeliest(check: Values) -> str:
    values = {name: value for name, value in check["data"].items() if name in TONES}
    return str(max(values, key=lambda name: float(values[name])))


def _calibration(check: Values) -> str:
    made = check["calibration"]
    return (
        f"by {check['data']['verifier']}; calibrated on {made['set']} (n {made['n']:,}), ECE {made['ece']:.3f}, a "
        f"perfect one shows up to {made['null']:.3f}"
    )


def _cells(checks: Values, name: str) -> str:
    says = checks.get(name, {}).get("says", "")
    return "–" if says in UNSAID else str(says) + ("" if checks[name]["data"]["accepted"] else " (draft)")


def _agreement(panel: Values | None) -> str:
    if not panel:
        return ""
    if not panel["alpha"]:
        return f"How far they agree is undefined: {panel['why']}"

    def told(name: str, each: Values) -> str:
        ends = "" if each["low"] is None else f" [{each['low']:.2f}, {each['high']:.2f}]"
        return f"{name} {each['value']:.2f}{ends}"

    return (
        f"{told('Krippendorff’s alpha (ordinal)', panel['alpha'])}, {told('ICC(1,1)', panel['icc'])}, over "
        f"{panel['alpha']['items']} items; 95% intervals over items."
    )


def _reviewers(panel: Values | None) -> str:
    if not panel:
        return ""
    return (
        "Rule reviewers are functions of the lock: asked again they say the same, so their spread over repeats is 0, "
        "and agreement among them says that they read the same rows."
    )


def _panel(panel: Values | None) -> Table | None:
    if not panel:
        return None
    names = list(dict.fromkeys(name for each in panel["scores"] for name in each["by_criterion"]))
    rows = [
        Rows(cells=(
            Cell(text=each["reviewer"]), Cell(text=f"{each['score']:.2f}", value=each["score"]),
            *(Cell(text=f"{each['by_criterion'][name]:.2f}", value=each["by_criterion"][name])
              if name in each["by_criterion"] else Cell(text="–") for name in names),
            Cell(text=str(each["ratings"]), value=each["ratings"])))
        for each in panel["scores"]
    ]  # fmt: skip
    return table(
        key="panel_scores", caption="Scores", facts="1 to 5; a score is the mean over criteria, a criterion's the mean "
        "over its claims",
        columns=[Column(name="Reviewer", number=False), Column(name="Score"), *(Column(name=name) for name in names),
                 Column(name="Ratings")],
        rows=rows,
    )  # fmt: skip


def _references(references: Sequence[Values]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("Included, and held", "Cited, and held", "Known by title only", "Not found")
    }
    for each in references:
        held = "Included, and held" if each.get("included") else "Cited, and held"
        named = {"held": held, "title only": "Known by title only"}.get(each["status"], "Not found")
        groups[named].append(_row(each))
    return [(name, rows) for name, rows in groups.items() if rows]


def _row(each: Values) -> dict[str, Any]:
    cited = f"cited by claim {', '.join(each['cited_by'])}" if each["cited_by"] else ""
    if each["status"] == "not found":
        return {"title": "", "cited": each["cited"], "facts": f"no record of this search; {cited}"}
    facts = [
        f"held as {', '.join(each['held_as'])}" if each["held_as"] else "no text is held",
        f"version {each['version']}" if each["version"] else "", f"licence: {each['licence'] or 'not known'}",
        each["retraction"] or "no notice of retraction in this search", cited,
    ]  # fmt: skip
    return {
        "title": each["title"] or each["record"], "authors": listed(each["authors"], 4), "year": each["year"],
        "venue": each["venue"], "url": each["url"], "facts": "; ".join(filter(None, facts)),
    }  # fmt: skip


def _claims_csv(claims: Sequence[Values]) -> str:
    rows = (
        (each["id"], each["claim"], each["status"], each["level"], each["by"], check["check"], check["says"],
         check.get("p", ""), check.get("reason", ""), check.get("document", ""))
        for each in claims for check in each["checks"]
    )  # fmt: skip
    return as_csv(["id", "claim", "status", "level", "by", "check", "says", "p", "reason", "document"], rows)


def _ratings_csv(panel: Values) -> str:
    rows = (
        (each["reviewer"], each["criterion"], each["claim"], each["score"], each["reason"]) for each in panel["ratings"]
    )
    return as_csv(["reviewer", "criterion", "claim", "score", "reason"], rows)


def _plain(text: str) -> str:
    """A value of BibTeX: no brace or line can end it."""
    return " ".join("".join(letter for letter in text if letter not in "{}\\").split())
