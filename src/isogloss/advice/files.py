"""What a test says without its labels: its tokens and sub-words, and how its translations lie on the encoder."""

from collections.abc import Callable, Sequence
from itertools import chain, islice
from pathlib import Path
from statistics import fmean

from isogloss.advice.measured import Cell, of_studies
from isogloss.advice.rank import same_encoder
from isogloss.analysis.measured import divergences
from isogloss.core.errors import IsoglossError
from isogloss.core.languages import ENGLISH
from isogloss.core.spec import Published
from isogloss.core.task import Task
from isogloss.core.texts import texts
from isogloss.models.adapters.origin import whole
from isogloss.models.place import here
from isogloss.store.layout import Weights
from isogloss.store.store import Store

Cut = Callable[[Sequence[str]], tuple[int, int]]
"""Texts → how many sub-words they have, and how many of these are unknown; the lab hands it in."""
FIRST = 200
"""Examples that are read of each language."""


def of_task(
    task: Task, data: Path, languages: Sequence[str], cut: Cut | None = None
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Language → "characters per token", of those of its test files that are here and can be read.

    With what cuts texts for an encoder also "subwords per token" and "unknown", the share of unknown sub-words.
    """
    if task.source.generated or task.type == "retrieval" or "test" not in task.splits:
        return {}
    found: dict[str, dict[str, float]] = {}
    for code in dict.fromkeys((ENGLISH, *(languages or task.languages))):
        if code not in task.languages:
            continue
        try:
            examples = list(islice(task.read(data / task.source.folder, "test", code), FIRST))
        except (IsoglossError, OSError):
            continue
        said = [text.split() for example in examples for text in texts(example)]
        if tokens := sum(map(len, said)):
            found[code] = {"characters per token": sum(len(token) for each in said for token in each) / tokens}
            if cut is not None:
                pieces, unknown = cut([" ".join(each) for each in said])  # a word is cut as it stands in its text
                found[code] |= {"subwords per token": pieces / tokens, "unknown": unknown / max(1, pieces)}
    return found


def tokenizer_of(store: Store, found: Sequence[Cell], encoder: str) -> Path | None:
    """The `tokenizer.json` of an encoder that is a folder, or of a run whose weights are there; None without either."""
    runs = (run for cell in found if same_encoder(cell.encoder, encoder) for run in cell.runs)
    kept = (_below(store, run) for run in runs if store.finished(run))
    folders = chain([whole(Path(encoder).expanduser())], kept)  # one after the other: a run's weights are all read
    return next((file for folder in folders if (file := folder / "tokenizer.json").is_file()), None)


def _below(store: Store, run: str) -> Path:
    """The folder of the whole encoder that a run's own goes back to, wherever a published one lies now."""
    encoder, folder = here(store.spec(run), store).encoder, whole(Weights(store.folder(run)).encoder)
    moved = encoder.folder if isinstance(encoder, Published) else ""
    return Path(moved) if moved and not folder.is_dir() else folder


def alignment(store: Store, target: str) -> dict[str, float]:
    """Language → how often its sentences and English ones are each other's nearest (MEXA), as `measure` left it.

    On encoders before any phase, of this target's tests or of text lent to a language; nothing where not measured.
    """
    values: dict[str, list[float]] = {}
    for rows in of_studies(store, (), lambda name: divergences(store, store.study(name))):
        for row in rows:
            if row.measure == "mexa" and row.version in ("", "raw") and row.target in ("", target):
                values.setdefault(row.language, []).append(row.value)
    return {code: fmean(of) for code, of in values.items()}
