"""Languages without labels: the score that is forecast, and what their answers say by themselves."""

from dataclasses import replace

from isogloss.analysis.transfer import usual
from isogloss.analysis.unlabelled import Unlabelled
from isogloss.core.controls import NONE
from isogloss.report import without_labels
from isogloss.report.findings import Findings
from isogloss.report.parts.section import Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points
from isogloss.report.parts.words import capital, count, listed, points
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import transfer
from isogloss.report.without_labels import LEGEND, Forecasts

ANCHOR, TITLE = "unlabelled", "Languages without labels"
SECTION = Entry(place=25, of=lambda findings: section(findings))

_COLUMNS = (
    ("Target", "", False),
    ("Language", "", False),
    ("Score", "Forecast {}, with a 90% interval: no answer is known.", True),
    ("Confidence", "Mean probability that a run gives its own answer. Not calibrated.", True),
    ("Seeds agree", "Share of answers that two runs of one condition have in common.", True),
    ("Intermediates agree", "The same of runs after different intermediate tasks, on one seed and encoder.", True),
    ("Commonest answer", "How often it is given here, and in English.", True),
    ("Alignment", "How often translations are each other's nearest (MEXA), where `isogloss measure` was run.", True),
    (
        "Unknown",
        "Share of the file's sub-words that the encoder does not know, where `isogloss forecast` read it.",
        True,
    ),
)


def section(findings: Findings) -> Section | None:
    """None for a study all of whose tests have labels."""
    rows, languages, arms = [], set(), dict[str, None]()
    for board in usual(findings.targets):
        told = without_labels.of(findings.ledger, board)
        if not told.languages:
            continue
        languages |= {*told.codes}
        arm = without_labels.first(board).intermediate
        arms |= {"without an intermediate task" if arm == NONE else f"after {findings.names(arm)}": None}
        rows += _rows(transfer.title(findings.ledger, board), told, arm)
    if not rows:
        return None
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            f"{capital(count(len(languages), 'language'))} {'was' if len(languages) == 1 else 'were'} predicted "
            "and cannot be scored. Agreement and confidence are not accuracy: runs agree on wrong answers, too.",
        ),
        shown=(
            Table(
                key="unlabelled",
                caption="What can be said without labels",
                facts="Scores are forecast (x 100); shares in percent.",
                columns=tuple(
                    Column(name=name, title=title.format(listed(arms)), number=number)
                    for name, title, number in _COLUMNS
                ),
                rows=tuple(rows),
                notes=(LEGEND,),
            ),
        ),
        notes=("How forecasts are made, and how often they are wrong: docs/advice.md.",),
    )


def _rows(target: str, told: Forecasts, arm: str) -> list[Rows]:
    rows = []
    for each in told.languages:
        about = told.features.get(each.language, {})
        rows.append(
            Rows(
                cells=(
                    Cell(text=target), transfer.language_cell(each.language), told.cell(arm, each.language),
                    _share(each.confidence), _share(each.seeds), _share(each.intermediates),
                    _commonest(each),
                    _share(about.get("alignment")), _share(about.get("unknown")),
                )
            )
        )  # fmt: skip
    return rows


def _commonest(each: Unlabelled) -> Cell:
    if each.share is None:
        return transfer.ABSENT
    own = f", English {points(each.english)}" if each.english is not None else ""
    return replace(in_points(each.share, note=each.commonest), aside=f"{each.commonest}{own}")


def _share(value: float | None) -> Cell:
    return transfer.ABSENT if value is None else in_points(value)
