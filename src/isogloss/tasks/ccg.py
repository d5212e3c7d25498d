"""CCG supertagging: the lexical category of every word, in CCGbank's Wall Street Journal.

    tokens  Oslo/NP sleeps/S[dcl]\\NP ./.

CCGbank is licensed by the LDC and cannot be fetched. Read from its derivations (data/AUTO/02/wsj_0201.auto; train is
sections 02 to 21, dev 00, test 23), from the C&C tools' `word|POS|category` lines (train.stagged), and from a token
and a category per line (train.tsv). The categories are whatever the files hold, over a thousand.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Tagging
from isogloss.core.task import Source, Task
from isogloss.formats import ccgbank, conll

SECTIONS = {"train": range(2, 22), "dev": range(1), "test": range(23, 24)}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The derivations of the split's sections, then the simpler layouts."""
    del language  # English only
    found: list[tuple[Path, ...]] = []
    for home in (folder / "data" / "AUTO", folder / "AUTO"):
        sections = [home / f"{section:02}" for section in SECTIONS[split]]
        if all(section.is_dir() for section in sections):
            found.append(tuple(path for section in sections for path in sorted(section.glob("*.auto"))))
    return [*found, (folder / f"{split}.auto",), (folder / f"{split}.stagged",), (folder / f"{split}.tsv",)]


def read(folder: Path, split: str, language: str) -> Iterator[Tagging]:
    """One split. Raises DataError."""
    paths = SOURCE.find("ccg", places(folder, split, language))
    for path in paths:
        if path.suffix == ".auto":
            for name, sentence in ccgbank.derivations(path):
                at = Place(path, sentence.line)
                yield Tagging(id=name, tokens=sentence.tokens, tags=sentence.tags, at=at)
        else:
            sentences = ccgbank.piped(path) if path.suffix == ".stagged" else conll.sentences(path)
            for number, sentence in enumerate(sentences):
                at = Place(path, sentence.line)
                yield Tagging(id=f"{split}-{number}", tokens=sentence.tokens, tags=sentence.tags, at=at)


SOURCE = Source(
    folder="ccgbank",
    licence="LDC user agreement (LDC2005T13)",
    cite="Hockenmaier & Steedman 2007, CCGbank: A Corpus of CCG Derivations and Dependency Structures",
    by_hand="CCGbank (LDC2005T13) needs a licence of the Linguistic Data Consortium: put its data/AUTO folder, or "
    "train.stagged, dev.stagged and test.stagged of the C&C tools, into ccgbank/ below the data root.",
)
TASK = Task(
    name="ccg",
    type="tagging",
    title="CCG supertagging",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("ccg",),
    open_labels=True,
    metrics=("token_accuracy",),
    benchmarks=("intermediate",),
)
