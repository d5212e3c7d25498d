"""The two files of a study of one's own data, as text. What comes from data or the command line goes through repr."""

import os
from collections.abc import Sequence
from pathlib import Path

from isogloss.formats.table import Columns
from isogloss.setup.files import Tables

WIDTH = 120

_TASK = '''"""A task of our own tables: what `isogloss new` saw in them. Change what it got wrong."""

from pathlib import Path

from isogloss import Task

HERE = Path(__file__).parent{below}
TASK = Task.from_table(
    name={name},
    files={{
{files}
    }},
{options})
'''

_STUDY = '''"""Does an English intermediate task before our own help in other languages? Change what you like."""

import isogloss
from isogloss import Phase, Study, cross

LANGUAGES = {languages}
TEXT = ("ntrex", "udhr")


def grid(encoder: str = "small", seeds: int = 3, examples: int = 3000) -> Study:
    fits = isogloss.tuning(encoder)
    nli = Phase(stage="intermediate", tasks=("mnli",), epochs=1, limit=examples, **fits)
    mine = Phase(stage="target", tasks=({name},), epochs=8, **fits)
    runs, tests = [], []
    for seed in range(seeds):
        start = isogloss.encoder(encoder, languages=LANGUAGES, text=TEXT, without=({test},), seed=seed)
        more, asked = cross([start], {{"none": (), "mnli": (nli,)}}, {{{name}: (mine,)}}, [seed])
        runs += more
        tests += asked
    return Study(
        name={study},
        title="Does MultiNLI help?",
        runs=tuple(runs),
        evaluations=tuple(tests),
        baselines=({name},),
    )
'''


def task(
    name: str, folder: Path, files: Tables, *, kind: str, columns: Columns, header: Sequence[str],
    labels: Sequence[str], layout: str,
) -> str:  # fmt: skip
    """The task's file, to be written into `folder`; files below that folder are named from there."""
    common = Path(os.path.commonpath([path.parent for of in files.values() for path in of.values()]))
    inside = common.is_relative_to(folder)
    below = "".join(f" / {literal(part)}" for part in common.relative_to(folder).parts) if inside else ""

    def place(path: Path) -> str:
        return f"HERE / {literal(str(path.relative_to(common)))}" if inside else f"Path({literal(str(path))})"

    splits = []
    for split, of in files.items():
        entries = [f"{literal(code)}: {place(path)}" for code, path in of.items()]
        splits.append(_entry(f"        {literal(split)}: ", "{}", entries))
    options = [
        *([f'    type={literal(kind)},'] if kind != "classification" else []),
        *([f"    layout={literal(layout)},"] if layout else []),
        *([_entry("    columns=", "{}", [f"{literal(field)}: {_value(each)}" for field, each in columns.items()])]
          if columns else []),
        *([_entry("    header=", "()", [literal(each) for each in header])] if header else []),
        *([_entry("    labels=", "()", [literal(each) for each in labels])] if labels else []),
        f"    title={literal(name)},",
    ]  # fmt: skip
    return _TASK.format(below=below, name=literal(name), files="\n".join(splits), options="\n".join(options) + "\n")


def study(name: str, languages: Sequence[str]) -> str:
    """The recipe's file: MultiNLI or nothing before the task, three seeds."""
    return _STUDY.format(name=literal(name), languages=_tuple(languages), study=literal(f"{name}_study"),
                         test=literal(f"{name}/test"))  # fmt: skip


def literal(text: str) -> str:
    """A text as Python writes it, in double quotes where it needs no escape; nothing in it can end the literal."""
    plain = repr(text)
    return f'"{text}"' if plain == f"'{text}'" and '"' not in text and "\\" not in text else plain


def _value(column: str | Sequence[str]) -> str:
    return literal(column) if isinstance(column, str) else _tuple(column)


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(map(literal, texts))}{',' if len(texts) == 1 else ''})"


def _entry(before: str, brackets: str, parts: Sequence[str]) -> str:
    """One line where it fits and holds no second level, else a line for each part."""
    comma = "," if brackets == "()" and len(parts) == 1 else ""
    line = f"{before}{brackets[0]}{', '.join(parts)}{comma}{brackets[1]},"
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(before) - len(before.lstrip()))
    return "\n".join([f"{before}{brackets[0]}", *(f"{indent}    {part}," for part in parts), f"{indent}{brackets[1]},"])
