"""Verbs about data: what can be trained and tested, whether it is sound, whether translations mean the same."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from isogloss.report.terminal import print_json, print_pairs, print_table, words
from isogloss.verbs import places


def tasks(asked: argparse.Namespace) -> None:
    """List the tasks, or tell all about one; --fetch downloads its files first."""
    from isogloss.core import folder
    from isogloss.report import catalogue

    if asked.fetch:
        _fetch(asked)
    names = [asked.name] if asked.name else folder.names("tasks")
    found = [folder.load("tasks", name) for name in names]
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

    Named tasks are checked with what trains them, and with each other as one study's.
    """
    from isogloss.core import folder
    from isogloss.data import doctor as data_check

    named = [folder.load("tasks", name) for name in asked.name or folder.names("tasks")]
    teachers = [folder.load("tasks", name) for task in named for name in task.trained_on] if asked.name else []
    found = data_check.examine(
        list({task.name: task for task in (*named, *teachers)}.values()),
        places.data(asked),
        _tokenizer(asked.encoder) if asked.encoder else None,
        together=len(asked.name) > 1,
        say=None if asked.json or not sys.stderr.isatty() else lambda line: print(line, file=sys.stderr),
    )
    if asked.json:
        print_json(found.plain())
    else:
        print("\n".join(found.lines(notes=asked.notes)))
    return int(found.failed)


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
        found = scored.of_task(find(task), places.data(asked), split, asked.language, asked.limit)
    else:
        raise SpecError(f"{asked.file}: no such file, and no TASK/SPLIT such as xnli/test.")
    encoder = scored.encoder_of(asked.encoder, places.store(asked)) if asked.encoder else None
    names = [name for name in asked.parallel.split(",") if name] or scored.PARALLEL
    parallel = scored.parallel_text(names, find, places.data(asked), asked.language) if encoder else []
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


def _fetch(asked: argparse.Namespace) -> None:
    """Download one task's files."""
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.data.fetch import fetch

    if asked.name is None:
        raise SpecError("--fetch downloads one task: `isogloss tasks NAME --fetch`.")
    data = Path(asked.data or os.environ.get("ISOGLOSS_DATA") or places.data(asked))
    data.mkdir(parents=True, exist_ok=True)
    fetch(folder.load("tasks", asked.name), data, lambda line: print(line, file=sys.stderr))


def _tokenizer(name: str) -> Any:
    """An encoder's tokenizer as the data check takes it."""
    from isogloss.data.checks import Tokenizer
    from isogloss.models.encoder import load_subwords

    subwords = load_subwords(name)
    tokenizer = subwords.tokenizer
    return Tokenizer(tokenize=tokenizer.tokenize, unknown=str(tokenizer.unk_token), length=128)
