"""What a run is: an encoder and its phases. Its parent is the same run without the last phase.

`run_id` hashes exactly that, fields at their default left out, so that a new field with a default keeps old ids.
A default never changes once results exist (a test pins ids).
"""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from isogloss.core import perturbation
from isogloss.core.errors import SpecError
from isogloss.core.fields import nested, written
from isogloss.core.names import refuse
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import STAGES, Phase
from isogloss.core.task import Task

WEIGHTS = ("last", "best", "mean", "oracle")
"""Which weights of a run are tested: the last; the best on English dev; the mean of the last few; and the best on
each test language itself, which is a peek at the test and is labelled so."""


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A small encoder of XLM-R's architecture that the pretrain phase builds and trains from text."""

    vocabulary: int = 8000
    """Largest number of sub-words; specials included."""
    width: int = 64
    layers: int = 2
    heads: int = 4
    hidden: int = 128
    """Width of the feed-forward layer."""
    positions: int = 128
    """Longest input in sub-words."""
    activation: str = "relu"
    dropout: float = 0.0
    tokenizer: str = "unigram"
    """"unigram" trains one with `tokenizers`; "pieces" is a faster way to one for many languages; "words" splits at
    white space (worlds)."""


def as_name(name: str | Path) -> str:
    """A name as it is; a path so that it can be taken for no name: Path("e5-small") is "./e5-small"."""
    if isinstance(name, str):
        return name
    return str(name) if name.is_absolute() or name.parts[:1] in ((), ("~",)) else f"./{name}"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A published encoder: a hub name or a folder, loaded through transformers from safetensors."""

    name: str
    """Empty in a plan's runs for a folder: its files' hash is what it is, wherever it lies."""
    revision: str = ""
    fingerprint: str = ""
    """Hash of weights and tokenizer; filled in by the plan for a folder, so that a changed folder is a new run."""
    folder: str = field(default="", compare=False)
    """Where the plan found the folder. No part of what the encoder is, so no part of an id."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", as_name(self.name))

    @property
    def title(self) -> str:
        """What it is called: the last part of its name, or of the folder it lies in."""
        return (self.name or self.folder).rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """How a set of weights came to be.

    Raises:
        SpecError: for an encoder of our own without a pretrain phase, or adapters that nothing can follow

    Examples:
        >>> from isogloss import Phase, Published, RunSpec
        >>> start = RunSpec(encoder=Published(name="xlm-roberta-base"))
        >>> tuned = start.then(Phase(stage="target", tasks=("sib200",), epochs=8))
        >>> tuned.run_id, tuned.parent == start
        ('7c804c775793', True)
    """

    encoder: Architecture | Published
    phases: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.encoder, Architecture) and (not self.phases or self.phases[0].stage != "pretrain"):
            raise SpecError("an encoder of our own needs a pretrain phase first; a published one does not.")
        for before, phase in itertools.pairwise(self.phases):
            if isinstance(before.adapters, Bottleneck) and not isinstance(phase.adapters, Bottleneck):
                raise SpecError(
                    f"bottleneck adapters of {'+'.join(before.tasks)} cannot become part of an encoder; the phase on "
                    f"{'+'.join(phase.tasks)} after them needs a Bottleneck of its own."
                )

    @cached_property
    def run_id(self) -> str:
        """12 hex digits that name this run everywhere."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()[:12]

    @property
    def parent(self) -> "RunSpec | None":
        """The run this one starts from; None when it starts from scratch or from a published encoder as it is."""
        if not self.phases or (len(self.phases) == 1 and isinstance(self.encoder, Architecture)):
            return None
        return dataclasses.replace(self, phases=self.phases[:-1])

    @property
    def lineage(self) -> "tuple[RunSpec, ...]":
        """The run's ancestors, the oldest first, and the run itself."""
        return (*(self.parent.lineage if self.parent else ()), self)

    @property
    def pretrained(self) -> "RunSpec":
        """The encoder it goes back to, as it was before any fine-tuning."""
        kept = 0
        while kept < len(self.phases) and self.phases[kept].stage == "pretrain":
            kept += 1
        return dataclasses.replace(self, phases=self.phases[:kept])

    def twins(self, kept: Collection[int] = ()) -> "tuple[RunSpec, ...]":
        """Other runs whose last phase learns the same: under the other of the two stages after pretraining, or with
        as many checkpoints as one of `kept` where this run keeps none."""
        if not self.phases or self.phases[-1].stage == "pretrain":
            return ()
        *before, last = self.phases
        counts = {last.checkpoints} if last.checkpoints or last.apart else {0, *kept}
        phases = [
            dataclasses.replace(last, stage=stage, checkpoints=count)
            for count in sorted(counts)
            for stage in STAGES
            if stage != "pretrain"
        ]
        return tuple(dataclasses.replace(self, phases=(*before, each)) for each in phases if each != last)

    def then(self, phase: Phase) -> "RunSpec":
        """The run that goes on from this one with one more phase."""
        return dataclasses.replace(self, phases=(*self.phases, phase))


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One task's test in every language, asked of one run."""

    run: RunSpec
    task: str
    split: str = "test"
    languages: tuple[str, ...] = ()
    """Empty = all of the task's languages whose data is there."""
    limit: int = 0
    """How many examples to test per language, from the start; 0 = all."""
    weights: str = ""
    """One of WEIGHTS. Empty: "best" where the run keeps checkpoints and its task has English dev data, else "last"."""
    perturbation: str = ""
    """How the test examples are perturbed first, such as "typos:0.1" (core.perturbation); empty = not at all."""

    def __post_init__(self) -> None:
        refuse("task", self.task)
        if self.perturbation and perturbation.parse(self.perturbation).rate == 0:
            raise SpecError(f"perturbation={self.perturbation!r} of {self.task} changes nothing; leave it empty.")


@dataclass(frozen=True, kw_only=True)
class Study:
    """What a recipe returns: the runs (parents come by themselves) and what to evaluate.

    Raises:
        SpecError: for a name that no file could have

    Examples:
        >>> import isogloss
        >>> start = isogloss.encoder("e5-small")
        >>> run = start.then(isogloss.Phase(stage="target", tasks=("sib200",), epochs=8))
        >>> test = isogloss.Evaluation(run=run, task="sib200", languages=("en", "de"))
        >>> isogloss.Study(name="topics", title="Topics", runs=(run,), evaluations=(test,)).tasks
        ()
    """

    name: str
    title: str
    runs: tuple[RunSpec, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    baselines: tuple[str, ...] = ()
    """Tasks whose trivial baselines (majority, hypothesis-only, lexicon …) are shown next to the runs."""
    tasks: tuple[Task, ...] = ()
    """The study's own tasks; a name is looked up here before the package's folder."""
    notes: tuple[str, ...] = ()
    """Sentences the page prints under the title: what this study can and cannot show."""
    partial: bool = False
    """Leave out, by name, what needs data that is not on this disk, instead of refusing the study."""

    def __post_init__(self) -> None:
        refuse("study", self.name)


def canonical(thing: Any) -> str:
    """Canonical JSON of what a spec is: sorted keys, no spaces, fields at their default left out, places too."""
    return json.dumps(plain(thing, places=False), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(thing: Any, *, places: bool = True) -> Any:
    """A dataclass as plain JSON values, its type named, fields at their default left out.

    Without `places`, so are fields that say where something lies: two specs are equal whatever those hold.
    """
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        kept = {"type": type(thing).__name__}
        for name, item in written(type(thing)).items():
            value = item.of(thing)
            if value != item.default and (places or item.compared):
                kept[name] = plain(value, places=places)
        return kept
    if isinstance(thing, Mapping):
        return {str(key): plain(value, places=places) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(value, places=places) for value in thing]
    return thing


def from_plain(values: Mapping[str, Any]) -> Any:
    """The spec that `plain` wrote. Raises SpecError for a type, field or value this version does not know."""
    if not isinstance(values, Mapping):
        raise SpecError(f"a spec is a {type(values).__name__}, expected an object with its type.")
    kinds: dict[str, type] = {kind.__name__: kind for kind in (Architecture, Published, Phase, RunSpec)}
    kind = kinds.get(str(values.get("type")))
    if kind is None:
        raise SpecError(f"a spec of type {values.get('type')!r}; known: {', '.join(sorted(kinds))}.")
    strange = set(values) - {*written(kind), "type"}
    if strange:
        raise SpecError(
            f"{kind.__name__} has no field {', '.join(sorted(strange))}; it was written by a newer version."
        )
    try:
        return kind(**nested(kind, {key: _read(value) for key, value in values.items() if key != "type"}))
    except (AttributeError, TypeError, ValueError) as error:
        raise SpecError(f"{kind.__name__}: a field is absent or holds what it cannot ({error}).") from error


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _shared(json.dumps(value)) if "type" in value else dict(value)
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    return value


@lru_cache(maxsize=10_000)
def _shared(text: str) -> Any:
    """A part of a spec. Runs of a study share phases and encoders: they are read once, and are one object."""
    return from_plain(json.loads(text))
