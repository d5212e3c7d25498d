"""Whether a model and the tokenizer beside it belong together, and whether isogloss can use such a model at all."""

from pathlib import Path

from torch import nn
from transformers import PretrainedConfig, PreTrainedModel

from isogloss.core.errors import ModelError
from isogloss.models import family
from isogloss.models.tokenizer import Subwords

SPARE = 1_000
"""Rows that a table may have beyond its tokenizer, at least: mDeBERTa-v3's has 898."""
SPECIALS = ("bos", "eos", "cls", "sep", "mask")


def check_kind(name: str | Path, config: PretrainedConfig) -> None:
    """Raises ModelError for an encoder-decoder, or one's half: a folder of T5's says what it is by its kind."""
    if config.is_encoder_decoder or getattr(type(config), "is_encoder_decoder", False) is True:
        raise ModelError(
            f"{name}: {config.model_type} is an encoder-decoder, which isogloss does not read; give an encoder "
            "(BERT's or XLM-R's kind)."
        )


def check(name: str | Path, model: PreTrainedModel, subwords: Subwords) -> None:
    """Raises ModelError for a model that cannot be used, or a tokenizer that cannot be the one it was trained with."""
    table = _table(name, model)
    if family.speaks(model) and not family.tongues(model):
        raise ModelError(
            f"{name}: it has a vector for each of {model.config.n_langs} languages, and config.json does not say which "
            "is whose; put the lang2id of the model's authors there."
        )
    why = _stranger(model, table, subwords)
    if why:
        raise ModelError(f"{name}: the tokenizer is another model's: {why}. Put the model's own tokenizer.json there.")


def _table(name: str | Path, model: PreTrainedModel) -> nn.Embedding:
    """The sub-word vectors; CANINE has none, and I-BERT's are of a kind that cannot be trimmed or trained here."""
    try:
        table = model.get_input_embeddings()
    except NotImplementedError:
        table = None
    if not isinstance(table, nn.Embedding):
        kept = "has no table of sub-word vectors" if table is None else f"keeps them in a {type(table).__name__}"
        raise ModelError(
            f"{name}: isogloss trains encoders by their table of sub-word vectors; {type(model).__name__} {kept}."
        )
    return table


def _stranger(model: PreTrainedModel, table: nn.Embedding, subwords: Subwords) -> str:
    """What gives a tokenizer away as another model's; nothing where it may be its own."""
    rows = table.num_embeddings
    if subwords.rows > rows:
        return f"it has ids up to {subwords.rows - 1}, and the model {rows} sub-word vectors"
    if rows > subwords.rows + max(SPARE, rows // 10):
        return f"it has {subwords.rows} ids, and the model {rows} sub-word vectors"
    pad = getattr(model.config, "pad_token_id", None)
    # Where the padding numbers positions, a wrong one shifts them all. Elsewhere rows have a mask, and a padding that
    # the class of configuration has by itself says nothing: Multilingual-MiniLM goes by BERT's 0, and pads with 1.
    if pad is not None and pad != subwords.pad and (family.first_position(model) or _chosen(model.config, "pad")):
        return f"it pads with id {subwords.pad}, and config.json says {pad}"
    return _other_specials(model.config, subwords)


def _other_specials(config: PretrainedConfig, subwords: Subwords) -> str:
    """Two or more special tokens, none of which has the id that config.json gives it.

    One is not enough: mmBERT and BigBird as published give some of theirs ids that are another's.
    """
    ids = {kind: getattr(subwords.tokenizer, f"{kind}_token_id", None) for kind in SPECIALS}
    told = {kind: _chosen(config, kind) for kind, ours in ids.items() if ours is not None}
    told = {kind: theirs for kind, theirs in told.items() if theirs is not None}
    if len(told) < 2 or any(ids[kind] == theirs for kind, theirs in told.items()):
        return ""
    kind = next(iter(told))
    return f"its {kind} token has id {ids[kind]}, and config.json says {told[kind]}"


def _chosen(config: PretrainedConfig, kind: str) -> int | None:
    """The id of a special token where config.json gives one that is not its class's, which may be no one's choice."""
    key = f"{kind}_token_id"
    found = getattr(config, key, None)
    return found if isinstance(found, int) and found != getattr(type(config), key, None) else None
