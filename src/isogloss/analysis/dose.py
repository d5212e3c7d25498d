"""Dose-response: how far one dial of a language moves an outcome, where languages are synthetic and dials known.

Languages that differ in one dial alone make a series (one per draw). Within each pretrained encoder an outcome is
regressed on the dial, every series with a level of its own; the encoder's slope is one observation, and Student's t
over encoders gives interval and p, corrected by Holm over all rows. World and draws are the same for all encoders, so
nothing counts as a response that has another direction in another draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board, Condition, boards
from isogloss.core.typing import np
from isogloss.stats.intervals import ENCODERS_NEEDED, LEVEL, holm, student, student_interval

SMALLEST = 0.05
"""A change over the whole dial that is not significant and surely smaller than this counts as none."""
POWER = 0.8
MOVES, STILL, UNDECIDED = "moves", "does not move", "undecided"
OUTCOMES = {
    "score": "task score",
    "retrieval": "retrieval",
    "worst": "worst language",
    "seed SD": "standard deviation of the gain over seeds",
    "gain": "transfer gain",
}

Setting = float | str
Languages = Mapping[str, float]
"""Language → dial value, one series."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One encoder's outcome at one value of the dial, in one series."""

    encoder: str
    draw: str
    value: float
    outcome: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """The mean over encoders and draws at one value of the dial; no interval from fewer than two encoders."""

    value: float
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """One dial, one outcome. Changes are those from the dial's lowest value to its highest."""

    dial: str
    task: str
    encoder: str
    intermediate: str
    outcome: str
    """One of OUTCOMES."""
    points: tuple[Point, ...]
    changes: tuple[float, ...]
    """One per pretrained encoder: slope × (highest − lowest value)."""
    by_draw: Mapping[str, float]
    """The mean change in each draw alone; empty for outcomes over all draws."""
    change: float
    low: float | None
    high: float | None
    p: float | None
    """Two-sided, that encoders' slopes have mean 0; None for too few encoders or when none differs from another."""
    adjusted: float | None
    """By Holm, over all responses of the study that have a p."""
    visible: float | None
    """The smallest change that as many encoders would show with a power of .8 at the uncorrected level."""
    verdict: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doses:
    """All responses of a study, and which conditions are not read."""

    responses: tuple[Response, ...] = ()
    left_out: tuple[str, ...] = ()


def doses(ledger: Ledger) -> Doses:
    """Every dial × task × outcome of a study; empty where no two languages differ in one known dial alone.

    Conditions whose English does not clear the strongest trivial baseline are named and not read.
    """
    if not dialled(ledger):
        return Doses()
    dials = _dials(ledger)
    responses: list[Response] = []
    left: list[str] = []
    for board in boards(ledger, every_way=False):
        series = series_of(dials.get(board.task, {}), board.languages)
        for condition in board.conditions if series else ():
            if condition.competent is False:
                left.append(f"{board.task} after {condition.name}")
                continue
            for dial, languages in series.items():
                every = cells_of(ledger, board, condition, languages)
                responses += [_response(board, condition, dial, outcome, cells) for outcome, cells in every if cells]
    tested = [place for place, each in enumerate(responses) if each.p is not None]
    ps = [each.p for each in responses if each.p is not None]
    for place, adjusted in zip(tested, holm(ps), strict=True):
        responses[place] = replace(responses[place], adjusted=adjusted)
    return Doses(responses=tuple(_judged(each) for each in responses), left_out=tuple(left))


def dialled(ledger: Ledger) -> bool:
    """Whether languages of a task differ in one known dial alone."""
    return any(series_of(each, list(each)) for each in _dials(ledger).values())


def _dials(ledger: Ledger) -> dict[str, Mapping[str, Mapping[str, Setting]]]:
    return {name: facts["dials"] for name, facts in ledger.tasks.items() if facts.get("dials")}


def series_of(dials: Mapping[str, Mapping[str, Setting]], languages: Sequence[str]) -> dict[str, dict[str, Languages]]:
    """Dial → draw → languages that differ in nothing but this dial. A series has two values or more."""
    known = {code: dials[code] for code in languages if code in dials}
    shares = [name for name in next(iter(known.values()), {}) if name != "draw"]
    by_dial: dict[str, dict[str, Languages]] = {}
    for dial in shares:
        alike: dict[str, dict[str, float]] = {}
        for code, settings in known.items():
            value = settings[dial]
            if isinstance(value, float):
                rest = repr(sorted((name, each) for name, each in settings.items() if name != dial))
                alike.setdefault(rest, {})[code] = value
        several = [series for series in alike.values() if len(set(series.values())) > 1]
        if several:
            by_dial[dial] = {str(known[next(iter(series))].get("draw", "")): series for series in several}
    return by_dial


def cells_of(
    ledger: Ledger, board: Board, condition: Condition, series: Mapping[str, Languages]
) -> Iterator[tuple[str, list[Cell]]]:
    """Outcomes of one condition in the languages of a dial."""
    scores = _scores(condition)
    retrieval = ledger.tasks[board.task].get("type") == "retrieval"
    draws = [(draw, code, value) for draw, languages in series.items() for code, value in languages.items()]

    def reduced(of: Mapping[tuple[str, str], Sequence[float]], reduce: str) -> list[Cell]:
        cells = []
        for encoder in dict.fromkeys(encoder for encoder, _ in of):
            for draw, code, value in draws:
                seeds = of.get((encoder, code), ())
                if reduce == "mean" and seeds:
                    cells.append(Cell(encoder=encoder, draw=draw, value=value, outcome=float(np.mean(seeds))))
                elif len(seeds) > 1:
                    cells.append(Cell(encoder=encoder, draw=draw, value=value, outcome=float(np.std(seeds, ddof=1))))
        return cells

    over_seeds = {at: list(values.values()) for at, values in scores.items()}
    yield "retrieval" if retrieval else "score", reduced(over_seeds, "mean")
    if retrieval:
        return
    if worst := _worst(scores, series):
        yield "worst", worst
    if spread := reduced(over_seeds, "sd"):
        yield "seed SD", spread
    none = next((other for other in board.conditions if not other.gains), None)
    if condition.gains and none is not None:
        before = _scores(none)
        gains = {
            at: [value - before[at][seed] for seed, value in values.items() if seed in before.get(at, {})]
            for at, values in scores.items()
        }
        yield "gain", reduced(gains, "mean")


def _scores(condition: Condition) -> dict[tuple[str, str], dict[int | None, float]]:
    """(encoder, language) → seed → score."""
    scores: dict[tuple[str, str], dict[int | None, float]] = {}
    for row in condition.rows:
        scores.setdefault((row.label.replicate, row.score.language), {})[row.label.seed] = row.value
    return scores


def _worst(scores: Mapping[tuple[str, str], Mapping[int | None, float]], series: Mapping[str, Languages]) -> list[Cell]:
    """The lowest score over draws at each value they share, per run; then the mean over seeds."""
    values = set.intersection(*(set(languages.values()) for languages in series.values()))
    if len(series) < 2 or len(values) < 2:
        return []
    cells = []
    for encoder in dict.fromkeys(encoder for encoder, _ in scores):
        for value in sorted(values):
            codes = [code for each in series.values() for code, at in each.items() if at == value]
            held = [scores.get((encoder, code), {}) for code in codes]
            seeds = set.intersection(*(set(each) for each in held))
            lowest = [min(each[seed] for each in held) for seed in seeds]
            if lowest:
                cells.append(Cell(encoder=encoder, draw="", value=value, outcome=float(np.mean(lowest))))
    return cells


def slope(cells: Sequence[Cell]) -> float | None:
    """Least squares of the outcome on the dial, each draw with a level of its own; None without two values."""
    above = below = 0.0
    for draw in dict.fromkeys(cell.draw for cell in cells):
        values = np.array([cell.value for cell in cells if cell.draw == draw])
        outcomes = np.array([cell.outcome for cell in cells if cell.draw == draw])
        centred = values - values.mean()
        above += float(centred @ outcomes)
        below += float(centred @ centred)
    return above / below if below > 0 else None


def _response(board: Board, condition: Condition, dial: str, outcome: str, cells: Sequence[Cell]) -> Response:
    encoders = list(dict.fromkeys(cell.encoder for cell in cells))
    span = max(cell.value for cell in cells) - min(cell.value for cell in cells)
    changes = _changes(cells, encoders, span)
    by_draw = {
        draw: float(np.mean(_changes([cell for cell in cells if cell.draw == draw], encoders, span)))
        for draw in dict.fromkeys(cell.draw for cell in cells)
        if draw
    }
    low, high, p, visible = _over_encoders(changes)
    return Response(
        dial=dial, task=board.task, encoder=board.encoder, intermediate=condition.name, outcome=outcome,
        points=tuple(_points(cells, encoders)), changes=tuple(changes), by_draw=by_draw,
        change=float(np.mean(changes)), low=low, high=high, p=p, adjusted=None, visible=visible,
        verdict=UNDECIDED, why="",
    )  # fmt: skip


def _changes(cells: Sequence[Cell], encoders: Sequence[str], span: float) -> list[float]:
    slopes = [slope([cell for cell in cells if cell.encoder == encoder]) for encoder in encoders]
    return [each * span for each in slopes if each is not None]


def _over_encoders(changes: Sequence[float]) -> tuple[float | None, float | None, float | None, float | None]:
    """Interval, p, and the smallest change that would show, from Student's t over encoders."""
    from scipy.special import stdtr, stdtrit

    if len(changes) < ENCODERS_NEEDED:
        return None, None, None, None
    low, high = student_interval(changes)
    error = float(np.std(changes, ddof=1)) / sqrt(len(changes))
    df = len(changes) - 1
    p = float(2 * stdtr(df, -abs(float(np.mean(changes))) / error)) if error > 0 else None
    return low, high, p, (student(df, LEVEL) + float(stdtrit(df, POWER))) * error


def _points(cells: Sequence[Cell], encoders: Sequence[str]) -> Iterator[Point]:
    for value in sorted({cell.value for cell in cells}):
        means = [
            float(np.mean(here))
            for encoder in encoders
            if (here := [cell.outcome for cell in cells if (cell.value, cell.encoder) == (value, encoder)])
        ]
        low, high = student_interval(means) if len(means) > 1 else (None, None)
        yield Point(value=value, mean=float(np.mean(means)), low=low, high=high)


def _judged(row: Response) -> Response:
    """The verdict, and what it rests on."""
    n = len(row.changes)
    if row.low is None or row.high is None:
        why = f"{n} pretrained encoders; {ENCODERS_NEEDED} are needed to say anything about encoders"
        return replace(row, why=why)
    largest = max((abs(change) for change in row.by_draw.values()), default=0.0)
    agree = len({change > 0 for change in row.by_draw.values()}) < 2
    if not agree and largest >= SMALLEST:
        return replace(row, why="its direction differs between draws of the languages")
    if agree and row.adjusted is not None and row.adjusted < 1 - LEVEL:
        return replace(row, verdict=MOVES, why=f"in {n} encoders{' and in every draw' if row.by_draw else ''}")
    if max(-row.low, row.high, largest) < SMALLEST:
        return replace(row, verdict=STILL, why=f"interval and draws lie within {SMALLEST:g} of 0")
    seen = f"{row.visible:.3f}" if row.visible is not None else "none"
    return replace(row, why=f"the smallest change that {n} encoders could show is {seen}")
