"""Screening by title and abstract, by rules that can be read: which records go on, and why the others do not."""

from collections.abc import Sequence

from isogloss.core.record import Merge, Record, Screening
from isogloss.literature.retrieve import Index

MOST = 40
"""So many of the nearest go on, unless `--most` says otherwise."""


def screen(
    question: str, records: Sequence[Record], merges: Sequence[Merge], *, most: int = MOST, years: Sequence[int] = ()
) -> list[Screening]:
    """One decision per record that is not merged into another; ranked by BM25 of title and abstract."""
    away = {merge.other for merge in merges if merge.relation == "same"}
    ordered = sorted((record for record in records if record.id not in away), key=lambda record: record.id)
    index = Index([f"{record.title}\n{record.abstract}" for record in ordered])
    ranks = {ordered[place].id: rank for rank, place in enumerate(index.ranked(question), 1)}
    screened, taken = [], 0
    for record in sorted(ordered, key=lambda record: ranks.get(record.id, len(ordered) + 1)):
        reason = _reason(record, ranks.get(record.id, 0), years)
        if not reason and taken >= most:
            reason = "not among the nearest"
        taken += not reason
        screened.append(Screening(record=record.id, included=not reason, reason=reason, rank=ranks.get(record.id, 0)))
    return screened


def _reason(record: Record, rank: int, years: Sequence[int]) -> str:
    if record.retracted is not None and record.retracted.status == "retracted":
        return "retracted"
    if record.kind == "machine-made":
        return "machine-made synthesis"
    if years and record.year is not None and not years[0] <= record.year <= years[1]:
        return "outside the years"
    if not record.title:
        return "no title"
    return "" if rank else "no word of the question"
