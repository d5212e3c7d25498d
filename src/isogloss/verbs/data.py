"""Verbs about data: what can be trained and tested, whether it is sound, whether translations mean the same."""

import argparse
import dataclasses
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.report.terminal.screen import print_json, print_pairs, print_table, say, words
from isogloss.verbs import literature, places

if TYPE_CHECKING:
    from isogloss.core.spec import Study
    from isogloss.core.task import Task
    from isogloss.store.store import Store

NONE = "none"
"""What --encoder takes for baselines alone."""


def tasks(asked: argparse.Namespace) -> None:
    """List the tasks, or tell all about one; --fetch downloads its files first."""
    from isogloss.core import folder
    from isogloss.report.terminal import tasks as known

    if asked.fetch:
        _fetch(asked)
    names = [asked.name] if asked.name else folder.names("tasks")
    found = [folder.given("tasks", name) for name in names]
    data = places.data(asked)
    facts = [known.facts(task, data) for task in found]
    if asked.json:
        print_json(facts[0] if asked.name else facts)
    elif asked.name:
        print_pairs([(key, words(value)) for key, value in facts[0].items() if value not in ("", [], {})])
    else:
        print_table(known.HEADER, [known.row(each) for each in facts], aside=known.ASIDE)


def doctor(asked: argparse.Namespace) -> int:
    """Check task data: counts, labels, repetitions, leakage, script, lengths. Exit status 1 if results would be wrong.

    Named tasks are checked with what trains them, and with each other as one study's. The name of a search: its
    hashes, counts, licences and references.
    """
    if (of_search := literature.doctor(asked)) is not None:
        return of_search
    from isogloss.data import doctor as data_check

    tasks = _examined(asked.name)
    found = data_check.examine(
        tasks,
        places.data(asked),
        _tokenizer(asked) if asked.encoder else None,
        together=len(asked.name) > 1 or any(map(_is_recipe, asked.name)),
        say=None if asked.json or not sys.stderr.isatty() else lambda line: say(line, file=sys.stderr),
    )
    if asked.json:
        print_json(found.plain())
    else:
        say("\n".join(found.lines(notes=asked.notes)))
    return int(found.failed)


def _examined(names: Sequence[str]) -> "list[Task]":
    """The named tasks, those of a recipe's file, and what trains them; all that come with isogloss without a name."""
    from isogloss.core import folder
    from isogloss.plan.site import Site

    found: "dict[str, Task]" = {}
    for name in names or folder.names("tasks"):
        beside = [Path(name).resolve().parent] if name.endswith(".py") else []
        if _is_recipe(name):
            site = Site(recipe=places.recipe(name), store_root=Path(), data=Path())
            every = [_narrowed(site.look_up(each), site.study) for each in sorted(site.mentioned)]
            here = [task for task in every if task.derived is None]  # the data of others is made from theirs
        else:
            here = [folder.given("tasks", name)]
        teachers = [folder.load("tasks", each, beside) for task in here for each in task.trained_on] if names else []
        found |= {task.name: task for task in (*here, *teachers)}
    return list(found.values())


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


def semdiv(asked: argparse.Namespace) -> None:
    """Score how far translations mean what the English says: a file in REFreSD's layout, or a task as TASK/SPLIT.

    Labelled files are judged: AUC and F1 with intervals, by class. For others: what share has drifted in meaning.
    A STUDY of the store: the same for each of its translated tests and its translated training data, kept in the store.
    """
    from isogloss.run import threads

    threads.settle(1)
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.meaning import scoring
    from isogloss.report.terminal import meaning as said

    store = places.store(asked)
    recipe = asked.file.endswith(".py")
    if recipe or (not Path(asked.file).is_file() and asked.file in store.studies()):
        _drift(asked, store, asked.file if recipe else asked.tasks_of)
        return
    language = asked.language or "fr"
    limit = asked.limit or 0

    def find(name: str) -> Any:
        return folder.load("tasks", name)

    task, slash, split = asked.file.rpartition("/")
    if Path(asked.file).is_file():
        found, told = pairs(Path(asked.file))[: limit or None], ""
    elif slash and (task.endswith(".py") or task in folder.names("tasks")):
        found, told = scoring.of_task(folder.given("tasks", task), places.data(asked), split, language, limit)
    else:
        raise SpecError(f"{asked.file}: no such file, no study of the store, and no TASK/SPLIT such as xnli/test.")
    called, encoder = asked.encoder or scoring.usual(), None
    if called not in ("", NONE):
        called, opened = scoring.opened(called, store)
        encoder = opened()
    names = [name for name in asked.parallel.split(",") if name] or scoring.PARALLEL
    parallel = scoring.parallel_text(names, find, places.data(asked), language) if encoder else []
    quiet = asked.json or not sys.stderr.isatty()
    result = scoring.score(
        asked.file, found, encoder=encoder, said=called, parallel=parallel,
        dev=pairs(asked.dev) if asked.dev else (), told=told,
        say=(lambda _: None) if quiet else lambda line: say(line, file=sys.stderr),
    ).plain()  # fmt: skip
    if asked.json:
        print_json(result)
        return
    print_table(*said.table(result))
    say("", *said.notes(result), sep="\n")


def _drift(asked: argparse.Namespace, store: "Store", recipe: str) -> None:
    """Score the translations of a study, whose tasks come from a recipe's file if they are the user's own."""
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.meaning.study import MOST, StudyMeaning, score_all
    from isogloss.report.sections import meaning as said

    data = places.data(asked)
    codes = tuple(code for code in asked.language.split(",") if code)
    if asked.parallel:
        raise SpecError("--parallel goes with a FILE or TASK/SPLIT; for a study all parallel text there is is used.")
    if asked.dev and len(codes) != 1:
        raise SpecError("--dev holds pairs of one language: name it with --language.")
    name = places.study(asked.file)
    study = store.study(name)
    find = places.tasks_of(places.site_of(asked, study, recipe), study, "isogloss semdiv {}")
    bench = StudyMeaning(
        study=study, store=store, data=data, encoder=asked.encoder, languages=codes, find=find,
        limit=MOST if asked.limit is None else asked.limit,
        dev=pairs(asked.dev) if asked.dev else (), dev_language=codes[0] if asked.dev else "",
    )  # fmt: skip
    quiet = places.quiet(asked) or not sys.stderr.isatty()
    score_all(bench, quiet=quiet)
    found = [each for each in store.drifts(name).values() if not codes or each["language"] in codes]
    if asked.json:
        print_json({"found": found, "without": bench.without})
    else:
        print_table(said.HEADER, said.rows(found))
        say("", *said.notes(found), *said.missing(bench.without), sep="\n")
    if bench.unknown:
        raise bench.unknown


def _fetch(asked: argparse.Namespace) -> None:
    """Download one task's files."""
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.data.fetch import fetch

    if asked.name is None:
        raise SpecError("--fetch downloads one task: `isogloss tasks NAME --fetch`.")
    data = Path(asked.data or os.environ.get("ISOGLOSS_DATA") or places.data(asked))
    data.mkdir(parents=True, exist_ok=True)
    fetch(folder.given("tasks", asked.name), data, lambda line: say(line, file=sys.stderr))


def _tokenizer(asked: argparse.Namespace) -> Any:
    """An encoder's tokenizer as the data check takes it."""
    from isogloss.data.checks import Tokenizer
    from isogloss.meaning.scoring import located
    from isogloss.models.open import load_subwords

    subwords = load_subwords(located(asked.encoder, places.store(asked))[1])
    return Tokenizer(tokenize=lambda text: subwords.ids([text])[0].tolist(), unknown=subwords.unknown, length=128)
