"""SemDiverge: are an English and a French sentence equivalent (1) or divergent (0)?

    English  the bridge was built in three years.
    French   le pont a été construit en trois ans.
    label    1

Two crowd-sourced test sets, here the splits "commoncrawl" and "opensubs".
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import rows


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """commoncrawl.test and opensubs.test."""
    del language  # one pair of languages
    return [(home / f"{split}.test",) for home in (folder, folder / "dataset")]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One test set. Raises DataError."""
    (path,) = SOURCE.find("semdiverge", places(folder, split, language))
    found = rows(path, ("English", "French", "label", "agreement"))
    for number, (line, (english, french, label, _)) in enumerate(found):
        yield Classification(
            id=f"{split}-{number}", text=english.strip(), text_pair=french.strip(), label=label.strip(),
            at=Place(path, line),
        )  # fmt: skip


SOURCE = Source(
    folder="semdiverge",
    urls=tuple(
        f"https://raw.githubusercontent.com/yogarshi/SemDiverge/master/dataset/{name}.test"
        for name in ("commoncrawl", "opensubs")
    ),
    licence="unclear (no licence file)",
    cite="Vyas, Niu & Carpuat 2018, Identifying Semantic Divergences in Parallel Text without Annotations",
)
TASK = Task(
    name="semdiverge",
    type="classification",
    title="SemDiverge: divergence of English-French pairs",
    languages=("en-fr",),
    read=read,
    places=places,
    source=SOURCE,
    labels=("0", "1"),
    metrics=("accuracy",),
    chance=0.5,
    splits=("commoncrawl", "opensubs"),
    counts={("commoncrawl", "en-fr"): 300, ("opensubs", "en-fr"): 300},
)
