"""What training takes of a device's memory, from the encoder's shape alone.

Weights, gradients and AdamW's two averages take 4 bytes each per parameter. Activations are counted as autograd keeps
them, layer by layer: the count of Korthikanti et al. 2022 (34 bytes per sub-word and unit of width at 2 bytes a
number), with one more copy of the attention's output, and without its matrices where a fused kernel makes none.
Right within a fifth of what is measured (tests); what a framework takes for itself, some 300 MB, comes on top.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from isogloss.core.errors import ModelError
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published
from isogloss.models import hub, packaged
from isogloss.models.files import CONFIG, read_json
from isogloss.models.place import place

NUMBER = 4
"""Bytes of a float32, in which weights, gradients and optimizer states are kept everywhere."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """An encoder's shape."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    """Width of the feed-forward layer."""
    positions: int
    groups: int = 0
    """How many sets of weights the layers share (ALBERT's one); 0 = each layer has its own."""

    @property
    def table(self) -> int:
        """Numbers in the table of sub-word vectors."""
        return self.vocabulary * self.width

    @property
    def layer(self) -> int:
        """Parameters of one layer: four square matrices, two of the feed-forward layer, biases and two norms."""
        return 4 * self.width**2 + 2 * self.width * self.hidden + 9 * self.width + self.hidden

    @property
    def body(self) -> int:
        """Parameters of everything but the table: layers, positions, one segment vector and the first norm."""
        return self.layers * self.layer + (self.positions + 3) * self.width


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes by what they are for."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.gradients + self.optimizer + self.activations


PUBLISHED = {
    "xlm-roberta-base": Shape(vocabulary=250_002, width=768, layers=12, heads=12, hidden=3072, positions=514),
    "xlm-roberta-large": Shape(vocabulary=250_002, width=1024, layers=24, heads=16, hidden=4096, positions=514),
    "xlm-v-base": Shape(vocabulary=901_629, width=768, layers=12, heads=12, hidden=3072, positions=514),
    "bert-base-multilingual-cased": Shape(
        vocabulary=119_547, width=768, layers=12, heads=12, hidden=3072, positions=512
    ),
    "mdeberta-v3-base": Shape(vocabulary=251_000, width=768, layers=12, heads=12, hidden=3072, positions=512),
    "e5-small": Shape(vocabulary=250_037, width=384, layers=12, heads=12, hidden=1536, positions=512),
    "e5-small-enpt": Shape(vocabulary=47_284, width=384, layers=12, heads=12, hidden=1536, positions=512),
    "minilm": Shape(vocabulary=30_522, width=384, layers=6, heads=12, hidden=1536, positions=512),
}
"""Shapes by the last part of the hub name, as each one's config.json states them: a plan needs no download."""


def shape_of(encoder: Architecture | Published) -> Shape | None:
    """The shape of an encoder; None for a published one that is neither listed nor on this disk."""
    if isinstance(encoder, Architecture):
        return Shape(
            vocabulary=encoder.vocabulary,
            width=encoder.width,
            layers=encoder.layers,
            heads=encoder.heads,
            hidden=encoder.hidden,
            positions=encoder.positions + 2,
        )
    if packaged.named(encoder.name):  # the same whether its package is installed or not, and without making its folder
        return PUBLISHED.get(encoder.name)
    try:
        config = config_of(encoder)
        return _shape(config, config.stat().st_mtime_ns)
    except (ModelError, OSError, OverflowError, ValueError, KeyError, TypeError):
        return PUBLISHED.get(encoder.title)


@cache
def _shape(config: Path, _changed: int) -> Shape:
    """Of a configuration as it was last changed: plans ask for every job."""
    return _read(read_json(config))


def config_of(encoder: Published) -> Path:
    """Where its configuration lies: in its folder, or where the hub's client keeps what it once fetched.

    Raises FileNotFoundError for a hub's model that was not fetched.
    """
    folder = Path(place(encoder)).expanduser()
    found = folder / CONFIG if folder.is_dir() else hub.kept(encoder.name, CONFIG, encoder.revision)
    if found is None:
        raise FileNotFoundError(encoder.name)
    return found


NAMES = {
    "vocabulary": ("vocab_size", "n_words"),
    "width": ("hidden_size", "dim", "emb_dim", "d_model"),
    "layers": ("num_hidden_layers", "n_layers", "num_layers", "n_layer"),
    "heads": ("num_attention_heads", "n_heads", "num_heads", "n_head"),
    "hidden": ("intermediate_size", "hidden_dim", "d_ff", "d_inner"),
    "positions": ("max_position_embeddings",),
    "groups": ("num_hidden_groups",),
}
"""What families call the same number in config.json: BERT's, DistilBERT's, XLM's, T5's, XLNet's."""


def number(config: Mapping[str, Any], ours: str) -> int | None:
    """A number that a configuration states under one of its names; None where it states none."""
    found = next((config[name] for name in NAMES[ours] if name in config), None)
    return found if isinstance(found, int) else None


def _read(config: Mapping[str, Any]) -> Shape:
    def stated(ours: str, otherwise: int | None = None) -> int:
        found = number(config, ours)
        return int(otherwise if found is None else found)  # type: ignore[arg-type]

    width, layers = stated("width"), stated("layers")
    groups = stated("groups", layers)
    return Shape(
        vocabulary=stated("vocabulary"),
        width=width,
        layers=layers,
        heads=stated("heads"),
        hidden=stated("hidden", 4 * width),  # XLM states none: it is four times the width
        positions=stated("positions", 0),
        groups=groups if groups < layers else 0,
    )


def training(shape: Shape, phase: Phase, *, subwords: int, rows: int | None = None, half: bool = False) -> Memory:
    """What a phase takes. `subwords` are those of one batch, padding included; `rows` those of the table that are
    trained (None: all); `half` is autocast to bfloat16 with fused attention, as on a CUDA device.
    """
    table = shape.table if rows is None else min(rows, shape.vocabulary) * shape.width
    frozen = phase.freeze * shape.layer + (shape.positions * shape.width if phase.freeze else 0)
    trained = (0 if phase.freeze or not phase.optimizer.embedding_lr else table) + shape.body - frozen
    if phase.adapters:
        trained = 0  # the adapters themselves are under a hundredth of it
    return Memory(
        weights=NUMBER * (table + shape.body) + (2 * shape.body if half else 0),  # autocast keeps a bfloat16 copy
        gradients=NUMBER * trained,
        optimizer=2 * NUMBER * trained,
        activations=activations(shape, phase, subwords, half=half),
    )


def activations(shape: Shape, phase: Phase, subwords: int, *, half: bool) -> int:
    """Bytes that the backward pass needs of a batch."""
    kept = layer_activations(shape, min(phase.length, shape.positions), subwords, half=half)
    boundary = NUMBER * subwords * shape.width  # what goes into a layer
    layers = shape.layers - phase.freeze
    logits = 0
    if phase.stage == "pretrain":  # of the masked sub-words over the vocabulary, their softmax, and its gradient
        share = phase.objective.get("mask", 0.15)
        logits = round(3 * NUMBER * share * subwords * shape.vocabulary)
    passing = 2 * (2 if half else NUMBER) * subwords * shape.hidden  # gradients on their way through a layer
    if phase.gradient_checkpointing:
        return layers * boundary + kept + passing + logits
    return layers * kept + 2 * boundary + passing + logits


def layer_activations(shape: Shape, length: int, subwords: int, *, half: bool) -> int:
    """Bytes that one layer keeps of a batch.

    Numbers of the width: its input, queries, keys, values, the attention's output twice, the feed-forward layer's
    input, and the inputs of two norms; of the hidden width: before and after the activation; a byte for each of two
    dropout masks. Under autocast the norms' inputs stay in float32.
    """
    size = 2 if half else NUMBER
    wide = (7 * size + 2 * NUMBER + 2) * subwords * shape.width
    hidden = 2 * size * subwords * shape.hidden
    # Without a fused kernel (on a processor, as soon as attention drops anything) its matrix is kept before and after
    # dropout, with the mask.
    matrices = 0 if half else (2 * size + 1) * subwords * length * shape.heads
    return wide + hidden + matrices
