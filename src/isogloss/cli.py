"""The command line: one function per verb. What a verb needs is imported inside it, so that --help starts at once."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import isogloss
from isogloss.report.terminal import number, print_json, print_pairs, print_table, words

if TYPE_CHECKING:
    from isogloss.grid.job import Plan
    from isogloss.grid.site import Site
    from isogloss.store.store import Store

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0, 2 for an error the user can mend, 130 for Ctrl-C."""
    from isogloss.core.errors import IsoglossError, SpecError

    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    asked, rest = parser.parse_known_args(words)
    try:
        if rest and "recipe" not in asked:
            raise SpecError(f"`isogloss {asked.verb}` takes no {' '.join(rest)}; see `isogloss {asked.verb} --help`.")
        asked.rest = rest
        asked.do(asked)
    except IsoglossError as error:
        if asked.debug:
            raise
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. What is finished is kept; the same command goes on from there.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `isogloss show | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="isogloss",
        description="English intermediate tasks and zero-shot cross-lingual transfer: run it, measure divergence, "
        "say where it breaks.",
        epilog="Start with `isogloss run demo`, then `isogloss report demo`. A RECIPE is a name or the path of a file "
        "of yours; options it takes (see `isogloss plan RECIPE --help`) follow it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"isogloss {isogloss.__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(do: Any, summary: str, *, store: bool = True, data: bool = False) -> argparse.ArgumentParser:
        name = do.__name__.rstrip("_")
        made = verbs.add_parser(name, help=summary, description=do.__doc__, allow_abbrev=False)
        made.set_defaults(do=do)
        made.add_argument("--debug", action="store_true", help="show where an error comes from")
        if store:
            made.add_argument("--store", type=Path, metavar="DIR", help="default: $ISOGLOSS_STORE, else ./store")
        if data:
            made.add_argument(
                "--data", type=Path, metavar="DIR", help="default: $ISOGLOSS_DATA, else ../shared/data, else ./data"
            )
        return made

    one = verb(tasks, "what can be trained and tested", store=False, data=True)
    one.add_argument("name", nargs="?", help="all about one task")
    one.add_argument("--json", action="store_true")

    one = verb(plan, "what a recipe would do, and what it costs", data=True)
    one.add_argument("recipe")
    one.add_argument("--json", action="store_true")

    one = verb(run, "do what a recipe asks and the store lacks", data=True)
    one.add_argument("recipe")
    one.add_argument("--workers", type=int, metavar="N", help="processes at once (default: as many as cores)")
    one.add_argument("--threads", type=int, default=1, metavar="N", help="threads per process; changes last digits")
    one.add_argument("--quiet", action="store_true", help="no progress (also: ISOGLOSS_QUIET=1)")

    one = verb(show, "studies, runs and scores in the store")
    one.add_argument("study", nargs="?")
    one.add_argument("--json", action="store_true")

    one = verb(why, "what a run is, what it depends on, why it is (not) cached")
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("--json", action="store_true")

    one = verb(gc, "free weights that no saved study needs any more")
    one.add_argument("--dry-run", action="store_true", help="only show what would go")
    one.add_argument("--parents", action="store_true", help="also weights that finished runs started from")
    one.add_argument("--abandoned", action="store_true", help="also unfinished runs that no saved study names")
    one.add_argument("--json", action="store_true")

    one = verb(report, "write a study's page")
    one.add_argument("study", nargs="?")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: STUDY.html here")

    one = verb(submit, "write predictions as the XTREME leaderboard wants them", data=True)
    one.add_argument("folder", type=Path, metavar="DIR")
    one.add_argument("--run", action="append", default=[], metavar="RUN", help="whose; once per run (default: all)")
    one.add_argument("--split", default="test", help="default: test")
    one.add_argument("--labels", type=Path, metavar="DIR", help="also write the labels that are known, to here")
    one.add_argument("--json", action="store_true")

    one = verb(score, "score predictions in the leaderboard's layout", store=False)
    one.add_argument("folder", type=Path, metavar="PREDICTIONS")
    one.add_argument("--labels", type=Path, metavar="LABELS", required=True)
    one.add_argument(
        "--lenient", action="store_true", help="count missing answers as wrong, as the official scripts do"
    )
    one.add_argument("--partial", action="store_true", help="also average where scores are missing, and say how many")
    one.add_argument("--json", action="store_true")
    return parser


def tasks(asked: argparse.Namespace) -> None:
    """List the tasks, or tell all about one."""
    from isogloss.core import folder
    from isogloss.report import catalogue

    names = [asked.name] if asked.name else folder.names("tasks")
    found = [folder.load("tasks", name) for name in names]
    data = _data(asked)
    facts = [catalogue.facts(task, data) for task in found]
    if asked.json:
        print_json(facts[0] if asked.name else facts)
    elif asked.name:
        print_pairs([(key, words(value)) for key, value in facts[0].items() if value not in ("", [], {})])
    else:
        rows = [
            (each["name"], each["type"], len(each["languages"]), catalogue.there(each), each["title"]) for each in facts
        ]
        print_table(("task", "type", "languages", "on disk", ""), rows)


def plan(asked: argparse.Namespace) -> None:
    """Print the runs of a recipe, what is cached, the steps, and an estimate of time and disk. Trains nothing."""
    from isogloss.grid import threads

    threads.settle(1)  # as `run` computes, so that what is measured for the estimate is what a job has
    from isogloss.grid import captions
    from isogloss.grid.summary import cost, facts

    site = _site(asked)
    found = _planned(site)
    if asked.json:
        print_json(facts(found))
        return
    rows = [
        (
            job.id[:12] if job.kind == "train" else "",
            "done" if job.cached else job.kind,
            job.title,
            f"{job.steps:,}" if job.steps else "",
            "" if job.cached else captions.duration(job.seconds),
        )
        for job in found.jobs
    ]
    print_table(("run", "to do", "what", "steps", "time"), rows)
    print()
    for line in cost(found, _cores()):
        print(line)


def run(asked: argparse.Namespace) -> None:
    """Run what is missing, parents first. Can be killed at any moment; the same command goes on."""
    workers = _cores() if asked.workers is None else asked.workers
    _settle(asked, workers)
    from isogloss.grid import captions, local, pool
    from isogloss.grid.progress import Progress
    from isogloss.grid.summary import cost

    site = _site(asked)
    quiet = asked.quiet or os.environ.get("ISOGLOSS_QUIET", "") not in ("", "0")
    found = _planned(site)
    site.store.save_study(found.study.name, found.plain())
    jobs = found.missing
    workers = min(workers, len(jobs))
    progress = Progress(jobs, workers=workers, quiet=quiet)
    for line in cost(found, workers):
        progress.say(line)
    try:
        if workers > 1:
            pool.run(jobs, site, progress, workers=workers, threads=asked.threads)
        elif jobs:
            local.run(jobs, site, progress)
    finally:
        progress.close()
    if jobs:
        progress.say(f"Done in {captions.duration(progress.spent)}.")
    if not quiet:
        _print_scores(site.store, found.study.name)
        place = "" if asked.store is None else f" --store {asked.store}"
        print(f"The page with intervals, gains and figures: isogloss report {found.study.name}{place}")


def show(asked: argparse.Namespace) -> None:
    """List the studies of the store, or the runs and scores of one."""
    from isogloss.grid.summary import overview, study_rows

    store = _store(asked)
    if asked.study is None:
        rows = overview(store)
        if asked.json:
            print_json(rows)
        elif not rows:
            print(f"No study in {store.root} yet; `isogloss run demo` makes one.")
        else:
            print_table(
                ("study", "runs done", "evaluations done", ""),
                [(row["name"], f"{row['runs_done']}/{row['runs']}", _done(row), row["title"]) for row in rows],
            )
        return
    found = study_rows(store, asked.study)
    if asked.json:
        print_json(found)
        return
    print_table(
        ("run", "state", "what", "task", "English", "others"),
        [
            (row["run"], row["state"], row["title"], row["task"], number(row["english"]), number(row["others"]))
            for row in found["rows"]
        ],
    )
    print("\nScores in [0, 1] by each task's main metric; 'others' is the mean over its languages without English.")


def why(asked: argparse.Namespace) -> None:
    """Explain one run: its phases, what it depends on, what depends on it, and whether it is cached."""
    from isogloss.grid.why import explain, text

    found = explain(_store(asked), asked.run)
    if asked.json:
        print_json(found)
    else:
        print(text(found))


def gc(asked: argparse.Namespace) -> None:
    """Free what no saved study needs any more. Scores, predictions and records always stay."""
    from isogloss.grid import captions
    from isogloss.store.garbage import garbage, sweep

    store = _store(asked)
    items = garbage(store, parents=asked.parents, abandoned=asked.abandoned)
    total = sum(item.bytes for item in items)
    freed = 0 if asked.dry_run else sweep(store, items)
    if asked.json:
        print_json({"items": [vars(item) for item in items], "bytes": total, "freed": freed, "dry_run": asked.dry_run})
        return
    print_table(
        ("what", "of", "size", "why"), [(item.what, item.name, captions.size(item.bytes), item.why) for item in items]
    )
    if asked.dry_run:
        print(f"{captions.size(total)} would be freed. Nothing was removed.")
    else:
        print(f"{captions.size(freed)} freed.")


def report(asked: argparse.Namespace) -> None:
    """Write the page of a study: one file, readable anywhere."""
    from isogloss.core.errors import SpecError

    store = _store(asked)
    names = store.studies()
    if asked.study is None and len(names) != 1:
        known = f"name one of: {', '.join(names)}" if names else "run one first, such as `isogloss run demo`"
        raise SpecError(f"{store.root} holds {len(names)} studies; {known}.")
    name = asked.study or names[0]
    store.study(name)
    from isogloss.report import page

    path = asked.out or Path(f"{name}.html")
    page.write(store, name, path)
    print(path.resolve())


def submit(asked: argparse.Namespace) -> None:
    """Write the store's predictions as the XTREME leaderboard wants them: <task>/test-<language>.tsv and the like."""
    from isogloss.analysis import leaderboard
    from isogloss.core import folder
    from isogloss.report import standings

    given = {"runs": asked.run, "split": asked.split, "labels": asked.labels, "data": _data(asked)}
    written = leaderboard.submit(
        _store(asked), asked.folder, **given, find_task=lambda name: folder.load("tasks", name)
    )
    if asked.json:
        print_json(written)
        return
    rows = [(task, each["run"], len(each["languages"]), each["examples"]) for task, each in written.items()]
    print_table(("task", "run", "languages", "examples"), rows)
    print(*standings.order(written), asked.folder.resolve(), sep="\n")


def score(asked: argparse.Namespace) -> None:
    """Score a folder of predictions, ours or another system's, against a folder of labels in the same layout."""
    from isogloss.analysis import leaderboard
    from isogloss.report import standings

    found = leaderboard.score(asked.folder, asked.labels, lenient=asked.lenient, partial=asked.partial)
    if asked.json:
        print_json(found)
        return
    rows = [(*row[:3], *map(number, row[3:])) for row in standings.rows(found)]
    print_table(standings.HEADER, rows)
    print("\nScores in [0, 1].", *standings.notes(found), sep="\n")


def _store(asked: argparse.Namespace) -> "Store":
    from isogloss.store.store import Store

    return Store(asked.store or Path(os.environ.get("ISOGLOSS_STORE") or "store"))


def _data(asked: argparse.Namespace) -> Path:
    """The data root. Raises SpecError for one that was named and is not there."""
    from isogloss.core.errors import SpecError

    named = asked.data or (Path(os.environ["ISOGLOSS_DATA"]) if os.environ.get("ISOGLOSS_DATA") else None)
    if named is not None:
        if not named.is_dir():
            raise SpecError(f"the data root {named} is no folder; name one with --data or ISOGLOSS_DATA.")
        return Path(named)
    beside = Path("../shared/data")
    return beside if beside.is_dir() else Path("data")


def _site(asked: argparse.Namespace) -> "Site":
    from isogloss.grid.site import Site, options_of

    recipe = asked.recipe if not asked.recipe.endswith(".py") else str(Path(asked.recipe).resolve())
    return Site(
        recipe=recipe,
        options=options_of(recipe, asked.rest),
        store_root=_store(asked).root.resolve(),
        data=_data(asked).resolve(),
    )


def _planned(site: "Site") -> "Plan":
    from isogloss.grid.plan import plan as make

    return make(site.study, site.store, site.data, site.find)


def _settle(asked: argparse.Namespace, workers: int) -> None:
    """Thread counts must stand before numpy is imported: sums of floats depend on them."""
    from isogloss.core.errors import SpecError

    if workers < 1 or asked.threads < 1:
        raise SpecError(f"--workers {workers} --threads {asked.threads}: both must be 1 or more.")
    from isogloss.grid import threads

    threads.settle(asked.threads)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _done(row: dict[str, Any]) -> str:
    return f"{row['evaluations_done']}/{row['evaluations']}"


def _print_scores(store: "Store", name: str) -> None:
    from isogloss.grid.summary import means

    rows = [
        (
            row["intermediate"],
            row["task"],
            number(row["english"]),
            number(row["others"]),
            row["languages"],
            row["runs"],
        )
        for row in means(store, name)
    ]
    print()
    print_table(("intermediate", "task", "English", "others", "languages", "runs"), rows)
    print("Scores in [0, 1]: means over runs; 'others' leaves English out.\n")
