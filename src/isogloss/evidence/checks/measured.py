"""What a study of the store says of a claim that speaks of tasks and figures; only an accepted claim decides."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.checks.published import WITHOUT, of_cells, outcome
from isogloss.evidence.corpus import Corpus


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "supported", "refuted" or "undecided" by the study, "no cells named", or "no study"."""
    if corpus.study is None:
        return Outcome(check="measured", level=3, status="undecided", says="no study", reason="no study was named")
    found, accepted = of_cells(claim, corpus)
    if found is None:
        return Outcome(check="measured", level=3, status="undecided", says="no cells named", reason=WITHOUT)
    from isogloss.evidence.judge import against_study

    return outcome("measured", against_study(found, corpus.study), accepted)


CHECK = Check(name="measured", title="this study's cells", level=3, needs="study", order=21, run=run)
