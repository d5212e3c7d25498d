"""Low-rank adapters (LoRA; Hu et al. 2022) through `peft`: small matrices trained in place of an encoder's own.

Saved in one of two ways: added into the encoder, which is then as any other; or alone, as `peft` lays them out, beside
a note of the encoder to which they belong (adapters/origin):

    adapter_config.json  adapter_model.safetensors     what `peft.PeftModel.from_pretrained` reads
"""

import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from isogloss.core.errors import ModelError, SpecError
from isogloss.core.parts import Lora
from isogloss.models.adapters.origin import Base, base_of, place_of
from isogloss.models.encoder import Encoder
from isogloss.models.files import ADAPTERS, read_json

WEIGHTS = "adapter_model.safetensors"
SETTINGS = ("r", "lora_alpha", "lora_dropout", "target_modules")
"""What is read of `adapter_config.json`: others are none of ours, and some name Python modules to import."""


class LowRank:
    """The adapters of an encoder that trains; all other weights of it stay as they are."""

    def __init__(self, encoder: Encoder, settings: Lora) -> None:
        """Put them into the encoder, drawn from torch's global generator; they begin as no change at all."""
        peft = _peft()
        targets: Any = list(settings.targets) or None
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha or settings.rank,
            lora_dropout=settings.dropout,
            target_modules="all-linear" if settings.targets == ("all-linear",) else targets,
        )
        try:
            self.wrapped = _wrapped(encoder, config)
        except ValueError as error:  # no module of that name, or an architecture peft has no defaults for
            linear = {n.rsplit(".", 1)[-1] for n, m in encoder.model.named_modules() if isinstance(m, torch.nn.Linear)}
            raise SpecError(
                f"Lora has targets={settings.targets}: {str(error).splitlines()[0]} Linear modules of this encoder: "
                f"{', '.join(sorted(linear))}."
            ) from error

    def merged(self, encoder: Encoder) -> dict[str, torch.Tensor]:
        """The encoder's weights with the adapters added in; what trains is left as it is."""
        from peft.tuners.lora import LoraLayer

        state = {
            key.replace(".base_layer.", "."): value
            for key, value in encoder.model.state_dict().items()
            if ".lora_" not in key
        }
        with torch.no_grad():
            for name, module in encoder.model.named_modules():
                if isinstance(module, LoraLayer):
                    added: Any = module  # every kind of layer has it, their common class does not
                    state[f"{name}.weight"] = state[f"{name}.weight"] + added.get_delta_weight("default")
        return state

    def save(self, folder: Path, base: Base) -> None:
        """Write the adapters alone, beside the name of the encoder to which they belong."""
        folder.mkdir(parents=True)
        state = _peft().get_peft_model_state_dict(self.wrapped, save_embedding_layers=False)
        save_file({key: value.detach().cpu().contiguous() for key, value in state.items()}, folder / WEIGHTS)
        config = self.wrapped.peft_config["default"]
        config.base_model_name_or_path, config.inference_mode = base.name or base.run, True
        config.target_modules = sorted(config.target_modules)
        config.save_pretrained(folder)
        base.note(folder)


def load(folder: Path, encoder: Encoder) -> Encoder:
    """The encoder to which they belong with saved adapters added in. Raises ModelError when they are not its own."""
    peft = _peft()
    if not (folder / WEIGHTS).is_file():
        raise ModelError(f"{folder}: there is no {WEIGHTS}; adapters are read from safetensors only.")
    try:
        state = load_file(folder / WEIGHTS)
        given = read_json(folder / ADAPTERS)
        wrapped = _wrapped(encoder, peft.LoraConfig(**{name: given[name] for name in SETTINGS}))
    except (ModelError, SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{folder}: the adapters cannot be read ({error}). Run its study again.") from error
    wanted = {key: value.shape for key, value in peft.get_peft_model_state_dict(wrapped).items()}
    if wanted != {key: value.shape for key, value in state.items()}:
        raise ModelError(f"{folder}: its adapters are not those of {place_of(base_of(folder))}. Run its study again.")
    peft.set_peft_model_state_dict(wrapped, state)
    encoder.model = wrapped.merge_and_unload()
    return encoder


def _wrapped(encoder: Encoder, config: Any) -> Any:
    with warnings.catch_warnings():
        # peft asks transformers 5 for an attribute by its older name.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        return _peft().get_peft_model(encoder.model, config)


def _peft() -> Any:
    """The library, which is an extra."""
    try:
        import peft
    except ImportError as error:
        raise SpecError("low-rank adapters (Lora) need peft: pip install 'isogloss[lora]'.") from error
    return peft
