"""Tatoeba: find the translation of a sentence among up to 1,000. Nothing is trained.

    query      en  The train leaves at noon.
    candidate  de  Der Zug fährt mittags ab.

As in the official script English sentences are the queries; a shared key joins a pair, so that the other direction can
be computed too. Read as published (v1/tatoeba.deu-eng.deu). XTREME's own copy (de-en.de beside an alphabetically
sorted de-en.en) has lost the pairing and is not read.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Passage, Place
from isogloss.core.languages import ENGLISH, by_iso3, codes, find
from isogloss.core.task import Source, Task
from isogloss.formats.parallel import pairs

XTREME = codes(
    "ar he vi id jv tl eu ml ta te af nl de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw zh kk tr et fi hu"
)
ADDED = codes("az lt pl uk ro")
RELEASED = (
    "amh ang arq arz ast awa bel ber bos bre cat cbk ceb ces cha cor csb cym dan dsb dtp epo fao fry gla gle glg gsw "
    "hrv hsb hye ido ile ina isl kab khm kur kzj lat lfn lvs max mhr mkd mon nds nno nob nov oci orv pam pms slk slv "
    "sqi srp swe swg tat tuk tzl uig uzb war wuu xho yid yue zsm"
)
"""The release's other languages, by its own codes."""
OWN = {"fa": "pes", "sw": "swh", "zh": "cmn", "ms": "zsm", "lv": "lvs"}
"""Where the release does not use the first ISO 639-3 code."""
LANGUAGES = XTREME + ADDED + tuple(by_iso3()[iso3] for iso3 in RELEASED.split(" "))
HOME = "https://raw.githubusercontent.com/facebookresearch/LASER/main/data/tatoeba/v1"


def name(language: str) -> str:
    """The release's name of a pair, such as tatoeba.deu-eng."""
    return f"tatoeba.{OWN.get(language, find(language).iso3[0])}-eng"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """Both sides, here, below v1/ or where LASER keeps them."""
    del split  # test only
    pair = name(language)
    homes = (folder / "v1", folder, folder / "data" / "tatoeba" / "v1")
    return [(home / f"{pair}.{pair[8:11]}", home / f"{pair}.eng") for home in homes]


def read(folder: Path, split: str, language: str) -> Iterator[Passage]:
    """All English queries, then all candidates, in file order. Raises DataError."""
    path, other = SOURCE.find("tatoeba", places(folder, split, language))
    both = pairs(path, other)
    for row, (_, english) in enumerate(both):
        at = Place(other, row + 1)
        yield Passage(id=f"en-{row}", side="query", text=english, keys=(str(row),), language=ENGLISH, at=at)
    for row, (foreign, _) in enumerate(both):
        yield Passage(
            id=f"{language}-{row}", side="candidate", text=foreign, keys=(str(row),), language=language,
            at=Place(path, row + 1),
        )  # fmt: skip


SOURCE = Source(
    folder="tatoeba",
    urls=tuple(f"{HOME}/{name(code)}.{side}" for code in XTREME + ADDED for side in (name(code)[8:11], "eng")),
    licence="CC BY 2.0 FR",
    cite="Artetxe & Schwenk 2019, Massively Multilingual Sentence Embeddings (LASER)",
)
TASK = Task(
    name="tatoeba",
    type="retrieval",
    title="Tatoeba: translation retrieval",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    metrics=("retrieval_accuracy",),
    chance=0.001,
    splits=("test",),
    benchmarks=("xtreme", "xtreme_r"),
)
