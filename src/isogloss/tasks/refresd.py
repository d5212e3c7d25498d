"""REFreSD: does a French sentence mean what the English one does? Gold for measures of semantic divergence.

English  The bridge was built in three years.
French   Le pont, long de trois cents mètres, a été construit en trois ans.
label    some_meaning_difference
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import rows

LABELS = ("no_meaning_difference", "some_meaning_difference", "unrelated")
COLUMNS = ("binary label", "label", "English sentence", "French sentence")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """REFreSD_sentence_labels."""
    del split, language  # one file
    return [(home / "REFreSD_sentence_labels",) for home in (folder, folder / "REFreSD")]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """All pairs; the first line, `#binary_label …`, is a comment. Raises DataError."""
    (path,) = SOURCE.find("refresd", places(folder, split, language))
    for number, (line, (_, label, english, french)) in enumerate(rows(path, COLUMNS, comment="#binary_label")):
        yield Classification(id=str(number), text=english, text_pair=french, label=label, at=Place(path, line))


SOURCE = Source(
    folder="refresd",
    urls=("https://raw.githubusercontent.com/Elbria/xling-SemDiv/master/REFreSD/REFreSD_sentence_labels",),
    licence="MIT; the text CC BY-SA (WikiMatrix)",
    cite="Briakou & Carpuat 2020, Detecting Fine-Grained Cross-Lingual Semantic Divergences",
)
TASK = Task(
    name="refresd",
    type="classification",
    title="REFreSD: semantic divergence of English-French pairs",
    languages=("en-fr",),
    read=read,
    places=places,
    source=SOURCE,
    labels=LABELS,
    metrics=("accuracy",),
    chance=418 / 1039,  # the most frequent label
    splits=("test",),
    counts={("test", "en-fr"): 1039},
)
