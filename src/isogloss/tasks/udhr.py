"""The Universal Declaration of Human Rights: preamble and thirty articles in each language, parallel pretraining text.

    row 15-1  Everyone has the right to a nationality.

An article whose translation has as many paragraphs as the English one is aligned paragraph by paragraph (row
"15-1", "15-2"). Any other is given as one text (row "15"); so is the English one, so that both find their partner.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Place, Text
from isogloss.core.languages import ENGLISH, find, table
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.udhr_xml import articles

OWN = {
    "ar": "arb", "az": "azj_latn", "de": "deu_1996", "el": "ell_monotonic", "fa": "pes_1", "ht": "hat_popular",
    "ms": "mly_latn", "pt": "por_PT", "qu": "quz", "ro": "ron_2006", "sw": "swh", "zh": "cmn_hans",
}  # fmt: skip
"""Where the collection's key is not the ISO 639-3 code."""


def name(language: str) -> str:
    """The collection's file of a language."""
    return f"udhr_{OWN.get(language, find(language).iso3[0])}.xml"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The translation, and the English text that says how articles are divided."""
    del split  # train only
    homes = (folder, folder / "udhr", folder / "data" / "udhr")
    return [(home / name(language), home / name(ENGLISH)) for home in homes]


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """Paragraphs where they align with English, and every article as a whole. Raises DataError."""
    path, english = SOURCE.find("udhr", places(folder, split, language))
    pattern = articles(english)
    for article, paragraphs in articles(path).items():
        if article not in pattern:
            raise DataError.at(path, None, f"article {quoted(article)} is not one of the English text's.")
        if not paragraphs:
            continue  # a partial translation
        at = Place(path, f"article {article}")
        aligned = len(paragraphs) == len(pattern[article]) > 1
        for number, text in enumerate(paragraphs if aligned else (), 1):
            name = f"{article}-{number}"
            yield Text(id=name, text=text, row=name, at=at)
        yield Text(id=article, text=" ".join(paragraphs), row=article, at=at)


SOURCE = Source(
    folder="udhr",
    urls=("https://unicode.org/udhr/assemblies/udhr_xml.zip",),
    licence="UN text, © OHCHR; free to use with attribution",
    cite="The Universal Declaration of Human Rights in Unicode",
)
TASK = Task(
    name="udhr",
    type="text",
    title="Universal Declaration of Human Rights (parallel pretraining text)",
    languages=tuple(table()),
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
)
