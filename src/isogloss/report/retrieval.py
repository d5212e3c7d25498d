"""Retrieval by layer: boards of one task that differ only in layer and centring, side by side."""

from collections.abc import Iterable, Sequence

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board
from isogloss.report.table import Cell, Column, Rows, Table, points, table
from isogloss.report.transfer import facts, outcome, slug, title


def ways(found: Iterable[Board]) -> list[list[Board]]:
    """Boards of one retrieval task, pooled, scored and directed alike; they differ in layer and centring."""
    groups: dict[tuple[str, ...], list[Board]] = {}
    for board in found:
        fixed = [f"{k}={v}" for k, v in board.settings.items() if k not in ("layer", "centred")]
        groups.setdefault((board.task, board.split, board.encoder, board.target, *fixed), []).append(board)
    return list(groups.values())


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
    fixed = ", ".join(f"{k} {v}" for k, v in first.settings.items() if k not in ("layer", "centred"))
    after = f" after training on {first.target}" if first.target else ""
    return table(
        key=f"{'changes' if signed else 'layers'}_{slug(first)}_{'_'.join(fixed.replace(',', '').split())}",
        caption=f"{title(ledger, first)}: {caption}{after}",
        facts=f"{facts(first, every)} · {fixed} · layer 0 = embeddings · chance {points(first.chance)}",
        columns=[
            Column(name="Intermediate", number=False),
            *(Column(name=f"{_centring(board)} {layer(board)}", title=board.variant) for board in ordered),
        ],
        rows=rows,
    )


def layer(board: Board) -> int:
    """The hidden layer a retrieval board reads; 0 = embeddings."""
    named = board.settings.get("layer", "0")
    return int(named) if named.lstrip("-").isdigit() else 0


def _centring(board: Board) -> str:
    return {"yes": "centred", "no": "raw"}.get(board.settings.get("centred", ""), "layer")
