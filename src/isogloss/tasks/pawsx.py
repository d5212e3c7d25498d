"""PAWS-X: do two sentences with nearly the same words mean the same? Row i is the same item in every language.

    sentence 1  The river flows from the lake into the sea.
    sentence 2  The river flows from the sea into the lake.
    label       0

Read as XTREME writes it (dev-de.tsv; its test files have no labels) and as released (x-final/de/test_2k.tsv, which is
preferred for test). XTREME's own training code reads its quoted files without unquoting; here `""` becomes `"`.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import rows, table

LANGUAGES = codes("de en es fr ja ko zh")
RELEASE = {"train": "train.tsv", "dev": "dev_2k.tsv", "test": "test_2k.tsv"}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XTREME's files and the release; for test, the release first: it has the labels."""
    xtreme = [(home / f"{split}-{language}.tsv",) for home in (folder / "xtreme", folder)]
    release = [(home / language / RELEASE[split],) for home in (folder / "x-final", folder)]
    return [*release, *xtreme] if split == "test" else [*xtreme, *release]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("pawsx", places(folder, split, language))
    if path.name == RELEASE[split]:
        lines = table(path, ("sentence1", "sentence2", "label"), quoted=None)
    else:
        columns = ("sentence1", "sentence2") if split == "test" else ("sentence1", "sentence2", "label")
        lines = rows(path, columns, quoted=True)
    for number, (line, (first, second, *label)) in enumerate(lines):
        gold = label[0].strip() if label else None
        at = Place(path, line)
        yield Classification(id=f"{split}-{number}", text=first, text_pair=second, label=gold, at=at)


SOURCE = Source(
    folder="pawsx",
    urls=("https://storage.googleapis.com/paws/pawsx/x-final.tar.gz",),
    licence="free for any purpose, with acknowledgement of Google LLC",
    cite="Yang et al. 2019, PAWS-X: A Cross-lingual Adversarial Dataset for Paraphrase Identification",
)
TASK = Task(
    name="pawsx",
    type="classification",
    title="PAWS-X: paraphrase identification",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("pawsx",),
    labels=("0", "1"),
    metrics=("accuracy",),
    chance=0.5,
    counts={("train", "en"): 49401} | {(split, code): 2000 for split in ("dev", "test") for code in LANGUAGES},
    benchmarks=("xtreme",),
)
