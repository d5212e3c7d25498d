"""MasakhaNER 2.0: names in news of twenty African languages, tested with a model trained on PAN-X English.

    tokens  Amina/B-PER anaishi/O Mombasa/B-LOC

Dates are names here and not in PAN-X, so their tags are read as O: a model that has never seen dates cannot find them.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Tagging
from isogloss.core.languages import codes, find
from isogloss.core.task import Source, Task
from isogloss.formats.conll import sentences
from isogloss.tasks.panx import LABELS

LANGUAGES = codes("bm bbj ee fon ha ig lg luo mos ny pcm rw sn sw tn tw wo xh yo zu")
HOME = "https://raw.githubusercontent.com/masakhane-io/masakhane-ner/main/MasakhaNER2.0/data"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """swa/test.txt."""
    iso3 = find(language).iso3[0]
    homes = (folder, folder / "MasakhaNER2.0" / "data")
    return [(home / iso3 / f"{split}.txt",) for home in homes]


def read(folder: Path, split: str, language: str) -> Iterator[Tagging]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("masakhaner2", places(folder, split, language))
    for number, sentence in enumerate(sentences(path, separator=" ")):
        tags = None
        if sentence.tags is not None:
            tags = tuple("O" if tag in ("B-DATE", "I-DATE") else tag for tag in sentence.tags)
        yield Tagging(id=f"{split}-{number}", tokens=sentence.tokens, tags=tags, at=Place(path, sentence.line))


SOURCE = Source(
    folder="masakhaner2",
    urls=tuple(f"{HOME}/{find(code).iso3[0]}/{split}.txt" for code in LANGUAGES for split in ("dev", "test")),
    licence="CC BY-NC 4.0 (non-commercial)",
    cite="Adelani et al. 2022, MasakhaNER 2.0: Africa-centric Transfer Learning for Named Entity Recognition",
)
TASK = Task(
    name="masakhaner2",
    type="tagging",
    title="MasakhaNER 2.0: named entities",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("panx",),
    labels=LABELS,
    metrics=("span_f1", "token_accuracy"),
)
