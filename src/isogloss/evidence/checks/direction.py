"""Do comparison words and negations of claim and passage point the same way? A warning: words alone refute nothing."""

import re
from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.stance import NOT

UP = re.compile(
    r"\b(?:outperform|exceed|surpass|improv|increas|rais|boost|gain|better|higher|more|larger|best|most|stronger|beats?\b|helps?\b"
    r"|superior)\w*",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\b(?:decreas|reduc|drop|degrad|declin|hurt|harm|worse|lower|less\b|fewer|smaller|worst|least|weaker|loses?\b|loss|fails?\b"
    r"|inferior)\w*",
    re.IGNORECASE,
)
NEAR = 0.5


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "conflict", "no conflict" or "no passage"."""
    nearest = corpus.passage(claim)
    if nearest is None or corpus.nearest.coverage(claim.text, nearest[0].passages[nearest[1]]) < NEAR:
        return Outcome(
            check="direction", level=0, status="undecided", says="no passage", reason="no passage is near enough"
        )
    text, place = nearest
    mine, theirs = way(claim.text), way(text.passages[place])
    conflict = bool(mine and theirs and mine != theirs)
    reason = f"the claim goes {_word(mine)}, the nearest passage {_word(theirs)}: a warning" if conflict else ""
    return Outcome(
        check="direction", level=0, status="undecided", says="conflict" if conflict else "no conflict", reason=reason,
        document=text.document.id, spans=(text.spans[place],),
    )  # fmt: skip


def way(text: str) -> int:
    """1 for up, -1 for down, each turned round by a negation; 0 for neither or both."""
    up, down = len(UP.findall(text)), len(DOWN.findall(text))
    side = (up > 0) - (down > 0)
    return -side if len(NOT.findall(text)) % 2 else side


def _word(side: int) -> str:
    return "up" if side > 0 else "down"


CHECK = Check(name="direction", title="comparisons point the same way", level=0, needs="text", order=6, run=run)
