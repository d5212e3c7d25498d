"""Numbers and lists as the page writes them: points, intervals, counts. Every minus sign is made here."""

import re
import shlex
from collections.abc import Iterable

from isogloss.stats.intervals import Estimate
from isogloss.store.study import SavedStudy

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUS = "−"
"""U+2212, as wide as a plus. Files for computing keep the hyphen of ASCII."""


def minus(text: str) -> str:
    """Text with true minus signs: a hyphen before a digit, unless it stands after a letter or a digit."""
    return re.sub(r"(?<![\w.-])-(?=\.?\d)", MINUS, text)


def points(value: float, signed: bool = False) -> str:
    """A value in [0, 1] as points: .615 → 61.5. Nothing rounds to minus zero.

    The last bits of a float follow from the order of its sum. They do not decide how half a tenth is rounded.
    """
    steady = round(100 * value, 6)
    shown = f"{steady:+.1f}" if signed else f"{steady:.1f}"
    return minus("0.0" if shown.strip("+-") == "0.0" else shown)


def interval(estimate: Estimate, signed: bool = False) -> str:
    """The two ends, as points."""
    return f"[{points(estimate.low, signed)}, {points(estimate.high, signed)}]"


def spanned(value: float | None, low: float | None, high: float | None, signed: bool = True) -> str:
    """A value with its interval as points; a dash where there is none."""
    if value is None or low is None or high is None:
        return "–"
    return f"{points(value, signed)} [{points(low, signed)}, {points(high, signed)}]"


def number(value: float, form: str = ".3g") -> str:
    """A number in its own unit."""
    return minus(format(value, form))


def spelled(number: int) -> str:
    """ "three", "12", "1,204"."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


def count(number: int, noun: str, plural: str = "") -> str:
    """ "three seeds", "12 runs", "one encoder"."""
    return f"{spelled(number)} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[str], most: int = 6, last: str = "and") -> str:
    """ "a, b and c"; long lists end in a count."""
    every = list(names)
    if len(every) > most:
        return f"{', '.join(every[: most - 1])} {last} {len(every) - most + 1} more"
    return f" {last} ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def called(study: SavedStudy) -> str:
    """How a saved study is named on a command line: by the file of its recipe where that is a user's, which brings its
    tasks; else by its name."""
    return shlex.quote(f"./{study.recipe['name']}.py" if study.own else study.name)
