"""Learning curves."""

import json
from pathlib import Path
from statistics import median

import altair as alt

from isogloss.analysis import ledger
from isogloss.core.spec import RunSpec
from isogloss.report.figures import curves
from isogloss.report.parts.chart import Figure
from study_in_store import build

FIRST, LAST = 5, 205
STEPS = range(FIRST, LAST + 1, 5)


def falling(spec: RunSpec) -> list[tuple[int, float]]:
    """Down to half the seed's number."""
    return [(step, spec.phases[-1].seed / 2 + 10 / step) for step in STEPS]


def drawn(folder: Path, seeds: int, collapsed: int = 0) -> Figure:
    """One encoder, one target, so many seeds after "nli", of which the first so many collapsed."""
    store = build(
        folder, lambda *_: 0.5, targets={"topics": ("en", "de")}, intermediates=("nli",), encoders=1, seeds=seeds,
        curve=falling, collapsed=[(0, "nli", "topics", seed) for seed in range(collapsed)],
    )  # fmt: skip
    found = curves.figure(ledger.read(store, "made_up"), {"none": 0, "nli": 1})
    assert found is not None
    alt.Chart.from_dict(json.loads(json.dumps(found.spec)), validate=True)
    return found


def test_few_runs_are_a_line_each(tmp_path: Path) -> None:
    """Up to `LINES` runs of one colour in one panel are drawn by themselves, with no band."""
    found = drawn(tmp_path, curves.LINES)
    lines = {(row["panel"], row["run"]) for row in found.spec["datasets"]["curves"]}
    assert len(lines) == 1 + 3 * curves.LINES  # pretraining; nli; the target after none and after nli
    assert "median" not in found.caption
    assert "area" not in json.dumps(found.spec)


def test_many_runs_are_a_median_and_a_band(tmp_path: Path) -> None:
    """More are drawn as their median and a band, collapsed ones apart; the CSV has every run."""
    seeds = curves.LINES + 4
    found = drawn(tmp_path, seeds, collapsed=3)
    rows = found.spec["datasets"]["curves"]
    after = [row for row in rows if row["series"] == "nli" and row["panel"].startswith("Topics")]
    fell, bands = [row for row in after if "low" not in row], [row for row in after if "low" in row]
    assert {row["state"] for row in fell} == {"collapsed"}
    assert len({row["run"] for row in fell}) == 3
    ends = [seed / 2 + 10 / bands[-1]["step"] for seed in range(3, seeds)]
    shown = [bands[-1][name] for name in ("low", "loss", "high")]
    assert shown == [min(ends), median(ends), max(ends)]
    assert "13 runs: median loss" in bands[0]["tip"]
    assert "median" in found.caption
    assert {row["run"] for row in found.data} == set(_runs(tmp_path))
    assert all("low" not in row for row in found.data)


def _runs(folder: Path) -> list[str]:
    """Every run of the store."""
    return sorted(path.name for path in (folder / "runs").iterdir())
