"""The flow of records as PRISMA 2020 counts it: sums over the lock's rows, never counters, and they reconcile."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from isogloss.core.errors import LockError
from isogloss.core.reading import Document
from isogloss.core.record import REASONS, Merge, Record, Screening
from isogloss.literature.lock import Lock


@dataclass(frozen=True, kw_only=True)
class Flow:
    """identified − merged = screened; − excluded = sought; − not held = included."""

    identified: Mapping[str, int]
    """Source → records."""
    merged: int
    versions: int
    """Pairs that are linked as versions; both stay."""
    screened: int
    excluded: Mapping[str, int]
    """Reason → records."""
    sought: int
    not_held: int | None = None
    """None before anything was read."""
    included: int
    marks: Mapping[str, int] = field(default_factory=dict)
    """What records lack → how many."""

    def plain(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "identified": sum(self.identified.values()), "by_source": dict(self.identified), "merged": self.merged,
            "versions_linked": self.versions, "screened": self.screened, "excluded": sum(self.excluded.values()),
            "by_reason": dict(self.excluded), "sought": self.sought, "not_held": self.not_held,
            "included": self.included, "marks": dict(self.marks),
        }  # fmt: skip


def flow_of(lock: Lock) -> Flow:
    """The counts of a search, with those of its documents where it was read. Raises LockError."""
    read = lock.at.rows("documents").is_file()
    return flow(
        lock.read(Record, "records"), lock.read(Merge, "merges"), lock.read(Screening, "screening"),
        lock.read(Document, "documents") if read else None,
    )  # fmt: skip


def flow(
    records: Sequence[Record],
    merges: Sequence[Merge],
    screening: Sequence[Screening],
    documents: Sequence[Document] | None = None,
) -> Flow:
    """The counts. Raises LockError where rows do not reconcile."""
    ids = {record.id for record in records}
    if len(ids) != len(records):
        raise LockError(f"{len(records)} records have {len(ids)} ids; each must have its own.")
    same = [merge for merge in merges if merge.relation == "same"]
    away = {merge.other for merge in same}
    for merge in merges:
        for name in (merge.kept, merge.other):
            if name not in ids:
                raise LockError(f"a merge names {name}, which is not a record.")
    if len(away) != len(same) or away & {merge.kept for merge in same}:
        raise LockError("a record is merged away twice, or into one that is merged away itself.")
    decided = [each.record for each in screening]
    if len(set(decided)) != len(decided) or set(decided) != ids - away:
        raise LockError(
            f"{len(ids)} records less {len(away)} merged are {len(ids - away)}, but {len(set(decided))} were screened."
        )
    excluded = Counter(each.reason for each in screening if not each.included)
    unknown = [reason for reason in excluded if reason not in REASONS]
    if unknown or any(each.reason for each in screening if each.included):
        raise LockError(f"a reason {unknown[:1]} that is not in the list, or one for a record that goes on.")
    sought = {each.record for each in screening if each.included}
    held = None
    if documents is not None:
        if {document.record for document in documents} - sought:
            raise LockError("a document belongs to a record that was not sought.")
        held = {document.record for document in documents if document.held}
    return Flow(
        identified=dict(sorted(Counter(record.source for record in records).items())),
        merged=len(away),
        versions=len(merges) - len(same),
        screened=len(decided),
        excluded={reason: excluded[reason] for reason in REASONS if excluded[reason]},
        sought=len(sought),
        not_held=None if held is None else len(sought - held),
        included=len(sought if held is None else held),
        marks=dict(sorted(Counter(mark for record in records for mark in record.marks()).items())),
    )
