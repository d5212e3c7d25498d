"""Retrieval by layer: boards of one task that differ only in layer and centring, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board
from isogloss.core.way import Way, ordered, standing
from isogloss.report.parts import names
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import points
from isogloss.report.tables.transfer import ABSENT, facts, languages_of, outcome, slug, title


def ways(boards: Iterable[Board]) -> list[list[Board]]:
    """Boards of one retrieval task, pooled, scored and directed alike; they differ in layer and centring."""
    groups: dict[tuple[tuple[str, ...], Way], list[Board]] = {}
    asked: dict[tuple[str, ...], list[Way]] = {}
    for board in boards:
        groups.setdefault((board.question, replace(board.way, layer=None, centred=None)), []).append(board)
        asked.setdefault(board.question, []).append(board.way)
    places = {question: {way: place for place, way in enumerate(ordered(each))} for question, each in asked.items()}

    def place(group: Sequence[Board]) -> tuple[tuple[str, ...], int]:
        """Tasks together; of each the group first that holds the way that stands for all."""
        first = group[0]
        named = (first.task, first.encoder, first.target, first.split, first.metric)
        return named, min(places[board.question][board.way] for board in group)

    return sorted(groups.values(), key=place)


def languages(ledger: Ledger, group: Sequence[Board]) -> list[Table]:
    """Every language at the layer that stands for all (core/way.py), raw and centred."""
    nearest = standing(board.way for board in group).layer or 0
    found = []
    for board in group:
        if layer(board) == nearest:
            named = f"every language, layer {nearest} {_centring(board)}"
            made = languages_of(ledger, board)
            found.append(
                replace(
                    made,
                    key=f"{made.key}_{_centring(board)}_{'_'.join(way(board).replace(',', '').split())}",
                    caption=f"{title(ledger, board)}: {named}, {way(board)}",
                )
            )
    return found


def panels(groups: Iterable[Sequence[Board]]) -> list[list[Sequence[Board]]]:
    """Groups of one task, margin and direction, which differ in pooling and make one figure; the usual first."""
    families: dict[tuple[tuple[str, ...], Way], list[Sequence[Board]]] = {}
    for group in groups:
        fixed = replace(group[0].way, layer=None, centred=None, pooling="")
        families.setdefault((group[0].question, fixed), []).append(group)
    return list(families.values())


def way(board: Board, *without: str) -> str:
    """The settings in words, but for layer, centring and those in `without`."""
    return ", ".join(f"{k} {v}" for k, v in board.way.settings.items() if k not in ("layer", "centred", *without))


def told(board: Board) -> str:
    """The whole way in words: "layer 1 raw, pooling mean, margin cosine, direction en-xx"."""
    return f"layer {layer(board)} {_centring(board)}, {way(board)}"


def layers(ledger: Ledger, group: Sequence[Board]) -> Table:
    """Retrieval: one row per condition, one column per layer, raw and centred."""
    return _by_layer(ledger, group, "others", "retrieval by layer")


def changes(ledger: Ledger, group: Sequence[Board]) -> Table | None:
    """What each intermediate task did to retrieval, by layer; None without one to compare."""
    if not any("gain others" in condition.outcomes for board in group for condition in board.conditions):
        return None
    return _by_layer(ledger, group, "gain others", "change of retrieval by the intermediate task")


def _by_layer(ledger: Ledger, group: Sequence[Board], outcome_name: str, caption: str) -> Table:
    first = group[0]
    signed = outcome_name.startswith("gain")
    every = [condition for board in group for condition in board.conditions if outcome_name in condition.outcomes]
    named = {condition.intermediate: condition for condition in every}  # the same runs at every layer
    columns = sorted(group, key=lambda board: (bool(board.way.centred), layer(board)))
    called = names.of(ledger)
    rows = []
    for name in named:
        cells = []
        for board in columns:
            condition = next((c for c in board.conditions if c.intermediate == name), None)
            sample = condition.outcomes.get(outcome_name) if condition else None
            cells.append(outcome(sample, signed=signed, heat=0.2 if signed else 0.0))
        rows.append(Rows(cells=(Cell(text=called(name), name=name), *cells)))
    if not signed:
        rows += [_baseline(name, columns) for name in first.baselines]
    fixed = way(first)
    after = f" after training on {called(first.target)}" if first.target else ""
    return table(
        key=f"{'changes' if signed else 'layers'}_{slug(first)}_{'_'.join(fixed.replace(',', '').split())}",
        caption=f"{title(ledger, first)}: {caption}{after}, {fixed}"
        if fixed
        else f"{title(ledger, first)}: {caption}{after}",
        facts=f"{facts(first, list(named.values()))} · layer 0 = embeddings · chance {points(first.chance)}",
        columns=[
            Column(name="Intermediate", number=False),
            *(Column(name=f"{_centring(board)} {layer(board)}", title=board.variant) for board in columns),
        ],
        rows=rows,
    )


def _baseline(name: str, ordered: Sequence[Board]) -> Rows:
    values = [board.baseline_outcomes(name).get("others") for board in ordered]
    cells = [ABSENT if value is None else in_points(value) for value in values]
    return Rows(cells=(Cell(text=name, aside="baseline"), *cells), mark="baseline")


def layer(board: Board) -> int:
    """The hidden layer a retrieval board reads; 0 = embeddings."""
    return board.way.layer or 0


def _centring(board: Board) -> str:
    return {True: "centred", False: "raw", None: "layer"}[board.way.centred]
