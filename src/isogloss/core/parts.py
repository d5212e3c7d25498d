"""The parts of a phase: how it is optimised, how its tasks share the batches, text beside them, adapters.

Each part checks what it alone can tell; what relates one to another is checked by the phase.
"""

from dataclasses import dataclass

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.names import refuse

OPTIMIZERS = ("adamw", "muon")
MIXTURES = ("proportional", "temperature", "uniform")


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """What a phase makes of its learning rate and its gradients."""

    name: str = "adamw"
    """"adamw", or "muon" for hidden matrices with AdamW for the rest."""
    embedding_lr: float = 1.0
    """Learning rate of the embeddings, as a factor of the phase's `lr`; 0 freezes them."""
    body_lr: float = 1.0
    """Learning rate of the rest of the encoder, as a factor of `lr`."""
    head_lr: float = 1.0
    """Learning rate of the head, as a factor of `lr`."""
    muon_lr: float = 0.02
    """Learning rate of the hidden matrices under "muon"; no factor."""
    weight_decay: float = 0.0
    """Decoupled from the gradients, as in AdamW."""
    warmup: float = 0.1
    """Share of the steps in which the rate rises linearly; it then falls linearly to 0."""
    clip: float = 1.0
    """Largest joint norm of the gradients; 0 = any."""

    def __post_init__(self) -> None:
        if self.name not in OPTIMIZERS:
            raise UnknownName.of("optimizer", self.name, OPTIMIZERS)


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """How several tasks share the batches: each batch's task is drawn."""

    by: str
    """The chance of a task: "uniform", "proportional" to its examples, or to its examples to the power of
    1/temperature ("temperature")."""
    cap: int = 0
    """Examples a task counts at most for its chance; 0 = all it has."""
    temperature: float = 1.0
    """For "temperature" alone; the higher, the more even the tasks' chances."""

    def __post_init__(self) -> None:
        if self.by not in MIXTURES:
            raise UnknownName.of("mixture", self.by, MIXTURES)
        if self.cap and self.by == "uniform":
            raise SpecError(f'a "uniform" mixture has cap={self.cap}; only "proportional" and "temperature" heed it.')
        if self.temperature != 1 and self.by != "temperature":
            raise SpecError(
                f'a "{self.by}" mixture has temperature={self.temperature:g}; give by="temperature" with it.'
            )
        if self.temperature <= 0 or self.cap < 0:
            raise SpecError(f"a mixture has temperature={self.temperature:g} and cap={self.cap}; both are above 0.")


@dataclass(frozen=True, kw_only=True)
class MLM:
    """Masked language modelling on text, beside a phase's tasks."""

    share: float
    """Of the steps, in (0, 1)."""
    tasks: tuple[str, ...]
    """Text tasks it reads."""
    languages: tuple[str, ...] = ()
    """Languages of that text; empty = every language there is."""
    first: int = 0
    """How many texts to use of each language of each task, from the start; 0 = all."""

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise SpecError(f"MLM has share={self.share:g}; a share of the steps lies in (0, 1). For none: mlm=None.")
        if not self.tasks:
            raise SpecError('MLM has no tasks; name the text it reads, such as tasks=("wiki",).')
        for name in self.tasks:
            refuse("task", name)


@dataclass(frozen=True, kw_only=True)
class Lora:
    """Low-rank adapters (LoRA), trained with the head in place of the encoder."""

    rank: int
    """Of each adapter's two matrices."""
    alpha: float = 0.0
    """Adapters count alpha/rank times; 0 = as much as the rank, once."""
    dropout: float = 0.0
    """Of what the adapters read."""
    targets: tuple[str, ...] = ()
    """Names of the modules that get adapters, or "all-linear"; empty = what `peft` takes for the architecture."""
    merge: bool = True
    """Save the encoder with its adapters added in; False saves the adapters alone, and where the encoder lies."""

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise SpecError(f"Lora has rank={self.rank}; a rank is above 0. For none: adapters=None.")

    @property
    def apart(self) -> bool:
        """Whether they are saved alone, so that the weights of the run before go on being needed."""
        return not self.merge


@dataclass(frozen=True, kw_only=True)
class Bottleneck:
    """Bottleneck adapters (MAD-X), trained with the head in place of the encoder and saved alone."""

    width: int
    """Of the bottleneck, in numbers."""
    per_language: bool = False
    """For text: each language gets one, which later phases and tests read that language with. False: one for the
    task, on top of the language's."""
    invertible: bool = False
    """Each language also gets an invertible adapter at the embeddings."""

    def __post_init__(self) -> None:
        if self.width < 1:
            raise SpecError(f"Bottleneck has width={self.width}; a width is above 0. For none: adapters=None.")
        if self.invertible and not self.per_language:
            raise SpecError("Bottleneck has invertible=True without per_language; an invertible one is a language's.")

    @property
    def apart(self) -> bool:
        """Whether they are saved alone: always, for they have no merged form."""
        return True


Adapters = Lora | Bottleneck
