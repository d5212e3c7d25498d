"""MultiNLI: natural language inference over ten genres of English. It trains XNLI.

    premise     uh-huh we drove up there twice last summer
    hypothesis  They have never been there.
    label       contradiction

Read in XNLI's layout (multinli.train.en.tsv), the release's (multinli_1.0_train.jsonl, dev = matched) and XTREME's
(../xnli/train-en.tsv). Rows without a gold label are left out, as the authors do.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import rows, table
from isogloss.tasks._nli import LABELS, from_jsonl, from_rows

RELEASE = {"train": "multinli_1.0_train.jsonl", "dev": "multinli_1.0_dev_matched.jsonl"}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XNLI's copy, the release, and XTREME's train-en.tsv in the folder of XNLI."""
    tsv = f"multinli.{split}.{language}.tsv"
    xnli = folder.parent / "xnli"
    found = [folder / tsv, folder / "multinli_1.0" / RELEASE[split], folder / RELEASE[split]]
    if split == "train":
        found += [xnli / "XNLI-MT-1.0" / "multinli" / tsv, xnli / "xtreme" / "train-en.tsv", xnli / "train-en.tsv"]
    return [(path,) for path in found]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """Train or dev. Raises DataError."""
    (path,) = SOURCE.find("mnli", places(folder, split, language))
    if path.suffix == ".jsonl":
        return from_jsonl(split, path)
    if path.name == "train-en.tsv":
        return from_rows(split, path, rows(path, ("premise", "hypothesis", "label"), quoted=True))
    return from_rows(split, path, table(path, ("premise", "hypo", "label")))


SOURCE = Source(
    folder="mnli",
    urls=("https://cims.nyu.edu/~sbowman/multinli/multinli_1.0.zip",),
    licence="OANC and others, mostly permissive (see the release)",
    cite="Williams, Nangia & Bowman 2018, A Broad-Coverage Challenge Corpus for Sentence Understanding (MultiNLI)",
)
TASK = Task(
    name="mnli",
    type="classification",
    title="MultiNLI: natural language inference",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("mnli",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
    splits=("train", "dev"),
    counts={("train", "en"): 392702},
    benchmarks=("intermediate",),
)
