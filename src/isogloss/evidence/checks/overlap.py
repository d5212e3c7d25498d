"""Which way do words lean? A calibrated probability, in its domain alone; it supports and refutes nothing."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.verifier import Said, Verifier, words


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "leans supported", "leans refuted", "abstains", "out of domain" or "no text"."""
    verifier = corpus.verifier if corpus.verifier is not None and corpus.verifier.level == 1 else words()
    return of(claim, corpus, verifier, "overlap")


def of(claim: Candidate, corpus: Corpus, verifier: Verifier, check: str) -> Outcome:
    """A verifier's outcome: of the text that it finds most telling."""
    judged: list[tuple[bool, float, Said, str, tuple[int, int]]] = []
    for text in corpus.about(claim):
        if text.passages:
            said = verifier.read(claim.text, text.passages, text.title, corpus.nearest)
            span = text.spans[corpus.best(claim.text, text, 1)[0]]
            judged.append((said.inside, 1 - float(said.p[0]), said, text.document.id, span))
    if not judged:
        return Outcome(check=check, level=verifier.level, status="undecided", says="no text", reason="no text is held")
    _, _, said, document, span = max(judged, key=lambda each: each[:2])
    return verifier.outcome(check, said, document, (span,))


CHECK = Check(name="overlap", title="which way words lean", level=1, needs="text", order=10, run=run)
