"""A model card: what an exported run is, how it scores in each language with intervals, and what it is not for."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from isogloss.analysis import ledger as ledgers
from isogloss.analysis.ledger import Ledger, Row
from isogloss.core.languages import ENGLISH
from isogloss.core.spec import Published, RunSpec
from isogloss.models import packaged
from isogloss.report.parts import names
from isogloss.report.parts.chart import language
from isogloss.report.parts.words import points
from isogloss.stats.intervals import Estimate, replicated
from isogloss.store.store import Store

LIBRARY = "transformers"
NONE: Mapping[str, str] = MappingProxyType({})
OWN = "a small encoder built by isogloss"


def card(store: Store, spec: RunSpec, task: str, opened_by: str, tongues: Mapping[str, str] = NONE) -> str:
    """The card as Markdown with metadata in front; `opened_by` is the class of transformers, or "" for the script.

    `tongues` are the model's names of the languages that it has parts for, the one it reads first, each with what tells
    the model to read it.
    """
    study = next((name for name in store.studies() if spec.run_id in {run.id for run in store.study(name).runs}), "")
    ledger = ledgers.read(store, study) if study else None
    rows = [] if ledger is None else _tested(ledger, spec.run_id)
    title = names.of(ledger)(task) if ledger else task
    parts = [
        _metadata(spec, task, ledger, rows),
        f"# {title}: run {spec.run_id} of isogloss",
        "",
        _training(spec),
        "",
        "## Use",
        "",
        _use(opened_by),
        *_spoken(opened_by, tongues),
        "",
        "## Scores",
        "",
        *_scores(rows),
        "",
        "## Limits",
        "",
        "- Trained on English labels alone, unless the phases above say otherwise. In a language that is not in the "
        "table, nothing is known of it.",
        "- Confidence is not calibrated in this folder; `isogloss predict` calibrates it on the run's own tests.",
        f"- Licence: that of the encoder and of the training data. {_licences(ledger, spec)}",
        "",
    ]
    return "\n".join(parts)


def _metadata(spec: RunSpec, task: str, ledger: Ledger | None, rows: Sequence[tuple[Row, Estimate]]) -> str:
    """YAML of the hub's kind. Every value is JSON, which is YAML too."""
    results = [
        {
            "task": {"type": _kind(ledger, task)},
            "dataset": {"name": f"{row.score.task} ({row.score.language}, {row.score.split})", "type": row.score.task,
                        "config": row.score.language, "split": row.score.split},
            "metrics": [{"type": row.score.metric, "value": round(row.value, 4),
                         "name": f"{row.score.metric}, 95% interval {_bounds(interval)}",
                         "args": {"interval": [round(interval.low, 4), round(interval.high, 4)], "level": 0.95,
                                  "examples": row.score.n}}],
        }
        for row, interval in rows
    ]  # fmt: skip
    name = spec.encoder.name if isinstance(spec.encoder, Published) else ""
    values: dict[str, Any] = {
        "library_name": LIBRARY,
        "tags": ["isogloss", "cross-lingual-transfer", "zero-shot"],
        "language": sorted({row.score.language for row, _ in rows}) or [ENGLISH],
        **({"base_model": name} if name and not packaged.named(name) else {}),  # which no hub has under that name
        "model-index": [{"name": f"isogloss-{spec.run_id}", "results": results}],
    }
    return "\n".join(
        ["---", *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()), "---"]
    )


def _kind(ledger: Ledger | None, task: str) -> str:
    kinds = {"classification": "text-classification", "tagging": "token-classification",
             "span": "question-answering", "choice": "multiple-choice"}  # fmt: skip
    return kinds.get(str(ledger.tasks.get(task, {}).get("type", "")) if ledger else "", "text-classification")


def _training(spec: RunSpec) -> str:
    """The phases in order."""
    start = (spec.encoder.name or spec.encoder.title) if isinstance(spec.encoder, Published) else OWN
    about = packaged.told(spec.encoder.name) if isinstance(spec.encoder, Published) else ()
    steps = [f"{phase.stage}: {' + '.join(phase.tasks)}" for phase in spec.phases]
    return " ".join(
        (
            f"Starts from {start}. Then {', then '.join(steps) or 'nothing'}.",
            *about,
            f"`isogloss why {spec.run_id}` says all of it.",
        )
    )


def _use(opened_by: str) -> str:
    if not opened_by:
        return (
            'No class of transformers reads this head. `python predict.py "a text"` does, with torch and transformers '
            "alone; its first lines say how pairs and choices are given."
        )
    return "\n".join(
        ("```python", f"from transformers import AutoTokenizer, {opened_by}", "",
         f'model = {opened_by}.from_pretrained(".")', 'tokenizer = AutoTokenizer.from_pretrained(".")', "```")
    )  # fmt: skip


def _spoken(opened_by: str, tongues: Mapping[str, str]) -> list[str]:
    """How a model with parts for each language is told which one to read: as in the tests, so that its scores hold."""
    if not tongues:
        return []
    model = "model" if opened_by else "loaded()[1]"
    first, last = next(iter(tongues)), [*tongues][-1]
    return [
        "",
        f"The model has parts of its own for {', '.join(sorted(tongues))}. It reads every text as {first} until "
        f"told otherwise: `{model}.{tongues[last]}`. In the tests below a language was read as "
        f"itself, or as {first} where the model has no parts for it.",
    ]


def _scores(rows: Sequence[tuple[Row, Estimate]]) -> list[str]:
    if not rows:
        return ["The store has no test of this run."]
    lines = ["| test | language | metric | score × 100 | 95% interval | examples |", "|---|---|---|---|---|---|"]
    for row, interval in rows:
        said = language(row.score.language)
        cells = (row.score.task, said, row.score.metric, points(row.value), _bounds(interval), f"{row.score.n:,}")
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", "Intervals allow for the test examples of one run; another seed would score differently."]


def _tested(ledger: Ledger, run: str) -> list[tuple[Row, Estimate]]:
    """Each usual score of a run with its 95% interval, as of a single run on a study's page."""
    usual = [row for row in ledger.rows if row.score.run == run and not row.score.way.aside]
    return [(row, replicated([[row.value]], ledger.error([(1.0, row)]))) for row in usual]


def _bounds(interval: Estimate) -> str:
    return f"{points(interval.low)}–{points(interval.high)}"


def _licences(ledger: Ledger | None, spec: RunSpec) -> str:
    used = [task for phase in spec.phases for task in phase.tasks]
    told = [f"{task}: {ledger.tasks[task]['licence']}" for task in dict.fromkeys(used)
            if ledger and ledger.tasks.get(task, {}).get("licence")]  # fmt: skip
    return "; ".join(told)
