"""SIB-200: the topic of a sentence of FLORES-200, the same sentences in every language.

    text   The river flooded the lower town twice in a decade.
    label  geography

Its test sets are parallel in all languages of XTREME-R, so scores differ by language, not by content.
Read from folders such as `deu_Latn/test.tsv`.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.core.languages import XTREME_R, find
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import table

LABELS = ("science/technology", "travel", "politics", "sports", "health", "entertainment", "geography")
SCRIPTS = {"ko": "Hang"}
"""Where FLORES names another script than ISO 15924 would."""
HOME = "https://raw.githubusercontent.com/dadelani/sib-200/main/data/annotated"


def folders(language: str) -> list[str]:
    """Names FLORES-200 may give the language, such as arb_Arab: one per ISO 639-3 code."""
    known = find(language)
    return [f"{iso3}_{SCRIPTS.get(language, known.script)}" for iso3 in known.iso3]


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """`arb_Arab/test.tsv`, here or below data/annotated."""
    homes = (folder, folder / "data" / "annotated")
    return [(home / name / f"{split}.tsv",) for home in homes for name in folders(language)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One split of one language; ids are FLORES's, the same in every language. Raises DataError."""
    (path,) = SOURCE.find("sib200", places(folder, split, language))
    for line, (index, category, text) in table(path, ("index_id", "category", "text"), quoted=None):
        yield Classification(id=index, text=text, label=category, at=Place(path, line))


SOURCE = Source(
    folder="sib200",
    urls=tuple(f"{HOME}/eng_Latn/{split}.tsv" for split in ("train", "dev"))
    + tuple(f"{HOME}/{folders(code)[-1 if code not in ('qu', 'ms') else 1]}/test.tsv" for code in XTREME_R),
    licence="Apache-2.0; the FLORES-200 text CC BY-SA 4.0",
    cite="Adelani et al. 2024, SIB-200: A Simple, Inclusive, and Big Evaluation Dataset for Topic Classification",
)
TASK = Task(
    name="sib200",
    type="classification",
    title="SIB-200: topic of a sentence",
    languages=XTREME_R,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("sib200",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=51 / 204,  # the most frequent topic of the test set
    counts={("train", "en"): 701, ("dev", "en"): 99} | {("test", code): 204 for code in XTREME_R},
)
