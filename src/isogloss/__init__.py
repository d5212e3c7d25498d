"""isogloss: which English intermediate task should come first, and in which languages will the transfer break.

    import isogloss

    isogloss.open("store")["demo"].gains()                    # an Arrow table; pandas and polars take it
    isogloss.measures.mmd(english, swahili, encoder="e5-small")   # a divergence with its interval
    isogloss.score(predictions, gold, task="xnli")            # every metric with its interval

Names are looked up when they are used, so that the import costs nothing and brings no torch along.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from isogloss.core.version import VERSION as __version__  # noqa: N811

if TYPE_CHECKING:
    from isogloss.core.cross import cross
    from isogloss.core.encoders import named as encoder
    from isogloss.core.encoders import tuning
    from isogloss.core.errors import IsoglossError
    from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging, Text
    from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer
    from isogloss.core.phase import Phase
    from isogloss.core.spec import Architecture, Evaluation, Published, RunSpec, Study
    from isogloss.core.task import Source
    from isogloss.face.opened import open  # noqa: A004
    from isogloss.face.scored import score
    from isogloss.face.task import Task

_PLACES = {
    **dict.fromkeys(("Architecture", "Evaluation", "Published", "RunSpec", "Study"), "core.spec"),
    **dict.fromkeys(("Bottleneck", "Lora", "MLM", "Mixture", "Optimizer"), "core.parts"),
    **dict.fromkeys(("Choice", "Classification", "Passage", "Span", "Tagging", "Text"), "core.examples"),
    "IsoglossError": "core.errors",
    "Phase": "core.phase",
    "Source": "core.task",
    "Task": "face.task",
    "cross": "core.cross",
    "encoder": "core.encoders.named",
    "open": "face.opened",
    "score": "face.scored",
    "tuning": "core.encoders",
}
"""Name → the file that holds it; with the name it has there, where that is another."""

__all__ = [
    "MLM",
    "Architecture",
    "Bottleneck",
    "Choice",
    "Classification",
    "Evaluation",
    "IsoglossError",
    "Lora",
    "Mixture",
    "Optimizer",
    "Passage",
    "Phase",
    "Published",
    "RunSpec",
    "Source",
    "Span",
    "Study",
    "Tagging",
    "Task",
    "Text",
    "__version__",
    "cross",
    "encoder",
    "measures",
    "open",
    "score",
    "tuning",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'isogloss' has no attribute {name!r}")
    place = _PLACES[name]
    file, _, own = place.rpartition(".") if place.count(".") == 2 else (place, "", name)
    value = getattr(importlib.import_module(f"{__name__}.{file}"), own)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _Face(ModuleType):
    """This module, whose `measures` are ready to be called.

    The import system binds the room of that name here, too; inside the package it is reached by importing its files.
    """

    @property
    def measures(self) -> Any:
        """Every measure on two lists of sentences."""
        return importlib.import_module(f"{__name__}.face.sentences").Measures()

    @measures.setter
    def measures(self, room: ModuleType) -> None:
        """The room stays where imports find it."""


sys.modules[__name__].__class__ = _Face
