"""What all tests share: where the real files lie, and shapes checked while tests run."""

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real XTREME-R files beside the checkout; the test is skipped where it is not."""
    if not (REAL / "MANIFEST.md").is_file():
        pytest.skip("the real files (../shared/data) are not beside this checkout")
    return REAL
