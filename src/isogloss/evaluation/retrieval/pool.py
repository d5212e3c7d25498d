"""One pool of candidates in all languages, ranked for every query (LAReQA, Mewsli-X).

A candidate that brings its context along is read together with it, as in XTREME-R's code. Centring subtracts the mean
of each language and side.
"""

from collections.abc import Callable, Iterator, Mapping

from isogloss.core.errors import MetricError
from isogloss.core.examples import Passage
from isogloss.core.typing import np
from isogloss.core.vectors import centred as without
from isogloss.core.way import Way, standing
from isogloss.evaluation.retrieval.nearest import search as nearest
from isogloss.evaluation.retrieval.search import Found, Sides, Vectors, affordable, centre, relevant, ways
from isogloss.models.embedding import embed
from isogloss.models.encoder import Encoder

DEPTH = 20


def search(encoder: Encoder, read: Mapping[str, Sides], report: Callable[[int, int], None]) -> Iterator[Found]:
    """For every view and centring, the 20 nearest candidates of all languages, query by query.

    A labelled query whose relevant candidates are not in the pool is left out, as in the official code.
    """
    pool = list({passage.id: passage for sides in read.values() for passage in sides.candidates}.values())
    queries = [passage for sides in read.values() for passage in sides.queries]
    asker = [language for language, sides in read.items() for _ in sides.queries]
    gold = relevant(queries, pool)
    texts = [passage.text for passage in (*queries, *pool)]
    contexts = [""] * len(queries) + [passage.context for passage in pool]
    wanted = affordable(encoder, len(texts))
    best = standing(ways(wanted, ("cosine",)))
    spoken = [passage.language for passage in (*queries, *pool)]
    vectors = embed(encoder, texts, wanted, report, contexts, spoken)
    for view, centred in ((view, centred) for view in wanted for centred in (False, True)):
        try:
            one = _by_language(vectors[view][: len(queries)], queries, centred)
            two = _by_language(vectors[view][len(queries) :], pool, centred)
        except MetricError:
            if not centred:
                raise
            continue  # a collapsed encoder's centred vectors are rounding alone
        ranked = nearest(one, two, DEPTH).ids
        way = Way(layer=view.layer, pooling=view.pooling, centred=centred, margin="cosine")
        for language in read:
            rows = [
                row
                for row, (code, passage) in enumerate(zip(asker, queries, strict=True))
                if code == language and (gold[row] or not passage.keys)
            ]
            yield Found(
                language=language,
                way=way,
                stands=way == best,
                ids=[queries[row].id for row in rows],
                ranked=[[pool[index].id for index in ranked[row]] for row in rows],
                gold=[gold[row] if queries[row].keys else None for row in rows],
            )


def _by_language(vectors: Vectors, passages: list[Passage], centred: bool) -> Vectors:
    """Unit vectors, each language centred by itself; a language of one passage is left as it is."""
    if not centred:
        return centre(vectors, centred)
    moved = vectors.copy()
    codes = np.array([passage.language for passage in passages])
    for code in np.unique(codes):
        here = np.flatnonzero(codes == code)
        if len(here) > 1:
            moved[here] = without(vectors[here], vectors[here].mean(axis=0))
    return centre(moved, centred=False)
