"""Verbs about results: divergence, effects, claims, the page, and the leaderboard's files."""

import argparse
import dataclasses
from pathlib import Path

from isogloss.report.terminal.screen import number, print_json, print_table, say
from isogloss.verbs import places


def measure(arguments: argparse.Namespace) -> None:
    """Measure how far each English intermediate task lies from each target in each language, before it is trained.

    On the pretrained encoders of a study or recipe; kept in the store. What is there is not measured again. Where an
    intermediate phase is finished, also what it did to the alignment of languages, layer by layer.
    """
    from isogloss.run import threads

    threads.settle(1)
    from isogloss.analysis.measured import divergences
    from isogloss.measuring.changes import measure_changes, unmeasured
    from isogloss.measuring.study import StudyMeasure, chosen, measure_all, pretraining
    from isogloss.plan.census import Census
    from isogloss.report.parts.words import count
    from isogloss.report.sections import changes
    from isogloss.report.sections import divergence as said
    from isogloss.store.divergence import CHANGE

    store, data = places.store(arguments), places.data(arguments)
    name = "" if arguments.rest else places.study(arguments.recipe)
    if name in store.studies():
        study = store.study(name)
        site = places.site_of(arguments, study, arguments.recipe if arguments.recipe.endswith(".py") else "")
        find = places.tasks_of(site, study, "isogloss measure {}")
    else:
        site = places.site(arguments)
        study, find = places.planned(site, quiet=places.quiet(arguments)).saved, site.find
    census = Census(store, data)
    bench = StudyMeasure(
        study=study, store=store, data=data, find=find, measures=chosen(arguments.measures),
        layer=arguments.layer, pooling=arguments.pooling, limit=arguments.limit,
        characters=pretraining(find, data, census),
    )  # fmt: skip
    measure_all(bench, quiet=places.quiet(arguments))
    measure_changes(bench, quiet=places.quiet(arguments))
    gone = unmeasured(bench)
    census.keep()
    wanted = {each.name for each in bench.measures}
    rows = [row for row in divergences(store, study) if row.measure in wanted]
    if arguments.json:
        print_json([dataclasses.asdict(row) for row in rows])
        return
    before = [row for row in rows if row.version != CHANGE]
    print_table(said.HEADER, said.rows(before))
    say("", *said.notes(before, bench.undefined), sep="\n")
    if moved := changes.rows(rows):
        say("\nWhat each intermediate phase did to alignment: after it minus before, means over languages.\n")
        print_table(changes.HEADER, moved)
    if gone:
        runs = count(len(gone), "intermediate run")
        say(f"\nWhat {runs} did to alignment was not measured before the weights were freed: {', '.join(gone)}.")


def analyse(arguments: argparse.Namespace) -> None:
    """Say what divergence does to the robustness of transfer: outcomes with intervals, and a verdict per measure.

    Kept in the store for the page, with tables as CSV. English that was not learned beyond the strongest trivial
    baseline is left out by name.
    """
    from isogloss.run import threads

    threads.settle(1)  # sums depend on it, and the processes that share the work have one each
    from isogloss.analysis import ledger
    from isogloss.analysis.conclusions import analyse as analysed
    from isogloss.analysis.dose import doses
    from isogloss.analysis.measured import divergences
    from isogloss.report.sections import dose
    from isogloss.report.tables import analysis
    from isogloss.run.runners import cores

    store = places.store(arguments)
    name = places.study(arguments.study)
    book = ledger.read(store, name)
    with places.watched("working out effects of divergence", places.quiet(arguments)) as step:
        analysis_of = analysed(book, divergences(store, book.study), processes=cores(), report=step)
    moved = doses(book)
    plain = {**analysis_of.plain(), **({"doses": dose.plain(moved)} if moved.responses else {})}
    tables = analysis.tables(analysis_of) | ({"doses.csv": dose.csv_text(moved)} if moved.responses else {})
    folder = store.save_analysis(name, plain, tables) if store.writable else None
    if arguments.json:
        print_json(plain)
        return
    if analysis_of.outcomes.rows:
        print_table(*analysis.outcome_table(analysis_of))
        say("\nPoints (x 100): means over the languages but English; intervals per language are in outcomes.csv.\n")
    else:
        say("No transfer could be read.\n")
    if analysis_of.verdicts:
        print_table(*analysis.verdict_table(analysis_of))
        say("\nEffects in points per standard deviation of divergence, with 95% intervals.\n")
        say(plain["definition"] + "\n")
    if moved.responses:
        print_table(dose.HEADER, dose.rows(moved))
        say(*dose.notes(moved), "", sep="\n")
    kept = folder.resolve() if folder else f"Not kept, since {store} may not be written: no page will show it."
    say(*analysis.summary(analysis_of), kept, sep="\n")


def report(arguments: argparse.Namespace) -> None:
    """Write the page of a study: one file, readable anywhere."""
    from isogloss.core.errors import SpecError

    store = places.store(arguments)
    names = store.studies()
    if arguments.study is None and len(names) != 1:
        known = f"name one of: {', '.join(names)}" if names else "run one first, such as `isogloss run demo`"
        raise SpecError(f"{store} holds {len(names)} studies; {known}.")
    name = places.study(arguments.study) if arguments.study else names[0]
    store.study(name)
    from isogloss.core import folder
    from isogloss.report.page import page

    path = arguments.out or Path(f"{name}.html")
    with places.watched("writing the page", places.quiet(arguments)):
        page.write(store, name, path, [folder.load("claims", each) for each in folder.names("claims")])
    say(path.resolve())


def claims(arguments: argparse.Namespace) -> None:
    """Hold claims against published scores, and against a study of the store: supported, refuted or undecided."""
    from isogloss.analysis import ledger
    from isogloss.core import folder
    from isogloss.evidence import cells, judge
    from isogloss.report.tables import verdicts as said

    held = [folder.given("claims", name) for name in arguments.name or folder.names("claims")]
    table = cells.published(folder.ROOT / "claims" / "published.csv")
    verdicts = [judge.against_published(claim, table) for claim in held]
    if arguments.study is not None:
        study = cells.evidence(ledger.read(places.store(arguments), places.study(arguments.study)))
        measured = [judge.against_study(claim, study) for claim in held]
        verdicts = [verdict for pair in zip(measured, verdicts, strict=True) for verdict in pair]
    if arguments.json:
        print_json([said.plain(verdict) for verdict in verdicts])
        return
    for verdict in verdicts:
        say(f"{verdict.status:<10} {verdict.claim.name}, against {verdict.against}: {verdict.claim.statement}")
        for finding in verdict.findings:
            told = "; ".join(part for part in (said.effect(finding), said.why(finding)) if part)
            say(f"  {finding.status:<10} {finding.says}: {told}")
    say("\nEffects in points with 95% intervals. How a verdict is reached: docs/claims.md.")


def submit(arguments: argparse.Namespace) -> None:
    """Write the store's predictions as the XTREME leaderboard wants them: <task>/test-<language>.tsv and the like."""
    from isogloss.core import folder
    from isogloss.leaderboard import submission
    from isogloss.report.terminal import standings

    given = {
        "runs": arguments.run,
        "split": arguments.split,
        "labels": arguments.labels,
        "data": places.data(arguments),
    }
    written = submission.submit(
        places.store(arguments), arguments.folder, **given, find_task=lambda name: folder.load("tasks", name)
    )
    if arguments.json:
        print_json(written)
        return
    rows = [(task, each["run"], len(each["languages"]), each["examples"]) for task, each in written.items()]
    print_table(("task", "run", "languages", "examples"), rows)
    say(*standings.order(written), arguments.folder.resolve(), sep="\n")


def score(arguments: argparse.Namespace) -> None:
    """Score a folder of predictions, ours or another system's, against a folder of labels in the same layout."""
    from isogloss.leaderboard import submission
    from isogloss.report.terminal import standings

    results = submission.score(arguments.folder, arguments.labels, lenient=arguments.lenient, partial=arguments.partial)
    if arguments.json:
        print_json(results)
        return
    rows = [(*row[:3], *map(number, row[3:])) for row in standings.rows(results)]
    print_table(standings.header(results), rows)
    say("\nScores in [0, 1].", *standings.notes(results), sep="\n")
