"""The New Testament, verse by verse; parallel pretraining text for languages with little else.

    row b.JON.1.3  Lakini Yona akaondoka akimbilie Tarshishi.

Verses with the same `row` are translations of each other.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Text
from isogloss.core.languages import find, table
from isogloss.core.task import Source, Task
from isogloss.formats.ces_xml import verses

OWN = {"qu": "Quichua", "uk": "Ukranian", "el": "Greek", "tl": "Tagalog"}
"""Where the corpus spells a language otherwise."""
HOME = "https://raw.githubusercontent.com/christos-c/bible-corpus/master/bibles"
SHIPPED = ("sw", "wo", "eu", "uk", "gu", "qu", "lv", "zu")
"""Those whose New Testament is a file of its own."""


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """bibles/Swahili-NT.xml, or the whole Bible."""
    del split  # train only
    name = OWN.get(language, find(language).name)
    return [(home / f"{name}{part}.xml",) for home in (folder / "bibles", folder) for part in ("-NT", "", "-PART")]


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """One text per verse. Raises DataError."""
    (path,) = SOURCE.find("bible", places(folder, split, language))
    for name, text in verses(path).items():
        yield Text(id=name, text=text, row=name, at=Place(path, name))


SOURCE = Source(
    folder="bible",
    urls=tuple(f"{HOME}/{OWN.get(code, find(code).name)}-NT.xml" for code in SHIPPED),
    licence="CC0 1.0",
    cite="Christodouloupoulos & Steedman 2015, A massively parallel corpus: the Bible in 100 languages",
)
TASK = Task(
    name="bible",
    type="text",
    title="New Testament (parallel pretraining text)",
    languages=tuple(table()),
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
)
