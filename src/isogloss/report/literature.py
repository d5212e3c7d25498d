"""Searches of the literature and their claims as rows: for the terminal and the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core.record import Record, Screening

WIDE = 88


def flow_lines(flow: Mapping[str, Any]) -> list[str]:
    """The flow of records in words, one step a line."""
    by_source = ", ".join(f"{name} {count:,}" for name, count in flow["by_source"].items())
    by_reason = "; ".join(f"{reason} {count:,}" for reason, count in flow["by_reason"].items())
    linked = f"; {flow['versions_linked']:,} pairs linked as versions" if flow["versions_linked"] else ""
    lines = [
        f"identified  {flow['identified']:>7,}  {by_source or 'nothing'}",
        f"− merged    {flow['merged']:>7,}  two records of one paper{linked}",
        f"= screened  {flow['screened']:>7,}  by title and abstract",
        f"− excluded  {flow['excluded']:>7,}  {by_reason}",
        f"= sought    {flow['sought']:>7,}  ",
    ]
    if flow["not_held"] is not None:
        lines += [f"− not held  {flow['not_held']:>7,}  no text of it is here", f"= included  {flow['included']:>7,}  "]
    return [line.rstrip() for line in lines]


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


def cut(text: str, width: int) -> str:
    """A text in one line of at most so many characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
