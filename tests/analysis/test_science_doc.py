"""docs/science.md: every outcome stands there with its direction."""

import re
from pathlib import Path

from isogloss.analysis.outcomes import BETTER, TITLES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "science.md").read_text("utf-8")


def test_the_table_has_every_outcome_and_says_which_way_is_better() -> None:
    """One row each, with the direction that effects and colours go by."""
    table = TEXT.partition("## Outcomes")[2].partition("## ")[0]
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in table.splitlines() if line.startswith("| ")][1:]
    shown = {row[0]: {"higher": 1, "lower": -1}[row[-1]] for row in rows}
    assert shown == BETTER
    assert set(shown) == set(TITLES)
