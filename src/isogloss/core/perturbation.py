"""A perturbation of test examples, as an evaluation asks for it: a kind, a rate, and for some a source of words."""

import math
from dataclasses import dataclass

from isogloss.core.errors import SpecError, UnknownName

KINDS = {
    "typos": "typing errors: a letter becomes its neighbour on the keyboard, two swap places, one is lost or doubled",
    "diacritics": "lost diacritics",
    "case": "inverted case, as with caps lock on",
    "order": "neighbouring words swap places",
    "switching": "code-switching: words become their English translations",
}
DICTIONARY = "ntrex"
"""The parallel text a dictionary is made from unless another is named."""


@dataclass(frozen=True, kw_only=True)
class Perturbation:
    """Written "typos:0.1", or with the parallel text that gives a dictionary "switching:0.2:ntrex"."""

    kind: str
    rate: float
    """The share in [0, 1] of those words that the perturbation can change."""
    source: str = ""
    """A text task with parallel English, for code-switching."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownName.of("perturbation", self.kind, KINDS)
        if not 0 <= self.rate <= 1:
            raise SpecError(f"perturbation {self.kind} at rate {self.rate:g}; a rate is a share of words in [0, 1].")
        if self.source and self.kind != "switching":
            raise SpecError(f"perturbation {self.kind} names '{self.source}'; only switching needs a parallel text.")

    def __str__(self) -> str:
        return ":".join([self.kind, f"{self.rate:g}", *([self.source] if self.source else [])])


def parse(text: str) -> Perturbation:
    """The perturbation of a text such as "typos:0.1". Raises SpecError or UnknownName."""
    kind, _, rest = text.partition(":")
    rate, _, source = rest.partition(":")
    try:
        share = float(rate)
    except ValueError:
        share = math.nan
    if math.isnan(share):
        raise SpecError(f'perturbation "{text}": expected kind:rate, such as "typos:0.1"; kinds: {", ".join(KINDS)}.')
    if kind == "switching" and not source:
        source = DICTIONARY
    return Perturbation(kind=kind, rate=share, source=source)
