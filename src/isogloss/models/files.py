"""The files of a published model in a folder, and what they amount to."""

import hashlib
from pathlib import Path

from isogloss.core.errors import ModelError

SUFFIXES = (".safetensors", ".json", ".model", ".spm", ".txt")
"""Weights, configuration, tokenizer."""


def fingerprint(folder: Path) -> str:
    """12 hex digits over a model's weights, configuration and tokenizer. Raises ModelError without weights."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(f"{folder}: no .safetensors file. Only safetensors weights are read, never pickles.")
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(f"{path.name}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()[:12]
