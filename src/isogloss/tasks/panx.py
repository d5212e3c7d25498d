"""PAN-X (WikiANN): names of people, organisations and places in Wikipedia sentences.

    tokens  Anna/B-PER Berg/I-PER moved/O to/O Tromsø/B-LOC

Read as XTREME writes it (dev-de.tsv; its test files have no tags) and as published: `lg:token` lines in de/test or
de-test, which are preferred for test.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Tagging
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.conll import sentences

LANGUAGES = codes(
    "ar he vi id jv ms tl eu ml ta te af nl en de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw yo my zh kk tr et "
    "fi hu"
)
ADDED = codes("qu pl uk az lt pa gu ro")
"""What XTREME-R adds."""
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XTREME's files and the published ones; for test, the published first: they have the tags."""
    xtreme = [(home / f"{split}-{language}.tsv",) for home in (folder / "xtreme", folder)]
    homes = (folder, folder / "panx_dataset")
    published = [(home / name,) for home in homes for name in (f"{language}-{split}", f"{language}/{split}")]
    return [*published, *xtreme] if split == "test" else [*xtreme, *published]


def read(folder: Path, split: str, language: str) -> Iterator[Tagging]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("panx", places(folder, split, language))
    for number, sentence in enumerate(sentences(path, prefix=path.suffix != ".tsv")):
        yield Tagging(id=f"{split}-{number}", tokens=sentence.tokens, tags=sentence.tags, at=Place(path, sentence.line))


SOURCE = Source(
    folder="panx",
    licence="unclear; the text is Wikipedia's, CC BY-SA",
    cite="Pan et al. 2017, Cross-lingual Name Tagging and Linking for 282 Languages; Rahimi et al. 2019 (splits)",
    by_hand="Get AmazonPhotos.zip (panx_dataset) from the link in XTREME's download_data.sh (it needs a browser) "
    "and unpack each <lg>.tar.gz so that panx/<lg>/train, dev and test lie below the data root.",
)
TASK = Task(
    name="panx",
    type="tagging",
    title="PAN-X (WikiANN): named entities",
    languages=LANGUAGES + ADDED,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("panx",),
    labels=LABELS,
    metrics=("span_f1", "token_accuracy"),
    counts={("train", "en"): 20000, ("dev", "en"): 10000, ("test", "en"): 10000},
    benchmarks=("xtreme", "xtreme_r"),
)
