"""Train a run, and train it again under a recorded new seed when it collapsed."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.phase import Phase
from isogloss.core.seeds import seed_of
from isogloss.core.spec import RunSpec, canonical
from isogloss.plan.dev import dev_of
from isogloss.plan.site import Site
from isogloss.store.layout import SNAPSHOTS, STATE, Weights, place_of_state
from isogloss.store.write import link, read_json, remove, write_json

PROBED = 1000
"""Examples that show whether a run gives one answer for everything, spread over the file: its head may be one class."""


def train(
    site: Site, spec: RunSpec, *, folder: Path, parent: Path | None, report: Callable[[int, int], None]
) -> dict[str, Any]:
    """Train the last phase, at most `retries` times more while it collapses; returns the record.

    What collapsed is kept in the record: its seed, why, and its losses. The last attempt is the run, collapsed or not.
    Which attempts failed survives a kill, and each has its own state.
    """
    from isogloss.training.phase import train as train_phase
    from isogloss.training.team import team

    phase = spec.phases[-1]
    if not phase.retries:
        return train_phase(
            spec, folder=folder, parent=parent, find=site.find, data=site.data, report=report, precision=site.precision
        )
    if team().size > 1:
        raise SpecError("retries with several processes per run are not done; use --processes 1.")
    failed = Weights(folder).attempts
    place = place_of_state(failed)
    kept = read_json(failed, place) if failed.is_file() else []
    attempts: list[dict[str, Any]] = kept if isinstance(kept, list) else kept["attempts"]  # a list bore no seal
    while True:
        number = len(attempts)
        work = Weights(folder).attempt(number)
        work.mkdir(exist_ok=True)
        for path in work.iterdir() if number else ():  # weights that a kill left bear no hash: only the state goes on
            if not path.name.startswith((STATE, SNAPSHOTS)):
                remove(path)
        tried = dataclasses.replace(
            spec, phases=(*spec.phases[:-1], dataclasses.replace(phase, seed=derived(phase, number)))
        )
        record = train_phase(
            tried, folder=work, parent=parent, find=site.find, data=site.data, report=report, precision=site.precision
        )
        why = record.get("collapsed") or _one_answer(site, tried, work)
        if not why or number == phase.retries:
            break
        attempts.append(
            {"seed": tried.phases[-1].seed, "collapsed": why}
            | {key: record[key] for key in ("losses", "seconds", "tokens", "steps") if key in record}
        )
        write_json(failed, {"attempts": attempts}, place)
    if number:
        _adopt(work, folder)
    if why:
        record["collapsed"] = why
    return {**record, "seed": tried.phases[-1].seed, "attempts": attempts}


def derived(phase: Phase, number: int) -> int:
    """The seed of a phase's attempt: its own first, then others that its spec determines."""
    return seed_of(canonical(phase), f"retry/{number}") % 2**31 if number else phase.seed


def _one_answer(site: Site, spec: RunSpec, folder: Path) -> str:
    """Why a run's answers on English dev (or on its training data, where there is none) say that it collapsed."""
    from isogloss.evaluation.baselines import one_answer
    from isogloss.evaluation.zero_shot import evaluate

    phase = spec.phases[-1]
    for name in phase.tasks:
        task = site.find(name)
        if task.type == "text":
            continue
        dev = dev_of(task, phase, site.find, site.data)
        language = dev[1] if dev else (phase.languages or task.available(site.data, "train"))[0]
        probed, split = (dev[0], "dev") if dev else (task, "train")
        predictions, _ = evaluate(
            spec, folder=folder, task=probed, split=split, languages=(language,), limit=PROBED, data=site.data,
            report=lambda *_: None, evenly=True, precision=site.precision,
        )  # fmt: skip
        if one_answer.languages(predictions):
            return f"one answer for all of {probed.name} {split} ({language})"
    return ""


def _adopt(work: Path, folder: Path) -> None:
    """Make an attempt's weights the run's. By links, so that the attempt stays whole until the run is finished."""
    for path in sorted(work.iterdir()):
        if path.name.startswith(STATE):
            continue
        remove(folder / path.name)
        link(path, folder / path.name)
    if not Weights(work).snapshots.is_dir():
        remove(Weights(folder).snapshots)
