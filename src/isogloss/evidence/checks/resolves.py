"""Is what a claim cites a record of the search? What is not found is said to be not found, never passed over."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.core.record import Record, arxiv
from isogloss.evidence.corpus import Corpus


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "found", "title only", "not found" or "no reference"."""
    if not claim.cites:
        return _outcome("no reference", "it cites nothing; the nearest of the included papers are looked at")
    records = {name: corpus.resolve(name) for name in claim.cites}
    lost = [name for name, record in records.items() if record is None]
    if lost:
        sources = ", ".join(sorted({record.source for record in corpus.records})) or "an empty search"
        return _outcome("not found", f"{', '.join(lost)} not found in: {sources}")
    bare = [name for name, record in records.items() if record is not None and not corpus.texts(record.id)]
    if bare:
        return _outcome("title only", f"{', '.join(bare)}: no text of it is held")
    return _outcome("found", ", ".join(_told(name, record) for name, record in records.items() if record is not None))


def _told(name: str, record: Record) -> str:
    """The record, and which version is held where another one is cited."""
    cited, held = arxiv(name)[1], record.ids.get("arxiv_version", "")
    return f"{record.id}, held as {held}, cited as {cited}" if cited and held and cited != held else record.id


def _outcome(says: str, reason: str) -> Outcome:
    return Outcome(check="resolves", level=0, status="undecided", says=says, reason=reason)


CHECK = Check(name="resolves", title="the reference is a record", level=0, needs="lock", order=1, run=run)
