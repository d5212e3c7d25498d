"""Verbs that put a run to use: label a user's file, and hand the run on as a plain folder."""

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

from isogloss.core.names import listed
from isogloss.core.quantities import size
from isogloss.core.shown import amount
from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import places

COLUMNS = ("id", "prediction", "confidence", "model_confidence")


def predict(arguments: argparse.Namespace) -> None:
    """Label a file with a run: a prediction and a calibrated confidence for each row.

    FILE is TSV, CSV, JSON Lines or Parquet with the task's columns (gold answers are not needed), or text, one example
    a line. Confidence is the share of answers like it that were right in the run's own labelled tests, in languages
    other than English where there are some. --language says which one the file is in; a run whose encoder has parts of
    its own for each language, such as MAD-X's adapters, needs to know.
    """
    import sys

    from isogloss.evaluation import labelling
    from isogloss.run import threads

    header = listed(arguments.columns, "--columns")
    store = places.store(arguments)
    name = store.full(arguments.run)
    threads.settle(store.record(name).threads)
    use = labelling.use_of(store, name, arguments.task)
    examples = labelling.read(arguments.file, use, header)
    with places.watched(f"labelling {amount(len(examples), 'example')}", places.quiet(arguments)):
        answers, said = labelling.label(use, examples, arguments.language, arguments.precision)
    calibrated = labelling.calibration(store, use)
    sure = [answer.confidence for answer in answers]
    told = labelling.applied(calibrated, sure)
    rows = [
        {"id": example.id, "prediction": answer.value, "confidence": likely, "model_confidence": round(own, 4)}
        for example, answer, likely, own in zip(examples, answers, told, sure, strict=True)
    ]
    note = (
        f"Confidence is calibrated on {calibrated.n:,} labelled answers in {', '.join(calibrated.languages)}."
        if calibrated.map
        else f"Confidence is left blank: {calibrated.why}."
    )
    note = " ".join(filter(None, (said, note)))
    if arguments.json:
        print_json({"run": name, "task": use.task, "type": use.type, "note": note, "rows": rows})
    elif arguments.out:
        _write(arguments.out, rows)
        say(note, arguments.out.resolve(), sep="\n")
    else:
        say(_text(rows, "\t").rstrip("\n"))
        say(note, file=sys.stderr)


def export(arguments: argparse.Namespace) -> None:
    """Write a run as a plain transformers folder, encoder and head, with a model card.

    The folder opens with AutoModelForSequenceClassification, …TokenClassification, …QuestionAnswering or
    …MultipleChoice and answers as the run does, which is checked on the spot. Where no class of transformers computes
    the head (mean pooling), the folder holds the encoder and a script that needs only torch and transformers.
    --push uploads it to a hub; without a token, or with --dry-run, it only says what would be uploaded.
    """
    from isogloss.evaluation import export as exporting
    from isogloss.evaluation import labelling
    from isogloss.report.page.card import card

    if arguments.push:
        from isogloss.models import pushed

        pushed.check(arguments.push)
    store = places.store(arguments)
    use = labelling.use_of(store, store.full(arguments.run), arguments.task)
    opened_by = exporting.export(use, arguments.folder, partial(card, store, use.spec, use.task))
    shared = _push(arguments) if arguments.push else {}
    if arguments.json:
        told = {"run": use.spec.run_id, "task": use.task, "folder": str(arguments.folder), "opened_by": opened_by}
        print_json(told | shared)
        return
    how = f"transformers.{opened_by}" if opened_by else "predict.py in it (no class of transformers reads this head)"
    say(f"{arguments.folder.resolve()}: open it with {how}.")
    if shared.get("url"):
        say(f"Uploaded: {shared['url']}")
    elif shared:
        print_table(("would be uploaded", "size"), [(name, size(n)) for name, n in shared["files"].items()])
        say(f"To {shared['repository']} at {shared['endpoint']}. Nothing was uploaded: {shared['why']}")


def _push(arguments: argparse.Namespace) -> dict[str, Any]:
    """Upload the exported folder, or say what would be."""
    from isogloss.models import pushed

    planned = pushed.upload(arguments.folder, arguments.push)
    told = {"repository": planned.repository, "endpoint": planned.endpoint, "files": planned.files}
    if arguments.dry_run:
        return told | {"why": "--dry-run."}
    if pushed.token() is None:
        return told | {"why": pushed.GIVE_A_TOKEN}
    with places.watched(f"uploading {size(planned.bytes)}", places.quiet(arguments)):
        return told | {"url": pushed.push(arguments.folder, planned, private=arguments.private)}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    from isogloss.store.write import write_text

    if path.suffix in (".jsonl", ".json"):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        text = _text(rows, "," if path.suffix == ".csv" else "\t")
    write_text(path, text)


def _text(rows: list[dict[str, Any]], delimiter: str) -> str:
    """Rows for a spreadsheet; tags of a sentence are joined by blanks."""
    from isogloss.report.parts.spreadsheet import as_csv

    def cell(value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    return as_csv(COLUMNS, [[cell(row[name]) for name in COLUMNS] for row in rows], delimiter)
