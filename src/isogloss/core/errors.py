"""Every error a user can meet. The command line prints the name and the message, and exits with status 2.

    IsoglossError
    ├── UnknownName      a task, language, metric … that is not in its folder; the nearest name is suggested
    ├── DataError        a file of a dataset is missing, truncated or malformed; names the file and the line
    │   ├── DataMissing  a file that is not there
    │   └── DataChanged  training data is not what the study was planned with
    ├── SpecError        a recipe, phase or option asks for something impossible
    ├── ModelError       a checkpoint or tokenizer cannot be used (missing weights, pickle, …)
    ├── MetricError      a score is undefined for these predictions (none, duplicated or missing ids)
    ├── StoreError       the store cannot be read or written (newer version, full disk)
    ├── TranslationError a translation engine is not installed or cannot be used
    ├── SourceError      a bibliographic database answered with an error, an empty budget or something unreadable
    ├── LockError        a search's folder was changed by hand, lacks a file, or is newer than this isogloss
    └── WorkerDied       a process that shared the work ended in the middle of the same job more than once

A message says what was seen, what is allowed and what to do next.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from isogloss.core.shown import LISTED, quoted, some

NOT_JSON = (ValueError, RecursionError)
"""What `json.loads` raises: text that is not JSON, and brackets nested deeper than Python's stack."""


class IsoglossError(Exception):
    """Something the user can mend; the message says how."""


class UnknownName(IsoglossError):
    """A name that is not in its folder or list."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str], where: str = "") -> "UnknownName":
        """The error for `name`, with the nearest known name and all of them; a long list is cut, the nearest first."""
        names = sorted(known)
        folded = {each.casefold(): each for each in reversed(names)}
        near = [folded[each] for each in get_close_matches(name.casefold(), folded, n=LISTED // 2)]
        hint = f" Did you mean '{near[0]}'?" if near else ""
        listed = some(sorted(names, key=lambda each: each not in near) if len(names) > LISTED else names) or "none"
        place = f" ({where})" if where else ""
        return cls(f"no {kind} named {quoted(name)}.{hint} Known: {listed}{place}.")


class DataError(IsoglossError):
    """A dataset's file is missing or malformed."""

    @classmethod
    def at(cls, path: Path, line: int | None, problem: str) -> "DataError":
        """The error at one line (1-based) of a file; `problem` says what was seen and what is expected."""
        place = f"{path}, line {line}" if line is not None else f"{path}"
        return cls(f"{place}: {problem} Nothing was written.")


class DataMissing(DataError):
    """A dataset's file is not there; the message says how to get it."""


class DataChanged(DataError):
    """Training data that is not what the study was planned with: what was remembered of it is wrong."""


class SpecError(IsoglossError):
    """A recipe, phase or option that cannot be carried out."""


class ModelError(IsoglossError):
    """A checkpoint or tokenizer that cannot be used."""


class MetricError(IsoglossError):
    """A score that is undefined for what was given."""


class StoreError(IsoglossError):
    """The store cannot be read or written."""


class TranslationError(IsoglossError):
    """A translation engine that is not installed or cannot be used."""


class SourceError(IsoglossError):
    """A bibliographic database that answers with an error, an empty budget or something that cannot be read."""


class LockError(IsoglossError):
    """A search's folder whose files are not those that its lock names."""


class WorkerDied(IsoglossError):
    """A process that ended in the middle of the same job more than once."""
