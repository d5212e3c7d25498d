"""Gold labels by definition: what one event says about another, in a language with given relations of meaning."""

from isogloss.core.typing import Bool, Int, np
from isogloss.worlds.concepts import EMPTY, Field, Kind
from isogloss.worlds.events import meant
from isogloss.worlds.latent import Relations

ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2
LABELS = ("entailment", "neutral", "contradiction")


def judge(
    premise: Int[np.ndarray, "n 18"], hypothesis: Int[np.ndarray, "n 18"], relations: Relations
) -> Int[np.ndarray, "n"]:
    """ENTAILMENT, NEUTRAL or CONTRADICTION.

    Neutral wins where the hypothesis says anything the premise leaves open; else one clash makes a contradiction:
    antonymous verbs or adjectives, another number, time or place. The same thing cannot happen twice.
    """
    unknown, clash = np.zeros((2, len(premise)), dtype=bool)
    for kind, head in ((Field.SUBJECT_KIND, Field.SUBJECT), (Field.OBJECT_KIND, Field.OBJECT)):
        unknown |= ~_is_a(premise, hypothesis, kind, head, relations)
    opposite = meant(premise) == meant(hypothesis) ^ 1
    clash |= opposite
    unknown |= ~opposite & (meant(premise) != meant(hypothesis))
    for field in (Field.SUBJECT_NUMBER, Field.OBJECT_NUMBER, Field.TIME):
        unknown |= _adds(premise, hypothesis, field)
        clash |= _differs(premise, hypothesis, field)
    for field in (Field.SUBJECT_ADJECTIVE, Field.OBJECT_ADJECTIVE):
        antonym = premise[:, field] == hypothesis[:, field] ^ 1
        unknown |= _adds(premise, hypothesis, field) | (_differs(premise, hypothesis, field) & ~antonym)
        clash |= _differs(premise, hypothesis, field) & antonym
    unknown |= _adds(premise, hypothesis, Field.PLACE)
    other = premise[:, Field.PLACE_KIND] != hypothesis[:, Field.PLACE_KIND]
    clash |= _differs(premise, hypothesis, Field.PLACE)
    clash |= other & (premise[:, Field.PLACE] != EMPTY) & (hypothesis[:, Field.PLACE] != EMPTY)
    return np.select([unknown, clash], [NEUTRAL, CONTRADICTION], ENTAILMENT)


def _is_a(
    premise: Int[np.ndarray, "n 18"],
    hypothesis: Int[np.ndarray, "n 18"],
    kind: Field,
    head: Field,
    relations: Relations,
) -> Bool[np.ndarray, "n"]:
    same = (premise[:, kind] == hypothesis[:, kind]) & (premise[:, head] == hypothesis[:, head])
    noun = np.where(premise[:, kind] == Kind.NOUN, premise[:, head], 0)
    general = (premise[:, kind] == Kind.NOUN) & (hypothesis[:, kind] == Kind.HYPERNYM)
    is_a: Bool[np.ndarray, "*n"] = np.logical_or(same, general & (relations.category[noun] == hypothesis[:, head]))
    return is_a


def _adds(premise: Int[np.ndarray, "n 18"], hypothesis: Int[np.ndarray, "n 18"], field: Field) -> Bool[np.ndarray, "n"]:
    found: Bool[np.ndarray, "*n"] = np.logical_and(premise[:, field] == EMPTY, hypothesis[:, field] != EMPTY)
    return found


def _differs(
    premise: Int[np.ndarray, "n 18"], hypothesis: Int[np.ndarray, "n 18"], field: Field
) -> Bool[np.ndarray, "n"]:
    both = (premise[:, field] != EMPTY) & (hypothesis[:, field] != EMPTY)
    found: Bool[np.ndarray, "*n"] = np.logical_and(both, premise[:, field] != hypothesis[:, field])
    return found
