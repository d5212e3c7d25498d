"""Each sentence's translation among all of the other language, in both directions (Tatoeba).

The reference direction is English as the query, as in XTREME's script.
"""

from collections.abc import Callable, Iterator, Mapping

from isogloss.core.errors import MetricError
from isogloss.core.examples import Passage
from isogloss.core.reference import WAY
from isogloss.core.typing import Float, Int, np
from isogloss.evaluation.embedding import embed, reference
from isogloss.evaluation.nearest import margin, search_both
from isogloss.evaluation.search import NEIGHBOURS, Found, Sides, affordable, centre, named, relevant
from isogloss.models.encoder import Encoder


def search(encoder: Encoder, read: Mapping[str, Sides], report: Callable[[int, int], None]) -> Iterator[Found]:
    """The nearest candidate by cosine and by ratio margin, for every view, centring and direction."""
    for number, (language, sides) in enumerate(read.items(), 1):
        yield from _one(encoder, language, sides)
        report(number, len(read))


def _one(encoder: Encoder, language: str, sides: Sides) -> Iterator[Found]:
    ways = (("en-xx", sides.queries, sides.candidates), ("xx-en", sides.candidates, sides.queries))
    golds = {way: relevant(asked, pool) for way, asked, pool in ways}
    texts = [passage.text for passage in (*sides.queries, *sides.candidates)]
    wanted = affordable(encoder, len(texts))
    vectors = embed(encoder, texts, wanted, lambda *_: None)
    for view, centred in ((view, centred) for view in wanted for centred in (False, True)):
        one, two = vectors[view][: len(sides.queries)], vectors[view][len(sides.queries) :]
        both = search_both(centre(one, centred), centre(two, centred), NEIGHBOURS)
        for kind in ("cosine", "ratio"):
            for (way, asked, pool), forward, backward in zip(ways, both, both[::-1], strict=True):
                try:
                    scores = margin(forward, backward, "absolute" if kind == "cosine" else kind)
                except MetricError:  # mean similarities of centred vectors may be negative: no ratio, no row
                    continue
                yield Found(
                    language=language,
                    variant=f"{named(view, centred)} margin={kind} direction={way}",
                    reference=view == reference(encoder) and not centred and {"margin": kind, "direction": way} == WAY,
                    ids=[passage.id for passage in asked],
                    ranked=[[passage.id] for passage in _best(forward.ids, scores, pool)],
                    gold=[*golds[way]],
                )


def _best(ids: Int[np.ndarray, "n k"], scores: Float[np.ndarray, "n k"], pool: list[Passage]) -> list[Passage]:
    return [pool[index] for index in ids[np.arange(len(ids)), scores.argmax(axis=1)]]
