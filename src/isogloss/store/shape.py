"""What the files of a store look like, and that the names in them are names.

A store is data that people hand on. A name in it that is a path, or that of a Python file, is a StoreError that says
which file it stands in; so nothing of a store is run, and nothing is written where such a name leads.
"""

from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from isogloss.core.errors import SpecError, StoreError
from isogloss.core.names import problem
from isogloss.core.score import Score
from isogloss.core.shown import quoted
from isogloss.core.spec import RunSpec, from_plain
from isogloss.store import run_record
from isogloss.store.remedy import near
from isogloss.store.run_record import RunRecord
from isogloss.store.study import SavedStudy, read

ROUNDING = 1e-9
"""How far beyond 0 and 1 a score may lie, whose parts were rounded."""


def table(path: Path, body: Any) -> dict[str, Any]:
    """A JSON object with text as its keys."""
    if not isinstance(body, dict):
        raise StoreError(f"{path}: it holds a {type(body).__name__}, expected a JSON object. {_changed(path)}")
    return body


def hashes(path: Path, body: Any) -> dict[str, str]:
    """Name → hash of the files that a marker names."""
    found = table(path, body)
    for name, sha256 in found.items():
        if not all(not problem(part) for part in name.split("/")) or not isinstance(sha256, str):
            raise StoreError(f"{path}: {quoted(name)} is not a file that a marker can name. {_changed(path)}")
    return found


def about(path: Path, body: Any) -> dict[str, Any]:
    """What is known of an evaluation."""
    found = table(path, body)
    if not isinstance(found.get("task"), str) or not isinstance(found.get("split"), str):
        raise StoreError(f"{path}: it does not say what was tested. {_changed(path)}")
    if not isinstance(spent := found.get("seconds"), int | float | None):
        raise StoreError(f"{path}: the seconds of a test are {quoted(spent)}. {_changed(path)}")
    return found


def drift(path: Path, body: Any) -> dict[str, Any]:
    """What share of one translated text has drifted."""
    kept = table(path, body)
    for field in ("encoder", "task", "split", "language", "kind"):
        if not isinstance(kept.get(field), str):
            raise StoreError(f"{path}: the {field} of a drift is {quoted(kept.get(field))}. {_changed(path)}")
    for field in ("below", "calibration"):
        if not isinstance(kept.get(field), dict):
            raise StoreError(f"{path}: the {field} of a drift is {quoted(kept.get(field))}. {_changed(path)}")
    for field in ("task", "split", "language"):
        _named(path, kept[field])
    return kept


def live(path: Path, body: Any) -> dict[str, Any] | None:
    """How far a command is with a study; None where another version lays that out otherwise."""
    found = table(path, body)
    match found:
        case {
            "at": int() | float(), "jobs": int(), "done": int(), "share": int() | float(),
            "working": list(), "curves": dict(curves),
        } if isinstance(found.get("left"), int | float | None) and all(map(_curve, curves.values())):  # fmt: skip
            return found
        case _:
            return None


def _curve(points: Any) -> bool:
    """Whether it is a list of (step, loss)."""
    return isinstance(points, list) and all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(part, int | float) for part in each)
        for each in points
    )


def names(path: Path, body: Any) -> list[str]:
    """A list of names."""
    if not isinstance(body, list):
        raise StoreError(f"{path}: it holds a {type(body).__name__}, expected a list of names. {_changed(path)}")
    return [_named(path, each) for each in body]


def baselines(path: Path, body: Any) -> list[str]:
    """The names of baselines; older stores have the list alone, without a seal."""
    return names(path, body if isinstance(body, list) else table(path, body).get("names"))


def held(path: Path, body: Any) -> list[str]:
    """A list of names of files."""
    return [each for each in names(path, body) if not each.startswith(".")]


def spec(path: Path, run_id: str, body: Any) -> RunSpec:
    """The spec of the run that lies under this id. Raises SpecError for one of a newer version."""
    _all_named(path, "a spec", _of_spec(table(path, body)))
    found = from_plain(body)
    if not isinstance(found, RunSpec):
        raise SpecError(f"{path}: a {type(found).__name__}, expected a RunSpec.")
    if found.run_id != run_id:
        raise StoreError(f"{path}: it is the spec of run {found.run_id}, not of {run_id}. {_changed(path)}")
    return found


def record(path: Path, body: Mapping[str, Any]) -> RunRecord:
    """What training wrote down."""
    try:
        return run_record.read(body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: it is not laid out as a run's record ({error!r:.80}). {_changed(path)}") from error


def scores(path: Path, run_id: str, body: Mapping[str, Any]) -> list[Score]:
    """The scores of an evaluation of this run."""
    try:
        made = [Score(**each) for each in body["scores"]]
    except (KeyError, TypeError) as error:
        raise StoreError(f"{path}: its scores cannot be read ({error!r:.80}). {_changed(path)}") from error
    for score in made:
        if score.run != run_id:
            raise StoreError(f"{path}: it has a score of run {quoted(score.run)}, not of {run_id}. {_changed(path)}")
        for field, value in vars(score).items():
            if not _fits(field, value):
                raise StoreError(f"{path}: the {field} of a score is {quoted(value)}. {_changed(path)}")
        for name in (score.task, score.split, score.language, *score.metric.split("+")):
            _named(path, name)
    return made


def _fits(field: str, value: Any) -> bool:
    """Whether a field of a score can have this value."""
    match field:
        case "value":
            return isinstance(value, int | float) and -ROUNDING <= value <= 1 + ROUNDING
        case "n":
            return isinstance(value, int) and value >= 0
        case "threshold":
            return value is None or (isinstance(value, int | float) and isfinite(value))
        case _:
            return isinstance(value, str)


def study(path: Path, name: str, body: Any) -> SavedStudy:
    """A saved study of this name."""
    found = table(path, body)
    if found.get("name", name) != name:
        raise StoreError(f"{path}: it is the study {quoted(found['name'])}, not {name}. {_changed(path)}")
    _all_named(path, "a study", _of_study(found))
    try:
        return read(found, name)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: it is not laid out as a study ({error!r:.80}). {_changed(path)}") from error


def _of_study(body: Mapping[str, Any]) -> Iterator[Any]:
    """Every name in a saved study."""
    for run in body.get("runs", ()):
        yield run["id"]
        if run.get("parent") is not None:
            yield run["parent"]
        yield from _of_spec(run.get("spec", {}))
    for each in (*body.get("evaluations", ()), *body.get("baselines", ())):
        yield from (each[name] for name in ("run", "key", "task", "split") if name in each)
        yield from each.get("languages", ())
    yield from body.get("translations", ())
    if "recipe" in body:
        yield body["recipe"]["name"]
    for task, facts in body.get("tasks", {}).items():
        yield task
        yield from facts.get("languages", ())
        yield from facts.get("trained_on", ())
        yield from (part for metric in facts.get("metrics", ()) for part in metric.split("+"))


def _of_spec(body: Mapping[str, Any]) -> Iterator[Any]:
    for phase in body.get("phases", ()):
        yield from phase.get("tasks", ())
        yield from phase.get("mlm_tasks", ())


def _all_named(path: Path, kind: str, every: Iterator[Any]) -> None:
    try:
        for each in every:
            _named(path, each)
    except (AttributeError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: it is not laid out as {kind} ({error!r:.80}). {_changed(path)}") from error


def _named(path: Path, name: Any) -> str:
    if why := problem(name):
        raise StoreError(
            f"{path}: it names {quoted(name)}, which {why}. A store is data: what it names is looked up by that name, "
            "never read or run as a file. Do not use this store unless you know who changed it."
        )
    return str(name)


def _changed(path: Path) -> str:
    return f"Something other than isogloss changed it. {near(path)}"
