"""What a plan will take, in sentences."""

from collections import Counter

from isogloss.core import quantities
from isogloss.core.errors import IsoglossError
from isogloss.core.shown import amount
from isogloss.plan import cost as costs
from isogloss.plan import memory
from isogloss.plan.job import Plan
from isogloss.store.store import Store

WORTH = 1_000_000_000
"""Bytes of disk that are worth a word on how to save them."""


def cost(plan: Plan, workers: int) -> list[str]:
    """What a plan will take, with this many jobs at once."""
    lines = [_counted(plan), *plan.remarks]
    for task, languages in plan.absent.items():
        lines.append(f"No data on this disk for {task} in {' '.join(languages)}: left out, and named on the page.")
    if not plan.missing:
        return [*lines, "Nothing to do."]
    takes = costs.cost(plan, workers)
    lines.append(
        f"About {takes.steps:,} training steps; about {quantities.duration(takes.seconds)} of computing, "
        f"{quantities.duration(takes.clock)} with {workers} at once; "
        f"about {quantities.size(takes.bytes)} of disk{_less(takes)}."
    )
    if plan.basis:
        lines.append(f"That is {takes.seconds / 3600:,.1f} {plan.basis}")
    if takes.unknown:
        lines.append(
            f"Not in these figures: {amount(takes.unknown, 'job')} whose encoder's size is not known before it is "
            "loaded."
        )
    return lines + memory.lines(plan.missing)


def _less(takes: costs.Cost) -> str:
    """What `run --keep needed` would leave on the disk, where that is worth saying."""
    if takes.bytes - takes.needed < WORTH:
        return ""
    return f", or {quantities.size(takes.needed)} with `run --keep needed`"


def precisions(plan: Plan, store: Store, wanted: str) -> tuple[str, ...]:
    """What there is to say where finished runs of published encoders were not all trained in one precision, or not in
    the one that is wanted."""
    seen = costs.precisions(plan, store)
    if len(seen) <= 1 and (not seen or wanted in ("auto", *seen)):
        return ()
    counted = " and ".join(f"{count} in {name}" for name, count in sorted(seen.items()))
    return (
        f"Finished runs of this study were trained in more than one precision, or not in the one asked for: {counted}. "
        "They stay as they are; for one precision throughout, give --precision and a --store of its own.",
    )


def replaced(plan: Plan, store: Store) -> tuple[str, ...]:
    """What there is to say where the store has a study of this name that starts from other encoders alone."""
    name = plan.study.name
    if name not in store.studies():
        return ()
    now = {spec.encoder for spec in plan.study.runs}
    try:
        before = {spec.encoder for spec in store.study(name).specs.values()}
    except IsoglossError:  # of another version: nothing is known of it, and the plan does not need it
        return ()
    if not before or before & now:
        return ()
    return (
        f"The store has a study '{name}' of another encoder, and `run` puts this one in its place. Runs and scores "
        "stay; to have pages of both, give --store a folder of its own.",
    )


def _counted(plan: Plan) -> str:
    nouns = {
        "translate": ("translation", ""), "train": ("run", ""), "evaluate": ("evaluation", ""),
        "baseline": ("set of baselines", "sets of baselines"),
    }  # fmt: skip
    parts = []
    for kind, noun in nouns.items():
        all_ = [job for job in plan.jobs if job.kind == kind]
        if all_:
            cached = sum(job.cached for job in all_)
            parts.append(f"{amount(len(all_), *noun)} ({cached:,} cached)")
    runs = [job for job in plan.jobs if job.kind == "train"]
    starts = Counter(job.run.parent.run_id for job in runs if job.run and job.run.parent)
    shared = sum(starts[job.id] > 1 for job in runs)
    share = "; one run is shared by several that start from it" if shared == 1 else ""
    if shared > 1:
        share = f"; {amount(shared, 'run')} are shared by several that start from them"
    return f"{plan.study.title}: {', '.join(parts)}{share}."
