"""Plain sentences of Wikipedia, one file per language, for pretraining.

    text  The mill was moved stone by stone to the other bank .

They are the tokens of PAN-X's training files joined by spaces, deduplicated; the English file shares sentences with
PAN-X's English training set, none with a dev or test set. Any folder of `<code>.txt` files with a sentence per line
does as well.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Text
from isogloss.core.languages import table
from isogloss.core.task import Source, Task
from isogloss.formats.lines import read_lines


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """wiki/de.txt or de.txt."""
    del split  # train only
    return [(home / f"{language}.txt",) for home in (folder / "wiki", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """One text per line; blank lines separate documents and are not text. Raises DataError."""
    (path,) = SOURCE.find("wiki", places(folder, split, language))
    for number, line in enumerate(read_lines(path), 1):
        if line.strip():
            yield Text(id=f"{language}-{number}", text=line.strip(), at=Place(path, number))


SOURCE = Source(
    folder="text",
    licence="CC BY-SA (Wikipedia)",
    cite="Pan et al. 2017, Cross-lingual Name Tagging and Linking for 282 Languages (the text behind WikiANN)",
    by_hand="Put one sentence per line into text/wiki/<code>.txt below the data root, such as text/wiki/de.txt.",
)
TASK = Task(
    name="wiki",
    type="text",
    title="Wikipedia sentences (pretraining text)",
    languages=tuple(table()),
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
)
