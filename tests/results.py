"""What a study left in its store, to be compared to the bit."""

import hashlib
from pathlib import Path


def results(store: Path) -> dict[str, str]:
    """Hashes of all weights and predictions, and the scores, without the times that were taken."""
    found = {}
    for path in sorted(store.rglob("*")):
        if path.suffix in (".safetensors", ".parquet"):
            found[str(path.relative_to(store))] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.name == "scores.json":
            found[str(path.relative_to(store))] = path.read_text().partition('"scores"')[2]
    return found
