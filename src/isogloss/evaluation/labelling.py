"""Label a user's file with a run: read the file, answer, and say how often such answers were right in tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq
from pathlib import Path
from typing import Any

from isogloss.core import languages
from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import Choice, Classification, Example, Place, Span, Tagging
from isogloss.core.languages import ENGLISH
from isogloss.core.phase import Phase
from isogloss.core.shown import amount, quoted
from isogloss.core.spec import RunSpec
from isogloss.core.task import flaw
from isogloss.core.typing import Float, np
from isogloss.evaluation.zero_shot import answers_of
from isogloss.formats import tsv
from isogloss.formats.lines import read_lines
from isogloss.formats.records import UNREAD, records
from isogloss.formats.table import FIELDS, Row, fields
from isogloss.models.device import device
from isogloss.models.encoder import Encoder
from isogloss.models.halved import ways_of
from isogloss.models.heads import Answer, Head, restored, saved
from isogloss.models.open import encoder_of
from isogloss.models.place import here
from isogloss.setup.words import names_a_column
from isogloss.stats.calibration import fit
from isogloss.store.layout import Weights
from isogloss.store.store import Store

LEAST = 30
"""Labelled answers below which confidence is not calibrated."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """A run's head, ready to be used: what it was trained on, and what it answers."""

    spec: RunSpec
    folder: Path
    task: str
    """The English task that trained the head."""
    type: str
    labels: tuple[str, ...]
    texts: tuple[int, ...] = ()
    """How many texts a classified example has: 1, 2 (pairs) or both; empty where the run does not say."""
    tested: tuple[str, ...] = ()
    """The languages that the run was tested in."""

    @property
    def phase(self) -> Phase:
        """The phase that trained it."""
        return self.spec.phases[-1]


def use_of(store: Store, run: str, task: str = "") -> Use:
    """The head of a run for a task; the only one it has where none is named. Raises SpecError, StoreError."""
    spec, folder = here(store.spec(run), store), store.folder(run)
    trained = {name for phase in spec.phases for name in phase.tasks}
    heads = {name: each for name, each in saved.labels(Weights(folder).head).items() if name in trained}
    if not heads:
        raise SpecError(f"run {run} has no head, so it answers nothing. Give a run whose last phase is a target task.")
    if not task and len(heads) > 1:
        raise SpecError(f"run {run} has heads for {', '.join(heads)}; name one with --task.")
    name = task or next(iter(heads))
    if name not in heads:
        raise UnknownName.of("head", name, heads, f"run {run}")
    tested = tuple(sorted({score.language for score in store.scores(run)}))
    texts = store.record(run).texts.get(name, ())
    kind = _type(store, run, name)
    return Use(spec=spec, folder=folder, task=name, type=kind, labels=heads[name], texts=texts, tested=tested)


def _type(store: Store, run: str, task: str) -> str:
    """The type of a task, as the studies of the run have it written down: no code of a user's own is needed."""
    for name in store.studies():
        study = store.study(name)
        if any(each.id == run for each in study.runs) and task in study.tasks:
            return str(study.tasks[task]["type"])
    raise SpecError(f"no study of {store} tells the type of task '{task}'. Run the study of {run} again.")


def read(path: Path, use: Use, header: Sequence[str] = ()) -> list[Example]:
    """The examples of a user's file; gold answers are not needed.

    A .txt file has one text a line. TSV and CSV files have a header that names the columns; where the first row names
    none of them, columns stand in the order of the task's own fields (text, or text and text_pair, …), and there is
    none that the task does not read. Raises DataError with file and line.
    """
    if path.suffix == ".txt":
        lines = [(number, line) for number, line in enumerate(read_lines(path), 1) if line.strip()]
        examples = [_plain(use, text, Place(path, number), f"{number}") for number, text in lines]
    else:
        names = tuple(header) or (_header(path, use) if path.suffix in (".tsv", ".csv") else ())
        rows = records(path, names)
        examples = [_unlabelled(Row(row, Place(path, line), f"row {line}", {}), use, str(line)) for line, row in rows]
    if not examples:
        raise DataError(f"{path}: no rows, so there is nothing to label.")
    for example in examples:
        _fits(example, use)
    return examples


def _fits(example: Example, use: Use) -> None:
    """Raise DataError, with file and line, for what is not an example of the run's task."""
    if wrong := flaw(example):
        raise example.wrong(f"{wrong}.")
    if not isinstance(example, Classification) or not use.texts:
        return
    if example.text_pair is not None and use.texts == (1,):
        raise example.wrong(f"two texts, text and text_pair, and '{use.task}' labels one. Leave text_pair out.")
    if example.text_pair is None and use.texts == (2,):
        raise example.wrong(f"one text, and '{use.task}' labels pairs. Give a file with the columns text, text_pair.")


def _header(path: Path, use: Use) -> tuple[str, ...]:
    """Names for the columns of a file that names none itself; empty where its first row does."""
    delimiter = "," if path.suffix == ".csv" else "\t"
    first = tsv.header(path, quoted=True if delimiter == "," else None, delimiter=delimiter, strict=False)
    known = fields(use.type)
    if set(first) & set(known):
        return ()
    if not first:
        raise DataError.at(path, 1, f"it is blank; delete it, or name the columns there: {', '.join(known)}.")
    if all(map(names_a_column, first)):
        seen = ", ".join(map(quoted, first))
        raise DataError.at(
            path, 1, f"the first row names columns, {seen}; rename them to {', '.join(known)}. If that row is to be "
            "labelled, too, name the columns with --columns.",
        )  # fmt: skip
    order = {"classification": ("text", "text_pair"), "span": ("question", "context"), "tagging": ("tokens",),
             "choice": ("prompt", "choices")}  # fmt: skip
    names = order[use.type]
    counts = use.texts or (1, 2) if use.type == "classification" else (len(names),)
    names = names[: max(counts)]
    if len(first) not in counts:
        raise DataError.at(
            path, 1, f"{amount(len(first), 'column')} without a header, and '{use.task}' reads {', '.join(names)}. Add "
            f"a first row that names the columns, or name them with --columns: {', '.join(known)}; those called "
            f"{UNREAD} are not read.",
        )  # fmt: skip
    return names[: len(first)]


def _plain(use: Use, text: str, at: Place, name: str) -> Example:
    if use.type == "classification":
        return Classification(id=name, text=text, at=at)
    if use.type == "tagging":
        return Tagging(id=name, tokens=tuple(text.split()), at=at)
    raise DataError(f"{at}: a {use.type} task needs more than one text; give a file with the columns "
                    f"{', '.join(FIELDS[use.type][:-1])}.")  # fmt: skip


def _unlabelled(row: Row, use: Use, name: str) -> Example:
    """The example of a row, its gold answer left out."""
    name = str(row.record["id"]) if row.record.get("id") not in (None, "") else name
    match use.type:
        case "classification":
            return Classification(id=name, text=row.text("text"), text_pair=row.text("text_pair", needed=False) or None,
                                  at=row.at)  # fmt: skip
        case "tagging":
            return Tagging(id=name, tokens=row.many("tokens"), at=row.at)
        case "span":
            return Span(id=name, question=row.text("question"), context=row.text("context"), at=row.at)
        case "choice":
            return Choice(id=name, prompt=row.text("prompt"), choices=row.many("choices"), at=row.at)
    raise SpecError(f"task '{use.task}' is of type {use.type}, which labels nothing.")


def label(
    use: Use, examples: Sequence[Example], language: str = "", precision: str = "auto"
) -> tuple[list[Answer], str]:
    """What the run says of each example, its confidence the model's own; and how the language was read, where the
    encoder has no parts for it but has some for others.

    The examples are read in their language, as in tests. Raises SpecError, UnknownName.
    """
    encoder = encoder_of(use.spec, use.folder)
    _check(use, encoder, language)
    ways = ways_of(encoder, device(), precision)
    answers = answers_of(encoder, head(use, encoder), {language: examples}, lambda *_: None, ways)
    return answers, encoder.stands_in(language)


def _check(use: Use, encoder: Encoder, language: str) -> None:
    """Whether a language is named where it must be, and is one. Raises SpecError, UnknownName."""
    if not language and encoder.many_tongued:
        raise SpecError(
            f"run {use.spec.run_id} reads each language with parts of its own ({', '.join(encoder.tongues)}), so say "
            "with --language CODE which one the file is in."
        )
    known = {*encoder.tongues, *use.tested, *languages.table()}
    if language and language not in known:
        raise UnknownName.of("language", language, known, "codes as XTREME writes them")


def head(use: Use, encoder: Encoder) -> Head:
    """The head with its weights, to answer and not to be trained."""
    return restored(Weights(use.folder).head, use.task, use.type, encoder, use.phase).eval()


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """How confidence becomes a probability, and what that rests on."""

    map: Callable[[Float[np.ndarray, "n"]], Float[np.ndarray, "n"]] | None
    languages: tuple[str, ...] = ()
    n: int = 0
    why: str = ""
    """Why there is none."""


def calibration(store: Store, use: Use) -> Calibrated:
    """From the run's own labelled tests: zero-shot languages where there are some, else English.

    Of the tags of a sentence the share that is right counts.
    """
    confidences: dict[str, list[float]] = {}
    rights: dict[str, list[float]] = {}
    for run, key in store.evaluations(use.spec.run_id):
        scores = store.scores(run, key)
        if not scores or any(score.way.perturbed for score in scores):
            continue
        rows = store.predictions(run, scores[0].task, scores[0].split, key).labelled()
        for language, said, gold, sure in zip(rows.language, rows.prediction, rows.gold, rows.confidence, strict=True):
            if sure is not None:
                confidences.setdefault(language, []).append(sure)
                rights.setdefault(language, []).append(_right(said, gold))
    others = tuple(code for code in confidences if code != ENGLISH) or tuple(confidences)
    known = np.array([each for code in others for each in confidences[code]])
    right = np.array([each for code in others for each in rights[code]])
    if len(known) < LEAST:
        return Calibrated(map=None, why=f"{len(known)} labelled answers in the store; {LEAST} or more are needed")
    return Calibrated(map=fit(known, right), languages=others, n=len(known))


def applied(calibrated: Calibrated, confidences: Sequence[float]) -> list[float | None]:
    """The calibrated confidences; None where there is no calibration."""
    if calibrated.map is None:
        return [None] * len(confidences)
    return [round(each, 4) for each in calibrated.map(np.array(confidences)).tolist()]


def _right(said: Any, gold: Any) -> float:
    """How much of an answer is right: one of several right ones is enough, of tags it is their share."""
    if isinstance(said, list):
        return float(sum(map(eq, said, gold)) / max(1, len(gold)))
    return float(said in (gold or [""]) if isinstance(gold, list) else said == gold)
