"""What published encoders were pretrained on: bytes of text by language, and the sub-words it shares with English's.

For XLM-R (CC-100; Conneau et al. 2020), as Litmus (Ahuja et al. 2022) carries them: bytes of its text in 87 languages,
and for 120 the share of XLM-R's sub-words in Wikipedia that a language has in common with English. Imports nothing.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from isogloss.core.languages import known

FAMILIES = {"xlm-roberta": "xlm-roberta", "multilingual-e5": "xlm-roberta", "e5-small": "xlm-roberta"}
"""How encoders' names begin → whose figures hold: those of the encoder they started from."""
_BYTES = {"Latn": 1.05, "Cyrl": 1.8, "Grek": 1.8, "Hebr": 1.8, "Arab": 1.8, "Armn": 1.8}
"""Bytes of a character in UTF-8, spaces and ASCII among them, by script."""
_OTHERS = 2.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One language in an encoder's pretraining; what is not known is None."""

    read: bool
    """Whether its pretraining text has this language at all."""
    bytes: int | None
    overlap: float | None
    """Share of sub-words that are English's too, in [0, 1]."""

    def characters(self, language: str) -> int | None:
        """How many characters the bytes are, about: by what a character of the language's script takes."""
        found = known(language)
        return None if self.bytes is None else round(self.bytes / _BYTES.get(found.script if found else "", _OTHERS))


def of(encoder: str) -> Mapping[str, Text]:
    """Language → its text, for a published encoder by its name or folder; empty for one that no table has."""
    name = encoder.rstrip("/").split("/")[-1].lower().replace("_", "-")
    family = next((table for begin, table in FAMILIES.items() if name.startswith(begin)), "")
    return _table().get(family, {})


@cache
def _table() -> dict[str, dict[str, Text]]:
    found: dict[str, dict[str, Text]] = {}
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["encoder"], {})[row["language"]] = Text(
                read=row["read"] == "yes",
                bytes=int(row["bytes"]) if row["bytes"] else None,
                overlap=float(row["overlap"]) if row["overlap"] else None,
            )
    return found
