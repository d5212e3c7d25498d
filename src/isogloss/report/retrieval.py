"""Retrieval by layer: boards of one task that differ only in layer and centring, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board
from isogloss.core import reference
from isogloss.report.table import Cell, Column, Rows, Table, points, table
from isogloss.report.transfer import ABSENT, facts, languages_of, outcome, slug, title


def ways(found: Iterable[Board]) -> list[list[Board]]:
    """Boards of one retrieval task, pooled, scored and directed alike; they differ in layer and centring."""
    groups: dict[tuple[str, ...], list[Board]] = {}
    for board in found:
        fixed = [f"{k}={v}" for k, v in board.settings.items() if k not in ("layer", "centred")]
        groups.setdefault((board.task, board.split, board.encoder, board.target, *fixed), []).append(board)
    return sorted(groups.values(), key=lambda group: _place(group[0]))


def languages(ledger: Ledger, group: Sequence[Board]) -> list[Table]:
    """Every language at one layer, raw and centred: the layer at 14/24 of the depth, never the best by its score."""
    wanted = reference.layer(max(layer(board) for board in group))
    nearest = min((layer(board) for board in group), key=lambda each: abs(each - wanted))
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


def panels(found: Iterable[Sequence[Board]]) -> list[list[Sequence[Board]]]:
    """Groups of one task, margin and direction, which differ in pooling and make one figure; the usual first."""
    families: dict[tuple[str, ...], list[Sequence[Board]]] = {}
    for group in found:
        first = group[0]
        fixed = [f"{k}={v}" for k, v in first.settings.items() if k not in ("layer", "centred", "pooling")]
        families.setdefault((first.task, first.split, first.encoder, first.target, *fixed), []).append(group)
    return list(families.values())


def usual(board: Board) -> bool:
    """Whether neighbours are found as XTREME does for Tatoeba: cosine, English as the query."""
    return reference.agrees(board.settings, reference.WAY)


def way(board: Board, *without: str) -> str:
    """The settings in words, but for layer, centring and those in `without`."""
    return ", ".join(f"{k} {v}" for k, v in board.settings.items() if k not in ("layer", "centred", *without))


def _place(board: Board) -> tuple[str, str, str, bool, bool, str]:
    """Tasks together; of each the usual way first, and the pooling it is meant for: weighted, else mean."""
    order = ("idf", "mean")
    pooling = board.settings.get("pooling", "")
    place = str(order.index(pooling)) if pooling in order else pooling
    named = (board.task, board.encoder, board.target)
    ratio = board.settings.get("margin", "cosine") != "cosine"
    return (*named, ratio, board.settings.get("direction", "en-xx") != "en-xx", place)


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
    names = list(dict.fromkeys(condition.intermediate for condition in every))
    ordered = sorted(group, key=lambda board: (board.settings.get("centred", ""), layer(board)))
    rows = []
    for name in names:
        cells = []
        for board in ordered:
            condition = next((c for c in board.conditions if c.intermediate == name), None)
            sample = condition.outcomes.get(outcome_name) if condition else None
            cells.append(outcome(sample, signed=signed, heat=0.2 if signed else 0.0))
        rows.append(Rows(cells=(Cell(text=name), *cells)))
    if not signed:
        rows += [_baseline(name, ordered) for name in first.baselines]
    fixed = way(first)
    after = f" after training on {first.target}" if first.target else ""
    return table(
        key=f"{'changes' if signed else 'layers'}_{slug(first)}_{'_'.join(fixed.replace(',', '').split())}",
        caption=f"{title(ledger, first)}: {caption}{after}, {fixed}"
        if fixed
        else f"{title(ledger, first)}: {caption}{after}",
        facts=f"{facts(first, every)} · layer 0 = embeddings · chance {points(first.chance)}",
        columns=[
            Column(name="Intermediate", number=False),
            *(Column(name=f"{_centring(board)} {layer(board)}", title=board.variant) for board in ordered),
        ],
        rows=rows,
    )


def _baseline(name: str, ordered: Sequence[Board]) -> Rows:
    values = [board.baseline_outcomes(name).get("others") for board in ordered]
    cells = [ABSENT if value is None else Cell(text=points(value), value=value) for value in values]
    return Rows(cells=(Cell(text=name, aside="baseline"), *cells), mark="baseline")


def layer(board: Board) -> int:
    """The hidden layer a retrieval board reads; 0 = embeddings."""
    named = board.settings.get("layer", "0")
    return int(named) if named.lstrip("-").isdigit() else 0


def _centring(board: Board) -> str:
    return {"yes": "centred", "no": "raw"}.get(board.settings.get("centred", ""), "layer")
