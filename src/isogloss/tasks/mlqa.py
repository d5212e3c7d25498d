"""MLQA: extractive questions over parallel Wikipedia passages, question and context in the same language.

    context   El faro se terminó en 1837.
    question  ¿Cuándo se terminó el faro?
    answer    1837 (starts at character 22)

Ids are shared across languages. XTREME strips the answers of its test files; they are read as unlabelled.
`mlqa_cross` has the pairs of different languages.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import spans

LANGUAGES = codes("en es de ar hi vi zh")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """MLQA_V1/test/test-context-de-question-de.json; `language` may be a pair, context first: "de-es"."""
    context, _, question = language.partition("-")
    name = f"{split}-context-{context}-question-{question or context}.json"
    return [(home / split / name,) for home in (folder / "MLQA_V1", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """One language or pair. Raises DataError."""
    (path,) = SOURCE.find("mlqa", places(folder, split, language))
    return spans(path)


SOURCE = Source(
    folder="mlqa",
    urls=("https://dl.fbaipublicfiles.com/MLQA/MLQA_V1.zip",),
    licence="CC BY-SA 3.0",
    cite="Lewis et al. 2020, MLQA: Evaluating Cross-lingual Extractive Question Answering",
)
TASK = Task(
    name="mlqa",
    type="span",
    title="MLQA: extractive question answering",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad",),
    metrics=("mlqa_exact_match+mlqa_answer_f1", "mlqa_answer_f1", "mlqa_exact_match"),
    splits=("dev", "test"),
    benchmarks=("xtreme", "xtreme_r"),
)
