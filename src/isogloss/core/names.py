"""What may be a name: of a study, a task, or anything else that becomes one part of a path; and lists of names."""

from functools import lru_cache

from isogloss.core.errors import SpecError
from isogloss.core.shown import quoted

LONGEST = 100
"""Bytes, in UTF-8, of a name that a person gives."""
WHOLE = 200
"""Bytes of one that is made of several, such as a task, its split and a hash: with more, 255 make a file's name."""
RULE = f"A name is one part of a path: at most {LONGEST} bytes, no '/' or '\\', no '.' or '-' first, no '.py' last."


def problem(name: object, longest: int = WHOLE) -> str:
    """Why something cannot be one part of a path, to follow the name in a sentence; empty where it can.

    A name never leads out of its folder, hides in it, or stands for a Python file.
    """
    return _problem(name, longest) if isinstance(name, str) else f"is a {type(name).__name__}, not a name"


@lru_cache(maxsize=100_000)  # every path of a store asks it of every part
def _problem(name: str, longest: int) -> str:
    if not name:
        return "is empty"
    if "/" in name or "\\" in name:
        return "is a path"
    if name.startswith((".", "-")) or name != name.strip():
        return "begins with '.' or '-', or begins or ends with a space"
    if not name.isprintable():
        return "holds characters that cannot be printed"
    if name.lower().endswith(".py"):
        return "is that of a Python file"
    if len(name.encode()) > longest:
        return f"is longer than {longest} bytes"
    return ""


def refuse(kind: str, name: object) -> None:
    """Raise SpecError for what cannot be the name of something of this kind ("study", "task")."""
    if why := problem(name, LONGEST):
        raise SpecError(f"the {kind} name {quoted(name)} {why}. {RULE}")


def parted(text: str) -> tuple[str, ...]:
    """What stands between commas, without the blanks around it; of nothing but commas and blanks, nothing."""
    return tuple(filter(None, map(str.strip, text.split(","))))


def listed(text: str, option: str) -> tuple[str, ...]:
    """The names that an option lists, with commas between them; none where it was left out.

    Raises SpecError for commas or blanks alone, which would be taken for an option that was left out.
    """
    names = parted(text)
    if text and not names:
        raise SpecError(f"{option}: {quoted(text)} holds no name. Give one or more, with commas between them, or leave "
                        f"{option} out.")  # fmt: skip
    return names
