"""Train the last phase of a run: from its parent's weights to its own."""

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, assert_never

import torch
import transformers

from isogloss.core.doing import doing
from isogloss.core.errors import DataChanged, DataError, SpecError, UnknownName
from isogloss.core.examples import Example, Text, texts_of, untaught
from isogloss.core.languages import ENGLISH
from isogloss.core.parts import Bottleneck, Lora
from isogloss.core.phase import Phase
from isogloss.core.seeds import seed_of
from isogloss.core.spec import Architecture, Published, RunSpec, canonical
from isogloss.core.task import Find, Task, data_hash
from isogloss.core.version import VERSION
from isogloss.models import aligned, rows, vocabulary
from isogloss.models.batches import budget_for
from isogloss.models.device import device
from isogloss.models.encoder import Encoder, build, save
from isogloss.models.heads import Head, saved
from isogloss.models.open import left_by, published
from isogloss.models.tokenizer import Subwords, no_panic
from isogloss.models.tokenizer import train as train_tokenizer
from isogloss.store import seal
from isogloss.store.layout import Weights
from isogloss.store.write import replacing
from isogloss.training import checkpoint, collapse, held_out, loop, snapshots
from isogloss.training.heads import head_of, text_head_of
from isogloss.training.held_out import ByLanguage
from isogloss.training.optimizer import shrunk
from isogloss.training.team import team

STARTS = ("random", "aligned")
Write = Callable[[Encoder, Path], None]
"""What writes an encoder to a new folder."""


def train(
    spec: RunSpec,
    *,
    folder: Path,
    parent: Path | None,
    find: Find,
    data: Path,
    report: Callable[[int, int], None],
    precision: str = "auto",
) -> dict[str, Any]:
    """Train `spec.phases[-1]` and leave the encoder and its heads in `folder`.

    `parent` is the folder of the parent run; None starts from scratch or from the published encoder. Goes on from the
    state that an interrupted call left in `folder`. `report` gets (steps done, steps in all). `precision` is one of
    `device.PRECISIONS`. Returns the record.
    """
    phase = spec.phases[-1]
    key = f"{canonical(spec.encoder)}/{canonical(snapshots.unkept(phase))}"
    text = phase.text
    training = {name: _examples(find(name), phase, data) for name in phase.tasks}
    if text:
        training |= {name: _examples(find(name), text, data) for name in text.tasks}
    if phase.without:
        doing("taking test sentences out of the text")
    training, dropped = held_out.drop(training, held_out.sentences(phase.without, find, data))
    torch.manual_seed(seed_of(key, "init"))
    encoder = start(spec, parent, training, folder)
    languages = sorted({code for by_language in training.values() for code in by_language})
    write = _writer(encoder, spec, folder, parent, languages)
    counts = dict.fromkeys(text.tasks, text.first) if text else {}
    examples = {name: _first(by_language, counts.get(name, phase.first)) for name, by_language in training.items()}
    record: dict[str, Any] = {"steps": 0}
    heads: dict[str, Head] = {}
    trained = len(encoder.subwords)
    if phase.steps or phase.epochs:
        streams, origins = _streams(spec, parent, encoder, training, examples, find)
        if isinstance(spec.encoder, Published) and not any(stream.head.whole_vocabulary for stream in streams):
            trained = vocabulary.trim(encoder, (feature for stream in streams for feature in stream.features))
        if phase.gradient_checkpointing:
            encoder.model.activation_checkpointing_enable({"use_reentrant": False})
            encoder.model.config.use_cache = False  # encoders have none; transformers would warn of it
        encoder.model.to(device())
        for stream in streams:
            stream.head.to(device())
        heads = {stream.heading: stream.head for stream in streams}
        keep = snapshots.keeper(folder, phase.checkpoints, partial(_snapshot, encoder, heads, phase, write))
        record = loop.run(
            encoder, streams, phase, key=key, folder=folder, report=report, after=keep, precision=precision,
        )  # fmt: skip
        record["heads"] = origins
        record["texts"] = {name: kinds for name, each in examples.items() if (kinds := texts_of(each))}
        if len(training) == 1 and (why := collapse.flat(record["losses"], collapse.blind_loss(*examples.values()))):
            record["collapsed"] = why
        vocabulary.restore(encoder, shrunk(encoder.word_embeddings().weight, phase, record["steps"]))
    if not team().first:
        return record
    record["trained_parameters"] = sum(weight.numel() for weight in _weights(encoder, heads) if weight.requires_grad)
    _save(encoder, heads, folder, write)
    if phase.without:
        record["test_sentences_dropped"] = dropped
    if commit := getattr(encoder.model.config, "_commit_hash", None):  # of a hub's encoder; a name alone may move on
        record["encoder_revision"] = commit
    return {**record, **_made(encoder), "vocabulary_trained": trained}


def _made(encoder: Encoder) -> dict[str, Any]:
    """What a record says of the encoder as it was left, and of where that was."""
    return {
        "device": str(encoder.model.device),
        "threads": torch.get_num_threads(),
        "parameters": sum(parameter.numel() for parameter in encoder.model.parameters()),
        "vocabulary": len(encoder.subwords),
        "tokenizer": encoder.subwords.fingerprint,
        "versions": {
            "isogloss": VERSION,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
    }


def _streams(
    spec: RunSpec, parent: Path | None, encoder: Encoder, training: dict[str, ByLanguage],
    examples: dict[str, list[Example]], find: Find,
) -> tuple[list[loop.Stream], dict[str, str]]:  # fmt: skip
    """What the phase trains on, a stream for each head or language, and where each head comes from.

    Raises SpecError where the tasks beside its own are not text, or its own are.
    """
    phase = spec.phases[-1]
    streams: list[loop.Stream] = []
    origins: dict[str, str] = {}
    for name, task, group in _groups(phase, find, examples):
        head, origins[name] = head_of(name, task, group, encoder, phase, parent, find)
        if phase.per_language:
            streams += _by_language(name, head, training, encoder, phase)
        else:
            streams.append(_stream(name, head, group, encoder, phase))
    if text := phase.text:
        groups = _groups(text, find, examples)
        if [name for name, _, _ in groups] != ["text"] or "text" in origins:
            beside = f"{'+'.join(text.tasks)} beside {'+'.join(phase.tasks)}"
            raise SpecError(f"{beside}: MLM reads tasks of type text, beside tasks of other types.")
        name, task, group = groups[0]
        head, origins[name] = text_head_of(task, encoder, text, parent, spec, find)
        streams.append(_stream(name, head, group, encoder, text, text=True))
    return streams, origins


def _writer(encoder: Encoder, spec: RunSpec, folder: Path, parent: Path | None, languages: list[str]) -> Write:
    """Put the phase's adapters into the encoder, where it has any; returns what writes the encoder."""
    whole: Callable[..., None] = partial(rows.save, start=spec.encoder) if isinstance(spec.encoder, Published) else save
    adapters = spec.phases[-1].adapters
    if adapters is None:
        return whole
    from isogloss.models.adapters import lora, madx
    from isogloss.models.adapters.origin import Base

    belongs_to = partial(Base.of, folder, _encoder_of(parent), spec.encoder)
    match adapters:
        case Lora():
            base = belongs_to() if adapters.apart else None
            low_rank = lora.LowRank(encoder, adapters)
            if base is None:
                return lambda encoder, draft: whole(encoder, draft, low_rank.merged(encoder))
            return lambda _encoder, draft: low_rank.save(draft, base)
        case Bottleneck():
            below = belongs_to()
            spoken = (spec.phases[-1].languages or (ENGLISH,))[0]
            names = madx.begin(encoder, adapters, languages, spoken)
            return lambda encoder, draft: madx.save(encoder, draft, adapters, names, below)
        case _:
            assert_never(adapters)


def _weights(encoder: Encoder, heads: dict[str, Head]) -> list[torch.nn.Parameter]:
    return [weight for module in (encoder.model, *heads.values()) for weight in module.parameters()]


def _save(encoder: Encoder, heads: dict[str, Head], folder: Path, write: Write) -> None:
    """The weights in the layout of a run."""
    with replacing(Weights(folder).encoder) as draft:
        write(encoder, draft)
    with replacing(Weights(folder).head) as draft:
        saved.write(heads, draft)


def _snapshot(
    encoder: Encoder,
    heads: dict[str, Head],
    phase: Phase,
    write: Write,
    folder: Path,
    step: int,
    total: int,
) -> None:
    """The weights in the middle of a phase; training goes on with the very same."""
    with vocabulary.whole(encoder, shrunk(encoder.word_embeddings().weight, phase, total, step)):
        _save(encoder, heads, folder, write)


def start(spec: RunSpec, parent: Path | None, training: dict[str, ByLanguage], folder: Path) -> Encoder:
    """The encoder a phase begins with."""
    if (before := _encoder_of(parent)) is not None:
        return left_by(spec, before)
    if isinstance(spec.encoder, Published):
        return published(spec.encoder)
    return _scratch(spec.encoder, spec.phases[-1], training, folder)


def _encoder_of(parent: Path | None) -> Path | None:
    """Where the parent's encoder lies; None where there is no parent, or it is a published encoder as it is."""
    encoder = None if parent is None else Weights(parent).encoder
    return encoder if encoder is not None and encoder.is_dir() else None


def _scratch(architecture: Architecture, phase: Phase, training: dict[str, ByLanguage], folder: Path) -> Encoder:
    """A new encoder and tokenizer for a pretrain phase; the tokenizer is kept, since training one takes a while."""
    if phase.start not in STARTS:
        raise UnknownName.of("start", phase.start, STARTS)
    texts = {
        name: {code: [text for text in examples if isinstance(text, Text)] for code, examples in by_language.items()}
        for name, by_language in training.items()
    }
    lines = _lines(texts, architecture, phase)
    if not lines:
        raise SpecError(f"a pretrain phase learns from text; {'+'.join(phase.tasks)} has none.")
    kept = Weights(folder).tokenizer
    if team().first and not kept.is_dir():
        doing("training a tokenizer")
        tokenizer = train_tokenizer(
            lines, kind=architecture.tokenizer, vocabulary=architecture.vocabulary, positions=architecture.positions
        )
        with replacing(kept) as draft:
            tokenizer.save_pretrained(draft)
            seal.list_files(draft)
    team().agree(None)  # nobody goes on before it is there
    seal.check_files(kept)
    with no_panic(kept):
        subwords = Subwords(transformers.PreTrainedTokenizerFast.from_pretrained(kept))
    if phase.start == "aligned":
        return aligned.start(
            architecture, subwords, texts, f"{canonical(architecture)}/{phase.seed}", partial(_keep, folder)
        )
    return build(architecture, subwords)


def _keep(folder: Path, name: str, make: Callable[[], aligned.Part]) -> aligned.Part:
    """A part of an aligned start, kept until the run is finished: a kill loses the part in flight."""
    path = Weights(folder).start(name)
    if not path.is_file():
        part = make()
        if not team().first:
            return part
        checkpoint.write(path, {key: torch.tensor(value) for key, value in part.items()})
    return {key: value.numpy() for key, value in checkpoint.read(path)[0].items()}


def _lines(texts: aligned.Texts, architecture: Architecture, phase: Phase) -> list[str]:
    """What the tokenizer learns from: everything; for "pieces" a sample with the same share for every language."""
    if architecture.tokenizer == "pieces":
        return aligned.sample(texts, f"{canonical(architecture)}/{phase.seed}")
    every = [text for by_language in texts.values() for examples in by_language.values() for text in examples]
    return [line for text in every for line in (text.text, text.text_pair) if line]


def _examples(task: Task, phase: Phase, data: Path) -> ByLanguage:
    """A phase's training examples of one task, by language. Raises DataChanged when they are not those of the plan."""
    doing(f"reading {task.name}")
    by_language: ByLanguage = {}
    room = phase.limit or sys.maxsize
    for language in task.taught_in(data, phase.languages):
        if room:
            by_language[language] = task.examples(data, "train", language)[:room]
            room -= len(by_language[language])
    pinned, here = phase.data.get(task.name), _hash(task, phase, by_language, data)
    if pinned and here != pinned:
        raise DataChanged(
            f"the training data of '{task.name}' has changed since the study was planned (was {pinned}, is "
            f"{here}). Give the run command again; it makes a new plan. Nothing was written."
        )
    return by_language


def _hash(task: Task, phase: Phase, by_language: ByLanguage, data: Path) -> str:
    """The hash that a plan gives these examples; of data made from another task's, it is the source's that counts."""
    if task.derived is None:
        return data_hash(_first(by_language, 0))
    source = data_hash(task.derived.source.examples(data, "train", ENGLISH))
    return task.derived.digest(source, phase.languages or task.available(data, "train"))


def _first(by_language: ByLanguage, count: int) -> list[Example]:
    """The first `count` examples of every language, all when it is 0."""
    return [example for examples in by_language.values() for example in examples[: count or None]]


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


def _by_language(
    name: str, head: Head, training: dict[str, ByLanguage], encoder: Encoder, phase: Phase
) -> Iterator[loop.Stream]:
    """A stream for each language's text, all of them with one head."""
    for code in sorted({code for by_language in training.values() for code in by_language}):
        examples = [one for each in training.values() for one in each.get(code, [])[: phase.first or None]]
        yield _stream(f"{name}/{code}", head, examples, encoder, phase, language=code)


def _stream(
    name: str, head: Head, examples: Sequence[Example], encoder: Encoder, phase: Phase, *, text: bool = False,
    language: str = "",
) -> loop.Stream:  # fmt: skip
    doing(f"cutting {name} into sub-words")
    if error := untaught(examples):
        raise error
    features = head.encode(examples, encoder.subwords, labelled=True)
    if not features:
        raise DataError(f"'{name}' has no training inputs after tokenisation.")
    return loop.Stream(name, head, features, phase.tokens or budget_for(features, phase.batch), text, language)
