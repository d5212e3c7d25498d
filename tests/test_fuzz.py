"""A short, seeded part of bench/fuzz.py: spoilt files are read, or refused by name, and soon."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from isogloss.core.folder import ROOT, load, names

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """bench/fuzz.py."""
    sys.path.insert(0, str(BENCH))
    import fuzz

    yield fuzz
    sys.path.remove(str(BENCH))


def test_every_reader_reads_its_own_sample(bench: ModuleType) -> None:
    """What is spoilt below is whole to begin with."""
    chosen = [reader for reader in bench.readers() if reader.name != "formats pdf_text"]  # a process for each
    with bench.laid_out(chosen) as root:
        for place, reader in enumerate(chosen):
            assert reader.read(root / str(place)), reader.name


def test_every_format_and_every_task_has_a_sample(bench: ModuleType) -> None:
    """A new one cannot be forgotten: each module of formats/, and each task that reads files in each of its splits."""
    sampled = {reader.name.split()[1] for reader in bench.readers() if reader.name.startswith("formats")}
    assert sampled == {path.stem for path in (ROOT / "formats").glob("[!_]*.py")}
    tasks = [load("tasks", name) for name in names("tasks")]
    wanted = {(task.name, split) for task in tasks if task.places is not None for split in task.splits}
    assert {tuple(reader.name.split()[:2]) for reader in bench.readers()} >= wanted


def test_spoilt_files_are_refused_by_name(bench: ModuleType) -> None:
    """2,000 inputs, the same in every run: none raises another error, takes long or is refused without its file."""
    chosen = [reader for reader in bench.readers() if reader.name != "formats pdf_text"]
    tally = bench.fuzz(chosen, range(2000), 7)
    assert tally.worst == []
    assert tally.counts["refused"] > 1000


def test_a_reader_that_fails_is_found_out(bench: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench can fail: another error, an error without a file, and one that takes for ever are each counted."""
    from isogloss.core.errors import DataError

    def foreign(root: Path) -> int:
        return int((root / "file").read_bytes().decode("utf-8", "replace") + "x")

    def unnamed(root: Path) -> None:
        raise DataError(f"something is wrong with {len(list(root.iterdir()))} files")

    def slow(root: Path) -> int:
        return sum(range(3_000_000)) + len(list(root.iterdir()))

    chosen = [bench.Reader(name=each.__name__, read=each, files={"file": b"1"}) for each in (foreign, unnamed, slow)]
    monkeypatch.setattr(bench, "SLOW", 0.02)
    tally = bench.fuzz(chosen, range(9), 0)
    assert dict(tally.counts) == {"foreign": 3, "refused": 3, "unnamed": 3, "slow": 3}
