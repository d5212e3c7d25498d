"""What `isogloss analyse` left in the store, as objects again."""

from isogloss.analysis.conclusions import RULES, Analysis, Conclusion
from isogloss.analysis.dose import Doses, Response
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.outcomes import LeftOut, Outcome, Outcomes
from isogloss.core.errors import StoreError
from isogloss.core.rows import noun
from isogloss.report.parts.words import called


def read(ledger: Ledger) -> Analysis | None:
    """The analysis of a study; None where it was not analysed. Raises StoreError for one of another version."""
    name = ledger.study.name
    plain = ledger.store.analysis(name)
    if plain is None:
        return None
    try:
        specs = ledger.study.specs
        measured = Outcomes(
            rows=tuple(noun(Outcome, each, newer=True) for each in plain["outcomes"]),
            left_out=tuple(noun(LeftOut, each, newer=True) for each in plain["left_out"]),
            pretrained={
                (label.encoder, label.replicate): specs[run].pretrained.run_id for run, label in ledger.labels.items()
            },
        )
        return Analysis(
            study=name,
            outcomes=measured,
            verdicts=tuple(noun(Conclusion, each, newer=True) for each in plain["verdicts"]),
            notes=tuple(plain["notes"]),
            rests_on=plain.get("rests_on", {}),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"the analysis of {name} cannot be read ({error!r}); another version of isogloss may have written it. "
            f"`isogloss analyse {called(ledger.study)}` makes it again."
        ) from error


def outdated(ledger: Ledger, analysis: Analysis | None, divergences: int) -> str:
    """A warning where the store holds other scores or divergences than were analysed, or other rules hold now."""
    if analysis is None or not analysis.rests_on:
        return ""
    again = f"`isogloss analyse {called(ledger.study)}` brings it up to date."
    now = {"scores": len(ledger.rows), "divergences": divergences}
    then = {what: count for what, count in analysis.rests_on.items() if what != "rules"}
    if then != now:
        were = " and ".join(f"{count:,} {what}" for what, count in then.items())
        there = " and ".join(f"{count:,}" for count in now.values())
        return f"The analysis rests on {were}; the store now has {there}. {again}"
    if analysis.rests_on.get("rules", 1) != RULES:
        return f"The analysis was made by another version of isogloss and may differ from the tables. {again}"
    return ""


def doses(ledger: Ledger) -> Doses | None:
    """Dose-response as it was kept; None where the study was not analysed or its languages have no dials."""
    plain = ledger.store.analysis(ledger.study.name) or {}
    responses = tuple(noun(Response, each, newer=True) for each in plain.get("doses", ()))
    return Doses(responses=responses) if responses else None
