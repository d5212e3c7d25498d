"""Find a sentence's translation by its hidden states: no head, nothing trained.

Every published figure of this kind depends on a layer and a pooling that the papers state differently, so all are
scored, raw and with each language's mean vector subtracted ("centred", which needs no labels), by cosine and by ratio
margin, in both directions. Each score's variant says which. Predictions are kept for the reference variant alone:
mean of the layer at 14/24 of the depth, raw, cosine, English as the query, as XTREME's script for Tatoeba has it.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from isogloss import __version__
from isogloss.core.errors import DataError, MetricError, SpecError
from isogloss.core.examples import Example, Passage
from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task, data_hash
from isogloss.core.typing import Float, Int, np
from isogloss.evaluation.embedding import embed, reference, views
from isogloss.evaluation.nearest import margin, search_both, unit
from isogloss.models.encoder import Encoder, load
from isogloss.store.predictions import Predictions

Report = Callable[[int, int], None]
NEIGHBOURS = 4
"""k of the ratio margin (Artetxe & Schwenk 2019)."""
ROOM = 2 << 30
"""Bytes of vectors held at once; where all layers of a corpus need more, the reference view alone is scored."""


def evaluate(
    spec: RunSpec,
    *,
    folder: Path | None,
    task: Task,
    split: str,
    languages: Sequence[str],
    limit: int,
    data: Path,
    report: Report,
) -> tuple[Predictions, list[Score]]:
    """Accuracy of the nearest candidate, per language and variant; predictions of the reference variant.

    `folder` is the finished run's; None evaluates a published encoder as it is.
    """
    if task.metrics[:1] != ("retrieval_accuracy",):
        raise SpecError(f"'{task.name}' is scored by {', '.join(task.metrics)}; this search gives retrieval_accuracy.")
    encoder = encoder_of(spec, folder)
    kept, scores = [], []
    for number, language in enumerate(languages):
        queries, candidates = sides(task.examples(data, split, language), limit)
        common = {
            "run": spec.run_id, "task": task.name, "split": split, "language": language, "version": __version__,
            "metric": task.metrics[0], "data": data_hash([*queries, *candidates]),
            "tokenizer": encoder.subwords.fingerprint,
        }  # fmt: skip
        for variant, asked, found in _sweep(encoder, queries, candidates):
            hits = [bool(set(one.keys) & set(other.keys)) for one, other in zip(asked, found, strict=True)]
            scores.append(Score(value=float(np.mean(hits)), n=len(hits), variant=variant, **common))
            if variant == reference_variant(encoder):
                kept.append(_predictions(language, asked, found, candidates))
        report(number + 1, len(languages))
    return Predictions.joined(kept), scores


def reference_variant(encoder: Encoder) -> str:
    """The variant that tables show first."""
    return f"{reference(encoder)} centred=no margin=cosine direction=en-xx"


def encoder_of(spec: RunSpec, folder: Path | None) -> Encoder:
    """The encoder of a finished run, or a published one as it is."""
    if folder is not None:
        return load(folder / "encoder")
    if isinstance(spec.encoder, Published) and not spec.phases:
        return load(spec.encoder.name, spec.encoder.revision)
    raise SpecError(f"run {spec.run_id} is not there to be tested; run its study first.")


def sides(examples: Sequence[Example], limit: int) -> tuple[list[Passage], list[Passage]]:
    """Queries and candidates, the first `limit` of each unless it is 0."""
    passages = [example for example in examples if isinstance(example, Passage)]
    queries = [passage for passage in passages if passage.side == "query"][: limit or None]
    candidates = [passage for passage in passages if passage.side == "candidate"][: limit or None]
    if not queries or not candidates:
        raise DataError(f"{len(queries)} queries and {len(candidates)} candidates; retrieval needs some of each.")
    return queries, candidates


def _sweep(
    encoder: Encoder, queries: list[Passage], candidates: list[Passage]
) -> Iterator[tuple[str, list[Passage], list[Passage]]]:
    """(variant, who asks, what was found for each) for every view, centring, margin and direction."""
    texts = [passage.text for passage in (*queries, *candidates)]
    wanted = views(encoder)
    if len(texts) * encoder.width * 4 * len(wanted) > ROOM:
        wanted = [reference(encoder)]
    vectors = embed(encoder, texts, wanted, lambda *_: None)
    for view, centred in ((view, centred) for view in wanted for centred in (False, True)):
        both = split_sides(vectors[view], len(queries), centred)
        forward, backward = search_both(*both, NEIGHBOURS)
        for kind in ("cosine", "ratio"):
            try:
                one = margin(forward, backward, "absolute" if kind == "cosine" else kind)
                two = margin(backward, forward, "absolute" if kind == "cosine" else kind)
            except MetricError:  # mean similarities of centred vectors may be negative: no ratio, no row
                continue
            named = f"{view} centred={'yes' if centred else 'no'} margin={kind}"
            yield f"{named} direction=en-xx", queries, _pick(forward.ids, one, candidates)
            yield f"{named} direction=xx-en", candidates, _pick(backward.ids, two, queries)


def split_sides(
    vectors: Float[np.ndarray, "n d"], queries: int, centred: bool
) -> tuple[Float[np.ndarray, "q d"], Float[np.ndarray, "c d"]]:
    """Unit vectors of the queries and of the candidates, each side's mean subtracted before if `centred`."""
    one, two = vectors[:queries], vectors[queries:]
    if centred:
        one, two = one - one.mean(axis=0), two - two.mean(axis=0)
    return unit(one), unit(two)


def _pick(ids: Int[np.ndarray, "n k"], scores: Float[np.ndarray, "n k"], pool: list[Passage]) -> list[Passage]:
    best = ids[np.arange(len(ids)), scores.argmax(axis=1)]
    return [pool[index] for index in best]


def _predictions(language: str, asked: list[Passage], found: list[Passage], candidates: list[Passage]) -> Predictions:
    by_key: dict[str, list[str]] = {}
    for candidate in candidates:
        for key in candidate.keys:
            by_key.setdefault(key, []).append(candidate.id)
    return Predictions(
        language=[language] * len(asked),
        id=[passage.id for passage in asked],
        prediction=[[passage.id] for passage in found],
        gold=[sorted({name for key in passage.keys for name in by_key.get(key, [])}) for passage in asked],
        confidence=[None] * len(asked),
    )
