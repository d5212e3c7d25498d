"""A phase: one stage of training. What every recipe sets stands here; the rest is in parts (core/parts)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.names import refuse
from isogloss.core.parts import MLM, Adapters, Bottleneck, Lora, Mixture, Optimizer

STAGES = ("pretrain", "intermediate", "target")
PARTS: Mapping[str, tuple[type, ...]] = {
    "optimizer": (Optimizer,), "mixture": (Mixture, NoneType), "mlm": (MLM, NoneType),
    "adapters": (Lora, Bottleneck, NoneType),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stage of training.

    Raises:
        SpecError: for settings that contradict each other
        UnknownName: for a stage that is not one of the three

    Examples:
        >>> from isogloss import Lora, Phase
        >>> nli = Phase(stage="intermediate", tasks=("mnli",), epochs=2, adapters=Lora(rank=8))
        >>> nli.languages
        ('en',)
    """

    stage: str
    """"pretrain", "intermediate" or "target"."""
    tasks: tuple[str, ...]
    """Names of the tasks it trains on."""
    languages: tuple[str, ...] = (ENGLISH,)
    """Languages of the training data; empty = every language the tasks have."""
    steps: int = 0
    """Optimiser steps; 0 = as many as `epochs` asks."""
    epochs: float = 0.0
    """Passes over the training data, instead of `steps`; a fraction is allowed."""
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
    """The learning rate at its highest."""
    optimizer: Optimizer = field(default_factory=Optimizer)
    """AdamW or Muon, and what they make of `lr` and of the gradients."""
    length: int = 128
    """Longest input in sub-words."""
    stride: int = 64
    """Overlap of two windows of a long context (span extraction)."""
    limit: int = 0
    """How many training examples to use, from the start; 0 = all."""
    freeze: int = 0
    """Freeze this many of the lowest layers and all that comes before them, such as the embeddings; all of the
    encoder's = train the head alone."""
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
    mixture: Mixture | None = None
    """How several tasks share the batches; None = each its own, all of an epoch's once."""
    mlm: MLM | None = None
    """Masked language modelling beside the tasks."""
    adapters: Adapters | None = None
    """Trained with the head in place of the encoder; None = train the encoder."""
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
    """Of all that is drawn at random: the order of the examples, a fresh head, dropout."""
    data: Mapping[str, str] = field(default_factory=dict)
    """task → hash of the training examples; filled in by the plan."""

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise UnknownName.of("stage", self.stage, STAGES)
        if not self.tasks:
            raise SpecError(f"a {self.stage} phase has no tasks; name at least one.")
        for name in self.tasks:
            refuse("task", name)
        about = self._about
        for part, kinds in PARTS.items():
            if not isinstance(value := getattr(self, part), kinds):
                listed = " or ".join("None" if kind is NoneType else f"{kind.__name__}(…)" for kind in kinds)
                raise SpecError(f"{about} has {part}={value!r}; expected {listed}.")
        self._check_parts(about)
        if self.start == "aligned" and self.stage == "pretrain" and self.steps == self.epochs == 0:
            return
        if (self.steps > 0) == (self.epochs > 0):
            raise SpecError(f"{about} has steps={self.steps} and epochs={self.epochs}; give one of them, above 0.")

    @property
    def all_tasks(self) -> tuple[str, ...]:
        """Its tasks, and those whose text it reads beside them."""
        return (*self.tasks, *(self.mlm.tasks if self.mlm else ()))

    @property
    def text_share(self) -> float:
        """Share of the steps that are masked language modelling beside the tasks, in [0, 1)."""
        return self.mlm.share if self.mlm else 0.0

    @property
    def text(self) -> "Phase | None":
        """Its masked language modelling beside the tasks, as a phase of its own; None when there is none."""
        if not self.mlm:
            return None
        return dataclasses.replace(
            self, tasks=self.mlm.tasks, languages=self.mlm.languages, first=self.mlm.first, limit=0, head="",
            mixture=None, mlm=None,
        )  # fmt: skip

    @property
    def apart(self) -> bool:
        """Whether its adapters are saved alone, so that the weights of the run before go on being needed."""
        return self.adapters is not None and self.adapters.apart

    @property
    def per_language(self) -> bool:
        """Whether each language gets an adapter of its own."""
        return isinstance(self.adapters, Bottleneck) and self.adapters.per_language

    def check_freeze(self, encoder: str, layers: int) -> None:
        """Raise SpecError where `freeze` is no number of the encoder's layers; `encoder` is what to call it."""
        if not 0 <= self.freeze <= layers:
            raise SpecError(
                f"{self._about} has freeze={self.freeze}, and {encoder} has {layers} layers. Give 0 to {layers}; "
                f"{layers} trains the head alone."
            )

    def inseparable(self, encoder: str, layers: int) -> SpecError:
        """What to raise where some layers of an encoder cannot be frozen without the others."""
        return SpecError(
            f"{self._about} has freeze={self.freeze}, and the layers of {encoder} cannot be told apart: they share "
            f"their weights. Give 0, or {layers} to train the head alone."
        )

    @property
    def _about(self) -> str:
        return f"a {self.stage} phase on {'+'.join(self.tasks)}"

    def _check_parts(self, about: str) -> None:
        """Raise SpecError for parts that do not go together."""
        if twice := set(self.tasks) & set(self.mlm.tasks if self.mlm else ()):
            raise SpecError(f"{about} names {'+'.join(sorted(twice))} in tasks and in mlm; give each text once.")
        if self.adapters and self.optimizer.name != "adamw":
            raise SpecError(f'{about} has adapters under "{self.optimizer.name}"; they are trained by "adamw".')
        if isinstance(self.adapters, Lora) and self.stage == "pretrain":
            raise SpecError(f"{about} has Lora adapters; they are trained in an intermediate or target phase.")
        if self.apart and self.checkpoints:
            raise SpecError(
                f"{about} has adapters that are saved alone and checkpoints={self.checkpoints}; averaging adapters "
                "does not average weights. Merge them (Lora), or keep the last weights alone."
            )
        if self.per_language and self.mlm:
            raise SpecError(f"{about} has per_language=True and mlm; an adapter for each language reads text alone.")
