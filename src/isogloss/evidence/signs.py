"""Signs: what words, and the cosines of an encoder, say of a claim beside a text, as numbers.

None looks at the claim alone: a form of claim that is false more often than others is not evidence.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from isogloss.core.typing import Float, Int, np
from isogloss.evidence.figures import figures
from isogloss.evidence.stance import NOT, sides
from isogloss.literature.passages import Nearest
from isogloss.literature.words import stem, stems

WORDS = (
    "best coverage", "second coverage", "all coverage", "title coverage", "best pairs", "best order", "rarest missing",
    "missing", "figures agree", "figures missing", "negation apart", "negation apart near", "same direction",
    "opposite direction", "same direction near", "opposite direction near", "antonym", "null result", "hedge",
    "place of best",
)  # fmt: skip
COSINES = ("best cosine", "second cosine", "mean of three", "title cosine", "cosine at best coverage", "spread")
INFERENCE = (
    "entailed at most", "contradicted at most", "entailed nearest", "contradicted nearest", "neutral of three",
    "entailed less contradicted",
)  # fmt: skip
NEAR = 0.5
"""Coverage from which a passage is taken to speak of what the claim speaks of."""
_NULL = re.compile(
    r"\b(?:no (?:significant |statistically significant )?(?:\w+ )?(?:difference|effect|association|evidence|change"
    r"|increase|decrease|relationship|correlation|benefit|role|impact)"
    r"|not (?:significantly )?\w*(?:affect|associat|alter|chang"
    r"|increas|decreas|improv|reduc|differ|requir|necessary|influence|correlat)\w*|did not|does not|do not|failed to"
    r"|independent of|independently of|unaffected|unchanged|without affecting|nor did|neither|rather than"
    r"|in contrast)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"\b(?:may|might|could|suggest\w*|possibl\w+|potential\w*|appear\w*|likely|hypothes\w+)\b", re.I)
_OPPOSITES = """
increase decrease | increase reduce | increase inhibit | increase suppress | increase lower | increase impair |
increase loss | increase decline | enhance inhibit | enhance reduce | enhance suppress | enhance impair |
promote inhibit | promote suppress | promote prevent | promote reduce | promote block | activate inhibit |
activate suppress | activate repress | activate inactivate | activate deactivate | induce inhibit |
induce suppress | induce prevent | stimulate inhibit | stimulate suppress | upregulate downregulate |
upregulation downregulation | high low | higher lower | greater less | greater smaller | longer shorter |
large small | positive negative | positively negatively | better worse | improve worsen | improve impair |
improve deteriorate | improve reduce | gain loss | gain lose | presence absence | present absent |
dependent independent | sufficient insufficient | necessary dispensable | required dispensable |
essential dispensable | early late | protect damage | protective harmful | protective risk | beneficial harmful |
beneficial detrimental | beneficial adverse | resistant sensitive | resistance sensitivity |
resistant susceptible | resistance susceptibility | survival death | survival mortality | rise fall |
raise lower | accelerate slow | accelerate delay | accelerate decelerate | faster slower | strengthen weaken |
stronger weaker | open close | common rare | agonist antagonist | benign malignant | similar different |
maintain lose | stable unstable | expand shrink | acute chronic | internal external | overexpression deletion |
overexpression knockdown | expression silencing | symmetric asymmetric | outperform underperform
"""


def names(*, cosines: bool = False, inferred: bool = False) -> tuple[str, ...]:
    """The names of the signs, in the order of `signs`."""
    return (*WORDS, *(COSINES if cosines else ()), *(INFERENCE if inferred else ()))


def signs(
    claim: str, passages: Sequence[str], title: str, nearest: Nearest, cosines: Sequence[float] | None = None,
    inferred: Float[np.ndarray, "p 3"] | None = None,
) -> Float[np.ndarray, "s"]:  # fmt: skip
    """The signs of one claim beside one text. `cosines`: the claim's with each passage, then with the title.

    `inferred`: what a trained encoder makes of each passage: neither, entailed, contradicted.
    """
    covered = np.array([nearest.coverage(claim, passage) for passage in passages])
    order = np.argsort(-covered, kind="stable")
    best = passages[int(order[0])]
    near = " ".join(passages[int(place)] for place in order[:3] if covered[place] >= NEAR * covered[order[0]])
    second = covered[order[1]] if len(order) > 1 else 0.0
    mine, there = stems(claim), stems(best)
    whole = {word for passage in passages for word in stems(passage)} | set(stems(title))
    missing = [nearest.weight(word) for word in set(mine) - whole]
    told, lost = _figures(claim, best, passages)
    values = [
        covered[order[0]], second, nearest.coverage(claim, " ".join((*passages, title))),
        nearest.coverage(claim, title), _pairs(mine, there), _order(mine, there),
        max(missing, default=0.0) / 8, len(missing) / max(1, len(set(mine))),
        told, lost,
        float(_negated(claim) != _negated(best)), float(_negated(claim) != _negated(near)),
        *_directions(claim, best), *_directions(claim, near),
        float(_antonym(frozenset(mine), frozenset(there))),
        float(bool(_NULL.search(best)) != bool(_NULL.search(claim))), float(bool(_HEDGE.search(best))),
        int(order[0]) / max(1, len(passages) - 1),
    ]  # fmt: skip
    if cosines is not None:
        values += _cosines(np.asarray(cosines, dtype=float), int(order[0]))
    if inferred is not None:
        values += _inferred(np.log(np.clip(inferred, 1e-6, 1)), order)
    return np.array(values, dtype=float)


def _cosines(cosines: Float[np.ndarray, "p"], best: int) -> list[float]:
    of_passages, of_title = cosines[:-1], cosines[-1]
    order = np.sort(of_passages)[::-1]
    return [order[0], order[min(1, len(order) - 1)], order[:3].mean(), of_title, of_passages[best], of_passages.std()]


def _inferred(logs: Float[np.ndarray, "p 3"], order: Int[np.ndarray, "p"]) -> list[float]:
    """Log odds against "neither", so that a sentence that says neither counts for nothing."""
    entailed, contradicted = logs[:, 1] - logs[:, 0], logs[:, 2] - logs[:, 0]
    first, three = int(order[0]), order[:3]
    best, worst = float(entailed.max()), float(contradicted.max())
    return [best, worst, float(entailed[first]), float(contradicted[first]), float(logs[three, 0].mean()), best - worst]


def _pairs(mine: Sequence[str], there: Sequence[str]) -> float:
    """The share of the claim's neighbouring words that are neighbours there."""
    wanted, found = set(pairwise(mine)), set(pairwise(there))
    return len(wanted & found) / len(wanted) if wanted else 0.0


def _order(mine: Sequence[str], there: Sequence[str]) -> float:
    """The longest common subsequence of words, as a share of the claim's."""
    row = [0] * (len(there) + 1)
    for word in mine:
        before = 0
        for place, other in enumerate(there, 1):
            before, row[place] = row[place], before + 1 if word == other else max(row[place], row[place - 1])
    return row[-1] / max(1, len(mine))


def _figures(claim: str, best: str, passages: Sequence[str]) -> tuple[float, float]:
    """(share of the claim's figures in the nearest passage, share in no passage); 0 without a figure."""
    wanted = figures(claim)
    if not wanted:
        return 0.0, 0.0
    near = figures(best)
    everywhere = [figure for passage in passages for figure in figures(passage)]
    told = sum(any(one.equal(other) for other in near) for one in wanted)
    lost = sum(not any(one.equal(other) for other in everywhere) for one in wanted)
    return told / len(wanted), lost / len(wanted)


def _negated(text: str) -> bool:
    return bool(NOT.search(text)) or bool(re.search(r"\b(?:lack|fail|absence|unable|independent)\w*", text, re.I))


def _directions(claim: str, passage: str) -> tuple[float, float]:
    mine, theirs = sides(stems(claim), claim), sides(stems(passage), passage)
    if len(mine) != 1 or not theirs:
        return 0.0, 0.0
    return float(bool(mine & theirs)), float(not mine & theirs)


def _antonym(mine: frozenset[str], there: frozenset[str]) -> bool:
    """Whether one text has a word whose opposite is in the other, and not the word itself."""
    return any(
        (a in mine and b in there and a not in there and b not in mine)
        or (b in mine and a in there and b not in there and a not in mine)
        for a, b in _opposites()
    )


@lru_cache(maxsize=1)
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = [pair.split() for pair in _OPPOSITES.split("|")]
    return tuple((stem(one), stem(other)) for one, other in pairs)
