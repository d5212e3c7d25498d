"""Translation pairs mined from two collections of which few sentences have a partner (BUCC).

Ratio margin over the 4 nearest neighbours both ways, best pairs first, each sentence once. A sentence that occurs
twice on one side is mined once, under its first id. Which pairs count is decided by a threshold on the margin: the
best for these very pairs, and the best on the split a task is tuned on, chosen for each language and way.
"""

from collections.abc import Callable, Iterator, Mapping

from isogloss.core.errors import MetricError
from isogloss.core.examples import Passage
from isogloss.core.way import Way, standing
from isogloss.evaluation.retrieval.nearest import mine, search_both
from isogloss.evaluation.retrieval.search import NEIGHBOURS, Found, Sides, affordable, relevant, seen, ways
from isogloss.metrics.bucc_best_f1 import threshold
from isogloss.models.embedding import embed
from isogloss.models.encoder import Encoder

Thresholds = Mapping[tuple[str, Way], float]
"""(language, way) → the least margin a pair may have."""


def search(encoder: Encoder, read: Mapping[str, Sides], report: Callable[[int, int], None]) -> Iterator[Found]:
    """For every view and centring, the target mined for each source sentence with its margin."""
    for number, (language, sides) in enumerate(read.items(), 1):
        yield from _one(encoder, language, sides)
        report(number, len(read))


def thresholds(encoder: Encoder, read: Mapping[str, Sides], report: Callable[[int, int], None]) -> Thresholds:
    """The best threshold of every language and way; those of which no mined pair is gold have none."""
    found = {}
    for each in search(encoder, read, report):
        if (best := best_of(each)) is not None:
            found[each.language, each.way] = best
    return found


def best_of(ranking: Found) -> float | None:
    """The threshold that is best for these very pairs; None where no mined pair is gold."""
    rows = [(ranked, gold) for ranked, gold in zip(ranking.ranked, ranking.gold, strict=True) if gold is not None]
    try:
        return threshold([ranked for ranked, _ in rows], [gold for _, gold in rows])
    except MetricError:
        return None


def _one(encoder: Encoder, language: str, sides: Sides) -> Iterator[Found]:
    sources, targets = _distinct(sides.queries), _distinct(sides.candidates)
    passages = [*sources, *targets]
    texts = [passage.text for passage in passages]
    wanted = affordable(encoder, len(texts))
    vectors = embed(
        encoder, texts, wanted, lambda *_: None, languages=[each.language or language for each in passages]
    )  # fmt: skip
    gold = relevant(sides.queries, sides.candidates)
    best = standing(ways(wanted, ("ratio",)))
    for view, centred, one, two in seen(vectors, wanted, len(sources)):
        forward, backward = search_both(one, two, NEIGHBOURS)
        try:
            pairs, scores = mine(forward, backward)
        except MetricError:  # mean similarities of centred vectors may be negative: no ratio, no row
            continue
        mined = {
            sources[source].id: {"ids": [targets[target].id], "scores": [float(score)]}
            for (source, target), score in zip(pairs.tolist(), scores, strict=True)
        }
        way = Way(layer=view.layer, pooling=view.pooling, centred=centred, margin="ratio")
        yield Found(
            language=language,
            way=way,
            stands=way == best,
            ids=[passage.id for passage in sides.queries],
            ranked=[mined.get(passage.id, {"ids": [], "scores": []}) for passage in sides.queries],
            gold=[*gold] if any(gold) else [None] * len(gold),  # no pair at all: the gold file is not there
        )


def _distinct(passages: list[Passage]) -> list[Passage]:
    return list({passage.text: passage for passage in reversed(passages)}.values())[::-1]
