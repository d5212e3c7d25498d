"""literature/flow.py: the counts are sums over rows, and reconcile or are refused."""

import random

import pytest

from isogloss.core.errors import LockError
from isogloss.core.reading import Document
from isogloss.core.record import Merge, Screening
from isogloss.literature.flow import flow
from locks import made


@pytest.mark.parametrize("block", range(10))
def test_a_thousand_random_locks_reconcile(block: int) -> None:
    """identified − merged = screened; − excluded = sought; − not held = included: counted here another way."""
    for seed in range(100):
        records, merges, screening, documents = made(random.Random(1000 * block + seed))
        found = flow(records, merges, screening, documents)
        assert sum(found.identified.values()) == len(records)
        assert sum(found.identified.values()) - found.merged == found.screened == len(screening)
        assert found.screened - sum(found.excluded.values()) == found.sought
        assert found.not_held is not None
        assert found.sought - found.not_held == found.included
        assert found.included == len({each.record for each in documents if each.held})


BROKEN = (
    "a record twice",
    "a merge of nothing",
    "merged twice",
    "not screened",
    "screened twice",
    "a free reason",
    "a stray text",
)


@pytest.mark.parametrize("what", BROKEN)
def test_rows_that_do_not_reconcile_are_refused(what: str) -> None:
    """One row too many, too few, or of another table: LockError, and no count."""
    for seed in range(40):
        records, merges, screening, documents = made(random.Random(seed))
        if len(records) < 20 or not any(merge.relation == "same" for merge in merges):
            continue
        match what:
            case "a record twice":
                records = [*records, records[0]]
            case "a merge of nothing":
                merges = [*merges, Merge(kept="s:nothing", other=screening[0].record, rule="r")]
            case "merged twice":
                merges = [*merges, next(merge for merge in merges if merge.relation == "same")]
            case "not screened":
                screening = screening[1:]
            case "screened twice":
                screening = [*screening, screening[0]]
            case "a free reason":
                screening = [*screening[1:], Screening(record=screening[0].record, included=False, reason="dull")]
            case _:
                documents = [*documents, Document(record="s:nothing", format="pdf")]
        with pytest.raises(LockError):
            flow(records, merges, screening, documents)
