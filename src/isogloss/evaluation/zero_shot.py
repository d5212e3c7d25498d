"""Test a run's head in every language of a task, in one pass: inputs of all languages share batches."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core import cut
from isogloss.core.errors import SpecError
from isogloss.core.examples import Example
from isogloss.core.score import Score
from isogloss.core.spec import RunSpec
from isogloss.core.task import Task, data_hash
from isogloss.evaluation.perturb.robustness import Change, changed
from isogloss.evaluation.scoring import gold_of, score
from isogloss.models import vocabulary
from isogloss.models.device import Ways, device, usual
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch
from isogloss.models.halved import suited, ways_of
from isogloss.models.heads import Answer, Head, restored, saved
from isogloss.models.inference import per_feature
from isogloss.models.open import encoder_of
from isogloss.store.layout import Weights
from isogloss.store.predictions import Predictions

Report = Callable[[int, int], None]


def evaluate(
    spec: RunSpec,
    *,
    folder: Path,
    task: Task,
    split: str,
    languages: Sequence[str],
    limit: int,
    data: Path,
    report: Report,
    change: Change | None = None,
    evenly: bool = False,
    precision: str = "auto",
) -> tuple[Predictions, list[Score]]:
    """Predictions for every example and a score per language and metric.

    `limit` keeps the first examples of each language, or as many `evenly` spread over its file; 0 keeps all.
    `folder` is the finished run's. `change` perturbs the examples; languages in which it changes none are left out.
    `precision` is one of `device.PRECISIONS`; the scores say which it was.
    Raises SpecError when the run has no head for the task, or when nothing changes in any language.
    """
    encoder = encoder_of(spec, folder)
    head = _head(spec, folder, task, encoder)
    tests = {language: task.examples(data, split, language) for language in languages}
    tests = {
        code: cut.spread(examples_of, limit) if evenly else examples_of[: limit or None]
        for code, examples_of in tests.items()
    }
    if change is not None:
        tests = changed(tests, change, f"{task.name} {split}")
    examples = [(language, example) for language, examples_of in tests.items() for example in examples_of]
    ways = ways_of(encoder, device(), precision)
    answers = answers_of(encoder, head, tests, report, ways)
    predictions = Predictions(
        language=[language for language, _ in examples],
        id=[example.id for _, example in examples],
        prediction=[each.value for each in answers],
        gold=[gold_of(example) for _, example in examples],
        confidence=[each.confidence for each in answers],
    )
    hashes = {language: data_hash(examples_of) for language, examples_of in tests.items()}
    scores = score(
        predictions, task, run=spec.run_id, split=split, data_hash=hashes, tokenizer=encoder.subwords.fingerprint,
        precision="" if ways.dtype == "float32" else ways.dtype,
    )  # fmt: skip
    return predictions, scores


def answers_of(
    encoder: Encoder, head: Head, tests: Mapping[str, Sequence[Example]], report: Report, ways: Ways
) -> list[Answer]:
    """What the head says of the examples of each language, in their order: all in one pass, or each language read with
    the parts that the encoder has for it."""
    if not encoder.many_tongued:
        return answer(encoder, head, [example for examples in tests.values() for example in examples], report, ways)
    answers: list[Answer] = []
    for number, (language, examples) in enumerate(tests.items(), 1):
        encoder.speak(language)
        answers += answer(encoder, head, examples, lambda *_: None, ways)
        report(number, len(tests))
    return answers


def answer(
    encoder: Encoder, head: Head, examples: Sequence[Example], report: Report, ways: Ways | None = None
) -> list[Answer]:
    """What the head says of each example. `ways` says how the encoder computes; None = in the device's usual way."""
    encoder.model.eval()
    head.eval()
    features = head.encode(examples, encoder.subwords, labelled=False)
    where = device()
    if where.type != "cpu":  # what no input asks for need not be moved there
        vocabulary.trim(encoder, features)
    encoder.model.to(where)
    head.to(where)
    encoder.compute(ways or suited(encoder, usual(where)))

    def compute(batch: Batch) -> list[Any]:
        with encoder.ways.precision(where):
            return head.decode(encoder.states(batch.ids, batch.mask, batch.segments, head.layer), batch)

    outputs: list[list[Any]] = [[] for _ in examples]
    for feature, output in zip(features, per_feature(encoder, features, compute, report), strict=True):
        outputs[feature.example].append((feature, output))
    vocabulary.restore(encoder)
    encoder.compute(Ways())
    return [head.answer(example, result) for example, result in zip(examples, outputs, strict=True)]


def _head(spec: RunSpec, folder: Path, task: Task, encoder: Encoder) -> Head:
    """The run's head for this task: trained on the task itself, or on the English task that trains it."""
    heads = saved.labels(Weights(folder).head)
    for name in (task.name, *reversed(task.trained_on)):
        if name in heads:
            break
    else:
        wanted = " or ".join((task.name, *task.trained_on))
        raise SpecError(
            f"run {spec.run_id} has heads for {', '.join(heads) or 'nothing'}; testing '{task.name}' needs one "
            f"trained on {wanted}. Give the run a target phase with tasks=('{(task.trained_on or (task.name,))[-1]}',)."
        )
    return restored(Weights(folder).head, name, task.type, encoder, spec.phases[-1])
