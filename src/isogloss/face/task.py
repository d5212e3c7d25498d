"""A task from a user's own table, without a reader of one's own: TSV, CSV, JSON Lines, Parquet or a Dataset."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from isogloss.core import task
from isogloss.core.errors import DataMissing, SpecError
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Source
from isogloss.formats.records import LAYOUTS
from isogloss.formats.table import FIELDS, Columns, Files, Table, fields, one_form

METRICS = {"classification": "accuracy", "tagging": "token_accuracy", "span": "exact_match+answer_f1",
           "choice": "accuracy"}  # fmt: skip


class Task(task.Task):
    """A data set and the question it asks; `from_table` makes one from files, `from_dataset` from a Dataset."""

    @classmethod
    def from_table(
        cls,
        name: str,
        files: Files,
        *,
        type: str = "classification",  # noqa: A002
        columns: Columns | None = None,
        header: Sequence[str] = (),
        labels: Sequence[str] = (),
        metrics: Sequence[str] = (),
        trained_on: Sequence[str] = (),
        title: str = "",
        licence: str = "own data",
        layout: str = "",
    ) -> Self:
        """A task whose examples are the rows of tables, one table for each split and language.

        Training data is needed in English alone; a language is tested where it has a "test" table.

        Args:
            name: what the task is called in recipes, tables and the store
            files: split ("train", "dev", "test") → language → a path (.tsv, .csv, .jsonl, .parquet, .conll, .conllu; in
                a task's file best from `Path(__file__).parent`) or rows in memory, such as a `datasets.Dataset`
            type: "classification" (columns text, label and perhaps text_pair), "tagging" (tokens, tags), "span"
                (question, context, answers and perhaps starts) or "choice" (prompt, choices, label)
            columns: field → name of the column that holds it, where the two differ; of choices also a tuple of the
                columns that hold one each
            header: names of the columns of TSV, CSV and CoNLL files that have no header
            labels: the labels, in order; empty = those that the training table holds, sorted. Of choices what the
                label's column writes for the first, the second …; empty = numbers from 0
            metrics: names from `isogloss/metrics/`; empty = the usual one of the type (for tags that begin with B-
                or I- the F1 of spans)
            trained_on: the task that trains it, where it has no training table of its own
            title: one line for tables
            licence: of the data
            layout: "tsv", "csv", "jsonl", "parquet", "conll" or "conllu"; empty = what the files' names say

        Raises:
            SpecError: for a type, split or field that is not known, or no table at all
            DataError: with file and line, for a table without labels to learn from or a column that is missing

        Examples:
            >>> rows = [{"text": "my card was stolen", "label": "card"}, {"text": "where is my money", "label": "pay"}]
            >>> task = Task.from_table("intents", {"train": {"en": rows}, "test": {"en": rows, "de": rows}})
            >>> task.labels, task.languages
            (('card', 'pay'), ('en', 'de'))
            >>> task.examples(Path("."), "test", "de")[0].text
            'my card was stolen'
        """
        _check(name, files, type, columns or {}, layout)
        choice = type == "choice"
        table = Table(
            name=name, files=files, kind=type, columns=dict(columns or {}), header=tuple(header), layout=layout,
            answers=labels if choice else (),
        )  # fmt: skip
        languages = tuple(dict.fromkeys(code for split in ("train", "test", "dev") for code in files.get(split, {})))
        labels = () if choice else tuple(map(one_form, labels)) or table.labels()
        spans = type == "tagging" and any(label[:2] in ("B-", "I-") for label in labels)
        return cls(
            name=name,
            type=type,
            title=title or name,
            languages=languages,
            read=table.read,
            places=table.places,
            splits=tuple(split for split in ("train", "dev", "test") if split in files),
            labels=labels,
            metrics=tuple(metrics) or ("span_f1" if spans else METRICS[type],),
            chance=table.chance(labels),
            trained_on=tuple(trained_on),
            source=Source(folder=table.folder, licence=licence, cite=licence, generated=table.fingerprint()),
        )

    def available(self, data: Path, split: str) -> tuple[str, ...]:
        """The languages that have a table for a split: of files, those that are on disk."""
        table = getattr(self.read, "__self__", None)
        if not isinstance(table, Table):
            return super().available(data, split)
        return tuple(code for code, of in table.files.get(split, {}).items() if not isinstance(of, Path) or of.exists())

    @classmethod
    def from_dataset(cls, name: str, data: Any, language: str = ENGLISH, **options: Any) -> Self:
        """A task in one language from a `datasets.DatasetDict` (split → Dataset) or a folder of Parquet files.

        A folder holds `train*.parquet`, `test*.parquet` …, or a folder for each split. "validation" is "dev".

        Args:
            name: what the task is called
            data: the splits
            language: of all of it; for several give `from_table` each split and language
            options: as for `from_table`

        Raises:
            SpecError, DataError: as `from_table`

        Examples:
            >>> rows = [{"sentence": "it rains", "topic": "weather"}, {"sentence": "they won", "topic": "sports"}]
            >>> columns = {"text": "sentence", "label": "topic"}
            >>> Task.from_dataset("topics", {"train": rows, "validation": rows}, columns=columns).splits
            ('train', 'dev')
        """
        splits = dict(data) if isinstance(data, Mapping) else _splits(Path(data))
        named = {"validation": "dev", "valid": "dev"}
        return cls.from_table(
            name, {named.get(split, split): {language: of} for split, of in splits.items()}, **options
        )


def _splits(folder: Path) -> dict[str, Path]:
    """split → the file or folder that holds it."""
    splits = {}
    for split in ("train", "validation", "valid", "dev", "test"):
        files = sorted(folder.glob(f"{split}*.parquet"))
        if (folder / split).is_dir():
            splits[split] = folder / split
        elif len(files) == 1:
            splits[split] = files[0]
        elif files:
            raise SpecError(f"{folder}: {len(files)} files for '{split}'; put them into a folder named {split}/.")
    if not splits:
        raise DataMissing(f"{folder}: no train*.parquet or test*.parquet, and no folder so named. Nothing was done.")
    return splits


def _check(name: str, files: Files, kind: str, columns: Columns, layout: str) -> None:
    if kind not in FIELDS:
        raise SpecError(f"task '{name}': type {kind!r}; a table can hold {', '.join(FIELDS)}.")
    if layout and layout not in LAYOUTS.values():
        known = ", ".join(dict.fromkeys(LAYOUTS.values()))
        raise SpecError(f"task '{name}': layout {layout!r}; a table is one of {known}.")
    strange = [split for split in files if split not in ("train", "dev", "test")]
    if strange or not any(files.values()):
        seen = f"split {strange[0]!r}" if strange else "no table"
        raise SpecError(f"task '{name}': {seen}; give tables for 'train', 'dev' or 'test', each by language.")
    allowed = fields(kind)
    unknown = [field for field in columns if field not in allowed]
    if unknown:
        raise SpecError(f"task '{name}': field {unknown[0]!r} of columns; a {kind} task has {', '.join(allowed)}.")
