"""Do one job of a plan, whatever runs the plan: this process, a pool of processes, a cluster.

Every job holds its lock while it works, and looks again whether the work is done once it has it: another process on
the same store may have been quicker. All jobs of a study run with the same number of threads, since sums of floats
depend on it; so the results are the same to the bit wherever they are computed.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core import perturbation
from isogloss.core.doing import measured
from isogloss.core.errors import DataError, SpecError
from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.core.way import standing
from isogloss.plan.job import Job
from isogloss.plan.resolve import teacher
from isogloss.plan.site import Site
from isogloss.plan.twins import learned
from isogloss.run import provenance, retries, twins, weights
from isogloss.store.garbage import spent, sweep
from isogloss.store.predictions import Predictions
from isogloss.store.run_record import NOTHING, SAME_AS
from isogloss.store.store import Store

if TYPE_CHECKING:
    from isogloss.training.team import Alone

Report = Callable[[int, int], None]
"""(steps done, steps in all); (0, 0) says that another process holds the job."""
Work = Callable[[Job, Site, Report], None]


def execute(job: Job, site: Site, report: Report) -> None:
    """Do one job and leave its result in the store. The jobs it needs must be done."""
    if job.kind == "train" and not _team().first:  # the first of the team holds the lock and writes
        _work(job, site, report)
        return
    with site.store.writing():
        _held(job, site, report)
    if site.keep != "all" and job.run:
        tidy(site)


def _held(job: Job, site: Site, report: Report) -> None:
    key = job.id.replace("/", "-")
    with site.store.lock(key, wait=False) as free:
        if free:
            _work(job, site, report)
            return
    report(0, 0)
    with site.store.lock(key):
        _work(job, site, report)


def tidy(site: Site) -> int:
    """Free the weights that a study has done with, as `site.keep` asks; returns the bytes freed. What another process
    works on, or has come to need, stays."""
    if site.keep == "all":
        return 0
    return sweep(site.store, spent(site.store, site.study.name, parents=site.keep == "none"))


def _work(job: Job, site: Site, report: Report) -> None:
    work: dict[str, Work] = {"translate": translate, "train": train, "evaluate": evaluate, "baseline": baseline}
    site.store.look(*_known(job, site.store))
    work[job.kind](job, site, report)


def _known(job: Job, store: Store) -> list[Path]:
    """Where the result lies, and what is known of all that it rests on: other machines may have done either."""
    at, folders = store.at, []
    if job.kind == "translate" or any(need.startswith("translate/") for need in job.needs):
        folders.append(at.sentences)
    if job.kind == "translate":
        folders.append(at.translation(job.key))
    if job.kind == "baseline":
        folders.append(at.baselines(job.key))
    if job.kind == "evaluate":
        folders.append(at.evaluation(_run(job).run_id, job.key))
    if job.twin:
        folders.append(at.run(job.twin))
    run = job.run
    while run is not None:
        folders.append(at.run(run.run_id))
        run = run.parent
    return folders


def translate(job: Job, site: Site, report: Report) -> None:
    """Make one language of a translated task, so that who trains on it only reads."""
    store, derived = site.store, site.find(job.task).derived
    if derived is None or store.translation(job.key) is not None:
        return
    (language,) = job.languages
    record = derived.make(site.data, job.split, language, cache=store.at.sentences, report=report)
    store.save_translation(job.key, {"task": job.task, **record})


def train(job: Job, site: Site, report: Report) -> None:
    """Train the last phase of a run.

    One without phases is a published encoder as it is. It is opened, and so fetched from a hub: one that cannot be used
    is refused before anything is trained.
    """
    store, spec, team = site.store, _run(job), _team()
    if isinstance(spec.encoder, Published) and not spec.phases:
        from isogloss.models.open import published

        published(spec.encoder)
    if team.agree(_trained(job, store)):
        return
    if team.first and store.finished(spec.run_id):  # gc took the checkpoints that are wanted now
        store.free(spec.run_id)
    if team.agree(team.first and twins.adopt(store, job)):
        return
    named = learned(store, spec)
    folder = store.begin(spec) if team.first else store.at.run(spec.run_id)
    record: dict[str, Any] = {"steps": 0}
    begun = time.monotonic()
    first: list[int] = []

    def step(done: int, total: int) -> None:
        if not first:
            first.append(done)
        report(done, total)

    if spec.phases:
        parent = weights.parent_folder(site, spec)
        meter = provenance.Meter()
        record = retries.train(site, named, folder=folder, parent=parent, report=step)
        record = {**provenance.facts(spec), **record, **meter.stop()}
        record |= {SAME_AS: named.run_id} if named != spec else {}
        if spec.parent and team.first:
            before = store.record(spec.parent.run_id).tokenizer
            provenance.same_tokenizer(before, record.get("tokenizer"), spec.parent.run_id)
    if not team.first:
        return
    if team.size > 1:
        record["processes"] = team.size
    spent = time.monotonic() - begun
    # Of this sitting: what a killed one spent is not known, and the estimates need a time that belongs to the steps.
    steps = record["steps"] - first[0] + 1 if first else 1
    store.finish(spec, {"seconds": spent, "seconds_per_step": spent / max(1, steps), **record})


def _trained(job: Job, store: Store) -> bool:
    """Whether nothing is left to train: the weights are there, or gc has freed them since another process did all that
    they were wanted for."""
    run = _run(job).run_id
    if store.finished(run):
        return not job.snapshots or store.snapshots(run)
    return store.freed(run) and bool(job.serves) and all(_served(each, store) for each in job.serves)


def _served(name: str, store: Store) -> bool:
    run, _, key = name.partition("/")
    return store.evaluated(run, key) if key else store.done(run)


def evaluate(job: Job, site: Site, report: Report) -> None:
    """Test a run on one task in every language."""
    store, spec = site.store, _run(job)
    if store.evaluated(spec.run_id, job.key):
        return
    task: Task = site.find(job.task)
    test: Callable[..., tuple[Predictions, list[Score]]]
    if task.type == "retrieval":
        from isogloss.evaluation.retrieval.layers import evaluate as test
    else:
        from isogloss.evaluation.zero_shot import evaluate

        test = partial(evaluate, precision=site.precision)
    from isogloss.evaluation.baselines import one_answer
    from isogloss.evaluation.perturb import robustness

    change: robustness.Change | None = None
    if job.perturbation:
        how = perturbation.parse(job.perturbation)
        change = robustness.changer(how, site.find(how.source) if how.source else None, site.data)
    begun = time.monotonic()

    def at(folder: Path | None) -> tuple[Predictions, list[Score]]:
        return test(
            spec,
            folder=folder,
            task=task,
            split=job.split,
            languages=job.languages,
            limit=job.limit,
            data=site.data,
            report=report,
            change=change,
        )

    about: dict[str, Any] = {}
    if job.weights == "last":
        predictions, scores = at(store.folder(spec.run_id) if spec.phases else None)
    else:
        predictions, scores, about = weights.test(site, job, spec, task, at)
    if task.type != "retrieval" and (same := one_answer.languages(predictions)):
        about["one_answer"] = same
    if job.perturbation:
        scores = [each.tested(perturbed=job.perturbation) for each in scores]
        about["perturbation"] = job.perturbation
        about["unchanged"] = sorted({*job.languages} - {score.language for score in scores})
    trained = store.record(spec.run_id) if spec.phases else NOTHING
    if trained.same_as:
        about[SAME_AS] = trained.same_as
    if scores and spec.phases:
        provenance.same_tokenizer(trained.tokenizer, scores[0].tokenizer, spec.run_id)
    if not (job.perturbation or job.weights != "last"):
        _say(scores, trained.steps)
    spent = time.monotonic() - begun
    store.save_evaluation(
        spec.run_id, job.key, predictions, scores, task=job.task, split=job.split, seconds=spent, about=about
    )


def _say(scores: list[Score], steps: int) -> None:
    """Tell whoever listens the scores, of several ways of testing those of the one that stands for all."""
    way = standing(score.way for score in scores) if scores else None
    measured(steps, **{f"{each.task}/{each.language}/{each.metric}": each.value for each in scores if each.way == way})


def baseline(job: Job, site: Site, report: Report) -> None:
    """Score a task's trivial baselines. They learn from the English task that trains it, where that is there."""
    store = site.store
    if store.scored(job.key):
        return
    from isogloss.evaluation.baselines.trivial import baselines

    begun = time.monotonic()
    task = site.find(job.task)
    results = baselines(
        task,
        teacher(task, site.find, site.data),
        split=job.split,
        languages=job.languages,
        limit=job.limit,
        data=site.data,
    )
    if not results:
        raise DataError(f"{task.name}: no trivial baseline could be made of its English training data.")
    report(1, 1)
    spent = (time.monotonic() - begun) / max(1, len(results))
    for name, (predictions, scores) in results.items():
        store.save_evaluation(name, job.key, predictions, scores, task=job.task, split=job.split, seconds=spent)
    store.save_baselines(job.key, list(results))


def _team() -> "Alone":
    from isogloss.training.team import team

    return team()


def _run(job: Job) -> RunSpec:
    if job.run is None:
        raise SpecError(f"job {job.id} names no run.")
    return job.run
