"""A short, seeded part of bench/damage.py: whatever happens to a file of a store is noticed."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """bench/damage.py."""
    sys.path.insert(0, str(BENCH))
    import damage

    yield damage
    sys.path.remove(str(BENCH))


def test_no_damage_passes(bench: ModuleType, tmp_path: Path) -> None:
    """Flipped, cut, zeroed, swapped and deleted files of every kind: verify-store tells of each, nothing is read that
    is not what was written, and no error is Python's own."""
    store = bench.build(tmp_path / "store")
    kinds = bench.by_kind(store.root)
    assert len(kinds) > 20
    results = bench.damaged(store, 40, bench.random.Random(11))
    assert [said for kind, said in results if not kind.startswith("noticed")] == []
