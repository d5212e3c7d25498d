"""Worlds for dose-response: every language differs from its draw's base language in one dial alone.

The languages of one draw share their random choices, so that what a higher dose changes contains what a lower one
changes, and differ from those of another draw in all of them.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from string import ascii_lowercase
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.languages import ENGLISH
from isogloss.worlds.language import Language
from isogloss.worlds.world import World

DOSES: Mapping[str, tuple[float, ...]] = {
    "merge": (0.5, 1.0),
    "false_friends": (0.4, 0.8),
    "relations": (0.25, 0.5),
    "cognates": (0.1, 0.6),
}
"""Dial → values beside the base's."""
BASE = Language(code="base", cognates=0.35)
"""English word order, a third of English words, all other dials at 0."""


def dial_world(
    name: str = "dose", doses: Mapping[str, tuple[float, ...]] = DOSES, draws: int = 2, seed: int = 0
) -> World:
    """English, and for each draw (a, b, …) a base language and one language per dial and value: "merge50_a".

    Raises SpecError for no draws or more than 26, and for a dial that is not a share or a value that is the base's.
    """
    if not 1 <= draws <= len(ascii_lowercase):
        raise SpecError(f"world '{name}': draws={draws}; there are 1 to {len(ascii_lowercase)} (a to z).")
    languages = [Language(code=ENGLISH)]
    for draw, letter in enumerate(ascii_lowercase[:draws]):
        base = replace(BASE, code=f"base_{letter}", draw=draw)
        languages.append(base)
        for dial, values in doses.items():
            for value in values:
                if not isinstance(getattr(base, dial, None), float) or value == getattr(base, dial):
                    raise SpecError(f"world '{name}': {dial}={value}; give a dial that is a share, and another value.")
                setting: dict[str, Any] = {dial: value}
                languages.append(replace(base, code=f"{dial}{round(100 * value)}_{letter}", **setting))
    return World(name=name, languages=tuple(languages), seed=seed)


def settings(world: World) -> dict[str, dict[str, float | str]]:
    """Every dial of every language but English, for the record."""
    found = {language.code: asdict(language) for language in world.languages[1:]}
    for dials in found.values():
        del dials["code"]
    return found
