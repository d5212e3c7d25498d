"""Deduplication against gold: python bench/dedupe.py DIR [--errors] — pairs of DBLP-ACM, and cases of bib-dedupe.

DIR holds DBLP2.csv, ACM.csv and DBLP-ACM_perfectMapping.csv (or a folder dblp_acm with them), and may hold
bib_dedupe_cases.json. Both tables go in as one list. Pairs of one table cannot be in the gold and are counted apart.
The last line is one JSON object.
"""

import argparse
import csv
import dataclasses
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from _needs import needs
from isogloss.core.record import Merge, Record, identifiers
from isogloss.formats.bibtex import _name
from isogloss.formats.exported import _split, csv_page
from isogloss.literature.dedupe import merges

TABLES = ("DBLP2.csv", "ACM.csv", "DBLP-ACM_perfectMapping.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", nargs="?")
    parser.add_argument("--errors", action="store_true", help="print what was missed and what was merged wrongly")
    asked = parser.parse_args()
    if asked.folder is None:
        needs("a folder of labelled records")
    folder = asked.folder / "dblp_acm" if (asked.folder / "dblp_acm").is_dir() else asked.folder
    figures: dict[str, Any] = {}
    if (folder / "ACM.csv").is_file():
        lacking = [name for name in TABLES if not (folder / name).is_file()]
        if lacking:
            raise SystemExit(f"{folder}: no {', '.join(lacking)}; give a folder in the pack's layout.")
        figures |= tables(folder, asked.errors)
    for cases in sorted(asked.folder.glob("*cases*.json")):
        figures |= adversarial(cases, asked.errors)
    if not figures:
        raise SystemExit(f"{asked.folder}: neither ACM.csv nor *cases*.json; give a folder in the pack's layout.")
    print(json.dumps(figures))


def tables(folder: Path, errors: bool) -> dict[str, Any]:
    """Precision, recall and F1 over the pairs of the mapping."""
    records = [
        dataclasses.replace(record, id=f"{source}:{record.ids['file']}", source=source)
        for source, name in (("dblp", "DBLP2.csv"), ("acm", "ACM.csv"))
        for record in csv_page((folder / name).read_bytes(), name).records
    ]
    with (folder / "DBLP-ACM_perfectMapping.csv").open(encoding="utf-8", newline="") as file:
        gold = {(f"dblp:{a}", f"acm:{b}") for a, b in list(csv.reader(file))[1:]}
    began = time.process_time()
    found, _ = merges(records)
    seconds = time.process_time() - began
    same = pairs([merge for merge in found if merge.relation == "same"])
    across = {pair if pair[0].startswith("dblp") else pair[::-1] for pair in same if pair[0][:4] != pair[1][:4]}
    right = len(across & gold)
    precision, recall = right / max(1, len(across)), right / len(gold)
    if errors:
        title = {record.id: (record.title[:70], record.year, record.authors[:3]) for record in records}
        for name, some in (("missed", gold - across), ("wrong", across - gold)):
            for a, b in sorted(some):
                print(name, a, title[a], "|", b, title[b])
    print(f"{len(records)} records, {len(gold)} pairs in the gold, {len(across)} found, {right} right, {seconds:.2f} s")
    return {
        "precision": round(precision, 4), "recall": round(recall, 4),
        "f1": round(2 * right / (len(across) + len(gold)), 4), "pairs": len(gold), "found": len(across),
        "within_one_table": len(same) - len(across),
        "versions": sum(merge.relation == "version of" for merge in found), "seconds": round(seconds, 2),
    }  # fmt: skip


def pairs(found: list[Merge]) -> set[tuple[str, str]]:
    """All pairs of records that are in one group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for merge in found:
        groups[merge.kept].append(merge.other)
    members = [sorted([kept, *others]) for kept, others in groups.items()]
    return {(a, b) for group in members for at, a in enumerate(group) for b in group[at + 1 :]}


def adversarial(path: Path, errors: bool) -> dict[str, Any]:
    """How many hand-made pairs are told rightly; a version counts as the same paper, as their authors count it."""
    cases, right, versions = json.loads(path.read_text("utf-8"))["cases"], 0, 0
    for case in cases:
        records = [record(case[f"record_{side}"], f"{side}:{case['id']}") for side in "ab"]
        found, _ = merges(records)
        right += bool(found) == case["expected_duplicate"]
        versions += any(merge.relation == "version of" for merge in found)
        if errors and bool(found) != case["expected_duplicate"]:
            print("case", case["id"], "expected", case["expected_duplicate"], *records, sep="\n  ")
    print(f"{right} of {len(cases)} hand-made pairs right, {versions} of them linked as versions")
    return {"cases": len(cases), "cases_right": right, "cases_linked": versions}


def record(values: dict[str, Any], name: str) -> Record:
    """A record of one side."""
    year = str(values.get("year") or "")
    authors = [_name(each) for each in _split(values.get("author") or "")]
    return Record(
        id=name, source=name[0], title=values.get("title") or "", authors=tuple(filter(None, authors)),
        year=int(year) if year.isdigit() else None, ids=identifiers(doi=values.get("doi")),
        kind="preprint" if "arxiv" in str(values.get("journal") or "").lower() else "paper",
    )  # fmt: skip


if __name__ == "__main__":
    main()
