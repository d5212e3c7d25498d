"""Find sentences by their hidden states: no head, nothing trained.

Every published figure of this kind depends on a layer and a pooling that the papers state differently, so all are
scored, raw and with each language's mean vector subtracted ("centred", which needs no labels). Each score's way says
which. Predictions are kept of the way that stands for all (core/way.py).
How candidates are searched follows from the metric: pairs (Tatoeba), mining (BUCC), one pool (LAReQA, Mewsli-X).
Mined pairs are scored at the threshold that is best for them and, where the task is tuned on another split, at the
best one there (`bucc_f1`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.core import cut
from isogloss.core.errors import DataError, UnknownName
from isogloss.core.examples import Passage
from isogloss.core.metric import find
from isogloss.core.score import Score
from isogloss.core.spec import RunSpec
from isogloss.core.task import Task, data_hash
from isogloss.core.version import VERSION
from isogloss.evaluation.perturb.robustness import Change
from isogloss.evaluation.retrieval import mining, pairs, pool
from isogloss.evaluation.retrieval.search import Found, Search, Sides
from isogloss.metrics.bucc_best_f1 import above
from isogloss.models.device import device
from isogloss.models.encoder import Encoder
from isogloss.models.open import encoder_of
from isogloss.store.predictions import Predictions

SEARCHES: dict[str, Search] = {
    "retrieval_accuracy": pairs.search,
    "bucc_best_f1": mining.search,
    "map_at_20": pool.search,
    "mrr_at_20": pool.search,
}


def evaluate(
    spec: RunSpec,
    *,
    folder: Path | None,
    task: Task,
    split: str,
    languages: Sequence[str],
    limit: int,
    data: Path,
    report: Callable[[int, int], None],
    change: Change | None = None,
) -> tuple[Predictions, list[Score]]:
    """A score per language and way; predictions of the way that stands for all.

    `folder` is the finished run's; None evaluates a published encoder as it is. `change` perturbs whoever asks, never
    what is searched; where it changes nothing there is no score.
    """
    name = task.metrics[0]
    if name not in SEARCHES:
        raise UnknownName.of("retrieval metric", name, SEARCHES, f"task '{task.name}'")
    encoder = encoder_of(spec, folder)
    encoder.model.to(device())  # in float32 there as well: neighbours are told apart by little
    metric = find(name)
    read = {language: sides(task, data, split, language, limit) for language in languages}
    hashes = {language: data_hash([*each.queries, *each.candidates]) for language, each in read.items()}
    least: mining.Thresholds = {}
    if task.tuned_on not in ("", split):
        there = [language for language in languages if language in task.available(data, task.tuned_on)]
        tuning = {language: sides(task, data, task.tuned_on, language, limit) for language in there}
        least = mining.thresholds(encoder, tuning, lambda *_: None)
    kept: list[Predictions] = []
    scores: list[Score] = []
    fingerprint = encoder.subwords.fingerprint  # milliseconds each, and there are hundreds of scores
    for ranking in _searched(SEARCHES[name], encoder, read, change, report):
        predictions = Predictions(
            language=[ranking.language] * len(ranking.ids),
            id=ranking.ids,
            prediction=ranking.ranked,
            gold=ranking.gold,
            confidence=[None] * len(ranking.ids),
        )
        if ranking.stands:
            kept.append(predictions)
        rows = predictions.labelled()
        if not len(rows):
            continue
        usual = Score(
            run=spec.run_id,
            task=task.name,
            split=split,
            language=ranking.language,
            metric=name,
            value=metric(rows.prediction, rows.gold),
            n=len(rows),
            variant=str(ranking.way),
            data=hashes[ranking.language],
            tokenizer=fingerprint,
            version=VERSION,
        )
        given = least.get((ranking.language, ranking.way))
        scores += [usual] if name != "bucc_best_f1" else _mined(usual, ranking, rows, given, task.tuned_on)
    return Predictions.joined(kept), scores


def _mined(usual: Score, ranking: Found, rows: Predictions, given: float | None, tuned_on: str) -> list[Score]:
    """F1 at the threshold that is best on the test itself, and at the one that the tuning split gave, if it did."""
    scores = [replace(usual.tested(threshold="best"), threshold=mining.best_of(ranking))]
    if given is not None:
        value = find("bucc_f1")(above(rows.prediction, given), rows.gold)
        scores.append(replace(usual.tested(threshold=tuned_on), metric="bucc_f1", value=value, threshold=given))
    return scores


def _searched(
    search: Search,
    encoder: Encoder,
    read: Mapping[str, Sides],
    change: Change | None,
    report: Callable[[int, int], None],
) -> Iterator[Found]:
    """What is found; with `change`, by perturbed queries among clean candidates, in both directions where there are."""
    if change is None:
        yield from search(encoder, read, report)
        return
    for back in (False, True) if search is pairs.search else (False,):
        perturbed = {language: _asking(each, language, change, back=back) for language, each in read.items()}
        kept = {language: each for language, each in perturbed.items() if each is not None}
        if kept:
            yield from (
                ranking for ranking in search(encoder, kept, report) if (ranking.way.direction == "xx-en") == back
            )


def _asking(sides: Sides, language: str, change: Change, *, back: bool) -> Sides | None:
    """Two sides of which the one that asks is perturbed; None where nothing changes."""
    asking = sides.candidates if back else sides.queries
    found = [each for each in change(asking, asking[0].language or language) if isinstance(each, Passage)]
    if found == asking:
        return None
    return replace(sides, candidates=found) if back else replace(sides, queries=found)


def sides(task: Task, data: Path, split: str, language: str, limit: int) -> Sides:
    """Queries and candidates of one language; `limit` keeps the first of each (core/cut.sides), 0 all."""
    queries, candidates = cut.sides(task.examples(data, split, language), limit)
    found = Sides(queries=queries, candidates=candidates)
    if not found.queries or not found.candidates:
        raise DataError(
            f"{task.name} {split} {language}: {len(found.queries)} queries and {len(found.candidates)} candidates; "
            "retrieval needs some of each. Nothing was written."
        )
    return found
