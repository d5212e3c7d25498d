"""Tables of transfer: scores, gains, languages. Values become points (×100) here and nowhere before."""

from collections.abc import Sequence
from dataclasses import replace

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.samples import Sample
from isogloss.analysis.standing import CEILING, OPEN
from isogloss.analysis.transfer import Board, Condition
from isogloss.analysis.unlabelled import unlabelled
from isogloss.core import languages
from isogloss.core.languages import ENGLISH
from isogloss.leaderboard.averages import WHY
from isogloss.report import without_labels
from isogloss.report.parts import names
from isogloss.report.parts.names import Names
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import count, listed, points
from isogloss.report.without_labels import LEGEND

WEIGHTS = {
    "best": "best checkpoint on English dev",
    "mean": "mean of the last checkpoints",
    "oracle": "oracle, the best checkpoint on each test language itself (a peek at the test)",
}
FULL_TINT = 0.2
"""A gain of 20 points has the full tint."""
ABSENT = Cell(text="–", title="undefined, or not measured", mark="quiet")
OUTCOMES = (
    ("english", "English", "Score in the language of the labels."),
    ("others", "Other languages", "Mean over all other languages; English is not in it."),
    ("gap", "Gap", "Cross-lingual transfer gap: English minus the mean of the others."),
    ("retention", "Retention", "Mean of the others over English, both above chance, in percent."),
    ("worst", "Worst", "Score in the worst language of each run, then the mean over runs."),
    ("quarter", "Worst quarter", "Mean of the lowest quarter of languages of each run."),
)


def said(called: Names, condition: Condition) -> str:
    """A condition for people, with what is not the usual about it."""
    return f"{called(condition.intermediate)} (same task)" if condition.same_task else called(condition.intermediate)


def title(ledger: Ledger, board: Board) -> str:
    """What the board is about: the task, and what is not the usual about it."""
    called = names.of(ledger)
    aside = [f"trained on {called(board.target)}"] if board.target and board.target != board.task else []
    if len({row.score.split for row in ledger.rows if row.score.task == board.task}) > 1:
        aside.append(board.split)
    if len({label.encoder for label in ledger.labels.values()}) > 1:
        aside.append(board.encoder)
    if weights := board.way.weights:
        aside.append(f"{weights} weights")
    return f"{called(board.task)} ({', '.join(aside)})" if aside else called(board.task)


def facts(board: Board, conditions: Sequence[Condition] = ()) -> str:
    """What must stand above every table: metric, split, weights, what is in a mean, and how many runs."""
    shown = conditions or board.conditions
    runs, encoders = {c.runs for c in shown}, {c.encoders for c in shown}
    weights = WEIGHTS.get(board.way.weights, "last checkpoint")
    english = "means are without English" if board.source in board.languages else "English is not among the languages"
    copies = f"{_range(encoders)} pretrained encoder{'s' * (max(encoders) > 1)}"
    return (
        f"{board.metric} × 100, {board.split} split · weights: {weights} · {english} ({len(board.others)} other "
        f"languages) · {_range(runs)} run{'s' * (max(runs) > 1)} from {copies} in each mean{_lost(shown)} · "
        "95% intervals"
    )


def _lost(shown: Sequence[Condition]) -> str:
    """What became of collapsed runs, when there are any."""
    out = sum(c.collapsed for c in shown if not c.all_collapsed)
    whole = sum(c.collapsed for c in shown if c.all_collapsed)
    again = sum(c.repeated for c in shown)
    said = [f"{count(out, 'collapsed run')} left out"] * bool(out)
    said += [f"{count(whole, 'collapsed run')} shown, as the condition has no other"] * bool(whole)
    said += [f"{count(again, 'run')} repeated under a new seed"] * bool(again)
    return "".join(f" · {each}" for each in said)


def scores(ledger: Ledger, board: Board) -> Table:
    """One row per condition and per trivial baseline."""
    outcomes = [each for each in OUTCOMES if any(each[0] in c.outcomes for c in board.conditions)]
    called = names.of(ledger)
    rows = []
    for condition in board.conditions:
        cells = [scored(board, condition, key) for key, _, _ in outcomes]
        deviation = condition.outcomes["others"].seed_sd if "others" in condition.outcomes else None
        worst = " ".join(condition.worst_languages[:1])
        cells = [_with_aside(c, worst) if key == "worst" else c for c, (key, _, _) in zip(cells, outcomes, strict=True)]
        spread = in_points(deviation) if deviation is not None else ABSENT
        runs = Cell(text=str(condition.runs), value=condition.runs, title=_who(condition))
        mark = "control" if condition.same_task else ""
        rows.append(Rows(cells=(named(called, condition), *cells, spread, runs), mark=mark))
    for name in board.baselines:
        values = board.baseline_outcomes(name)
        cells = [in_points(values[k]) if k in values else ABSENT for k, _, _ in outcomes]
        rows.append(Rows(cells=(Cell(text=name, aside="baseline"), *cells, ABSENT, ABSENT), mark="baseline"))
    columns = [Column(name=heading(board, name), title=about) for _, name, about in outcomes]
    sd = Column(name="Seed SD", title="Standard deviation of the mean of the other languages over fine-tuning seeds.")
    return table(
        key=f"scores_{slug(board)}",
        caption=f"{title(ledger, board)}: scores",
        facts=facts(board),
        columns=[Column(name="Intermediate", number=False), *columns, sd, Column(name="Runs")],
        rows=rows,
        notes=[*_notes(board), *without(ledger, [board])],
    )


def languages_of(ledger: Ledger, board: Board) -> Table:
    """One row per language, grouped by family; one column per condition and baseline."""
    every = [c.scores[each].estimate().value for c in board.conditions for each in board.languages]
    low, high = min([board.chance, *every]), max(every, default=1.0)
    told = without_labels.of(ledger, board)
    rows = []
    for code, family in by_family((*board.languages, *told.codes)):
        if code in told.codes:
            cells = [told.cell(condition.intermediate, code) for condition in board.conditions]
            cells += [ABSENT] * len(board.baselines)
            rows.append(Rows(cells=(language_cell(code), *cells), group=family, family=family))
            continue
        cells = []
        for condition in board.conditions:
            cell = _score(condition.scores[code], (low, high))
            signatures = _signatures(condition, code)
            near = code in condition.near_chance
            note = f"near chance: does not clear {_strongest(board, code)}. " if near else ""
            if condition.standings[code].verdict == CEILING:
                note = f"at the ceiling: no score could clear {_strongest(board, code)}. "
            if condition.standings[code].verdict == OPEN:
                note = f"not told from {_strongest(board, code)}: the interval holds it. "
            cells.append(_marked(cell, "near" if near else "", f"{note}{signatures}"))
        trivial = [in_points(of[code], mark="quiet") if code in of else ABSENT for of in board.baselines.values()]
        rows.append(Rows(cells=(language_cell(code), *cells, *trivial), group=family, family=family))
    called = names.of(ledger)
    columns = [Column(name=said(called, condition), code=condition.name) for condition in board.conditions]
    return table(
        key=f"languages_{slug(board)}",
        caption=f"{title(ledger, board)}: every language",
        facts=facts(board),
        columns=[
            Column(name="Language", number=False),
            *columns,
            *(Column(name=name, title="trivial baseline", mark="baseline") for name in board.baselines),
        ],
        rows=rows,
        notes=[*_notes(board), *([LEGEND] if told.codes else [])],
    )


def other_metrics(ledger: Ledger, every: Sequence[Board]) -> Table | None:
    """The metrics that do not count in averages, beside the one that does; None when every task has one metric."""
    tasks: dict[tuple[str, ...], list[Board]] = {}
    for board in every:
        tasks.setdefault((board.task, board.split, board.target, board.encoder, board.variant), []).append(board)
    several = [board for group in tasks.values() if len(group) > 1 for board in group]
    if not several:
        return None
    called = names.of(ledger)
    rows = [
        Rows(
            cells=(
                Cell(text=board.metric),
                Cell(text=said(called, condition), name=condition.name),
                outcome(condition.outcomes.get("english")),
                outcome(condition.outcomes.get("others")),
            ),
            group=title(ledger, board),
        )
        for board in several
        for condition in board.conditions
    ]
    return table(
        key="metrics",
        caption="Every metric of every task",
        facts="× 100 · means are without English · runs as in the tables above · 95% intervals",
        columns=[
            Column(name="Metric", number=False),
            Column(name="Intermediate", number=False),
            Column(name="English"),
            Column(name="Other languages"),
        ],
        rows=rows,
        notes=[f"{task}: {WHY[task]}" for task in dict.fromkeys(board.task for board in several) if task in WHY],
    )


def scored(board: Board, condition: Condition, key: str) -> Cell:
    """One of OUTCOMES of a condition; English is marked where it was not learned."""
    cell = outcome(condition.outcomes.get(key))
    if key != "english" or condition.competent is not False:
        return cell
    note = f"English does not clear the strongest trivial baseline ({_strongest(board, board.source)})"
    return _marked(cell, "near", note)


def outcome(sample: Sample | None, *, signed: bool = False, heat: float = 0.0) -> Cell:
    """A mean with its interval, as points; a dash where it is undefined. It has its full tint at `heat`, which is
    below 0 where less is better."""
    if sample is None:
        return ABSENT
    found = sample.estimate()
    tint = max(-1.0, min(1.0, found.value / heat)) if heat else None
    mark = "decided" if signed and found.decided else ""
    return in_points(
        found.value, (found.low, found.high), signed=signed, title=found.method, heat=tint, mark=mark
    )  # fmt: skip


def _score(sample: Sample, span: tuple[float, float]) -> Cell:
    cell = outcome(sample)
    share = ((cell.value or 0.0) - span[0]) / (span[1] - span[0]) if span[1] > span[0] else 0.0
    return replace(cell, heat=share)


def _marked(cell: Cell, mark: str, title: str) -> Cell:
    said = "; ".join(part for part in (cell.title, title) if part)
    both = f"{cell.mark} {mark}".strip()
    return replace(cell, title=said, mark=both)


def _with_aside(cell: Cell, aside: str) -> Cell:
    return replace(cell, aside=f"{aside} {cell.aside}".strip(), note=aside)


def named(called: Names, condition: Condition, aside: str = "") -> Cell:
    """An intermediate task, and what a reader must know of its runs."""
    same = "same task: a control" if condition.same_task else ""
    if condition.collapsed:
        told = "all runs collapsed" if condition.all_collapsed else f"{count(condition.collapsed, 'run')} collapsed"
        same = f"{same} {told}".strip()
    name = condition.intermediate
    return Cell(text=called(name), name=name, aside=(same + aside).strip(), title=_who(condition))


def _who(condition: Condition) -> str:
    return f"{count(condition.runs, 'run')} from {count(condition.encoders, 'pretrained encoder')}"


def language_cell(code: str) -> Cell:
    """A language at the head of a row."""
    found = languages.known(code)
    if found is None:
        return Cell(text=code)
    return Cell(text=found.name, aside=code, title=f"{found.branch}, script {found.script}")


def by_family(codes: Sequence[str]) -> list[tuple[str, str]]:
    """(language, family): families in the order of their first language, branches together; for a few, no families."""
    if len(codes) <= 8:
        return [(code, "") for code in codes]
    known = languages.table()
    families = {code: known[code].family if code in known else "Other" for code in codes}
    branches = {code: known[code].branch if code in known else "" for code in codes}
    tops, below = list(dict.fromkeys(families.values())), list(dict.fromkeys(branches.values()))
    ordered = sorted(codes, key=lambda code: (tops.index(families[code]), below.index(branches[code])))
    return [(code, families[code]) for code in ordered]


def _signatures(condition: Condition, language: str) -> str:
    found = [row.score for row in condition.rows if row.score.language == language]
    first = found[0]
    runs = ", ".join(dict.fromkeys(score.run for score in found))
    return (
        f"n:{first.n}|data:{first.data}|tok:{first.tokenizer}|metric:{first.metric}|split:{first.split}"
        f"|version:{first.version}|runs: {runs}"
    )


def _strongest(board: Board, language: str) -> str:
    name, value = board.strongest(language)
    return f"{name}, {points(value)}"


def _notes(board: Board) -> list[str]:
    found = [f"Chance is {points(board.chance)}."]
    if any(condition.near_chance for condition in board.conditions):
        found.append("◦ near chance: the score does not clear the strongest trivial baseline of its language.")
    standings = [
        (code, condition.standings[code])
        for code in board.languages
        for condition in board.conditions
        if code in condition.standings
    ]
    if full := dict.fromkeys(language_cell(code).text for code, each in standings if each.verdict == CEILING):
        found.append(f"At the ceiling in {listed(full)}: a trivial baseline is so high that no score could clear it.")
    if open_ := dict.fromkeys(language_cell(code).text for code, each in standings if each.verdict == OPEN):
        found.append(f"Not told from the strongest trivial baseline in {listed(open_)}: an interval holds it.")
    if not any(each.measured for _, each in standings):
        found.append("No trivial baseline was scored in any language: scores are held against chance alone.")
    elif not all(each.measured for _, each in standings):
        found.append("No trivial baseline was scored in some languages: there scores are held against chance alone.")
    if board.left_out:
        found.append(f"Not in every run, and in no mean: {', '.join(board.left_out)}.")
    return found


def without(ledger: Ledger, every: Sequence[Board]) -> list[str]:
    """Which languages are in no mean since their tests have no labels, in one sentence; nothing where all have."""
    codes = dict.fromkeys(each.language for board in every for each in unlabelled(ledger, board))
    named = listed([language_cell(code).text for code in codes])
    return [f"Without labels, so in no mean: {named}."] if codes else []


def heading(board: Board, name: str) -> str:
    """A column's head, in which English is the language of the labels."""
    return name.replace("English", language_cell(board.source).text) if board.source != ENGLISH else name


def _range(numbers: set[int]) -> str:
    return str(max(numbers)) if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"


def slug(board: Board) -> str:
    """A name for files and anchors."""
    aside = [board.target] * (board.target != board.task) + [board.encoder] * (board.encoder != "own encoder")
    parts = [board.task, board.split * (board.split != "test"), *aside, board.way.weights]
    return "_".join("".join(c if c.isalnum() else "_" for c in part) for part in parts if part)
