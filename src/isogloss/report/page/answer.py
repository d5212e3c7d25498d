"""Two questions answered in words: in which languages it breaks, and what divergence explains."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.analysis.candidates import unread
from isogloss.analysis.conclusions import Analysis, Conclusion, sentence
from isogloss.analysis.outcomes import TITLES
from isogloss.analysis.standing import CEILING, OPEN
from isogloss.analysis.transfer import Board, Condition
from isogloss.core.shown import amount
from isogloss.report.page.headline import compared
from isogloss.report.parts.chart import language
from isogloss.report.parts.names import Names, measured
from isogloss.report.parts.words import count, interval, listed, points
from isogloss.report.sections import effects
from isogloss.report.tables.analysis import told, worse
from isogloss.stats.intervals import ENCODERS_NEEDED, LEVEL, Estimate
from isogloss.store.divergence import Divergence


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question and its answer; `state` is "found", "undecided" or "not computed", `tone` "good", "bad" or "open"."""

    question: str
    state: str
    tone: str = "open"
    says: str
    anchor: str
    """Where on the page it comes from."""
    command: str = ""
    """What computes it, where it is not computed yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cell:
    board: Board
    condition: Condition
    language: str
    called: Names

    def gain(self, level: float = LEVEL) -> Estimate:
        return self.condition.gains[self.language].estimate(level)

    @property
    def says(self) -> str:
        gain = self.gain()
        return (
            f"{self.called(self.condition.intermediate)} before {self.called(self.board.task)} in "
            f"{language(self.language)} ({points(gain.value, True)} points, "
            f"{interval(gain, True) if gain.replicated else 'one run each, not repeated'})"
        )


def answers(
    study: str, boards: Sequence[Board], analysis: Analysis | None, rows: Sequence[Divergence], called: Names
) -> tuple[Answer, Answer]:
    """Of a study; `boards` are those of its targets that summaries speak of."""
    return breaks(boards, called), explains(study, analysis, rows)


def breaks(boards: Sequence[Board], called: Names) -> Answer:
    """Languages where transfer fails outright, and where an intermediate task does harm beyond the uncertainty."""
    question = "In which languages does it break?"
    learned = [board for board in boards if board.conditions and board.conditions[0].competent]
    anchor = "scores"
    if not learned:
        said = "Cannot be told: no target was learned in English beyond the strongest trivial baseline."
        return Answer(question=question, state="undecided", says=said, anchor=anchor)
    cells = [
        _Cell(board=board, condition=condition, language=code, called=called)
        for board in learned
        for condition in board.conditions[1:]
        if not unread(board, condition)
        for code in board.others
        if code in condition.gains
    ]
    failed, fails = _failing(learned, called)
    harm, harms = _harm(cells)
    state, tone = ("found", "bad") if failed or harm else ("undecided", "open")
    says = f"{_scope(learned)}{fails} {harms}".strip()
    return Answer(question=question, state=state, tone=tone, says=says, anchor=anchor)


def _scope(learned: Sequence[Board]) -> str:
    fewest = min(condition.encoders for board in compared(learned) for condition in board.conditions[:1])
    if fewest >= ENCODERS_NEEDED:
        return ""
    return "For this one encoder. " if fewest == 1 else f"For these {count(fewest, 'encoder')}. "


def _failing(learned: Sequence[Board], called: Names) -> tuple[bool, str]:
    fails: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    full: dict[str, None] = {}
    open_: dict[str, None] = {}
    bare: dict[str, None] = {}
    for board in learned:
        for condition in board.conditions:
            if condition.competent:
                tried.update(board.others)
                fails.update(condition.near_chance & set(board.others))
                for code in board.others:
                    full |= dict.fromkeys([language(code)] * (condition.standings[code].verdict == CEILING))
                    open_ |= dict.fromkeys([language(code)] * (condition.standings[code].verdict == OPEN))
                    bare |= dict.fromkeys([called(board.task)] * (not condition.standings[code].measured))
    asides = f" In {listed(full)} a trivial baseline is at the ceiling, and nothing can be told." * bool(full)
    asides += f" In {listed(open_)} an interval holds the baseline, so whether it is cleared is not told." * bool(open_)
    asides += f" No trivial baseline was scored for {listed(bare)}: chance stands in for it." * bool(bare)
    if not fails and {language(code) for code in tried} <= {*full, *open_}:
        return False, f"Whether transfer clears the strongest trivial baseline is told in no language.{asides}"
    if not fails:
        every = "every other language" if full or open_ else "every language"
        return False, f"Transfer clears the strongest trivial baseline of {every} that was tested.{asides}"
    worst = sorted(fails, key=lambda code: (-fails[code] / tried[code], code))
    named = listed([f"{language(code)} ({fails[code]} of {tried[code]})" for code in worst], 6)
    return (
        True,
        f"Transfer fails, or cannot be told from a trivial baseline, in {named} of the conditions tested.{asides}",
    )


def _harm(cells: Sequence[_Cell]) -> tuple[bool, str]:
    if not cells:
        return False, "Whether an intermediate task does harm cannot be told: none can be compared with a run without."
    strict = 1 - (1 - LEVEL) / len(cells)
    decided = [each for each in cells if each.gain(strict).decided]
    down = [each for each in decided if each.gain().value < 0]
    up = [each for each in decided if each.gain().value > 0]
    open_ = len(cells) - len(down) - len(up)
    total = f"{amount(len(cells), 'cell')} of intermediate task, target and language"
    if not down:
        least = min(cells, key=lambda each: each.gain().value)
        helped = f"{count(len(up), 'cell')} gained, " if up else ""
        return False, (
            f"Whether an intermediate task does harm anywhere is undecided: of {total}, none has a loss that remains "
            f"significant after correction for testing all of them; {helped}{open_:,} are open. The lowest is "
            f"{least.says}."
        )
    places = Counter(each.language for each in down)
    named = listed([f"{language(code)} ({number})" for code, number in places.most_common()], 6)
    worst = min(down, key=lambda each: each.gain().value)
    return True, (
        f"An intermediate task lowered the score in {len(down):,} of {total}, after correction for testing all of "
        f"them: {named}; most for {worst.says}. {len(up):,} gained, {open_:,} are undecided."
    )


def explains(study: str, analysis: Analysis | None, rows: Sequence[Divergence]) -> Answer:
    """How many effects of divergence are supported, refuted and undecided, and the largest or the nearest."""
    question = "What does divergence explain?"
    if analysis is None or not analysis.verdicts:
        if command := effects.missing(study, analysis, rows):
            return Answer(question=question, state="not computed", says="", anchor="effect", command=command)
        return Answer(question=question, state="undecided", says=effects.UNREAD, anchor="effect")
    tested = [each for each in analysis.verdicts if each.value is not None]
    by = {kind: [each for each in tested if each.verdict == kind] for kind in ("supported", "refuted", "undecided")}
    if not tested:
        said = (
            "Undecided: this study has too few cells with both an outcome and a divergence to estimate any effect "
            f"({analysis.verdicts[0].why.removeprefix('cannot be estimated: ').rstrip('.')})."
        )
        return Answer(question=question, state="undecided", says=said, anchor="effect")
    total = count(len(tested), "effect of a measure on an outcome", "effects of a measure on an outcome")
    ruled = f" For {len(by['refuted'])} an effect of interest is ruled out." if by["refuted"] else ""
    if by["supported"]:
        top = max(by["supported"], key=lambda each: abs(each.value or 0.0))
        others = f"; {len(by['undecided'])} are undecided" if by["undecided"] else ""
        said = f"Of {total}, {len(by['supported'])} are supported, the largest being {_says(top)}{others}.{ruled}"
        return Answer(question=question, state="found", tone="good", says=said, anchor="effect")
    if by["undecided"]:
        said = f"Undecided: of {total} none is supported.{ruled}{_nearest(by['undecided'])}"
        return Answer(question=question, state="undecided", says=said, anchor="effect")
    said = f"Nothing of interest: all {total} are ruled out as smaller than the smallest effect of interest."
    return Answer(question=question, state="found", says=said, anchor="effect")


def _nearest(undecided: Sequence[Conclusion]) -> str:
    """The effect on the predicted side that is least likely to be chance, and what would decide it."""
    predicted = [each for each in undecided if worse(each.outcome, each.value or 0.0) > 0]
    if not predicted:
        return " None even points in the predicted direction (a larger distance, a worse outcome)."
    nearest = min(predicted, key=lambda each: each.p if each.p is not None else 2.0)
    needs = sentence(nearest)
    why = f": {nearest.why}" if nearest.why else ""
    return f" The nearest is {_says(nearest)}{why}{f'; it {needs}' if needs.startswith('needs') else ''}."


def _says(each: Conclusion) -> str:
    goes = "better" if worse(each.outcome, each.value or 0.0) < 0 else "worse"
    return (
        f"{measured(each.measure)} on {TITLES[each.outcome]} (worse by {told(each)} points per standard deviation: a "
        f"larger distance goes with a {goes} outcome)"
    )
