"""NTREX-128: news sentences translated from English by professionals, line by line; parallel pretraining text.

    en  The council votes again on Friday.
    de  Der Rat stimmt am Freitag erneut ab.

Texts of different languages with the same `row` are translations of each other.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Text
from isogloss.core.languages import ENGLISH, XTREME_R, find, table
from isogloss.core.task import Source, Task
from isogloss.formats.parallel import sentences

OWN = {"az": "aze-Latn", "sr": "srp-Cyrl", "uz": "uzb", "mn": "mon", "sn": "sna-Latn", "zh": "zho-CN", "tl": "fil"}
"""Where NTREX's name of a language is not its first ISO 639-3 code (XTREME_CODES.tsv maps those of XTREME)."""
HOME = "https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/main/NTREX-128"


def name(language: str) -> str:
    """NTREX's file of a language."""
    if language == ENGLISH:
        return "newstest2019-src.eng.txt"
    own = {"ar": "arb"} | OWN
    return f"newstest2019-ref.{own.get(language, find(language).iso3[0])}.txt"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """NTREX-128/newstest2019-ref.deu.txt."""
    del split  # train only
    return [(home / name(language),) for home in (folder / "NTREX-128", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """One text per line; `row` is the line, 0-based. Raises DataError."""
    (path,) = SOURCE.find("ntrex", places(folder, split, language))
    for row, sentence in enumerate(sentences(path)):
        yield Text(id=str(row), text=sentence, row=str(row), at=Place(path, row + 1))


SOURCE = Source(
    folder="ntrex",
    urls=tuple(f"{HOME}/{name(code)}" for code in XTREME_R if code not in ("ht", "jv", "qu")),
    licence="CC BY-SA 4.0",
    cite="Federmann, Kocmi & Xin 2022, NTREX-128: News Test References for MT Evaluation of 128 Languages",
)
TASK = Task(
    name="ntrex",
    type="text",
    title="NTREX-128 (parallel pretraining text)",
    languages=tuple(table()),
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
    counts={("train", "en"): 1997},
)
