"""Verbs about running: what a recipe would do, doing it, what is in the store and why."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import literature, places, watch

if TYPE_CHECKING:
    from isogloss.store.store import Store


def plan(arguments: argparse.Namespace) -> int:
    """Print the runs of a recipe, what is cached, the steps, and an estimate of time and disk. Trains nothing.

    Of a search: requests, seconds at each database's rate, and money. Asks nothing.
    """
    if (of_search := literature.plan(arguments)) is not None:
        return of_search
    from isogloss.run import threads

    threads.settle(1)  # as `run` computes, so that what is measured for the estimate is what a job has
    from isogloss.core import quantities
    from isogloss.plan.facts import facts
    from isogloss.report.terminal.study import cost
    from isogloss.run.runners import cores

    site = places.site(arguments)
    planned = places.planned(site, arguments.device_tflops, quiet=places.quiet(arguments))
    if arguments.json:
        print_json(facts(planned))
        return 0
    rows = [
        (
            job.id[:12] if job.kind == "train" else "",
            "done" if job.cached else job.kind,
            job.title,
            f"{job.steps:,}" if job.steps else "",
            "" if job.cached else quantities.duration(job.seconds),
        )
        for job in planned.jobs
    ]
    print_table(("run", "to do", "what", "steps", "time"), rows)
    say()
    for line in cost(planned, cores()):
        say(line)
    return 0


def run(arguments: argparse.Namespace) -> None:
    """Run what is missing, parents first. Can be killed at any moment; the same command goes on."""
    _settle(arguments)
    from isogloss.core import quantities
    from isogloss.core.errors import DataChanged
    from isogloss.core.spec import Published
    from isogloss.models.place import reachable
    from isogloss.plan import census
    from isogloss.plan.saved import claimed, ended
    from isogloss.progress.drawn import drawn
    from isogloss.report.terminal.study import cost
    from isogloss.run import runners
    from isogloss.run.execute import tidy

    site = places.site(arguments)
    quiet = places.quiet(arguments)
    planned = claimed(lambda: places.planned(site, quiet=quiet), site.store)
    jobs = planned.missing
    if arguments.on in ("local", "pool"):  # elsewhere the hub may be reached, or the encoder lie there
        starts = dict.fromkeys(job.run.encoder for job in jobs if job.run is not None)
        for encoder in starts:
            if isinstance(encoder, Published):
                reachable(encoder)
    runner = runners.choose(
        arguments.on, len(jobs), workers=arguments.workers, threads=arguments.threads,
        address=arguments.address, processes=arguments.processes, gpus_each=arguments.gpus, options=arguments.slurm,
        folder=Path("slurm") / planned.study.name,
    )  # fmt: skip
    listeners = watch.listeners(arguments, planned, site.store)
    progress = drawn(jobs, workers=runner.workers, quiet=quiet, listeners=listeners)
    for line in cost(planned, runner.workers):
        progress.say(line)
    with watch.paged(arguments, planned.study.name, site.store.place):
        try:
            runner.run(jobs, site, progress)
        except DataChanged:
            census.forget(site.store)  # else the same plan would be made of it again
            raise
        finally:
            progress.close()
        site.store.sync()
        ended(planned, site.store)
    if freed := tidy(site):  # of what was done before this command
        progress.say(f"{quantities.size(freed)} of weights that are not needed any more were freed.")
    if jobs:
        progress.say(f"Done in {quantities.duration(progress.spent)}.")
    if not quiet:
        _print_translations(site.store, planned.study.name)
        _print_scores(site.store, planned.study.name)
        place = "" if arguments.store is None else f" --store {arguments.store}"
        say(f"The page with intervals, gains and figures: isogloss report {shlex.quote(planned.study.name)}{place}")


def show(arguments: argparse.Namespace) -> None:
    """List the studies of the store, or the runs and scores of one."""
    from isogloss.plan.captions import mixture
    from isogloss.report.parts.words import points
    from isogloss.report.tables.studies import overview, study_rows
    from isogloss.store.run_record import Given

    def shown(value: float | None) -> str:
        return "" if value is None else points(value)

    store = places.store(arguments)
    if arguments.study is None:
        rows = overview(store)
        if arguments.json:
            print_json(rows)
        elif not rows:
            say(f"No study in {store} yet; `isogloss run demo` makes one.")
        else:
            print_table(
                ("study", "runs done", "evaluations done", ""),
                [(row["name"], f"{row['runs_done']}/{row['runs']}", _done(row), row["title"]) for row in rows],
            )
        return
    known = study_rows(store, places.study(arguments.study))
    if arguments.json:
        print_json(known)
        return
    print_table(
        ("run", "state", "what", "task", "weights", "English", "others"),
        [
            (
                row["run"], _state(row), row["title"], row["task"],
                row.get("weights", ""), shown(row["english"]), shown(row["others"]),
            )
            for row in known["rows"]
        ],
        aside=("weights",),
    )  # fmt: skip
    for run, given in {row["run"]: row["mixture"] for row in known["rows"] if "mixture" in row}.items():
        say(f"{run}: {mixture({task: Given(**each) for task, each in given.items()})}")
    say("\nPoints (x 100) by each task's main metric; 'others' is the mean over its languages without English.")
    say("Collapsed: the run, or the intermediate task before it, learned nothing. It is in no mean, unless no run of")
    say("its condition did better.")
    say("Weights: last; best checkpoint on English dev; mean of the last; oracle peeks at each test language.")


def why(arguments: argparse.Namespace) -> None:
    """Explain one run: its phases, what it depends on, what depends on it, and whether it is cached."""
    from isogloss.plan.explained import explain
    from isogloss.report.terminal.why import text

    told = explain(places.store(arguments), arguments.run)
    if arguments.json:
        print_json(told)
    else:
        say(text(told))


def rerun(arguments: argparse.Namespace) -> int:
    """Train a run again in a scratch folder and compare weights, losses, scores. --check: status 1 if they differ."""
    from isogloss.run import threads

    store = places.store(arguments)
    name = store.full(arguments.run)
    threads.settle(store.record(name).threads)  # sums of floats depend on it
    from isogloss.run.rerun import rerun as train_again
    from isogloss.run.rerun import sentence

    among = (store.study(each) for each in store.studies())
    study = next((each for each in among if any(run.id == name for run in each.runs)), None)
    site = places.site_of(arguments, study, arguments.recipe)
    find = places.tasks_of(site, study, f"isogloss rerun {arguments.run} --recipe {{}}")
    for phase in store.spec(name).phases:
        for task in phase.all_tasks:
            find(task)
    comparison = train_again(site, name, lambda *_: None)
    if arguments.json:
        print_json(comparison)
    else:
        say(*sentence(comparison), sep="\n")
    return int(arguments.check and not comparison["same"])


def gc(arguments: argparse.Namespace) -> None:
    """Free what saved studies name and need no more. Scores, predictions and records always stay."""
    from isogloss.core import quantities
    from isogloss.store.garbage import garbage, sweep

    store = places.store(arguments)
    items = garbage(store, parents=arguments.parents, abandoned=arguments.abandoned)
    total = sum(item.bytes for item in items)
    freed = 0 if arguments.dry_run else sweep(store, items)
    if arguments.json:
        print_json(
            {"items": [vars(item) for item in items], "bytes": total, "freed": freed, "dry_run": arguments.dry_run}
        )
        return
    print_table(
        ("what", "of", "size", "why"), [(item.what, item.name, quantities.size(item.bytes), item.why) for item in items]
    )
    if arguments.dry_run:
        say(f"{quantities.size(total)} would be freed. Nothing was removed.")
    else:
        say(f"{quantities.size(freed)} freed.")
    if isinstance(store.place, str):
        say(
            f"Weights at a URL stay, since another machine may be working from them. What lies here is a copy, "
            f"{store.root}: delete that folder while no isogloss runs on this machine."
        )


def _settle(arguments: argparse.Namespace) -> None:
    """Thread counts must stand before numpy is imported: sums of floats depend on them."""
    from isogloss.core.errors import SpecError

    if min(arguments.threads, arguments.processes, 1 if arguments.workers is None else arguments.workers) < 1:
        raise SpecError(
            f"--workers {arguments.workers} --threads {arguments.threads} --processes {arguments.processes}: "
            "each must be 1 or more."
        )
    from isogloss.run import threads

    threads.settle(arguments.threads)


def _state(row: dict[str, Any]) -> str:
    twin = f", as {row['same_as']}" if "same_as" in row else ""
    return f"{row['state']}{twin}" + (", collapsed" if row.get("collapsed") else "")


def _done(row: dict[str, Any]) -> str:
    return f"{row['evaluations_done']}/{row['evaluations']}"


def _print_translations(store: "Store", name: str) -> None:
    from isogloss.report.tables.translations import line, records

    for record in records(store, store.study(name)):
        say(line(record))


def _print_scores(store: "Store", name: str) -> None:
    from isogloss.report.findings import summary

    say("", summary(store, name), "", sep="\n")
