"""XQuAD: 240 paragraphs and 1,190 questions of SQuAD's dev set, translated by people. Question i is the same in all.

    context   Das Leuchtfeuer wurde 1837 von einer Mannschaft aus Leith vollendet.
    question  Woher kam die Mannschaft?
    answer    Leith (starts at character 52)

It has a test split only. XTREME strips its answers; such a file is read as unlabelled.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import spans

LANGUAGES = codes("en es de el ru tr ar vi th zh hi ro")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """xquad.de.json."""
    del split  # test only
    return [(folder / f"xquad.{language}.json",)]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("xquad", places(folder, split, language))
    return spans(path)


SOURCE = Source(
    folder="xquad",
    urls=tuple(f"https://raw.githubusercontent.com/deepmind/xquad/master/xquad.{code}.json" for code in LANGUAGES),
    licence="CC BY-SA 4.0",
    cite="Artetxe, Ruder & Yogatama 2020, On the Cross-lingual Transferability of Monolingual Representations",
)
TASK = Task(
    name="xquad",
    type="span",
    title="XQuAD: extractive question answering",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad",),
    metrics=("exact_match+answer_f1", "answer_f1", "exact_match", "mlqa_exact_match+mlqa_answer_f1"),
    splits=("test",),
    counts={("test", code): 1190 for code in LANGUAGES},
    benchmarks=("xtreme", "xtreme_r"),
)
