"""Text that others wrote, made safe to show: a terminal obeys none of it, and an error quotes only its beginning.

A label, a title or a licence comes from a data file or a store. Printed as it stands, it could clear the screen, set
the window's title, or turn the direction of a line (https://cwe.mitre.org/data/definitions/150.html).
"""

import re
from collections.abc import Iterable, Sequence

QUOTED = 60
"""Characters of what was seen that an error quotes."""
LISTED = 12
"""Names that a sentence lists."""
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters but tab and newline, marks that turn the direction of text, and what no XML may hold."""


def visible(text: str) -> str:
    """The text with everything that a terminal would obey written as Python and JSON escape it, such as \\u001b."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def quoted(seen: object) -> str:
    """What was seen, in quotes where it is text: on one line, at most some 60 characters, all of them visible."""
    if isinstance(seen, str):
        text = repr(seen[: QUOTED + 1])
        mark = text[0]
    else:
        text, mark = repr(seen), ""
    return visible(text if len(text) <= QUOTED + 2 else f"{text[: QUOTED - 1]}…{mark}")


def some(names: Iterable[str], most: int = LISTED, between: str = ", ") -> str:
    """Names in a sentence: the first of them, and how many more there are. One more is named rather than counted."""
    known = list(names)
    more = len(known) - most
    return f"{between.join(known[:most])} and {more} more" if more > 1 else between.join(known)


def counted(names: Sequence[str]) -> list[str]:
    """ "mnli" once, "mnli (3 times)" for repeated ones, in the order of their first."""
    return [name if names.count(name) == 1 else f"{name} ({names.count(name)} times)" for name in dict.fromkeys(names)]


def amount(number: int, noun: str, plural: str = "") -> str:
    """ "1 pair", "1,204 pairs", "3 sets of baselines"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
