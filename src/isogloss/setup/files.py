"""Which files a study is made of: those that were named, and those beside them whose names say what they are."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from isogloss.core.errors import SpecError
from isogloss.core.languages import ENGLISH, by_iso3, table

Tables = dict[str, dict[str, Path]]
"""split → language → file."""


def tables(train: Path, dev: Path | None, tests: Sequence[str]) -> Tables:
    """The tables by split and language. Without `tests` (LANG=FILE), those beside the training file.

    Raises SpecError for a language that is not one, a file that is given twice, and for no test at all.
    """
    found: Tables = {"train": {ENGLISH: train}}
    if dev is not None:
        found["dev"] = {ENGLISH: dev}
    named = dict(_test(each) for each in tests)
    if len(named) < len(tests):
        raise SpecError("--test names a language twice; give one file for each.")
    beside = {} if named else _beside(train)
    if dev is None and "dev" in beside:
        found["dev"] = beside["dev"]
    found["test"] = named or beside.get("test", {})
    if not found["test"]:
        raise SpecError(
            f"no test is beside {train}; name one for each language, as in `--test en=FILE --test de=FILE`."
        )
    seen: dict[Path, str] = {}
    for split, of in found.items():
        for code, path in of.items():
            if path.resolve() in seen:
                raise SpecError(
                    f"{path} is both {seen[path.resolve()]} and {split} in '{code}'; give a file of its own."
                )
            seen[path.resolve()] = f"{split} in '{code}'"
    return found


def _test(text: str) -> tuple[str, Path]:
    code, equals, path = text.partition("=")
    if not (equals and path):
        raise SpecError(f"--test {text}: expected LANG=FILE, such as --test de=test-de.tsv.")
    if code in by_iso3() and code not in table():
        raise SpecError(f"--test {text}: the code of {table()[by_iso3()[code]].name} is here '{by_iso3()[code]}'.")
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Za-z]+)?", code):
        raise SpecError(f"--test {text}: '{code}' is not the code of a language, such as en, de or sw.")
    return code, Path(path)


def _beside(train: Path) -> Mapping[str, dict[str, Path]]:
    """train-en.tsv → the tests, English first, and the English dev that are called so: test-de.tsv, dev-en.tsv."""
    if "train" not in train.name:
        return {}
    spoken = re.compile(rf"(?<![a-z]){ENGLISH}(?![a-z])")
    codes = [ENGLISH, *sorted(set(table()) - {ENGLISH})] if spoken.search(train.name) else [ENGLISH]
    found: dict[str, dict[str, Path]] = {}
    for split, spoke in (("test", codes), ("dev", [ENGLISH])):
        for code in spoke:
            path = train.with_name(spoken.sub(code, train.name, count=1).replace("train", split, 1))
            if path.is_file():
                found.setdefault(split, {})[code] = path
    return found
