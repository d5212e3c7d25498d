"""TyDiQA-GoldP: questions people asked without seeing the answer, in nine languages written by native speakers.

    context   Ziwa hilo lina urefu wa kilomita 70.
    question  Ziwa lina urefu gani?
    answer    kilomita 70 (starts at character 24)

`test` is the released dev set, as in XTREME. XTREME's split files keep only the last part of a train id, which then
repeats: train ids are made unique here by the question's position. The release's own ids,
`swahili-…`, are kept. Files with answers are preferred to XTREME's stripped ones, which are read as unlabelled.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.core.languages import find
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import spans

LANGUAGES = ("en", "ar", "bn", "fi", "id", "ko", "ru", "sw", "te")
TRAIN, DEV = "tydiqa-goldp-v1.1-train", "tydiqa-goldp-v1.1-dev"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The release's files (train undivided, dev by language name), and XTREME's by language code."""
    if split == "train":
        split_file = folder / TRAIN / f"tydiqa.goldp.{language}.train.json"
        return [(split_file,), (folder / f"{TRAIN}.json",), (folder / TRAIN / f"{TRAIN}.json",)]
    name = find(language).name.lower()
    return [(folder / DEV / f"tydiqa-goldp-dev-{name}.json",), (folder / DEV / f"tydiqa.goldp.{language}.dev.json",)]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("tydiqa", places(folder, split, language))
    name = f"{find(language).name.lower()}-"
    for position, span in enumerate(spans(path)):
        if path.stem == TRAIN:  # undivided: all languages in one file
            if span.id.startswith(name):
                yield span
        else:
            yield replace(span, id=f"{language}-{position}-{span.id}") if split == "train" else span


SOURCE = Source(
    folder="tydiqa",
    urls=(
        f"https://storage.googleapis.com/tydiqa/v1.1/{TRAIN}.json",
        f"https://storage.googleapis.com/tydiqa/v1.1/{DEV}.tgz",
    ),
    licence="Apache-2.0",
    cite="Clark et al. 2020, TyDi QA: A Benchmark for Information-Seeking Question Answering",
)
TASK = Task(
    name="tydiqa",
    type="span",
    title="TyDiQA-GoldP: extractive question answering",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("tydiqa",),
    metrics=("exact_match+answer_f1", "answer_f1", "exact_match", "mlqa_exact_match+mlqa_answer_f1"),
    splits=("train", "test"),
    counts={("train", "en"): 3696},
    benchmarks=("xtreme", "xtreme_r"),
)
