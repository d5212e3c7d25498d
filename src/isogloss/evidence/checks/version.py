"""Do a claim's figures belong to another version of the paper? Preprints and printed papers can have other numbers."""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate, record_of
from isogloss.evidence.binding import AGREE
from isogloss.evidence.checks.figures import against
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.figures import figures


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:
    """ "another version" where only another one's figures agree, "this version", "one version held"."""
    held = before.get("figures")
    record = record_of(held.document) if held else ""
    record = corpus.kept.get(record, record)
    texts = [
        text for name in sorted(corpus.versions.get(record, ())) for text in corpus.texts(corpus.kept.get(name, name))
    ]
    texts += [text for text in corpus.texts(record) if held and text.document.id != held.document] if record else []
    if not texts or not figures(claim.text) or held is None:
        return _outcome("one version held", "no other version to look at")
    if held.says == AGREE:
        return _outcome("this version", "")
    for text in texts:
        bound = against(claim.text, text, corpus)
        if bound is not None and bound[2].says == AGREE:
            return Outcome(
                check="version", level=0, status="undecided", says="another version", document=text.document.id,
                reason=f"its figures stand in {text.document.id}", spans=(text.spans[bound[1]],),
            )  # fmt: skip
    return _outcome("this version", "no other version has its figures")


def _outcome(says: str, reason: str) -> Outcome:
    return Outcome(check="version", level=0, status="undecided", says=says, reason=reason)


CHECK = Check(name="version", title="the figures are this version's", level=0, needs="text", order=7, run=run)
