"""Does a text entail or contradict a claim? What runs trained for it say, calibrated, in their domain, when sure."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.checks.overlap import of
from isogloss.evidence.corpus import Corpus


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "supported", "refuted", "abstains", "out of domain", "no text", or "no verifier"."""
    if corpus.verifier is None or corpus.verifier.level < 2:
        return Outcome(
            check="entailment", level=2, status="undecided", says="no verifier",
            reason="no trained verifier was named (--verifier STUDY)",
        )  # fmt: skip
    return of(claim, corpus, corpus.verifier, "entailment")


CHECK = Check(name="entailment", title="the text entails it", level=2, needs="model", order=11, run=run)
