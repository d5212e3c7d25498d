"""LAReQA (XQuAD-R): find the sentences, in any language, that answer a question.

    query      de  Woher kam die Mannschaft?
    candidate  en  The lighthouse was finished by a crew from Leith.   (context: its paragraph)

Keys are XQuAD's question ids, the same in every language, so that the languages read one by one make one pool: a
sentence is relevant for a question, whatever the language, if the answer begins in it. A question whose answer begins
in no sentence is left out, as in the official code (that happens in no language of the release we could read).
"""

from bisect import bisect
from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Passage
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import paragraphs

LANGUAGES = codes("ar de el en es hi ru th tr vi zh")
HOME = "https://raw.githubusercontent.com/google-research-datasets/lareqa/master/xquad-r"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """xquad-r/de.json."""
    del split  # test only
    return [(home / f"{language}.json",) for home in (folder / "xquad-r", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Passage]:
    """All questions of one language, then all its sentences. Raises DataError."""
    (path,) = SOURCE.find("lareqa", places(folder, split, language))
    queries: list[Passage] = []
    candidates: list[Passage] = []
    for number, paragraph in enumerate(paragraphs(path), 1):
        if not paragraph.sentences:
            raise DataError.at(path, None, f"paragraph {number} has no sentence_breaks; this is XQuAD, not XQuAD-R.")
        answered: list[list[str]] = [[] for _ in paragraph.sentences]
        for span in paragraph.questions:
            start = span.starts[0] if span.starts else -1
            hit = bisect(paragraph.sentences, start, key=lambda sentence: sentence[0]) - 1
            if hit >= 0 and start < paragraph.sentences[hit][1]:
                answered[hit].append(span.id)
                keys = (span.id,)
                name = f"{language}-{span.id}"
                queries.append(
                    Passage(id=name, side="query", text=span.question, keys=keys, language=language, at=span.at)
                )
        candidates += [
            Passage(
                id=f"{language}-{number}-{i}",
                side="candidate",
                text=paragraph.context[begin:end],
                context=paragraph.context,
                keys=tuple(answered[i]),
                language=language,
                at=paragraph.at,
            )
            for i, (begin, end) in enumerate(paragraph.sentences)
        ]
    yield from queries
    yield from candidates


SOURCE = Source(
    folder="lareqa",
    urls=tuple(f"{HOME}/{code}.json" for code in LANGUAGES),
    licence="CC BY-SA 4.0",
    cite="Roy et al. 2020, LAReQA: Language-agnostic Answer Retrieval from a Multilingual Pool",
)
TASK = Task(
    name="lareqa",
    type="retrieval",
    title="LAReQA: answer retrieval from a multilingual pool",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad",),
    metrics=("map_at_20",),
    splits=("test",),
    benchmarks=("xtreme_r",),
)
