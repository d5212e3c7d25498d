"""Verbs about data: what can be trained and tested, whether it is sound, whether translations mean the same."""

import argparse
import dataclasses
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.names import listed
from isogloss.report.terminal.screen import print_json, print_pairs, print_table, say, words
from isogloss.verbs import literature, places

if TYPE_CHECKING:
    from isogloss.core.spec import Study
    from isogloss.core.task import Task
    from isogloss.store.store import Store

NONE = "none"
"""What --encoder takes for baselines alone."""


def tasks(arguments: argparse.Namespace) -> None:
    """List the tasks, or tell all about one; --fetch downloads its files first."""
    from isogloss.core import folder
    from isogloss.report.terminal import tasks as known

    if arguments.fetch:
        _fetch(arguments)
    names = [arguments.name] if arguments.name else folder.names("tasks")
    listed = [folder.given("tasks", name) for name in names]
    data = places.data(arguments)
    facts = [known.facts(task, data) for task in listed]
    if arguments.json:
        print_json(facts[0] if arguments.name else facts)
    elif arguments.name:
        print_pairs([(key, words(value)) for key, value in facts[0].items() if value not in ("", [], {})])
    else:
        print_table(known.HEADER, [known.row(each) for each in facts], aside=known.ASIDE)


def doctor(arguments: argparse.Namespace) -> int:
    """Check task data: counts, labels, repetitions, leakage, script, lengths. Exit status 1 if results would be wrong.

    Named tasks are checked with what trains them, and with each other as one study's. The name of a search: its
    hashes, counts, licences and references.
    """
    if (of_search := literature.doctor(arguments)) is not None:
        return of_search
    from isogloss.data import doctor as data_check

    tasks = _examined(arguments.name)
    report = data_check.examine(
        tasks,
        places.data(arguments),
        _tokenizer(arguments) if arguments.encoder else None,
        together=len(arguments.name) > 1 or any(map(_is_recipe, arguments.name)),
        say=None if arguments.json or not sys.stderr.isatty() else lambda line: say(line, file=sys.stderr),
    )
    if arguments.json:
        print_json(report.plain())
    else:
        say("\n".join(report.lines(notes=arguments.notes)))
    return int(report.failed)


def _examined(names: Sequence[str]) -> "list[Task]":
    """The named tasks, those of a recipe's file, and what trains them; all that come with isogloss without a name."""
    from isogloss.core import folder
    from isogloss.plan.site import Site

    named: "dict[str, Task]" = {}
    for name in names or folder.names("tasks"):
        beside = [Path(name).resolve().parent] if name.endswith(".py") else []
        if _is_recipe(name):
            site = Site(recipe=places.recipe(name), store_root=Path(), data=Path())
            every = [_narrowed(site.look_up(each), site.study) for each in sorted(site.mentioned)]
            here = [task for task in every if task.derived is None]  # the data of others is made from theirs
        else:
            here = [folder.given("tasks", name)]
        teachers = [folder.load("tasks", each, beside) for task in here for each in task.trained_on] if names else []
        named |= {task.name: task for task in (*here, *teachers)}
    return list(named.values())


def _narrowed(task: "Task", study: "Study") -> "Task":
    """Pretraining text in the languages that a study reads; any other task as it is."""
    if task.type != "text":
        return task
    runs = (*study.runs, *(each.run for each in study.evaluations))
    phases = [phase for run in runs for phase in run.phases]
    read = [phase.languages for phase in phases if task.name in phase.tasks]
    read += [phase.mlm.languages for phase in phases if phase.mlm and task.name in phase.mlm.tasks]
    named = {code for codes in read for code in codes}
    if not all(read) or not named & {*task.languages}:  # a phase that names no language reads all
        return task
    return dataclasses.replace(task, languages=tuple(code for code in task.languages if code in named))


def _is_recipe(name: str) -> bool:
    """Whether a file of the user's defines a study and no task."""
    path = Path(name)
    text = path.read_text("utf-8", "replace") if name.endswith(".py") and path.is_file() else ""
    return bool(re.search(r"^def grid\(", text, re.MULTILINE)) and not re.search(r"^TASK\b", text, re.MULTILINE)


def semdiv(arguments: argparse.Namespace) -> None:
    """Score how far translations mean what the English says: a file in REFreSD's layout, or a task as TASK/SPLIT.

    Labelled files are judged: AUC and F1 with intervals, by class. For others: what share has drifted in meaning.
    A STUDY of the store: the same for each of its translated tests and its translated training data, kept in the store.
    """
    from isogloss.run import threads

    threads.settle(1)
    from isogloss.core import folder
    from isogloss.core.errors import SpecError, UnknownName
    from isogloss.core.languages import table
    from isogloss.formats.sentence_labels import pairs
    from isogloss.meaning import scoring
    from isogloss.report.terminal import meaning as said

    store = places.store(arguments)
    recipe = arguments.file.endswith(".py")
    if recipe or (not Path(arguments.file).is_file() and arguments.file in store.studies()):
        _drift(arguments, store, arguments.file if recipe else arguments.tasks_of)
        return
    language = _language(arguments.language)
    limit = arguments.limit or 0
    scoring.check_limit(limit)

    def find(name: str) -> Any:
        return folder.load("tasks", name)

    task, slash, split = arguments.file.rpartition("/")
    if Path(arguments.file).is_file():
        every = pairs(Path(arguments.file))
        told, kind = scoring.misplaced(every), scoring.FILE
    elif slash and (task.endswith(".py") or task in folder.names("tasks")):
        known = folder.given("tasks", task)
        every, told = scoring.of_task(known, places.data(arguments), split, language)
        kind = f"{known.name}/{split}/test"
    else:
        raise SpecError(f"{arguments.file}: no such file, no study of the store, and no TASK/SPLIT such as xnli/test.")
    read = scoring.drawn(every, limit, kind)
    part = f"{len(read):,} of {len(every):,} pairs, drawn at random; the same ones every time" * (
        len(read) < len(every)
    )
    called, encoder = arguments.encoder or scoring.usual(), None
    if called not in ("", NONE):
        called, opened = scoring.opened(called, store)
        encoder = opened()
    codes = {*table(), *(encoder.tongues if encoder else ())}
    if kind == scoring.FILE and language not in codes:
        raise UnknownName.of("language", language, codes, "codes as XTREME writes them")
    names = listed(arguments.parallel, "--parallel") or scoring.PARALLEL
    parallel = scoring.parallel_text(names, find, places.data(arguments), language) if encoder else []
    quiet = arguments.json or not sys.stderr.isatty()
    result = scoring.score(
        arguments.file, read, language=language, encoder=encoder, said=called, parallel=parallel,
        dev=pairs(arguments.dev) if arguments.dev else (), told=(told, part),
        say=(lambda _: None) if quiet else lambda line: say(line, file=sys.stderr),
    )  # fmt: skip
    if arguments.json:
        print_json(result.plain())
        return
    for header, rows in (
        said.table(result.plain()),
        said.lowest(*result.lowest(), "line" if kind == scoring.FILE else "pair"),
    ):
        if rows:
            print_table(header, rows)
            say()
    say(*said.notes(result.plain()), sep="\n")


def _language(named: str) -> str:
    """The one language of the translations in a file or a test, French unless it is named."""
    from isogloss.core.errors import SpecError
    from isogloss.core.languages import ENGLISH

    codes = listed(named, "--language") or ("fr",)
    if len(codes) > 1 or codes[0] == ENGLISH:
        raise SpecError(f"--language {named}: name the one language, other than English, that the translations are in.")
    return codes[0]


def _drift(arguments: argparse.Namespace, store: "Store", recipe: str) -> None:
    """Score the translations of a study, whose tasks come from a recipe's file if they are the user's own."""
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.meaning.study import MOST, StudyMeaning, score_all
    from isogloss.report.sections import meaning as said

    data = places.data(arguments)
    codes = listed(arguments.language, "--language")
    if arguments.parallel:
        raise SpecError("--parallel goes with a FILE or TASK/SPLIT; for a study all parallel text there is is used.")
    if arguments.dev and len(codes) != 1:
        raise SpecError("--dev holds pairs of one language: name it with --language.")
    name = places.study(arguments.file)
    study = store.study(name)
    find = places.tasks_of(places.site_of(arguments, study, recipe), study, "isogloss semdiv {}")
    bench = StudyMeaning(
        study=study, store=store, data=data, encoder=arguments.encoder, languages=codes, find=find,
        limit=MOST if arguments.limit is None else arguments.limit,
        dev=pairs(arguments.dev) if arguments.dev else (), dev_language=codes[0] if arguments.dev else "",
    )  # fmt: skip
    quiet = places.quiet(arguments) or not sys.stderr.isatty()
    score_all(bench, quiet=quiet)
    shares = [each for each in store.drifts(name).values() if not codes or each["language"] in codes]
    if arguments.json:
        print_json({"found": shares, "without": bench.without})
    else:
        print_table(said.HEADER, said.rows(shares))
        say("", *said.notes(shares), *said.missing(bench.without), sep="\n")
    if bench.unknown:
        raise bench.unknown


def _fetch(arguments: argparse.Namespace) -> None:
    """Download one task's files."""
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.data.fetch import fetch

    if arguments.name is None:
        raise SpecError("--fetch downloads one task: `isogloss tasks NAME --fetch`.")
    data = Path(arguments.data or os.environ.get("ISOGLOSS_DATA") or places.data(arguments))
    data.mkdir(parents=True, exist_ok=True)
    fetch(folder.given("tasks", arguments.name), data, lambda line: say(line, file=sys.stderr))


def _tokenizer(arguments: argparse.Namespace) -> Any:
    """An encoder's tokenizer as the data check takes it."""
    from isogloss.data.checks import Tokenizer
    from isogloss.meaning.scoring import subwords

    found = subwords(arguments.encoder, places.store(arguments))
    return Tokenizer(tokenize=lambda text: found.ids([text])[0].tolist(), unknown=found.unknown, length=128)
