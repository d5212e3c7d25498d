"""Is a claim a whole sentence? One that breaks off is judged as far as it goes, and never supported."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.corpus import Corpus
from isogloss.literature.candidates import breaks_off


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "whole" or "cut off"."""
    why = breaks_off(claim.text)
    says, reason = ("cut off", f"it breaks off: {why}; judged as far as it goes") if why else ("whole", "")
    return Outcome(check="complete", level=0, status="undecided", says=says, reason=reason)


CHECK = Check(name="complete", title="the claim is whole", level=0, needs="nothing", order=2, run=run)
