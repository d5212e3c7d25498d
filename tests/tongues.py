"""Encoders with parts of their own for each language, small and with random weights."""

from pathlib import Path

import torch
from transformers import AutoTokenizer, XmodConfig, XmodModel

from isogloss.models.adapters.stack import Adapter, attach
from isogloss.models.encoder import Encoder, load, quiet


def adapted(published: Path, *languages: str) -> Encoder:
    """A published encoder with an adapter for each language, the same for a language wherever it stands; tasks were
    trained in the first."""
    encoder = load(published)
    stack = encoder.adapters = attach(encoder.model)
    for code in languages:
        torch.manual_seed(sum(map(ord, code)))
        stack.languages[code] = Adapter(encoder.layers, encoder.width, 4, entry=encoder.width)
        with torch.no_grad():
            for parameter in stack.languages[code].parameters():
                parameter.normal_(std=0.3)
    stack.home = languages[0]
    stack.speak("")
    encoder.model.eval()
    return encoder


def xmod(published: Path, folder: Path, *languages: str) -> Path:
    """Write an X-MOD with adapters for languages by its own names ("de_DE") and the tokenizer of another encoder;
    returns the folder."""
    tokenizer = AutoTokenizer.from_pretrained(published)
    torch.manual_seed(0)
    config = XmodConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=130, type_vocab_size=1, languages=languages, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, initializer_range=0.2,
    )  # fmt: skip
    with quiet():
        XmodModel(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
