"""Verbs about data: what can be trained and tested, whether it is sound, whether translations mean the same."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.report.terminal import print_json, print_pairs, print_table, say, words
from isogloss.verbs import literature, places

if TYPE_CHECKING:
    from isogloss.store.store import Store


def tasks(asked: argparse.Namespace) -> None:
    """List the tasks, or tell all about one; --fetch downloads its files first."""
    from isogloss.core import folder
    from isogloss.report import catalogue

    if asked.fetch:
        _fetch(asked)
    names = [asked.name] if asked.name else folder.names("tasks")
    found = [folder.given("tasks", name) for name in names]
    data = places.data(asked)
    facts = [catalogue.facts(task, data) for task in found]
    if asked.json:
        print_json(facts[0] if asked.name else facts)
    elif asked.name:
        print_pairs([(key, words(value)) for key, value in facts[0].items() if value not in ("", [], {})])
    else:
        print_table(catalogue.HEADER, [catalogue.row(each) for each in facts])


def doctor(asked: argparse.Namespace) -> int:
    """Check task data: counts, labels, repetitions, leakage, script, lengths. Exit status 1 if results would be wrong.

    Named tasks are checked with what trains them, and with each other as one study's. The name of a search: its
    hashes, counts, licences and references.
    """
    if (of_search := literature.doctor(asked)) is not None:
        return of_search
    from isogloss.core import folder
    from isogloss.data import doctor as data_check

    named = [folder.given("tasks", name) for name in asked.name or folder.names("tasks")]
    teachers = [folder.load("tasks", name) for task in named for name in task.trained_on] if asked.name else []
    found = data_check.examine(
        list({task.name: task for task in (*named, *teachers)}.values()),
        places.data(asked),
        _tokenizer(asked.encoder) if asked.encoder else None,
        together=len(asked.name) > 1,
        say=None if asked.json or not sys.stderr.isatty() else lambda line: say(line, file=sys.stderr),
    )
    if asked.json:
        print_json(found.plain())
    else:
        say("\n".join(found.lines(notes=asked.notes)))
    return int(found.failed)


def semdiv(asked: argparse.Namespace) -> None:
    """Score how far translations mean what the English says: a file in REFreSD's layout, or a task as TASK/SPLIT.

    Labelled files are judged: AUC and F1 with intervals, by class. For others: what share has drifted in meaning.
    A STUDY of the store: the same for each of its translated tests and its translated training data, kept in the store.
    """
    from isogloss.grid import threads

    threads.settle(1)
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.grid import semdiv as scored
    from isogloss.report import semdiv as said

    store = places.store(asked)
    if not Path(asked.file).is_file() and asked.file in store.studies():
        _drift(asked, store)
        return
    language = asked.language or "fr"
    limit = asked.limit or 0

    def find(name: str) -> Any:
        return folder.load("tasks", name)

    task, slash, split = asked.file.partition("/")
    if Path(asked.file).is_file():
        found = pairs(Path(asked.file))[: limit or None]
    elif slash and task in folder.names("tasks"):
        found = scored.of_task(find(task), places.data(asked), split, language, limit)
    else:
        raise SpecError(f"{asked.file}: no such file, no study of the store, and no TASK/SPLIT such as xnli/test.")
    encoder = scored.encoder_of(asked.encoder, store) if asked.encoder else None
    names = [name for name in asked.parallel.split(",") if name] or scored.PARALLEL
    parallel = scored.parallel_text(names, find, places.data(asked), language) if encoder else []
    quiet = asked.json or not sys.stderr.isatty()
    result = scored.score(
        asked.file, found, encoder=encoder, said=asked.encoder, parallel=parallel,
        dev=pairs(asked.dev) if asked.dev else (),
        say=(lambda _: None) if quiet else lambda line: say(line, file=sys.stderr),
    ).plain()  # fmt: skip
    if asked.json:
        print_json(result)
        return
    print_table(*said.table(result))
    say("", *said.notes(result), sep="\n")


def _drift(asked: argparse.Namespace, store: "Store") -> None:
    """Score the translations of a study."""
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.formats.sentence_labels import pairs
    from isogloss.grid import drift
    from isogloss.grid.site import Site
    from isogloss.report import drift as said

    data = places.data(asked)
    codes = tuple(code for code in asked.language.split(",") if code)
    if asked.parallel:
        raise SpecError("--parallel goes with a FILE or TASK/SPLIT; for a study all parallel text there is is used.")
    if asked.dev and len(codes) != 1:
        raise SpecError("--dev holds pairs of one language: name it with --language.")
    recipe = str(Path(asked.tasks_of).resolve()) if asked.tasks_of.endswith(".py") else asked.tasks_of
    site = Site(recipe=recipe, store_root=store.place, data=data.resolve()) if recipe else None
    bench = drift.Bench(
        study=store.study(asked.file), store=store, data=data, encoder=asked.encoder, languages=codes,
        find=site.find if site else lambda name: folder.load("tasks", name),
        limit=drift.MOST if asked.limit is None else asked.limit,
        dev=pairs(asked.dev) if asked.dev else (), dev_language=codes[0] if asked.dev else "",
    )  # fmt: skip
    quiet = places.quiet(asked) or not sys.stderr.isatty()
    drift.score_all(bench, quiet=quiet)
    found = [each for each in store.drifts(asked.file).values() if not codes or each["language"] in codes]
    if asked.json:
        print_json({"found": found, "without": bench.without})
        return
    print_table(said.HEADER, said.rows(found))
    say("", *said.notes(found), *said.missing(bench.without), sep="\n")


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


def _tokenizer(name: str) -> Any:
    """An encoder's tokenizer as the data check takes it."""
    from isogloss.data.checks import Tokenizer
    from isogloss.models.encoder import load_subwords

    subwords = load_subwords(name)
    tokenizer = subwords.tokenizer
    return Tokenizer(tokenize=tokenizer.tokenize, unknown=str(tokenizer.unk_token), length=128)
