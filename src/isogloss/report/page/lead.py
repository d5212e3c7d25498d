"""The verdict at the top of the page: at most forty words, in plain language, from the ranking of a study."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from isogloss.analysis.candidates import ALONE, BARE, FULL, LOST, NO_ENGLISH, SAME, TORN, UNLEARNED, Candidate
from isogloss.analysis.ranking import Ranking
from isogloss.analysis.replication import MOST, Needed
from isogloss.report.parts.names import Names
from isogloss.report.parts.words import capital, count, interval, listed, points, spelled
from isogloss.stats.intervals import Estimate

Called = Callable[[str], str]
WORDS, NAME = 40, 5
"""Of the whole, and of one name in it."""
_WHY = {
    UNLEARNED: "English itself was not learned on any target, so there was nothing to transfer",
    ALONE: "only English was tested, so nothing is known of transfer to other languages",
    LOST: "every run with an intermediate task, or every run without one, collapsed",
    NO_ENGLISH: "no target has an English score, so whether it was learned is unknown",
    BARE: "no trivial baseline was scored, so whether English was learned is unknown",
    FULL: "trivial baselines are at the ceiling in every language, so no gain can show",
    SAME: "every intermediate task was a target itself: controls, not transfer",
    TORN: "no pair of runs was tested on every target",
}


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A verdict: `says` it, and `because` of what; `tone` is "good", "bad" or "open".

    `badge` is empty where nothing was repeated or nothing was read: there is nothing to stamp.
    """

    says: str
    because: str
    badge: str = ""
    tone: str = "open"

    @property
    def words(self) -> int:
        """How many a reader reads."""
        return len(f"{self.says} {self.because}".split())


def lead(ranking: Ranking, called: Names, missing: int = 0) -> Lead:
    """The verdict of a study; `missing` counts the tests that are not done yet, for which nothing is final."""
    decided = _lead(ranking, lambda name: _brief(called(name)))
    if not missing:
        return decided
    says = f"So far, {decided.says[:1].lower()}{decided.says[1:]}"
    return replace(_fitted(says, decided.because), badge="unfinished", tone="open")


def _lead(ranking: Ranking, called: Called) -> Lead:
    read = ranking.candidates
    match ranking.kind:
        case "nothing":
            return _fitted("Nothing to compare yet.", "No run with an intermediate task has a partner without one.")
        case "unread":
            reasons = Counter(why for of in ranking.unread.values() for why in of.values())
            return _fitted("Nothing can be told.", f"{capital(_WHY[reasons.most_common(1)[0][0]])}.")
        case "first" | "tie":
            return _helps([each for each in read if each.intermediate in ranking.best], called)
        case "none":
            return _none(ranking, called)
        case "unrepeated":
            return _fitted("Not decided: one run each, not repeated.", *_so_far(read[0], called, len(read)))
    once = [called(each.intermediate) for each in read if not each.gain.estimate().replicated]
    if not read[0].gain.estimate().replicated:
        says = f"Not decided: only one run of {once[0]} can be read."
        return replace(_fitted(says, *_so_far(read[0], called, len(read))), badge="not decided")
    if once and ranking.needed and ranking.needed.why == "one pair":  # all must be ruled out, and this one cannot be
        says = f"Not decided: only one run of {listed(once, 2)} can be read."
        return replace(_fitted(says, *_so_far(read[0], called, len(read), ranking.harmful)), badge="not decided")
    says = f"Not decided: {_more(ranking.needed)}."
    return replace(_fitted(says, *_so_far(read[0], called, len(read), ranking.harmful)), badge="not decided")


def _helps(best: Sequence[Candidate], called: Called) -> Lead:
    gain, english = best[0].gain.estimate(), best[0].english.estimate()
    says = f"Put {listed([called(each.intermediate) for each in best], 3, 'or')} first."
    told = "It raises" if len(best) == 1 else "They are not told apart; the first raises"
    raised = f"{told} the zero-shot score by {_points(gain)}"
    because = (f"{raised} {_over(gain)}, and English by {points(english.value, True)}.", f"{raised} {_over(gain)}.")
    return replace(_fitted(says, *because, f"{raised}."), badge="found", tone="good")


def _none(ranking: Ranking, called: Called) -> Lead:
    read = ranking.candidates
    most = max(each.gain.estimate(ranking.level).high for each in read)
    if len(ranking.harmful) == len(read):
        them = {1: "The only one lowers", 2: "Both lower"}.get(len(read), f"All {spelled(len(read))} lower")
        lowered = f"{them} the zero-shot score"
        worst = f"{lowered}, {called(read[-1].intermediate)} by {_points(read[-1].gain.estimate())}."
        said: tuple[str, ...] = (worst, f"{lowered}.")
    else:
        tasks = capital(count(len(read), "intermediate task"))
        said = (f"{tasks} compared; none can bring more than {points(max(0.0, most))} points zero-shot.",)
    return replace(_fitted("Nothing beats none.", *said), badge="found", tone="bad")


def _so_far(first: Candidate, called: Called, many: int, harmful: Sequence[str] = ()) -> tuple[str, ...]:
    """The first of the ranking, and who does harm; shorter ways to say it after longer ones."""
    gain = first.gain.estimate()
    shown = f"{points(gain.value, True)} points zero-shot"
    leads = f"{capital(called(first.intermediate))} leads with {shown}"
    told = leads if gain.value > 0 else f"None is above 0; the best is {called(first.intermediate)}, {shown}"
    if not gain.replicated:
        return (f"{told}. How many more seeds would decide cannot be said from one pair.", f"{told}.")
    names = listed([called(each) for each in harmful], 2)
    harm = f"; {names} {'lower' if len(harmful) > 1 else 'lowers'} it" if harmful else ""
    among = f", not significant among {spelled(many)} tasks" if gain.decided else ""
    span = f"{told} {interval(gain, True)}"
    return (f"{span}{among}{harm}.", f"{span}{among}.", f"{told}.")


def _more(needed: Needed | None) -> str:
    """What would decide it, in half a sentence."""
    if needed is None or needed.why == "one pair":
        return "one run each, not repeated"
    if needed.why == "sign":
        return "the two encoders disagree, so it takes a third"
    if needed.why == "examples":
        return f"more {needed.unit} would not help, the tests are too small"
    if needed.more is None:
        return f"not even {MOST} more {needed.unit} would"
    return f"about {count(max(1, needed.more), f'more {needed.unit[:-1]}')} would"


def _over(gain: Estimate) -> str:
    """What was repeated, and how many of them agree in sign."""
    if gain.unit == "encoders":
        agree = gain.positive if gain.value > 0 else gain.encoders - gain.positive
        return f"in {spelled(agree)} of {count(gain.encoders, 'encoder')}"
    if gain.unit == "runs":
        return "in both of two runs"
    return f"over {count(gain.runs, 'run')} of {count(gain.encoders, 'encoder')}"


def _points(estimate: Estimate) -> str:
    return f"{points(abs(estimate.value))} points {interval(estimate, True)}"


def _brief(name: str) -> str:
    """A name short enough that three of them leave room for a verdict."""
    words = name.split()
    return name if len(words) <= NAME else f"{' '.join(words[:NAME])} …"


def _fitted(says: str, *because: str) -> Lead:
    """The first of several reasons, longest first, that leaves the verdict within WORDS."""
    leads = [Lead(says=says, because=each) for each in because]
    return next((each for each in leads if each.words <= WORDS), leads[-1])
