"""The verb that begins a study of a user's own tables."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.core.languages import ENGLISH, known
from isogloss.core.names import listed
from isogloss.core.shown import amount, some
from isogloss.report.terminal.screen import print_pairs, say
from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.setup.checked import Checked
    from isogloss.setup.guess import Guess
    from isogloss.setup.table import Seen

WRITTEN = 60
"""Labels that are written into the task's file; more are read from the training table whenever it is used."""


def new(arguments: argparse.Namespace) -> None:
    """Look at your tables, say what they hold, and write the two files of a study: NAME.py and NAME_study.py.

    What cannot be guessed is asked for, with the option that answers it, and nothing is written. Tests and an English
    dev table that lie beside train-en.tsv as test-de.tsv, dev-en.tsv … are found. No file is ever written over.
    """
    from isogloss.formats.records import LAYOUTS
    from isogloss.formats.table import Table
    from isogloss.setup import texts
    from isogloss.setup.checked import check
    from isogloss.setup.files import tables
    from isogloss.setup.guess import guess
    from isogloss.setup.table import look
    from isogloss.store.write import write_text

    name, folder = arguments.name, Path.cwd()
    outputs = [folder / f"{name}.py", folder / f"{name}_study.py"]
    _check_name(name, outputs)
    given = dict(_pair(each) for each in listed(arguments.columns, "--columns"))
    with places.watched("reading", places.quiet(arguments)):
        seen = look(arguments.train, None if arguments.header is None else arguments.header == "yes")
        guessed = guess(seen, arguments.type, given)
        files = {split: {code: path.resolve() for code, path in of.items()}
                 for split, of in tables(arguments.train, arguments.dev, arguments.test).items()}  # fmt: skip
        header, columns = guessed.named(seen.header)
        layout = "" if LAYOUTS.get(arguments.train.suffix, "parquet") == seen.layout else seen.layout
        held = check(Table(name=name, files=files, kind=guessed.kind, columns=columns, header=header, layout=layout,
                           answers=guessed.answers))  # fmt: skip
    labels = guessed.answers or (held.labels if len(held.labels) <= WRITTEN else ())
    task = texts.task(
        name, folder, files, kind=guessed.kind, columns=columns, header=header, labels=labels, layout=layout
    )
    study = texts.study(name, tuple(dict.fromkeys((ENGLISH, *files["test"]))))
    for path, text in zip(outputs, (task, study), strict=True):
        write_text(path, text)
    _tell(seen, guessed, held)
    say(f"\nWritten: {outputs[0].name} (the task) and {outputs[1].name} (the study). Next:\n")
    study_file = f"./{outputs[1].name}"
    print_pairs([
        ("  isogloss tasks mnli --fetch", "the intermediate task; in the same way ntrex and udhr, for --encoder small"),
        (f"  isogloss doctor {study_file}", "is the data whole, balanced, free of leakage?"),
        (f"  isogloss plan {study_file}", "what it would do, and what it costs"),
        (f"  isogloss run {study_file}", "can be stopped at any moment; the same command goes on"),
        (f"  isogloss report {name}_study", "the page"),
    ])  # fmt: skip


def _tell(seen: "Seen", guessed: "Guess", held: "Checked") -> None:
    """What was guessed, and from which lines."""
    from isogloss.setup.table import NAMES
    from isogloss.setup.told import asks, field, labels

    lines = f"lines {seen.rows[0][0]} to {seen.rows[-1][0]}" if len(seen.rows) > 1 else f"line {seen.rows[0][0]}"
    say(f"{seen.path}: {NAMES[seen.layout]}, {amount(len(seen.rows), 'row')} ({lines})\n")
    pairs = [("type", asks(guessed)), *([("columns", seen.told)] if seen.told else [])]
    pairs += [(name, field(seen, column)) for name, column in guessed.columns.items()]
    if held.counts:
        pairs.append(("labels" if guessed.kind == "classification" else "tags", labels(held.counts)))
    for split, of in held.rows.items():
        pairs.append((split, ", ".join(f"{code} ({rows:,})" for code, rows in of.items())))
    print_pairs([(f"  {name}", told) for name, told in pairs])
    for note in held.notes[:5]:
        say(f"  {note}")
    if ENGLISH not in held.rows["test"]:
        say("  No English test: the page cannot say how far the other languages fall behind it.")
    strange = [code for code in held.rows["test"] if not known(code)]
    if strange:
        say(f"  Not known to isogloss: {some(strange, 6)}. It has no name, family, script or text for such a language.")
    say("\n  Where that is wrong: --type, --columns FIELD=COLUMN,… and --header yes|no say what it is.")


def _check_name(name: str, outputs: Sequence[Path]) -> None:
    from isogloss.core import folder
    from isogloss.core.errors import SpecError
    from isogloss.core.names import refuse

    refuse("task", f"{name}_study")
    if not name.isidentifier() or name.startswith("_"):
        raise SpecError(f"the task name '{name}' is not one of letters, digits and '_' that begins with a letter.")
    if name in folder.names("tasks"):
        raise SpecError(f"isogloss has a task named '{name}'; give yours another name.")
    for path in outputs:
        if path.exists() or path.is_symlink():
            raise SpecError(f"{path.name} is there already, and nothing is written over; name another task.")


def _pair(text: str) -> tuple[str, str]:
    from isogloss.core.errors import SpecError

    field, equals, column = text.partition("=")
    if not (field and equals and column):
        raise SpecError(f"--columns {text}: expected FIELD=COLUMN, such as text=utterance,label=intent.")
    return field, column
