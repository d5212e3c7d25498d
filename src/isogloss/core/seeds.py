"""Every random stream has a name, so that adding one never shifts another."""

import hashlib

import numpy as np


def seed_of(key: str, purpose: str) -> int:
    """A 63-bit seed for one purpose ("order", "dropout", …) of one run, world or study."""
    return int.from_bytes(hashlib.sha256(f"{key}/{purpose}".encode()).digest()[:8], "big") >> 1


def rng(key: str, purpose: str) -> np.random.Generator:
    """A generator for one named stream."""
    return np.random.default_rng(seed_of(key, purpose))
