"""Durations and sizes in words."""

import pytest

from isogloss.core import quantities


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "unknown"), (0, "0.0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (42.4, "42 s"), (59.6, "1 min 00 s"),
        (190, "3 min 10 s"), (7500, "2 h 05 min"), (3_600_000, "1,000 h 00 min"),
    ],
)  # fmt: skip
def test_durations(seconds: float | None, words: str) -> None:
    """Two units at most, a tenth of a second below ten."""
    assert quantities.duration(seconds) == words


def test_sizes() -> None:
    """Powers of ten, as disks are sold."""
    assert [quantities.size(count) for count in (12, 3400, 5_600_000, 7.8e9)] == [
        "12 bytes",
        "3.4 kB",
        "5.6 MB",
        "7.8 GB",
    ]
