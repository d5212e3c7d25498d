"""The challenger looks for what speaks against each claim, and swaps its figures to see whether the checks notice."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from isogloss.core.rating import Mandate, Rating, of_whole
from isogloss.core.reading import record_of
from isogloss.evidence.checks import figures
from isogloss.evidence.figures import figures as figures_of
from isogloss.evidence.panel import Sight
from isogloss.evidence.verify import Judged

NAME = "challenger"
_whole = partial(of_whole, NAME)
AGAINST = {"figures": ("differ", "unclear"), "strength": ("weaker in the source",), "direction": ("conflict",),
           "version": ("another version",), "retraction": ("retracted", "concern")}  # fmt: skip


def rate(sight: Sight) -> Iterator[Rating]:
    """Low where something objects or a swapped figure passes, high where a claim stands up to both."""
    sides = 0
    for judged in sight.judged:
        objects = [check for check, words in AGAINST.items() if sight.outcome(judged, check) in words]
        sides += bool(objects) or judged.status == "refuted"
        yield _support(sight, judged, objects)
        cut = judged.claim.truncated or sight.breaks_off(judged)
        score = 2 if cut else 4 if judged.passages else 1
        reason = "it breaks off, so it may claim less or more" if cut else "it is whole and something is held on it"
        yield Rating(reviewer=NAME, criterion="claim", claim=judged.claim.id, score=score,
                     reason=reason if score > 1 else "nothing that is held speaks of it")  # fmt: skip
    papers = len(
        {record_of(outcome.document) for each in sight.judged for outcome in each.outcomes if outcome.document}
    )
    kinds = len(sight.counts["by_source"])
    yield _whole("search", 1 if sight.failed else 3 if kinds > 1 else 2,
                 "a source failed" if sight.failed else f"kinds of source: {kinds}")  # fmt: skip
    gone = sum(bool(sight.corpus.by_id[name].retracted) for name in sight.corpus.included)
    yield _whole("sources", 2 if gone else 4, f"{gone} of the included papers carry a notice")
    yield _whole("balance", 4 if sides and papers > 2 else 3 if sides else 2 if papers > 1 else 1,
                 f"{sides} claims met something that speaks against them; {papers} papers were drawn on")  # fmt: skip
    open_ = sum(each.status == "undecided" for each in sight.judged)
    yield _whole("limits", 4 if all(each.reasons for each in sight.judged) else 1,
                 f"{open_} claims are left undecided, each with its reason")  # fmt: skip


def _support(sight: Sight, judged: Judged, objects: list[str]) -> Rating:
    told = {"supported": (5, "it is supported and nothing objects"), "refuted": (1, "it is refuted")}
    if judged.status in told:
        score, reason = told[judged.status]
    elif objects:
        score, reason = 2, sight.reason(judged, objects[0])
    elif sight.outcome(judged, "figures") == "agree":
        score, reason = (4, "its figures agree, and swapped ones do not") if _noticed(sight, judged) else (
            2, "its figures agree, but so do swapped ones")  # fmt: skip
    else:
        score, reason = 3 if judged.passages else 1, "nothing speaks for it or against it"
    return Rating(reviewer=NAME, criterion="support", claim=judged.claim.id, score=score, reason=reason)


def _noticed(sight: Sight, judged: Judged) -> bool:
    """Whether a claim whose first figure was raised by a third no longer agrees."""
    first = figures_of(judged.claim.text)[0]
    swapped = f"{first.value * 4 / 3:.1f}" if first.value % 1 else f"{int(first.value * 4 / 3) + 1}"
    shown = first.text.strip()
    digits = "".join(letter for letter in shown if letter.isdigit() or letter in ".,")
    text = judged.claim.text.replace(shown, shown.replace(digits, swapped) if digits else swapped, 1)
    return figures.run(replace(judged.claim, text=text), sight.corpus, {}).says != "agree"


MANDATE = Mandate(name=NAME, title="looks for the opposite of each claim", rate=rate)
