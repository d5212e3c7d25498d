"""What the command line does: one function per verb.

What a verb needs is imported inside it, so that --help starts at once.
"""

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.report.terminal import number, print_json, print_pairs, print_table, words

if TYPE_CHECKING:
    from isogloss.grid.job import Plan
    from isogloss.grid.site import Site
    from isogloss.store.store import Store


def tasks(asked: argparse.Namespace) -> None:
    """List the tasks, or tell all about one; --fetch downloads its files first."""
    from isogloss.core import folder
    from isogloss.report import catalogue

    if asked.fetch:
        _fetch(asked)
    names = [asked.name] if asked.name else folder.names("tasks")
    found = [folder.load("tasks", name) for name in names]
    data = _data(asked)
    facts = [catalogue.facts(task, data) for task in found]
    if asked.json:
        print_json(facts[0] if asked.name else facts)
    elif asked.name:
        print_pairs([(key, words(value)) for key, value in facts[0].items() if value not in ("", [], {})])
    else:
        print_table(catalogue.HEADER, [catalogue.row(each) for each in facts])


def doctor(asked: argparse.Namespace) -> int:
    """Check task data: counts, labels, repetitions, leakage, script, lengths. Exit status 1 if results would be wrong.

    Named tasks are checked with what trains them, and with each other as one study's.
    """
    from isogloss.core import folder
    from isogloss.data import doctor as data_check

    named = [folder.load("tasks", name) for name in asked.name or folder.names("tasks")]
    teachers = [folder.load("tasks", name) for task in named for name in task.trained_on] if asked.name else []
    found = data_check.examine(
        list({task.name: task for task in (*named, *teachers)}.values()),
        _data(asked),
        _tokenizer(asked.encoder) if asked.encoder else None,
        together=len(asked.name) > 1,
        say=None if asked.json or not sys.stderr.isatty() else lambda line: print(line, file=sys.stderr),
    )
    if asked.json:
        print_json(found.plain())
    else:
        print("\n".join(found.lines(notes=asked.notes)))
    return int(found.failed)


def plan(asked: argparse.Namespace) -> None:
    """Print the runs of a recipe, what is cached, the steps, and an estimate of time and disk. Trains nothing."""
    from isogloss.grid import threads

    threads.settle(1)  # as `run` computes, so that what is measured for the estimate is what a job has
    from isogloss.grid import captions
    from isogloss.grid.runners import cores
    from isogloss.grid.summary import cost, facts

    site = _site(asked)
    found = _planned(site, asked.device_tflops)
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
    for line in cost(found, cores()):
        print(line)


def run(asked: argparse.Namespace) -> None:
    """Run what is missing, parents first. Can be killed at any moment; the same command goes on."""
    _settle(asked)
    from isogloss.grid import captions, runners
    from isogloss.grid.progress import Progress
    from isogloss.grid.summary import cost

    site = _site(asked)
    quiet = asked.quiet or os.environ.get("ISOGLOSS_QUIET", "") not in ("", "0")
    found = _planned(site)
    site.store.save_study(found.study.name, found.plain())
    jobs = found.missing
    runner = runners.choose(
        asked.on, len(jobs), workers=asked.workers, threads=asked.threads,
        address=asked.address, processes=asked.processes,
    )  # fmt: skip
    progress = Progress(jobs, workers=runner.workers, quiet=quiet)
    for line in cost(found, runner.workers):
        progress.say(line)
    try:
        runner.run(jobs, site, progress)
    finally:
        progress.close()
    if jobs:
        progress.say(f"Done in {captions.duration(progress.spent)}.")
    if not quiet:
        _print_translations(site.store, found.study.name)
        _print_scores(site.store, found.study.name)
        place = "" if asked.store is None else f" --store {asked.store}"
        print(f"The page with intervals, gains and figures: isogloss report {found.study.name}{place}")


def show(asked: argparse.Namespace) -> None:
    """List the studies of the store, or the runs and scores of one."""
    from isogloss.grid.captions import mixture
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
        ("run", "state", "what", "task", "weights", "English", "others"),
        [
            (
                row["run"], row["state"] + (", collapsed" if row.get("collapsed") else ""), row["title"], row["task"],
                row.get("weights", ""), number(row["english"]), number(row["others"]),
            )
            for row in found["rows"]
        ],
    )  # fmt: skip
    for run, given in {row["run"]: row["mixture"] for row in found["rows"] if "mixture" in row}.items():
        print(f"{run}: {' '.join(mixture({'mixture': given}))}")
    print("\nScores in [0, 1] by each task's main metric; 'others' is the mean over its languages without English.")
    print("Weights: last; best checkpoint on English dev; mean of the last; oracle peeks at each test language.")


def why(asked: argparse.Namespace) -> None:
    """Explain one run: its phases, what it depends on, what depends on it, and whether it is cached."""
    from isogloss.grid.why import explain, text

    found = explain(_store(asked), asked.run)
    if asked.json:
        print_json(found)
    else:
        print(text(found))


def rerun(asked: argparse.Namespace) -> int:
    """Train a run again in a scratch folder and compare weights, losses and scores. --check: status 1 if they differ."""
    from isogloss.grid import threads
    from isogloss.grid.why import full

    store = _store(asked)
    name = full(store, asked.run)
    threads.settle(int(store.record(name).get("threads", 1)))  # sums of floats depend on it
    from isogloss.grid.rerun import rerun as train_again
    from isogloss.grid.rerun import sentence
    from isogloss.grid.site import Site

    recipe = str(Path(asked.recipe).resolve()) if asked.recipe.endswith(".py") else asked.recipe
    site = Site(recipe=recipe, store_root=store.root.resolve(), data=_data(asked).resolve())
    found = train_again(site, name, lambda *_: None)
    if asked.json:
        print_json(found)
    else:
        print(*sentence(found), sep="\n")
    return int(asked.check and not found["same"])


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


def measure(asked: argparse.Namespace) -> None:
    """Measure how far each English intermediate task lies from each target in each language, before it is trained.

    On the pretrained encoders of a study or recipe; kept in the store. What is there is not measured again.
    """
    from isogloss.grid import threads

    threads.settle(1)
    from isogloss.core import folder
    from isogloss.grid import divergence
    from isogloss.grid.census import Census
    from isogloss.report import divergence as said

    store, data = _store(asked), _data(asked)
    if asked.recipe in store.studies() and not asked.rest:
        study, find = store.study(asked.recipe), lambda name: folder.load("tasks", name)
    else:
        site = _site(asked)
        study, find = _planned(site).plain(), site.find
    census = Census(store, data)
    bench = divergence.Bench(
        study=study, store=store, data=data, find=find, measures=divergence.chosen(asked.measures),
        layer=asked.layer, pooling=asked.pooling, limit=asked.limit,
        characters=divergence.pretraining(find, data, census),
    )  # fmt: skip
    divergence.measure_all(bench, quiet=asked.quiet or os.environ.get("ISOGLOSS_QUIET", "") not in ("", "0"))
    census.keep()
    rows = [row for row in store.divergences(study["name"]) if row.measure in {each.name for each in bench.measures}]
    if asked.json:
        print_json([dataclasses.asdict(row) for row in rows])
        return
    print_table(said.HEADER, said.rows(rows))
    print("", *said.notes(rows, bench.undefined), sep="\n")


def analyse(asked: argparse.Namespace) -> None:
    """Say what divergence does to the robustness of transfer: outcomes with intervals, and a verdict per measure.

    Kept in the store for the page, with tables as CSV. English that was not learned beyond the strongest trivial
    baseline is left out by name.
    """
    from isogloss.analysis import ledger
    from isogloss.analysis.conclusions import analyse as analysed
    from isogloss.analysis.dose import doses
    from isogloss.report import analysis, dose

    store = _store(asked)
    book = ledger.read(store, asked.study)
    say = None if asked.json or not sys.stderr.isatty() else lambda line: print(line, file=sys.stderr)
    found = analysed(book, store.divergences(asked.study), say)
    moved = doses(book)
    plain = {**found.plain(), **({"doses": dose.plain(moved)} if moved.found else {})}
    folder = store.save_analysis(asked.study, plain)
    analysis.write_csv(found, folder)
    if moved.found:
        dose.write_csv(moved, folder / "doses.csv")
    if asked.json:
        print_json(plain)
        return
    print_table(*analysis.outcome_table(found))
    print("\nPoints (x 100): means over the languages but English; intervals per language are in outcomes.csv.\n")
    if found.verdicts:
        print_table(*analysis.verdict_table(found))
        print("\nEffects in points per standard deviation of divergence, with 95% intervals.\n")
        print(plain["definition"] + "\n")
    if moved.found:
        print_table(dose.HEADER, dose.rows(moved))
        print(*dose.notes(moved), "", sep="\n")
    print(*analysis.summary(found), folder.resolve(), sep="\n")


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
    from isogloss.core import folder
    from isogloss.report import page

    path = asked.out or Path(f"{name}.html")
    page.write(store, name, path, [folder.load("claims", each) for each in folder.names("claims")])
    print(path.resolve())


def semdiv(asked: argparse.Namespace) -> None:
    """Score how far translations mean what the English says: a file in REFreSD's layout, or a task as TASK/SPLIT.

    Labelled files are judged: AUC and F1 with intervals, by class. For others: what share has drifted in meaning.
    """
    from isogloss.grid import threads

    threads.settle(1)
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.grid import semdiv as scored
    from isogloss.report import semdiv as said

    def find(name: str) -> Any:
        return folder.load("tasks", name)

    task, slash, split = asked.file.partition("/")
    if Path(asked.file).is_file():
        found = pairs(Path(asked.file))[: asked.limit or None]
    elif slash and task in folder.names("tasks"):
        found = scored.of_task(find(task), _data(asked), split, asked.language, asked.limit)
    else:
        raise SpecError(f"{asked.file}: no such file, and no TASK/SPLIT such as xnli/test.")
    encoder = scored.encoder_of(asked.encoder, _store(asked)) if asked.encoder else None
    names = [name for name in asked.parallel.split(",") if name] or scored.PARALLEL
    parallel = scored.parallel_text(names, find, _data(asked), asked.language) if encoder else []
    quiet = asked.json or not sys.stderr.isatty()
    result = scored.score(
        asked.file, found, encoder=encoder, said=asked.encoder, parallel=parallel,
        dev=pairs(asked.dev) if asked.dev else (),
        say=(lambda _: None) if quiet else lambda line: print(line, file=sys.stderr),
    ).plain()  # fmt: skip
    if asked.json:
        print_json(result)
        return
    print_table(*said.table(result))
    print("", *said.notes(result), sep="\n")


def claims(asked: argparse.Namespace) -> None:
    """Hold claims against published scores, and against a study of the store: supported, refuted or undecided."""
    from isogloss.analysis import evidence, ledger, verdicts
    from isogloss.core import folder
    from isogloss.report import verdicts as said

    held = [folder.load("claims", name) for name in asked.name or folder.names("claims")]
    table = evidence.published(folder.ROOT / "claims" / "published.csv")
    found = [verdicts.against_published(claim, table) for claim in held]
    if asked.study is not None:
        study = evidence.evidence(ledger.read(_store(asked), asked.study))
        measured = [verdicts.against_study(claim, study) for claim in held]
        found = [verdict for pair in zip(measured, found, strict=True) for verdict in pair]
    if asked.json:
        print_json([said.plain(verdict) for verdict in found])
        return
    for verdict in found:
        print(f"{verdict.status:<10} {verdict.claim.name}, against {verdict.against}: {verdict.claim.statement}")
        for finding in verdict.findings:
            told = "; ".join(part for part in (said.effect(finding), said.why(finding)) if part)
            print(f"  {finding.status:<10} {finding.says}: {told}")
    print("\nEffects in points with 95% intervals. How a verdict is reached: docs/claims.md.")


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


def _fetch(asked: argparse.Namespace) -> None:
    """Download one task's files."""
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.data.fetch import fetch

    if asked.name is None:
        raise SpecError("--fetch downloads one task: `isogloss tasks NAME --fetch`.")
    data = Path(asked.data or os.environ.get("ISOGLOSS_DATA") or _data(asked))
    data.mkdir(parents=True, exist_ok=True)
    fetch(folder.load("tasks", asked.name), data, lambda line: print(line, file=sys.stderr))


def _tokenizer(name: str) -> Any:
    """An encoder's tokenizer as the data check takes it."""
    from isogloss.data.checks import Tokenizer
    from isogloss.models.encoder import load_subwords

    subwords = load_subwords(name)
    tokenizer = subwords.tokenizer
    return Tokenizer(tokenize=tokenizer.tokenize, unknown=str(tokenizer.unk_token), length=128)


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


def _planned(site: "Site", tflops: float = 0.0) -> "Plan":
    from isogloss.grid.plan import plan as make

    return make(site.study, site.store, site.data, site.find, tflops)


def _settle(asked: argparse.Namespace) -> None:
    """Thread counts must stand before numpy is imported: sums of floats depend on them."""
    from isogloss.core.errors import SpecError

    if min(asked.threads, asked.processes, 1 if asked.workers is None else asked.workers) < 1:
        raise SpecError(
            f"--workers {asked.workers} --threads {asked.threads} --processes {asked.processes}: "
            "each must be 1 or more."
        )
    from isogloss.grid import threads

    threads.settle(asked.threads)


def _done(row: dict[str, Any]) -> str:
    return f"{row['evaluations_done']}/{row['evaluations']}"


def _print_translations(store: "Store", name: str) -> None:
    from isogloss.report.translations import line, records

    for record in records(store, store.study(name)):
        print(line(record))


def _print_scores(store: "Store", name: str) -> None:
    from isogloss.grid.summary import means

    rows = [
        (
            row["intermediate"],
            row["task"],
            number(row["english"]),
            number(row["others"]),
            row["languages"],
            f"{row['runs']}" + (f" ({row['collapsed']} collapsed)" if row["collapsed"] else ""),
            row["weights"],
        )
        for row in means(store, name)
    ]
    print()
    print_table(("intermediate", "task", "English", "others", "languages", "runs", "weights"), rows)
    print("Scores in [0, 1]: means over runs; collapsed ones only where all are; 'others' leaves English out.\n")
