"""Train the last phase of a run: from its parent's weights to its own."""

import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers

from isogloss import __version__
from isogloss.core.errors import DataError, SpecError
from isogloss.core.examples import Example, Text
from isogloss.core.seeds import seed_of
from isogloss.core.spec import Architecture, Phase, Published, RunSpec, canonical
from isogloss.core.task import Task, data_hash
from isogloss.models.batches import budget_for
from isogloss.models.encoder import Encoder, build, load, save
from isogloss.models.heads import Head, head_for, saved
from isogloss.models.tokenizer import Subwords
from isogloss.models.tokenizer import train as train_tokenizer
from isogloss.store.write import replacing
from isogloss.training import loop

Find = Callable[[str], Task]


def train(
    spec: RunSpec, *, folder: Path, parent: Path | None, find: Find, data: Path, report: Callable[[int, int], None]
) -> dict[str, Any]:
    """Train `spec.phases[-1]` and leave `encoder/`, `head.safetensors` in `folder`.

    `parent` is the folder of the parent run; None starts from scratch or from the published encoder. Goes on from the
    state that an interrupted call left in `folder`. `report` gets (steps done, steps in all). Returns the record.
    """
    phase = spec.phases[-1]
    key = f"{canonical(spec.encoder)}/{canonical(phase)}"
    examples = {name: _examples(find(name), phase, data) for name in phase.tasks}
    torch.manual_seed(seed_of(key, "init"))
    encoder = start(spec, parent, examples, folder)
    encoder.model.to(device())
    streams = [
        _stream(name, _head(name, task, found, encoder, phase, parent), found, encoder, phase)
        for name, task, found in _groups(phase, find, examples)
    ]
    record = loop.run(encoder, streams, phase, key=key, folder=folder, report=report)
    with replacing(folder / "encoder") as draft:
        save(encoder, draft)
    with replacing(folder / saved.NAME) as draft:
        saved.write({stream.name: stream.head for stream in streams}, draft)
    return {
        **record,
        "device": str(encoder.model.device),
        "threads": torch.get_num_threads(),
        "parameters": sum(parameter.numel() for parameter in encoder.model.parameters()),
        "vocabulary": len(encoder.subwords),
        "tokenizer": encoder.subwords.fingerprint,
        "versions": {
            "isogloss": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
    }


def device() -> torch.device:
    """A CUDA device when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def start(spec: RunSpec, parent: Path | None, examples: dict[str, list[Example]], folder: Path) -> Encoder:
    """The encoder a phase begins with."""
    if parent is not None and (parent / "encoder").is_dir():
        return load(parent / "encoder")
    if isinstance(spec.encoder, Published):
        return load(spec.encoder.name, spec.encoder.revision)
    return _scratch(spec.encoder, spec.phases[-1], examples, folder)


def _scratch(architecture: Architecture, phase: Phase, examples: dict[str, list[Example]], folder: Path) -> Encoder:
    """A new encoder and tokenizer for a pretrain phase; the tokenizer is kept, since training one takes a while."""
    texts = [text for found in examples.values() for text in found if isinstance(text, Text)]
    if not texts:
        raise SpecError(f"a pretrain phase learns from text; {'+'.join(phase.tasks)} has none.")
    kept = folder / "state-tokenizer"
    if not kept.is_dir():
        lines = (line for item in texts for line in (item.text, item.text_pair) if line)
        tokenizer = train_tokenizer(
            lines, kind=architecture.tokenizer, vocabulary=architecture.vocabulary, positions=architecture.positions
        )
        with replacing(kept) as draft:
            tokenizer.save_pretrained(draft)
    subwords = Subwords(transformers.PreTrainedTokenizerFast.from_pretrained(kept))
    return build(architecture, subwords)


def _examples(task: Task, phase: Phase, data: Path) -> list[Example]:
    languages = phase.languages or task.available(data, "train")
    found = task.training(data, languages, phase.limit)
    pinned = phase.data.get(task.name)
    if pinned and data_hash(found) != pinned:
        raise DataError(
            f"the training data of '{task.name}' has changed since the study was planned (was {pinned}, is "
            f"{data_hash(found)}). Give the run command again: it plans anew. Nothing was written."
        )
    return found


def _groups(phase: Phase, find: Find, examples: dict[str, list[Example]]) -> list[tuple[str, Task, list[Example]]]:
    """One group per head: every task its own, all plain text together."""
    groups = []
    texts: list[Example] = []
    for name in phase.tasks:
        task = find(name)
        if task.type == "text":
            if not texts:
                groups.append(("text", task, texts))
            texts += examples[name]
        else:
            groups.append((name, task, examples[name]))
    return groups


def _head(
    name: str, task: Task, examples: Sequence[Example], encoder: Encoder, phase: Phase, parent: Path | None
) -> Head:
    """A fresh head, or the parent's where it was trained on the same task."""
    head = head_for(task, labels_of(task, examples), encoder, phase)
    if parent is not None and saved.labels(parent).get(name) == head.labels:
        head.load_state_dict(saved.weights(parent, name))
    return head.to(encoder.model.device)


def labels_of(task: Task, examples: Sequence[Example]) -> tuple[str, ...]:
    """The task's labels, or those of its training data when they are too many to list."""
    if not task.open_labels:
        return task.labels
    return tuple(sorted({tag for example in examples for tag in getattr(example, "tags", None) or ()}))


def _stream(name: str, head: Head, examples: Sequence[Example], encoder: Encoder, phase: Phase) -> loop.Stream:
    features = head.encode(examples, encoder.subwords, labelled=True)
    if not features:
        raise DataError(f"'{name}' has no training inputs after tokenisation.")
    return loop.Stream(name, head, features, phase.tokens or budget_for(features, phase.batch))
