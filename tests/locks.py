"""Random rows of a search that are consistent, for tests of what is counted in them."""

import random

from isogloss.core.reading import Document
from isogloss.core.record import REASONS, Merge, Record, Screening

Lock = tuple[list[Record], list[Merge], list[Screening], list[Document]]


def made(draw: random.Random) -> Lock:
    """A random lock whose rows are consistent."""
    records = [
        Record(id=f"s:{n}", source=draw.choice("abc"), title=draw.choice(("", "T")), year=draw.choice((None, 2031)))
        for n in range(draw.randint(0, 60))
    ]
    kept = [record for record in records if draw.random() < 0.7] or records[:1]
    names = {record.id for record in kept}
    merges = [
        Merge(kept=draw.choice(kept).id, other=record.id, rule="r") for record in records if record.id not in names
    ]
    if len(kept) > 1:
        first, second = draw.sample(kept, 2)
        merges.append(Merge(kept=first.id, other=second.id, rule="r", relation="version of"))
    screening = []
    for record in kept:
        included = draw.random() < 0.4
        screening.append(
            Screening(record=record.id, included=included, reason="" if included else draw.choice(REASONS))
        )
    documents = [
        Document(record=each.record, format=form, held=form != "none")
        for each in screening if each.included
        for form in ((draw.choice(("none", "abstract", "pdf")),) if draw.random() < 0.8 else ("abstract", "pdf"))
    ]  # fmt: skip
    return records, merges, screening, documents
