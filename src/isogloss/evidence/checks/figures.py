"""Do a claim's figures stand in one passage, with their units and the claim's names, for the same thing?"""

from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence import binding
from isogloss.evidence.binding import ABSENT, AGREE, DIFFER, UNCLEAR, Held
from isogloss.evidence.corpus import Corpus, Text
from isogloss.evidence.figures import figures
from isogloss.literature.candidates import breaks_off

ORDER = (AGREE, DIFFER, UNCLEAR, ABSENT)


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "agree", "differ" (the one word that refutes), "unclear", "absent", or "no figure"."""
    if not figures(claim.text):
        return Outcome(check="figures", level=0, status="undecided", says="no figure", reason="the claim has no figure")
    bound = [each for text in corpus.about(claim) for each in [against(claim.text, text, corpus)] if each is not None]
    if not bound:
        return Outcome(check="figures", level=0, status="undecided", says=ABSENT, reason="no text is held")
    # Papers that a claim does not cite cannot refute it: their other number may be another experiment's.
    free = not claim.cites and not claim.document
    text, place, held = min(bound, key=lambda each: ORDER.index(each[2].says))
    start = text.spans[place][0]
    status = "refuted" if held.says == DIFFER and not (free and _several(bound)) else "undecided"
    reason = _nowhere(claim.text, [each[0] for each in bound]) if held.says == ABSENT else held.reason
    return Outcome(
        check="figures", level=0, status=status, says=held.says, reason=reason, document=text.document.id,
        spans=(text.spans[place], *((start + a, start + b) for a, b in held.spans)),
    )  # fmt: skip


def _nowhere(claim: str, texts: list[Text]) -> str:
    """Which figures of a claim stand nowhere, or that they do not stand together."""
    there = [figure for text in texts for passage in text.passages for figure in figures(passage)]
    lost = [
        figure.text.strip() for figure in figures(claim)
        if not any(figure.alike(other) and figure.value == other.value for other in there)
    ]  # fmt: skip
    if lost:
        return f"{', '.join(lost)}: in no passage of the text"
    return "its figures do not stand in one passage with the claim's names"


def _several(bound: list[tuple[Text, int, Held]]) -> bool:
    return len({text.document.record for text, _, held in bound if held.says == DIFFER}) > 1


def against(claim: str, text: Text, corpus: Corpus) -> tuple[Text, int, Held] | None:
    """The passage of a text that decides, its place, and what it says; of those that say the same, the nearest."""
    topic = f"{text.title} {' '.join(sorted(binding.introduced(text.passages)))}"
    cut = bool(breaks_off(claim))
    best: dict[str, tuple[float, int, Held]] = {}
    for place, passage in enumerate(text.passages):
        held = binding.held(claim, passage, topic, truncated=cut)
        near = corpus.nearest.coverage(claim, passage)
        if held.says not in best or near > best[held.says][0]:
            best[held.says] = near, place, held
    if AGREE in best and DIFFER in best and best[DIFFER][0] > best[AGREE][0]:
        # The same number stands in one sentence, another number in a sentence that is nearer.
        near, place, held = best.pop(AGREE)
        best = {
            UNCLEAR: (
                near,
                place,
                Held(says=UNCLEAR, reason=best[DIFFER][2].reason + "; yet the number stands elsewhere"),
            )
        }
    says = next((says for says in ORDER if says in best), None)
    return None if says is None else (text, best[says][1], best[says][2])


CHECK = Check(name="figures", title="its figures stand in one passage", level=0, needs="text", order=4, run=run)
