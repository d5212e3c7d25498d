"""What a run is: an encoder and its phases. Its parent is the same run without the last phase.

`run_id` hashes exactly that, fields at their default left out, so that a new field with a default keeps old ids.
A default never changes once results exist (a test pins ids).
"""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from isogloss.core import perturbation
from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.names import refuse
from isogloss.core.task import Task

STAGES = ("pretrain", "intermediate", "target")
WEIGHTS = ("last", "best", "mean", "oracle")
"""Which weights of a run are tested: the last; the best on English dev; the mean of the last few; and the best on
each test language itself, which is a peek at the test and is labelled so."""
MIXTURES = ("proportional", "temperature", "uniform")


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

    @property
    def title(self) -> str:
        """What it is called: the last part of its name, or of the folder it lies in."""
        return (self.name or self.folder).rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stage of training."""

    stage: str
    tasks: tuple[str, ...]
    languages: tuple[str, ...] = ("en",)
    """Languages of the training data; empty = every language the tasks have."""
    steps: int = 0
    """Optimiser steps; 0 = as many as `epochs` asks."""
    epochs: float = 0.0
    batch: int = 32
    """Examples per step, on average: batches are cut by a token budget of `batch` × the mean length."""
    tokens: int = 0
    """Token budget per step; overrides `batch`."""
    accumulate: int = 1
    """Batches per step: their gradients are added up, so that a step of many inputs fits into little memory."""
    gradient_checkpointing: bool = False
    """Compute a layer's activations again for its gradients instead of keeping them: less memory, about a third more
    work, the same losses."""
    lr: float = 1e-3
    embedding_lr: float = 1.0
    """Learning rate of the embeddings, as a factor of `lr`; 0 freezes them."""
    body_lr: float = 1.0
    """Learning rate of the rest of the encoder, as a factor of `lr`."""
    head_lr: float = 1.0
    """Learning rate of the head, as a factor of `lr`."""
    muon_lr: float = 0.02
    """Learning rate of the hidden matrices under "muon"."""
    optimizer: str = "adamw"
    """"adamw", or "muon" for hidden matrices with AdamW for the rest."""
    weight_decay: float = 0.0
    warmup: float = 0.1
    """Share of the steps in which the rate rises linearly; it then falls linearly to 0."""
    clip: float = 1.0
    length: int = 128
    """Longest input in sub-words."""
    stride: int = 64
    """Overlap of two windows of a long context (span extraction)."""
    limit: int = 0
    """How many training examples to use, from the start; 0 = all."""
    freeze: int = 0
    """Freeze the embeddings and this many of the lowest layers."""
    layer: int = -1
    """Hidden layer the head reads; 0 = embeddings, -1 = last."""
    pooling: str = "first"
    """What a classification or choice head reads: the "first" state, the "mean" of all, or their mean by "idf"."""
    reads: str = "first"
    """What a tagging head reads of a word: its "first" sub-word, or "first+mean", that and the mean of all of them."""
    hidden: int = 0
    """Width of a hidden layer in a tagging head; 0 = none."""
    dropout: float = 0.1
    """In the head; the encoder's own stands in its configuration."""
    objective: Mapping[str, float] = field(default_factory=dict)
    """Settings of the loss, such as {"mask": 0.3} for MLM; each head documents its own."""
    start: str = "random"
    """How a pretrain phase begins: "random", or "aligned" sub-word vectors from parallel text, after which steps and
    epochs may both be 0."""
    first: int = 0
    """Training examples to use of each language of each task, the first ones; 0 = all. The start is made of all."""
    without: tuple[str, ...] = ()
    """Tests whose sentences are taken out of the training text first, as "task/split": ("xnli/test", …)."""
    mixture: str = ""
    """How several tasks share the batches: "" = each its own, all of an epoch's once; or drawn with a chance that is
    "uniform", "proportional" to its examples, or to its examples to the power of 1/temperature ("temperature")."""
    cap: int = 0
    """Examples a task counts at most for its chance in a mixture; 0 = all it has."""
    temperature: float = 1.0
    mlm: float = 0.0
    """Share of the steps that are masked language modelling beside the tasks, in [0, 1)."""
    mlm_tasks: tuple[str, ...] = ()
    """Text tasks it reads."""
    mlm_languages: tuple[str, ...] = ()
    """Languages of that text; empty = every language there is."""
    mlm_first: int = 0
    """How many texts to use of each language of each of them, from the start; 0 = all."""
    lora: int = 0
    """Rank of low-rank adapters (LoRA), trained with the head in place of the encoder; 0 = train the encoder."""
    lora_alpha: float = 0.0
    """Adapters count alpha/rank times; 0 = as much as the rank, once."""
    lora_dropout: float = 0.0
    lora_targets: tuple[str, ...] = ()
    """Names of the modules that get adapters, or "all-linear"; empty = what `peft` takes for the architecture."""
    lora_merge: bool = True
    """Save the encoder with its adapters added in; False saves the adapters alone, and where the encoder lies."""
    bottleneck: int = 0
    """Width of bottleneck adapters (MAD-X), trained with the head in place of the encoder and saved alone; 0 = none."""
    per_language: bool = False
    """Bottleneck adapters on text: each language gets one, which later phases and tests read that language with.
    False: one for the task, on top of the language's."""
    invertible: bool = False
    """Each language also gets an invertible adapter at the embeddings."""
    head: str = ""
    """The head a phase begins with: "" = the parent's for the same task, "fresh", or the task whose head to go on
    with: a task of the same type and labels, trained in the phase before."""
    checkpoints: int = 0
    """At how many evenly spaced steps weights are kept, the last included; 0 = only the last. Training is the same."""
    average: int = 3
    """How many of the last checkpoints the "mean" weights average."""
    parent_weights: str = "last"
    """Which weights of the run before the phase starts from: "last", "best" on English dev, or "mean"."""
    retries: int = 0
    """How often a collapsed run is trained again, each time under a seed derived from `seed`."""
    seed: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    """task → hash of the training examples; filled in by the plan."""

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise UnknownName.of("stage", self.stage, STAGES)
        if not self.tasks:
            raise SpecError(f"a {self.stage} phase has no tasks; name at least one.")
        for name in (*self.tasks, *self.mlm_tasks):
            refuse("task", name)
        self._check_variants()
        if self.start == "aligned" and self.stage == "pretrain" and self.steps == self.epochs == 0:
            return
        if (self.steps > 0) == (self.epochs > 0):
            raise SpecError(
                f"a {self.stage} phase on {'+'.join(self.tasks)} has steps={self.steps} and epochs={self.epochs}; "
                "give one of them, above 0."
            )

    @property
    def apart(self) -> bool:
        """Whether its adapters are saved alone, so that the weights of the run before go on being needed."""
        return bool(self.bottleneck) or not self.lora_merge

    @property
    def text(self) -> "Phase | None":
        """Its masked language modelling beside the tasks, as a phase of its own; None when there is none."""
        if not self.mlm:
            return None
        names = ("mixture", "cap", "temperature", "mlm", "mlm_tasks", "mlm_languages", "mlm_first", "limit", "head")
        usual: dict[str, Any] = {item.name: item.default for item in dataclasses.fields(self) if item.name in names}
        here: dict[str, Any] = {"tasks": self.mlm_tasks, "languages": self.mlm_languages, "first": self.mlm_first}
        return dataclasses.replace(self, **usual, **here)

    def _check_variants(self) -> None:
        """Raise SpecError or UnknownName for a mixture, share of text or adapter that cannot be."""
        about = f"a {self.stage} phase on {'+'.join(self.tasks)}"
        if self.mixture and self.mixture not in MIXTURES:
            raise UnknownName.of("mixture", self.mixture, MIXTURES)
        if self.cap and self.mixture not in ("proportional", "temperature"):
            raise SpecError(f'{about} has cap={self.cap}, which only "proportional" and "temperature" mixtures heed.')
        if self.temperature != 1 and self.mixture != "temperature":
            raise SpecError(f'{about} has temperature={self.temperature:g}; give mixture="temperature" with it.')
        if self.temperature <= 0 or self.cap < 0:
            raise SpecError(f"{about} has temperature={self.temperature:g} and cap={self.cap}; both are above 0.")
        if not 0 <= self.mlm < 1:
            raise SpecError(f"{about} has mlm={self.mlm:g}; a share of the steps lies in [0, 1).")
        if bool(self.mlm) != bool(self.mlm_tasks) or (not self.mlm and (self.mlm_languages or self.mlm_first)):
            raise SpecError(
                f"{about} has mlm={self.mlm:g} and mlm_tasks={self.mlm_tasks}; text beside the tasks needs both, such "
                'as mlm=0.2, mlm_tasks=("wiki",), and may have mlm_languages and mlm_first.'
            )
        if twice := set(self.tasks) & set(self.mlm_tasks):
            raise SpecError(f"{about} names {'+'.join(sorted(twice))} in tasks and in mlm_tasks; give each text once.")
        if self.lora < 0 or (self.lora and (self.optimizer != "adamw" or self.stage == "pretrain")):
            raise SpecError(
                f"{about} has lora={self.lora} with optimizer={self.optimizer}; a rank is above 0, and adapters are "
                'trained by "adamw" in an intermediate or target phase.'
            )
        if not self.lora_merge and self.checkpoints:
            raise SpecError(
                f"{about} has lora_merge=False and checkpoints={self.checkpoints}; averaging adapters does not average "
                "weights. Merge them, or keep the last weights alone."
            )
        if self.bottleneck < 0 or (self.bottleneck and (self.lora or self.optimizer != "adamw" or self.checkpoints)):
            raise SpecError(
                f"{about} has bottleneck={self.bottleneck} with lora={self.lora}, optimizer={self.optimizer} and "
                f'checkpoints={self.checkpoints}; a width is above 0, and such adapters are trained by "adamw", by '
                "themselves, and their last weights kept."
            )
        if (self.per_language or self.invertible) and not (self.bottleneck and self.per_language and not self.mlm):
            raise SpecError(
                f"{about} has per_language={self.per_language}, invertible={self.invertible}, bottleneck="
                f"{self.bottleneck} and mlm={self.mlm:g}; an adapter for each language needs a bottleneck, such as "
                "bottleneck=192, and reads text alone; an invertible one is a language's."
            )
        if not self.lora and (self.lora_alpha or self.lora_dropout or self.lora_targets or not self.lora_merge):
            raise SpecError(f"{about} sets up adapters and has no lora; give their rank, such as lora=8.")


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """How a set of weights came to be."""

    encoder: Architecture | Published
    phases: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.encoder, Architecture) and (not self.phases or self.phases[0].stage != "pretrain"):
            raise SpecError("an encoder of our own needs a pretrain phase first; a published one does not.")
        for before, phase in itertools.pairwise(self.phases):
            if before.bottleneck and not phase.bottleneck:
                raise SpecError(
                    f"bottleneck adapters of {'+'.join(before.tasks)} cannot become part of an encoder; the phase on "
                    f"{'+'.join(phase.tasks)} after them needs a bottleneck of its own."
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
    """What a recipe returns: the runs (parents come by themselves) and what to evaluate."""

    name: str
    title: str
    runs: tuple[RunSpec, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    baselines: tuple[str, ...] = ()
    """Tasks whose trivial baselines (majority, hypothesis-only, lexicon …) stand beside the runs."""
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
        for name, default, compared in _fields(type(thing)):
            value = getattr(thing, name)
            if value != default and (places or compared):
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
    known = {item.name for item in dataclasses.fields(kind)}
    strange = set(values) - known - {"type"}
    if strange:
        raise SpecError(
            f"{kind.__name__} has no field {', '.join(sorted(strange))}; it was written by a newer version."
        )
    try:
        return kind(**{key: _read(value) for key, value in values.items() if key != "type"})
    except (AttributeError, TypeError, ValueError) as error:
        raise SpecError(f"{kind.__name__}: a field is absent or holds what it cannot ({error}).") from error


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return from_plain(value) if "type" in value else dict(value)
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    return value


@cache
def _fields(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """(name, default, whether two of a kind are compared by it) of each field; MISSING where there is no default."""
    made = [(item, item.default_factory) for item in dataclasses.fields(kind)]
    return tuple((item.name, item.default if new is dataclasses.MISSING else new(), item.compare) for item, new in made)
