"""Was a paper that a claim rests on retracted or corrected? What nobody knows is said to be unknown."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate, record_of
from isogloss.evidence.corpus import Corpus

ASKED = ("crossref", "openalex", "acl", "arxiv")
"""Sources whose records say whether a paper was retracted."""


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:
    """ "retracted", "corrected", "concern", "no notice" with who was asked, or "unknown"."""
    names = {record.id for record in map(corpus.resolve, claim.cites) if record is not None}
    names |= {record_of(outcome.document) for outcome in before.values() if outcome.document}
    members = [corpus.by_id[name] for name in sorted(names) if name in corpus.by_id]
    members += [corpus.by_id[other] for other, kept in corpus.kept.items() if kept in names]
    for status in ("retracted", "concern", "corrected"):
        for record in members:
            notice = record.retracted
            if notice is not None and notice.status == status:
                told = f"{record.id}: {status}, says {notice.source} {notice.date}".rstrip()
                return _outcome(status, f"{told}. {notice.reason}".rstrip(". "))
    databases = sorted({record.source for record in members} & set(ASKED))
    if not databases:
        return _outcome("unknown", "no source that lists retractions knows the paper")
    return _outcome("no notice", f"none in {', '.join(databases)}")


def _outcome(says: str, reason: str) -> Outcome:
    return Outcome(check="retraction", level=0, status="undecided", says=says, reason=reason)


CHECK = Check(name="retraction", title="the paper stands", level=0, needs="lock", order=8, run=run)
