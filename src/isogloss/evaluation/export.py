"""A run as a plain `transformers` folder: encoder and head in a class of theirs, checked on the spot to answer alike.

Where no class of theirs computes what the head does (mean pooling, a hidden layer in a tagging head), the folder holds
the encoder for `AutoModel`, the head as safetensors, and a short script that needs nothing but torch and transformers.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import (
    AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PreTrainedModel,
)

from isogloss.core.errors import SpecError
from isogloss.core.examples import Choice, Classification, Example, Span, Tagging
from isogloss.evaluation.labelling import Use, head
from isogloss.models import family
from isogloss.models.encoder import Encoder, quiet, save
from isogloss.models.features import collate
from isogloss.models.heads import Head
from isogloss.models.open import encoder_of
from isogloss.store.layout import Weights
from isogloss.store.write import replacing, sweep_dead

CLASSES = {
    "classification": AutoModelForSequenceClassification,
    "tagging": AutoModelForTokenClassification,
    "span": AutoModelForQuestionAnswering,
    "choice": AutoModelForMultipleChoice,
}
ALIKE = 1e-4
"""How far logits may lie apart that are the same but for the order of sums."""
SCRIPT = Path(__file__).with_name("standalone.txt")
PROBES: Mapping[str, tuple[Example, ...]] = {
    "classification": (Classification(id="0", text="The ferry leaves at seven."),
                       Classification(id="1", text="Bees!", text_pair="A long second text follows here.")),
    "tagging": (Tagging(id="0", tokens=("The", "ferry", "leaves")), Tagging(id="1", tokens=("Bees", "!"))),
    "span": (Span(id="0", question="When?", context="The ferry leaves at seven."),),
    "choice": (Choice(id="0", prompt="It rained.", choices=("The street is wet.", "Bees sing.")),),
}  # fmt: skip


def export(use: Use, folder: Path, card: Callable[[str, Mapping[str, str]], str]) -> str:
    """Write the folder; returns the class that opens it, or "" where its own script must be used.

    `card` gives the text of its README for that class and for the model's own names of the languages that it has parts
    for, the one it reads unless told otherwise first; each with what is called to tell it so.

    Raises SpecError for a folder that is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SpecError(f"{folder} is not empty; name a new folder, or empty this one.")
    sweep_dead(folder.absolute().parent)  # what a killed export left
    encoder = encoder_of(use.spec, use.folder)
    if encoder.adapters is not None:
        raise SpecError(
            "bottleneck adapters cannot become part of an encoder, so this run cannot be written as a plain folder."
        )
    made = head(use, encoder)
    model = _whole(use, encoder, made)
    with replacing(folder) as temporary:
        temporary.mkdir()
        if model is None:
            save(encoder, temporary)
            _write_head(use, encoder, made, temporary)
        else:
            with quiet():
                model.save_pretrained(temporary, safe_serialization=True)
                encoder.subwords.tokenizer.save_pretrained(temporary)
        opened_by = "" if model is None else CLASSES[use.type].__name__
        (temporary / "README.md").write_text(card(opened_by, _tongues(encoder)), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
    return opened_by


def _tongues(encoder: Encoder) -> dict[str, str]:
    """The model's own names of the languages that it has parts for, the one it reads first, and how it is told each."""
    names = family.tongues(encoder.model).values()
    ordered = sorted(names, key=lambda name: (name != family.spoken(encoder.model), name))
    return {name: family.told(encoder.model, name) for name in ordered}


def _whole(use: Use, encoder: Encoder, made: Head) -> PreTrainedModel | None:
    """Encoder and head in a class of transformers'; None where none answers alike."""
    config = type(encoder.model.config).from_dict(encoder.model.config.to_dict())
    if use.type in ("classification", "tagging"):
        config.id2label = dict(enumerate(use.labels))
        config.label2id = {label: number for number, label in enumerate(use.labels)}
    config.classifier_dropout = use.phase.dropout
    if use.phase.layer not in (-1, encoder.layers):
        return None
    try:
        with quiet():
            model = CLASSES[use.type].from_config(config)
    except ValueError:  # the family has no such class
        return None
    inner = getattr(model, model.base_model_prefix)
    inner.load_state_dict(encoder.model.state_dict(), strict=False)
    for parts in _places(model, inner):
        if _filled(made, parts):
            model.eval()
            if _alike(use, encoder, made, model):
                return model
    return None


def _places(model: PreTrainedModel, inner: nn.Module) -> Iterator[dict[str, nn.Module | None]]:
    """Where families keep the layers of a head: `dense` (before tanh) and `out`."""
    for name in ("classifier", "qa_outputs"):
        last = getattr(model, name, None)
        if last is not None:
            yield {"dense": getattr(last, "dense", None), "out": getattr(last, "out_proj", last)}
            yield {"dense": getattr(getattr(inner, "pooler", None), "dense", None), "out": last}


def _filled(made: Head, parts: Mapping[str, nn.Module | None]) -> bool:
    """Copy the head's layers to where the model keeps them; False where one has no place, or another shape."""
    own = {name: layer for name, layer in made.named_children() if isinstance(layer, nn.Linear)}
    if set(own) - set(parts):
        return False
    for name, layer in own.items():
        place = parts[name]
        if not isinstance(place, nn.Linear) or place.weight.shape != layer.weight.shape:
            return False
        place.load_state_dict(layer.state_dict())
    return True


def _alike(use: Use, encoder: Encoder, made: Head, model: PreTrainedModel) -> bool:
    """Whether both give the same logits for a few inputs."""
    encoder.model.eval()
    features = made.encode(PROBES[use.type], encoder.subwords, labelled=False)
    batch = collate(features, encoder.subwords.pad, torch.device("cpu"))
    extra = {"token_type_ids": batch.segments} if batch.segments is not None and encoder.segments else {}
    mask = torch.ones_like(batch.ids) if batch.mask is None else batch.mask
    with torch.inference_mode():
        ours = made(encoder.states(batch.ids, batch.mask, batch.segments, made.layer), batch)
        if use.type == "choice":
            rows = batch.ids.shape[0]
            given = {
                name: each.view(1, rows, -1) for name, each in (("input_ids", batch.ids), ("attention_mask", mask))
            }
            given |= {name: each.view(1, rows, -1) for name, each in extra.items()}
            theirs = model(**given).logits.log_softmax(dim=-1)
        elif use.type == "span":
            out = model(input_ids=batch.ids, attention_mask=mask, **extra)
            theirs = torch.stack([out.start_logits, out.end_logits], dim=-1)
            keep = mask.bool()
            ours, theirs = ours[keep], theirs[keep]
        else:
            theirs = model(input_ids=batch.ids, attention_mask=mask, **extra).logits
            if use.type == "tagging":
                places = [(row, int(column)) for row, feature in enumerate(features) for column in feature.extra]
                theirs = torch.stack([theirs[row, column] for row, column in places])
    return bool((ours.float() - theirs.float()).abs().max() < ALIKE)


def _write_head(use: Use, encoder: Encoder, made: Head, folder: Path) -> None:
    """The head's layers, how they are read, and the script that reads them."""
    layers = {name: layer for name, layer in made.named_children() if isinstance(layer, nn.Linear)}
    if use.type not in ("classification", "choice") or set(layers) != {"dense", "out"}:
        raise SpecError(
            f"run {use.spec.run_id}: no class of transformers computes its head (a {use.type} head that reads "
            f"{use.phase.reads!r} at layer {use.phase.layer}, hidden={use.phase.hidden}). `isogloss predict` uses it."
        )
    tensors = {f"{name}.{key}": value.contiguous() for name, layer in layers.items()
               for key, value in layer.state_dict().items()}  # fmt: skip
    if encoder.frequency_weights is not None and use.phase.pooling == "idf":
        tensors["weights"] = encoder.frequency_weights.cpu().contiguous()
    told = {"labels": "\n".join(use.labels), "pooling": use.phase.pooling, "layer": str(use.phase.layer),
            "length": str(made.length), "segments": str(int(encoder.segments)), "type": use.type,
            "texts": ",".join(map(str, use.texts))}  # fmt: skip
    save_file(tensors, Weights(folder).head, told)
    shutil.copyfile(SCRIPT, folder / "predict.py")
