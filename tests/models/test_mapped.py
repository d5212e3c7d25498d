"""models/mapped: what was read of a weights' file is handed back, and what was written stays."""

import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from isogloss.models import mapped

ROWS, WIDTH = 4096, 1024


def _of_files() -> int:
    """Bytes of files' pages that this process holds in memory."""
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line[:7] == "RssFile")
    return int(line.split()[1]) << 10


@pytest.fixture
def table(tmp_path: Path) -> torch.Tensor:
    """16 MiB of weights, mapped from their file, as transformers loads them; row n is full of n."""
    rows = torch.arange(ROWS, dtype=torch.float32)[:, None].repeat(1, WIDTH)
    save_file({"table": rows}, tmp_path / "model.safetensors")
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        found: torch.Tensor = file.get_tensor("table")
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is handed back")
def test_what_was_read_is_handed_back_and_read_again(table: torch.Tensor) -> None:
    expected = float(table.double().sum())
    held = _of_files()
    assert mapped.release() > 15 << 20
    assert held - _of_files() > 15 << 20
    assert float(table.double().sum()) == expected == ROWS * (ROWS - 1) / 2 * WIDTH


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is handed back")
def test_what_was_written_stays(table: torch.Tensor) -> None:
    """Some rows, here and there, as a phase trains them; their neighbours are read from the file again."""
    changed = torch.arange(0, ROWS, 97)
    table[changed] = -1.0
    assert mapped.release() > 0
    expected = torch.arange(ROWS, dtype=torch.float32)
    expected[changed] = -1.0
    assert table.equal(expected[:, None].expand(-1, WIDTH))


def test_without_linux_nothing_is_done(table: torch.Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of mappings, no error."""
    monkeypatch.setattr(mapped, "MAPPINGS", tmp_path / "none")
    assert mapped.release() == 0
    assert table[7, 0] == 7
