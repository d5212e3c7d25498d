"""What a study says about divergence: one verdict per measure and outcome, from its scores and its divergences.

More divergence is predicted to make outcomes worse. **Supported**: the 95% interval of the slope leaves out 0 on that
side, p after Holm over everything tested is below .05, the block permutation test (where there is one) agrees, and
the interval leaves room for an effect of interest. **Refuted**: the interval leaves out every effect on that side as
large as the smallest of interest. **Undecided**: all else, with what would decide it; and everything that rests on
fewer than three encoders, intermediate tasks, targets or languages, for it speaks of those alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from isogloss.analysis.effects import UNITS, Design, Effect, estimate, permuted, units_needed
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.outcomes import BETTER, Outcome, Outcomes, outcomes
from isogloss.analysis.pairing import heeded, named, table
from isogloss.analysis.prediction import fitted, left_out
from isogloss.core import languages
from isogloss.core.errors import MetricError
from isogloss.core.shown import amount
from isogloss.stats.intervals import INTEREST, LEVEL, holm
from isogloss.stats.processes import shared
from isogloss.store.divergence import Divergence

RULES = 2
"""Raised when the same scores and divergences give other outcomes: what was concluded before is then out of date."""
ALPHA = 0.05
PREDICTED = 60
"""Up to this many effects, all are also judged by prediction; beyond it, only those with p < .05."""
MANY = 20_000
"""Rows of all tables together up to which further processes would cost more than they save."""


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """Of one measure on one outcome. Effects are changes of the outcome per standard deviation of divergence, whether
    more of it is good (`better`) or bad; undefined values are None."""

    measure: str
    """With version and layer, as "mmd (centred)"."""
    outcome: str
    verdict: str
    """"supported", "refuted" or "undecided"."""
    why: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    holm: float | None = None
    permutation: float | None = None
    """p of the block permutation test; None where too few relabellings exist."""
    df: float | None = None
    partial: float | None = None
    """Partial R² of the slope."""
    rows: int = 0
    units: Mapping[str, int] | None = None
    """Factor → how many of them it rests on."""
    varies: tuple[str, ...] = ()
    """Between which of them the slope itself varies."""
    fixed: tuple[str, ...] = ()
    """Of which there are too few to speak of others."""
    controls: Mapping[str, float] | None = None
    """Control → its slope."""
    errors: Mapping[str, float] | None = None
    """Root mean squared error: in sample, and of predicting new families and intermediate tasks, with and without."""
    needed: Mapping[str, int | None] | None = None
    """Factor → how many of them alone would decide it; None where no number would."""
    variances: Mapping[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What `isogloss analyse` found."""

    study: str
    outcomes: Outcomes
    verdicts: tuple[Conclusion, ...]
    notes: tuple[str, ...]
    rests_on: Mapping[str, int] = field(default_factory=dict)
    """How many scores and divergences the store held, and RULES: the page says when there are others now."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "study": self.study,
            "definition": definition(),
            "smallest_effect_of_interest": INTEREST,
            "level": LEVEL,
            "outcomes": [asdict(each) for each in self.outcomes.rows],
            "left_out": [asdict(each) for each in self.outcomes.left_out],
            "verdicts": [{**asdict(each), "better": better(each.outcome)} for each in self.verdicts],
            "notes": list(self.notes),
            "rests_on": dict(self.rests_on),
        }


def definition() -> str:
    """How a verdict is reached, as above, without marks for bold: for terminal, page and files alike."""
    return " ".join((__doc__ or "").split("\n\n", 1)[1].replace("**", "").split())


def analyse(
    ledger: Ledger,
    rows: Sequence[Divergence],
    *,
    processes: int = 1,
    report: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Analysis:
    """Outcomes and verdicts of a study; without divergences, outcomes alone.

    Much work is shared among `processes`; what comes out does not depend on their number. `report` is told how many
    effects are done, of how many.
    """
    measured = outcomes(ledger)
    notes = [f"{ledger.missing} evaluations of this study are still missing."] if ledger.missing else []
    if not rows:
        notes.append("No divergences in the store, so there are no verdicts: run `isogloss measure` first.")
    measures = named(row for row in heeded(rows) if row.family != "typological")
    controls = [row for row in rows if row.family == "typological"]
    cells = {name: [each for each in measured.rows if each.name == name] for name in BETTER}
    questions = [
        _asked(measure, name, cells[name], measured, of, controls)
        for measure, of in measures.items()
        for name in BETTER
        if cells[name]
    ]
    return Analysis(
        study=ledger.study.name,
        outcomes=measured,
        verdicts=tuple(_judged(questions, processes, report)),
        notes=tuple(notes),
        rests_on={"scores": len(ledger.rows), "divergences": len(rows), "rules": RULES},
    )


@dataclass(frozen=True, kw_only=True)
class _Question:
    """One measure, one outcome, and what is known of both."""

    measure: str
    outcome: str
    saturated: str
    table: Design | None
    why: str = ""
    """There is no table."""


def _asked(
    measure: str,
    outcome: str,
    cells: Sequence[Outcome],
    every: Outcomes,
    rows: Sequence[Divergence],
    controls: Sequence[Divergence],
) -> _Question:
    full = sum(row.note.startswith("saturated") for row in rows)
    saturated = f"saturated in {full} of {len(rows)} values" if full else ""
    made, why = None, ""
    try:
        made = table(cells, every, rows, controls)
    except MetricError as error:
        why = str(error)
    return _Question(measure=measure, outcome=outcome, saturated=saturated, table=made, why=why)


_Answer = tuple[Effect, float | None, dict[str, float] | None]
"""The effect, p of the permutation test, and errors of prediction."""


def _answered(question: _Question, predicted: bool) -> _Answer | str:
    """What takes time, by itself so that another process can do it; why not, where it cannot be done."""
    if question.table is None:
        return question.why
    try:
        effect = estimate(question.table)
    except MetricError as error:
        return str(error)
    p = permuted(question.table, f"{question.measure}/{question.outcome}")
    return effect, p, _errors(question.table, effect) if predicted or effect.slope.p < ALPHA else None


def _judged(questions: Sequence[_Question], processes: int, report: Callable[[int, int], None]) -> list[Conclusion]:
    tables = [question.table for question in questions if question.table]
    predicted = [len(tables) <= PREDICTED] * len(questions)
    many = sum(len(each.outcome) for each in tables) > MANY
    answers: list[_Answer | str] = []
    with shared(processes if many else 1) as spread:
        for done, answer in enumerate(spread(_answered, questions, predicted), start=1):
            answers.append(answer)
            report(done, len(questions))
    adjusted = iter(holm([answer[0].slope.p for answer in answers if not isinstance(answer, str)]))
    return [
        _verdict(question, answer, 0.0 if isinstance(answer, str) else next(adjusted))
        for question, answer in zip(questions, answers, strict=True)
    ]


def _verdict(question: _Question, answer: _Answer | str, adjusted: float) -> Conclusion:
    why = f"cannot be estimated: {answer}" if isinstance(answer, str) else question.saturated
    bare = Conclusion(measure=question.measure, outcome=question.outcome, verdict="undecided", why=why)
    if isinstance(answer, str):
        return bare
    effect, permutation, errors = answer
    slope = effect.slope
    verdict = judge(
        replace(
            bare, value=slope.value, low=slope.low, high=slope.high, p=slope.p, holm=adjusted, df=slope.df,
            partial=slope.partial, permutation=permutation, rows=effect.rows, units=effect.units, varies=effect.varies,
            fixed=effect.fixed, variances=effect.fit.variances, errors=errors,
            controls={key: each.value for key, each in effect.controls.items()},
        )
    )  # fmt: skip
    if verdict.verdict != "undecided":
        return verdict
    return replace(verdict, needed=units_needed(effect, deciding(verdict)))


def better(outcome: str) -> str:
    """Which way an outcome is good: "higher" or "lower". A slope of that sign is the opposite of what is predicted."""
    return "higher" if BETTER[outcome] > 0 else "lower"


def judge(verdict: Conclusion) -> Conclusion:
    """The verdict of an effect with its interval and p, by the definition above."""
    if verdict.value is None or verdict.low is None or verdict.high is None or verdict.holm is None:
        return verdict
    harm = -BETTER[verdict.outcome]
    # Seen from the predicted side: positive is as predicted.
    least, most = sorted((harm * verdict.low, harm * verdict.high))
    against = [verdict.why] if verdict.why else []
    units = {name: (verdict.units or {}).get(name, 1) for name in verdict.fixed}
    few = [amount(number, name) for name, number in units.items()]
    here = f"in {'these' if sum(units.values()) > 1 else 'this'} {' and '.join(few)} alone: " if few else ""
    if most < INTEREST:
        against.append(here + ("smaller than any effect of interest" if least > 0 else "no effect of interest"))
        return replace(verdict, verdict="undecided" if few else "refuted", why="; ".join(against))
    if least <= 0:
        against.append("the interval holds both no effect and one of interest")
    elif verdict.holm >= ALPHA:
        against.append("not after Holm's correction for everything tested")
    elif verdict.permutation is not None and verdict.permutation >= ALPHA:
        against.append("the block permutation test does not agree")
    else:
        against.append(here + "as predicted")
        return replace(verdict, verdict="undecided" if few else "supported", why="; ".join(against))
    return replace(verdict, verdict="undecided", why="; ".join(against))


def deciding(verdict: Conclusion) -> float:
    """The half-width at which the present estimate would be decided, one way or the other."""
    harm = -BETTER[verdict.outcome]
    seen = harm * (verdict.value or 0.0)
    return max(seen, INTEREST - seen) * 0.999


def _errors(made: Design, effect: Effect) -> dict[str, float]:
    errors = {"in sample": fitted(made, effect)}
    groups: dict[str, Sequence[str]] = {}
    if "intermediate" in made.factors:
        groups["intermediate"] = made.factors["intermediate"]
    if "language" in made.factors:
        groups["family"] = [family(each) for each in made.factors["language"]]
    for name, each in groups.items():
        both = left_out(made, effect, each)
        if both is not None:
            errors[f"unseen {name}"], errors[f"unseen {name}, without divergence"] = both
    return errors


def family(language: str) -> str:
    """A language's family; a language that is in no table is a family of its own."""
    found = languages.known(language)
    return found.family if found else language


def sentence(verdict: Conclusion) -> str:
    """What would decide an undecided effect, in words."""
    if not verdict.needed or not verdict.units:
        return ""
    units = verdict.units
    told = [f"{UNITS} or more {name}s (now {units.get(name, 1)})" for name in verdict.fixed]
    more = [
        f"{count} {name}s (now {units[name]})"
        for name, count in verdict.needed.items()
        if count and count > units[name] and name not in verdict.fixed
    ]
    if more:
        told.append(" or ".join(more))
    elif not told:
        return "no more of one kind alone would decide it"
    return "needs " + ", and ".join(told)
