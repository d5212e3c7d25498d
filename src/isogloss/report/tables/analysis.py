"""An analysis in words, tables and files: what `isogloss analyse` prints and writes."""

from isogloss.analysis.conclusions import Analysis, Conclusion, better, sentence
from isogloss.analysis.outcomes import BETTER, by_transfer
from isogloss.core.shown import amount
from isogloss.report.parts.spreadsheet import as_csv
from isogloss.report.parts.words import spanned
from isogloss.report.sections import robustness

VERDICTS = ("supported", "refuted", "undecided")
OUTCOME_COLUMNS = ("encoder", "intermediate", "target", "language", "outcome", "value", "low", "high",
                   "gain in English", "unit", "encoders", "runs", "method")  # fmt: skip
VERDICT_COLUMNS = ("measure", "outcome", "verdict", "worse_by", "low", "high", "better", "slope", "p", "holm",
                   "permutation", "df", "partial", "rows", "why", "needs")  # fmt: skip
"""`worse_by` with its interval is what page and terminal print: above 0, farther is worse. `slope` is the outcome's own
change, which is the opposite where `better` says "higher"."""


def worse(outcome: str, value: float) -> float:
    """A slope turned so that more is worse, whichever way the outcome is read."""
    return -BETTER[outcome] * value


def turned(each: Conclusion) -> tuple[float, float, float] | tuple[None, None, None]:
    """How much worse, and the ends of its interval; None where it was not estimated."""
    if each.value is None or each.low is None or each.high is None:
        return None, None, None
    low, high = sorted((worse(each.outcome, each.low), worse(each.outcome, each.high)))
    return worse(each.outcome, each.value), low, high


def told(each: Conclusion) -> str:
    """How much worse with its interval, in points; a dash where it was not estimated."""
    by, low, high = turned(each)
    return "–" if by is None or low is None or high is None else spanned(by, low, high)


def outcome_table(analysis: Analysis) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Per intermediate task and target: every outcome, as the mean over languages or of the whole."""
    measured = analysis.outcomes.rows
    names = robustness.names(measured)
    rows = [
        (encoder, intermediate, target, *(cell.text for cell in robustness.means(outcomes, names)))
        for (encoder, intermediate, target), outcomes in by_transfer(measured).items()
    ]
    one = len({row[0] for row in rows}) < 2
    # The page's tables of scores have a seed SD of scores.
    heads = ["seed SD of the gain" if name == "seed SD" else name for name in names]
    header = ("encoder", "intermediate", "target", "gain in English", *heads)
    return (header[one:], [row[one:] for row in rows])


def verdict_table(analysis: Analysis) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Supported first, then refuted, then undecided by p."""
    ordered = sorted(
        analysis.verdicts, key=lambda each: (VERDICTS.index(each.verdict), each.p if each.p is not None else 2)
    )
    rows: list[tuple[str, ...]] = [
        (
            each.measure, each.outcome, each.verdict, told(each), _p(each.holm),
            _p(each.permutation), "–" if each.df is None else f"{each.df:.0f}", _reason(each),
        )
        for each in ordered
    ]  # fmt: skip
    return ("measure", "outcome", "verdict", "worse by, points per SD", "p (Holm)", "p (perm.)", "d.f.", "why"), rows


def _reason(verdict: Conclusion) -> str:
    needs = sentence(verdict)
    return f"{verdict.why}; {needs}" if needs else verdict.why


def _p(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def summary(analysis: Analysis) -> list[str]:
    """Left-out cells by name, notes, and how many verdicts of which kind."""
    lines = [f"Left out: {each.intermediate} → {each.target}: {each.why}." for each in analysis.outcomes.left_out]
    lines += analysis.notes
    if analysis.verdicts:
        counts = [sum(each.verdict == kind for each in analysis.verdicts) for kind in VERDICTS]
        told = ", ".join(f"{count} {kind}" for count, kind in zip(counts, VERDICTS, strict=True))
        lines.append(f"{amount(len(analysis.verdicts), 'pair')} of measure and outcome: {told}.")
    return lines


def tables(analysis: Analysis) -> dict[str, str]:
    """outcomes.csv and verdicts.csv, values in [0, 1]."""
    outcomes = [
        (each.encoder, each.intermediate, each.target, each.language, each.name, each.estimate.value, each.estimate.low,
         each.estimate.high, each.english, each.estimate.unit, each.estimate.encoders, each.estimate.runs,
         each.estimate.method)
        for each in analysis.outcomes.rows
    ]  # fmt: skip
    verdicts = [
        (each.measure, each.outcome, each.verdict, *turned(each), better(each.outcome), each.value, each.p, each.holm,
         each.permutation, each.df, each.partial, each.rows, each.why, sentence(each))
        for each in analysis.verdicts
    ]  # fmt: skip
    return {
        "outcomes.csv": as_csv(OUTCOME_COLUMNS, outcomes),
        "verdicts.csv": as_csv(VERDICT_COLUMNS, verdicts),
    }
