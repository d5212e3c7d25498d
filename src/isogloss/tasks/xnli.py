"""XNLI: does the premise entail the hypothesis, contradict it, or neither? Row i is the same item in every language.

    premise     Der Bäcker hat am Montag geschlossen.
    hypothesis  Am Montag kann man dort Brot kaufen.
    label       contradiction

Read as XTREME writes it (`xtreme/` or the folder itself: dev-de.tsv, test-de.tsv and, beside test files without
labels, labels/test.tsv), as published (XNLI-1.0/xnli.test.tsv), and KorNLI's translation for Korean.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.lines import read_lines
from isogloss.formats.tsv import Row, rows, table
from isogloss.tasks._nli import LABELS, from_rows

LANGUAGES = codes("ar bg de el en es fr hi ru sw th tr ur vi zh")
PAIR = ("premise", "hypothesis")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XTREME's files, with labels where they lie beside; the release; KorNLI."""
    if language == "ko":
        return [(folder / "kornli" / f"xnli.{split}.ko.tsv",)]
    labels = folder / "labels" / "test.tsv"
    files = [home / f"{split}-{language}.tsv" for home in (folder / "xtreme", folder)]
    release = folder / "XNLI-1.0" / f"xnli.{split}.tsv"
    if split != "test":
        return [(files[0],), (files[1],), (release,)]
    return [(files[0], labels), (files[1], labels), (release,), (files[0],), (files[1],)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One language of dev or test. Raises DataError."""
    paths = SOURCE.find("xnli", places(folder, split, language))
    return from_rows(split, paths[-1], _rows(paths, split, language))


def _rows(paths: tuple[Path, ...], split: str, language: str) -> Iterator[Row]:
    """Rows and their lines in the last of the files: the one with the labels."""
    path = paths[0]
    if language == "ko":
        yield from table(path, ("sentence1", "sentence2", "gold_label"))
    elif path.parent.name == "XNLI-1.0":
        for line, cells in table(path, ("language", "sentence1", "sentence2", "gold_label")):
            if cells[0] == language:
                yield line, cells[1:]
    elif split == "dev":
        yield from rows(path, (*PAIR, "label"), quoted=True)
    elif len(paths) == 1:
        yield from rows(path, PAIR, quoted=True)
    else:
        both, labels = list(rows(path, PAIR, quoted=True)), read_lines(paths[1])
        if len(both) != len(labels):
            raise DataError.at(path, None, f"{len(both)} rows, but {paths[1]} has {len(labels)} labels; one each.")
        for number, ((_, cells), label) in enumerate(zip(both, labels, strict=True), 1):
            yield number, [*cells, label]


SOURCE = Source(
    folder="xnli",
    urls=("https://dl.fbaipublicfiles.com/XNLI/XNLI-1.0.zip",),
    licence="CC BY-NC 4.0 (non-commercial)",
    cite="Conneau et al. 2018, XNLI: Evaluating Cross-lingual Sentence Representations",
)
TASK = Task(
    name="xnli",
    type="classification",
    title="XNLI: natural language inference",
    languages=(*LANGUAGES, "ko"),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("mnli",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
    splits=("dev", "test"),
    counts={(split, code): n for split, n in (("dev", 2490), ("test", 5010)) for code in LANGUAGES},
    benchmarks=("xtreme", "xtreme_r"),
)
