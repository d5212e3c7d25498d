"""What tells one way of testing from another, and the one that stands for all of them.

A run is tested with several choices of its weights, on perturbed tests, by parts of a test, and in retrieval at every
layer in several ways. Whoever shows one number for all of them shows that of `standing`, never the best by its score,
which would be a peek at the test. It is the way of Phang et al. 2020: mean-pooled vectors as they are (not centred) of
the layer at 14/24 of the depth (hidden layer 14 of XLM-R Large in their code), by cosine, with English as the query (as
XTREME's script asks of Tatoeba). Of several choices of weights it is the best on English dev, else the last checkpoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

_WEIGHTS = ("best", "", "mean", "oracle")
"""Choices of a run's weights, the one that stands first; "" is the last checkpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How one score was made, printed as `Score.variant`: "layer=1 pooling=mean centred=yes margin=cosine"."""

    perturbed: str = ""
    """How the test was perturbed: "typos:0.1" (core/perturbation.py)."""
    weights: str = ""
    """One of _WEIGHTS."""
    layer: int | None = None
    """Of retrieval: the hidden layer that is read; 0 = embeddings."""
    pooling: str = ""
    """Of retrieval: how a sentence's states become one vector."""
    centred: bool | None = None
    """Of retrieval: whether the mean vector of each language was subtracted."""
    margin: str = ""
    """Of retrieval: "cosine", or "ratio" over nearest neighbours."""
    direction: str = ""
    """Of retrieval: who asks, "en-xx" or "xx-en"."""
    threshold: str = ""
    """Of mining: where the least score of a pair was chosen, "best" (on these pairs) or the name of a split."""
    rest: tuple[str, ...] = ()
    """Words of another version, which tell ways apart and say nothing here."""
    part: str = ""
    """The part of the test that was scored; empty for the whole."""

    def __str__(self) -> str:
        """As a store keeps it: its words, with a space between."""
        return " ".join(self.words)

    @property
    def words(self) -> list[str]:
        """ "name=value" in the order of the fields; what is not stated is left out."""
        words = [f"{name}={value}" for name, value in self.settings.items() if name != "part"]
        return [*words, *self.rest, *([f"part={self.part}"] if self.part else [])]

    @property
    def settings(self) -> dict[str, str]:
        """What is stated, by name, in the order of the fields."""
        stated = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "rest"}
        told = {True: "yes", False: "no"}
        return {
            name: told[value] if isinstance(value, bool) else str(value)
            for name, value in stated.items()
            if value is not None and value != ""
        }

    @staticmethod
    def parse(variant: str) -> "Way":
        """The way that was printed as this. What is not known is kept in `rest`."""
        return _parsed(variant)

    @property
    def aside(self) -> bool:
        """Whether it is shown by itself and never stands for a test: a perturbed test, a part of one, or a peek."""
        return bool(self.perturbed or self.part or self.weights == "oracle")


def reference_layer(layers: int) -> int:
    """The hidden layer to read of an encoder with `layers` layers; 0 = embeddings."""
    return round(layers * 14 / 24)


def ordered(ways: Iterable[Way]) -> list[Way]:
    """Ways of testing one encoder on one task, the one that stands for all first. The deepest layer tells the depth."""
    distinct = list(dict.fromkeys(ways))
    wanted = reference_layer(max((way.layer or 0 for way in distinct), default=0))

    def rank(way: Way) -> tuple[object, ...]:
        return (
            way.aside, _WEIGHTS.index(way.weights) if way.weights in _WEIGHTS else len(_WEIGHTS),
            _place(way.margin, "cosine"), _place(way.direction, "en-xx"), _place(way.pooling, "mean"),
            bool(way.centred), abs((way.layer or 0) - wanted), way.layer or 0, str(way),
        )  # fmt: skip

    return sorted(distinct, key=rank)


def standing(ways: Iterable[Way]) -> Way:
    """The one of several ways that stands for all. Raises IndexError for none."""
    return ordered(ways)[0]


def _place(value: str, usual: str) -> tuple[bool, str]:
    return (value not in ("", usual), value)


@lru_cache(maxsize=4096)
def _parsed(variant: str) -> Way:
    head, mark, part = f" {variant}".partition(" part=")
    known: dict[str, object] = {"part": part} if mark else {}
    rest = []
    for word in head.split():
        name, _, value = word.partition("=")
        read = _read(name, value)
        if read is None or name in known:
            rest.append(word)
        else:
            known[name] = read
    return Way(**known, rest=tuple(rest))  # type: ignore[arg-type]


def _read(name: str, value: str) -> object:
    """A word's value; None for a word that is not one of ours."""
    if name == "layer":
        return int(value) if value.isdecimal() else None
    if name == "centred":
        return {"yes": True, "no": False}.get(value)
    return value or None if name in ("perturbed", "weights", "pooling", "margin", "direction", "threshold") else None
