"""Load a published encoder (a folder or a hub name), or build a small one of XLM-R's architecture.

Only safetensors are read, and no code that comes with a model is run.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    XLMRobertaConfig,
    XLMRobertaModel,
)
from transformers.utils import logging

from isogloss.core.encoders import meant
from isogloss.core.errors import ModelError
from isogloss.core.spec import Architecture
from isogloss.core.typing import Float, Int
from isogloss.models import family, files, fit, half, hub, mapped, packing, partway, sizes
from isogloss.models.adapters.stack import Stack
from isogloss.models.device import Ways
from isogloss.models.place import missing
from isogloss.models.tokenizer import Subwords, no_panic

Tensor = torch.Tensor
WEIGHTS = "frequency_weights.safetensors"


@dataclass
class Encoder:
    """A model and the tokenizer it was trained with."""

    model: PreTrainedModel
    subwords: Subwords
    frequency_weights: Float[Tensor, "vocabulary"] | None = None
    """How much each sub-word counts in "idf" pooling; None where nothing was counted."""
    ways: Ways = field(default_factory=Ways)
    """How it computes on its device."""
    adapters: Stack | None = None
    """Adapters for languages and tasks (models/adapters/stack)."""
    decayed: tuple[float, ...] = ()
    """What weight decay left, phase by phase, of the published sub-word vectors that no text asked for."""
    own: bool = False
    """Built by a study: it computes as it always did, to the bit."""

    def compute(self, ways: Ways) -> None:
        """Compute in those ways from here on."""
        self.ways = ways
        half.leave(self.model)
        if ways.half and self.model.device.type == "cpu":
            half.enter(self.model)
        if ways.compiled:
            self.model.compile(dynamic=True)
        else:
            self.model._compiled_call_impl = None

    @property
    def width(self) -> int:
        """Size of one hidden state."""
        return int(self.model.config.hidden_size)

    @property
    def segments(self) -> bool:
        """Whether the second text of a pair is marked as such: the model has a table for it, and its tokenizer does."""
        return self.subwords.frame.marked and family.has_segments(self.model)

    @property
    def layers(self) -> int:
        """Number of transformer layers; hidden states are numbered 0 (embeddings) to `layers`."""
        return int(self.model.config.num_hidden_layers)

    @property
    def many_tongued(self) -> bool:
        """Whether it has parts of its own for each language."""
        return (self.adapters is not None and bool(self.adapters.languages)) or family.speaks(self.model)

    @property
    def tongues(self) -> tuple[str, ...]:
        """The languages that it has parts of its own for."""
        adapted = () if self.adapters is None else tuple(self.adapters.languages)
        return tuple(sorted({*adapted, *family.tongues(self.model)}))

    def stands_in(self, language: str) -> str:
        """How it reads a language that it has no parts for, in a sentence; nothing where there is nothing to say."""
        if not self.many_tongued or language in self.tongues:
            return ""
        known = ", ".join(self.tongues)
        return f"The encoder has parts for {known}: it reads {language} with those of the language of its tasks."

    def speak(self, language: str) -> None:
        """Read what follows as this language, where it has parts of its own for each."""
        if self.adapters is not None:
            self.adapters.speak(language)
        family.speak(self.model, language)

    @contextmanager
    def speaking(self, language: str) -> Iterator[None]:
        """Read as this language while the block runs, and as the one that tasks were trained in after it."""
        self.speak(language)
        try:
            yield
        finally:
            self.speak("")

    def states(
        self,
        ids: Int[Tensor, "r t"],
        mask: Int[Tensor, "r t"] | None,
        segments: Int[Tensor, "r t"] | None,
        layer: int = -1,
    ) -> Float[Tensor, "r t d"]:
        """Hidden states of one layer; -1 is the last."""
        if layer in (-1, self.layers):
            return self._forward(ids, mask, segments)[0]
        return self.all_states(ids, mask, segments, layer)[layer]

    def all_states(
        self,
        ids: Int[Tensor, "r t"],
        mask: Int[Tensor, "r t"] | None,
        segments: Int[Tensor, "r t"] | None,
        deepest: int | None = None,
    ) -> list[Float[Tensor, "r t d"]]:
        """Hidden states of all layers, embeddings first; of those to `deepest` where it is given."""
        deepest = self.layers if deepest is None else deepest
        return self._forward(ids, mask, segments, deepest)[: deepest + 1]

    def _forward(
        self, ids: Tensor, mask: Tensor | None, segments: Tensor | None, deepest: int | None = None
    ) -> list[Tensor]:
        """Hidden states of all layers to the deepest, or further; None = of the last one alone."""
        extra = {"token_type_ids": segments} if segments is not None and self.segments else {}
        if self.ways.packed and mask is not None:
            return packing.forward(self.model, ids, mask, all_layers=deepest is not None, **extra)
        given = {"input_ids": ids, "attention_mask": mask, **extra}
        found: list[Tensor] | None = None
        if deepest is not None and not (self.model.training or self.ways.compiled):
            found = partway.states(self.model, deepest, **given)  # in training the layers above draw numbers, too
        if found is None:
            out = self.model(output_hidden_states=deepest is not None, **given)
            found = [out.last_hidden_state] if deepest is None else list(out.hidden_states)
        found = [
            states[:, : ids.shape[1]] for states in found
        ]  # BigBird fills rows to whole blocks, Longformer to its window
        if any(states.shape[1] < ids.shape[1] for states in found):
            raise ModelError(
                f"{type(self.model).__name__} shortens a text between its layers; it cannot be read by them."
            )
        return [states.float() for states in found] if self.ways.half else found

    def word_embeddings(self) -> torch.nn.Embedding:
        """The table of sub-word vectors."""
        table = self.model.get_input_embeddings()
        if not isinstance(table, torch.nn.Embedding):
            raise ModelError(f"{type(self.model).__name__} keeps its embeddings in a {type(table).__name__}.")
        return table


def build(architecture: Architecture, subwords: Subwords) -> Encoder:
    """A small encoder with random weights, drawn from torch's global generator."""
    config = XLMRobertaConfig(
        vocab_size=len(subwords),
        hidden_size=architecture.width,
        num_hidden_layers=architecture.layers,
        num_attention_heads=architecture.heads,
        intermediate_size=architecture.hidden,
        max_position_embeddings=architecture.positions + 2,  # XLM-R numbers positions from pad + 1 = 2
        hidden_act=architecture.activation,
        hidden_dropout_prob=architecture.dropout,
        attention_probs_dropout_prob=architecture.dropout,
        type_vocab_size=1,
        pad_token_id=subwords.pad,
        bos_token_id=subwords.frame.prefix[0],
        eos_token_id=subwords.frame.suffix[-1],
    )
    config._attn_implementation = _attention(config) or "sdpa"
    return Encoder(XLMRobertaModel(config, add_pooling_layer=False), subwords, own=True)


def load(name: str | Path, revision: str = "") -> Encoder:
    """A folder or a hub's model. Raises ModelError for pickles, and for missing or unexpected weights.

    `models/open` knows what else a name may mean.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        name = folder
    elif hub.malformed(str(name)):
        raise ModelError(missing(name))
    elif kept := hub.here(str(name), revision):
        return load(kept)
    options: dict[str, Any] = {"trust_remote_code": False, **({"revision": revision} if revision else {})}
    try:
        with quiet(), no_panic(name):
            files.check(name, revision)
            subwords = _subwords(str(name), **options)
            config = AutoConfig.from_pretrained(str(name), **options)
            config._attn_implementation = None  # a configuration may name a kernel to fetch: compiled code
            fit.check_kind(name, config)
            sizes.held(config, files.weights(name, revision), str(name))
            if "add_pooling_layer" in inspect.signature(sizes.class_of(config).__init__).parameters:
                options["add_pooling_layer"] = False  # it is trained for another purpose; heads bring their own
            model, info = AutoModel.from_pretrained(
                str(name), config=config, use_safetensors=True, output_loading_info=True, dtype=torch.float32,
                attn_implementation=_attention(config), **options,
            )  # fmt: skip
    except ModelError:
        raise
    except Exception as error:  # transformers raises many kinds; all mean the same to a user
        raise ModelError(
            files.damage(str(name))
            or f"{name}: it cannot be loaded: {_said(error)}{meant(str(name))} Give a folder with config.json, "
            "model.safetensors and tokenizer.json, or the hub name of a model that has them."
        ) from error
    _check_weights(name, model, info)
    fit.check(name, model, subwords)
    family.settle(model, subwords.pad)
    mapped.release()
    return Encoder(model, subwords, _weights(folder / WEIGHTS, subwords.rows))


def _check_weights(name: str | Path, model: PreTrainedModel, info: Mapping[str, Any]) -> None:
    """Raises ModelError unless the checkpoint holds each of the model's weights, in its shape, and numbers alone."""
    missing = sorted(key for key in info["missing_keys"] if "pooler" not in key and "position_ids" not in key)
    wrong = sorted(str(key) for key in info.get("mismatched_keys", ()))
    if missing or wrong:
        shown = ", ".join((missing + wrong)[:3])
        raise ModelError(
            f"{name}: {len(missing)} weights are missing and {len(wrong)} have another shape ({shown} …). "
            "The checkpoint is not whole or config.json is not its own; it is not used."
        )
    strange = family.strange_weights(model, info["unexpected_keys"])
    if strange:
        raise ModelError(f"{name}: {len(strange)} weights that its config.json does not describe ({strange[0]} …).")
    check_numbers(name, model.state_dict())


def check_numbers(name: str | Path, state: Mapping[str, Tensor]) -> None:
    """Raises ModelError unless each weight is a number."""
    for key, value in state.items():
        if value.is_floating_point() and not torch.isfinite(value.sum()) and not torch.isfinite(value).all():
            raise ModelError(f"{name}: the weights of {key} are not all numbers. The file is damaged; get it again.")


def _weights(path: Path, size: int) -> Tensor | None:
    if not path.is_file():
        return None
    try:
        found = load_file(path)["weights"]
    except (SafetensorError, KeyError, OSError) as error:
        raise ModelError(f'{path}: it cannot be read ({error}). Delete it; "idf" pooling then is not there.') from error
    if found.shape != (size,):
        raise ModelError(f"{path}: weights of {tuple(found.shape)} for a vocabulary of {size}; it is another model's.")
    return found


def _subwords(name: str, **options: Any) -> Subwords:
    """The tokenizer of a folder or a hub's model; a folder's is read once, since most of loading may be reading it."""
    folder = Path(name)
    if not folder.is_dir():
        return _read_subwords(name, **options)
    about = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.suffix != ".safetensors"]
    return _of_folder(name, tuple((file, stat.st_size, stat.st_mtime_ns) for file, stat in about))


@lru_cache(maxsize=1)
def _of_folder(name: str, _files: tuple[tuple[str, int, int], ...]) -> Subwords:
    return _read_subwords(name, trust_remote_code=False)


def _read_subwords(name: str, **options: Any) -> Subwords:
    """Raises ModelError for special tokens alone, which is what transformers makes up where it finds no vocabulary."""
    subwords = Subwords(AutoTokenizer.from_pretrained(name, **options))
    pieces = subwords.backend.get_vocab(with_added_tokens=False)
    if {*pieces.values()} <= {*subwords.tokenizer.all_special_ids}:
        raise ModelError(
            f"{name}: its tokenizer has special tokens alone ({', '.join(sorted(pieces))}) and would read every word "
            "as unknown; give a folder with the one that the model was trained with (tokenizer.save_pretrained)."
        )
    return subwords


def load_subwords(name: str | Path) -> Subwords:
    """The tokenizer of a folder or a hub's model, without its weights. Raises ModelError."""
    if not Path(name).expanduser().is_dir() and not hub.malformed(str(name)):
        name = hub.here(str(name), tokenizer=True) or name
    try:
        with quiet(), no_panic(name):
            files.check_sizes(name)
            files.check_tokenizer(name)
            return _subwords(str(name), trust_remote_code=False)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            files.damage(str(name))
            or f"{name}: no tokenizer can be loaded from it: {_said(error)}{meant(str(name))} Give a folder with a "
            "tokenizer.json."
        ) from error


def _said(error: Exception) -> str:
    """The first line of what a library says of an error, as a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = f"{lines[0].rstrip('.: ')}."
    if isinstance(error, ImportError):  # XLM's own files are read by a class that asks for sacremoses
        return f"its tokenizer is read by a class that asks for a package, which a tokenizer.json does not. {said}"
    return said


def save(encoder: Encoder, folder: Path, state: Mapping[str, Tensor] | None = None) -> None:
    """Write the encoder to a new folder in Hugging Face's layout; with the weights in `state` in place of its own."""
    with quiet():
        encoder.model.save_pretrained(folder, safe_serialization=True, state_dict=state)
        encoder.subwords.tokenizer.save_pretrained(folder)
    if encoder.frequency_weights is not None:
        save_file({"weights": encoder.frequency_weights.cpu()}, folder / WEIGHTS)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' own bars and reports off the terminal; what matters in them is checked here."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _attention(config: PretrainedConfig) -> str | None:
    """Fused attention is slower than plain products for very narrow heads; None leaves the choice to transformers."""
    heads = getattr(config, "num_attention_heads", 0)
    return "eager" if heads and config.hidden_size // heads < 32 else None
