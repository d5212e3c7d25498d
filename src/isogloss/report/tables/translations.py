"""What became of translated training data: how much was kept in every language, and why the rest was dropped."""

from collections.abc import Mapping
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.store.store import Store
from isogloss.store.study import SavedStudy


def records(store: Store, study: SavedStudy) -> list[dict[str, Any]]:
    """The records of a study's translations that are made."""
    found = [store.translation(key) for key in study.translations]
    return [record for record in found if record is not None]


def line(record: Mapping[str, Any]) -> str:
    """One record in a sentence."""
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in record["dropped"].items())
    dropped = f"; dropped: {reasons}" if reasons else ""
    return (
        f"{record['task']} {record['split']} in {record['language']}: {record['kept']:,} of {record['examples']:,} "
        f"examples kept{dropped}"
    )


def kept(ledger: Ledger) -> Table | None:
    """One row per task and language; None for a study that translates nothing."""
    found = records(ledger.store, ledger.study)
    if not found:
        return None
    return table(
        key="translations",
        caption="Machine-translated training data",
        facts="an example whose answer or tags cannot be followed into the translation is dropped; unknown words are "
        "those that the engine left as they were",
        columns=[Column(name=name, number=name in ("Source", "Kept", "Kept %", "Unknown words %")) for name in
                 ("Task", "Language", "Source", "Kept", "Kept %", "Dropped for", "Unknown words %", "Engine")],
        rows=[_row(record) for record in found],
    )  # fmt: skip


def _row(record: Mapping[str, Any]) -> Rows:
    share = 100 * record["kept"] / record["examples"]
    unknown = 100 * record["unknown_words"] / record["words"] if record["words"] else None
    reasons = ", ".join(f"{reason} ({count:,})" for reason, count in record["dropped"].items())
    return Rows(
        cells=(
            Cell(text=f"{record['task']} {record['split']}"),
            Cell(text=record["language"]),
            Cell(text=f"{record['examples']:,}", value=record["examples"]),
            Cell(text=f"{record['kept']:,}", value=record["kept"]),
            Cell(text=f"{share:.1f}", value=share),
            Cell(text=reasons or "–"),
            Cell(text="–" if unknown is None else f"{unknown:.1f}", value=unknown),
            Cell(text=record["engine"]),
        )
    )
