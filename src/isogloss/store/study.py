"""A saved study: what a plan resolved, as the desk reads it. The one reader of its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from isogloss.core.spec import RunSpec, from_plain

COMPLETE = "complete"
"""In a saved study: everything that it names has been there, so what is not there now was lost."""


@dataclass(frozen=True, kw_only=True)
class SavedRun:
    """One run of a study."""

    id: str
    parent: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """Its spec as it was written."""

    @cached_property
    def spec(self) -> RunSpec:
        """What it is. Raises SpecError for what another version wrote."""
        found: RunSpec = from_plain(self.values)
        return found


@dataclass(frozen=True, kw_only=True)
class SavedEvaluation:
    """One test of a run, or of the trivial baselines."""

    key: str
    run: str = ""
    """Empty for baselines."""
    task: str = ""
    split: str = ""
    data: str = ""
    """Hash of the examples."""
    languages: tuple[str, ...] = ()
    limit: int = 0
    weights: str = "last"
    """Which weights are tested: one of core.spec.WEIGHTS."""
    perturbation: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedStudy:
    """A resolved study; nothing of its recipe or its data is needed to read it."""

    name: str
    title: str = ""
    notes: tuple[str, ...] = ()
    runs: tuple[SavedRun, ...] = ()
    evaluations: tuple[SavedEvaluation, ...] = ()
    baselines: tuple[SavedEvaluation, ...] = ()
    translations: tuple[str, ...] = ()
    """Keys of translated training data."""
    tasks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Name → facts."""
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Task → languages that were asked for and whose data was not there."""
    remarks: tuple[str, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """What made it: `name`, `options`, and `own` for a user's file."""
    version: str = ""
    complete: bool = False
    """Everything that it names has been there."""
    body: Mapping[str, Any] = field(repr=False)
    """As it lies on the disk."""

    @cached_property
    def specs(self) -> dict[str, RunSpec]:
        """Run → what it is."""
        return {run.id: run.spec for run in self.runs}

    @property
    def own(self) -> bool:
        """Whether a user's file made it, which brings its tasks."""
        return bool(self.recipe.get("own"))

    def plain(self) -> dict[str, Any]:
        """The JSON object that `read` was given."""
        return dict(self.body)


def read(body: Mapping[str, Any], name: str = "") -> SavedStudy:
    """The study in a JSON object; `name` is its file's. Raises KeyError or TypeError for anything else."""
    return SavedStudy(
        name=str(body.get("name", name)),
        title=str(body.get("title", "")),
        notes=tuple(body.get("notes", ())),
        runs=tuple(
            SavedRun(id=run["id"], parent=run.get("parent"), values=run.get("spec", {})) for run in body.get("runs", ())
        ),
        evaluations=tuple(map(_evaluation, body.get("evaluations", ()))),
        baselines=tuple(map(_evaluation, body.get("baselines", ()))),
        translations=tuple(body.get("translations", ())),
        tasks=body.get("tasks", {}),
        absent={task: tuple(languages) for task, languages in body.get("absent", {}).items()},
        remarks=tuple(body.get("remarks", ())),
        recipe=body.get("recipe", {}),
        version=str(body.get("version", "")),
        complete=bool(body.get(COMPLETE, False)),
        body=body,
    )


def _evaluation(body: Mapping[str, Any]) -> SavedEvaluation:
    return SavedEvaluation(
        key=body["key"],
        run=body.get("run", ""),
        task=body.get("task", ""),
        split=body.get("split", ""),
        data=body.get("data", ""),
        languages=tuple(body.get("languages", ())),
        limit=int(body.get("limit", 0)),
        weights=body.get("weights", "last"),
        perturbation=body.get("perturbation", ""),
    )
