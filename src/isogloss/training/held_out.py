"""Take test sentences out of training text: a model must not be tested on text it was trained on.

Compared in their normal form (core/texts) and without white space, since taggers' files give words and other text
sentences. A paragraph is also compared sentence by sentence. A line of a parallel text that is a test sentence in one
language goes in all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from isogloss.core.errors import DataError, SpecError
from isogloss.core.examples import Example, Span, Text
from isogloss.core.task import Task
from isogloss.core.texts import key, texts
from isogloss.core.texts import sentences as cut

ByLanguage = dict[str, list[Example]]
"""language → examples."""


def sentences(without: Sequence[str], find: Callable[[str], Task], data: Path) -> set[str]:
    """Every text of some tests, such as ("xnli/test", "udpos/dev"), in all languages that are there.

    Raises SpecError for a name without a split and DataError for a test of which nothing is there: text that was
    compared with nothing would pass for clean.
    """
    tests: set[str] = set()
    for name in without:
        task_name, slash, split = name.partition("/")
        if not slash:
            raise SpecError(f"without={name!r}: expected task/split, such as '{name}/test'.")
        task = find(task_name)
        languages = task.available(data, split)
        if not languages:
            raise DataError(f"without={name!r}: no such data is there, so text cannot be compared with it.")
        for language in languages:
            for example in task.examples(data, split, language):
                tests.update(key(text) for text in _texts(example))
    return tests - {""}


def drop(training: dict[str, ByLanguage], tests: set[str]) -> tuple[dict[str, ByLanguage], dict[str, int]]:
    """Training text without what is in `tests`, and how many texts of each task went."""
    kept: dict[str, ByLanguage] = {}
    dropped = {}
    for name, by_language in training.items():
        hits = {id(example) for examples in by_language.values() for example in examples if _is_test(example, tests)}
        rows = {_row(example) for examples in by_language.values() for example in examples if id(example) in hits}
        kept[name] = {
            language: [
                each for each in examples if id(each) not in hits and (_row(each) is None or _row(each) not in rows)
            ]
            for language, examples in by_language.items()
        }
        dropped[name] = sum(map(len, by_language.values())) - sum(map(len, kept[name].values()))
    return kept, dropped


def _texts(example: Example) -> Iterator[str]:
    """Every text of an example; a context also sentence by sentence."""
    yield from texts(example)
    if isinstance(example, Span):
        yield from cut(example.context)


def _is_test(example: Example, tests: set[str]) -> bool:
    return any(key(text) in tests for text in _texts(example))


def _row(example: Example) -> str | None:
    return example.row if isinstance(example, Text) else None
