"""Each sentence's translation among all of the other language, in both directions (Tatoeba)."""

from collections.abc import Callable, Iterator, Mapping

from isogloss.core.errors import MetricError
from isogloss.core.examples import Passage
from isogloss.core.typing import Float, Int, np
from isogloss.core.way import Way, standing
from isogloss.evaluation.retrieval.nearest import margin, search_both
from isogloss.evaluation.retrieval.search import NEIGHBOURS, Found, Sides, affordable, relevant, seen, ways
from isogloss.models.embedding import embed
from isogloss.models.encoder import Encoder


def search(encoder: Encoder, read: Mapping[str, Sides], report: Callable[[int, int], None]) -> Iterator[Found]:
    """The nearest candidate by cosine and by ratio margin, for every view, centring and direction."""
    for number, (language, sides) in enumerate(read.items(), 1):
        yield from _one(encoder, language, sides)
        report(number, len(read))


def _one(encoder: Encoder, language: str, sides: Sides) -> Iterator[Found]:
    both_ways = (("en-xx", sides.queries, sides.candidates), ("xx-en", sides.candidates, sides.queries))
    golds = {direction: relevant(queries, pool) for direction, queries, pool in both_ways}
    passages = [*sides.queries, *sides.candidates]
    texts = [passage.text for passage in passages]
    wanted = affordable(encoder, len(texts))
    best = standing(ways(wanted, ("cosine", "ratio"), ("en-xx", "xx-en")))
    vectors = embed(
        encoder, texts, wanted, lambda *_: None, languages=[each.language or language for each in passages]
    )  # fmt: skip
    for view, centred, one, two in seen(vectors, wanted, len(sides.queries)):
        both = search_both(one, two, NEIGHBOURS)
        for kind in ("cosine", "ratio"):
            for (direction, queries, pool), forward, backward in zip(both_ways, both, both[::-1], strict=True):
                try:
                    scores = margin(forward, backward, "absolute" if kind == "cosine" else kind)
                except MetricError:  # mean similarities of centred vectors may be negative: no ratio, no row
                    continue
                way = Way(
                    layer=view.layer, pooling=view.pooling, centred=centred, margin=kind, direction=direction
                )  # fmt: skip
                yield Found(
                    language=language,
                    way=way,
                    stands=way == best,
                    ids=[passage.id for passage in queries],
                    ranked=[[passage.id] for passage in _best(forward.ids, scores, pool)],
                    gold=[*golds[direction]],
                )


def _best(ids: Int[np.ndarray, "n k"], scores: Float[np.ndarray, "n k"], pool: list[Passage]) -> list[Passage]:
    return [pool[index] for index in ids[np.arange(len(ids)), scores.argmax(axis=1)]]
