"""A language as its dials: how it differs from English in form, in meaning and in what its texts are about."""

from dataclasses import dataclass, fields

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import Slot

ORDERS = ("SVO", "SOV", "VSO")


@dataclass(frozen=True, kw_only=True)
class Language:
    """All shares lie in [0, 1]; 0 means as in English, except for `cognates`, where 1 does."""

    code: str
    cognates: float = 1.0
    """Share of native words whose form is English's. The sets are nested: a lower share is a subset."""
    order: str = "SVO"
    """Order of subject, verb and object in an active sentence."""
    adjective_after: bool = False
    postpositions: bool = False
    negation_after: bool = False
    plural_first: bool = False
    time_first: bool = False
    merge: float = 0.0
    """Colexification: share of the candidate pairs of unrelated content words that have one form."""
    false_friends: float = 0.0
    """Share of the pairs of words that are not cognates in which each looks like English's word for the other."""
    usage: float = 0.0
    """Drift of preferences: which objects verbs take, which adjectives nouns take, which names topics have."""
    topics: float = 0.0
    """Share of text that moves from the first three topics to the last three."""
    register: float = 0.0
    """Formality: share of text moved to the passive and to the second of two synonyms."""
    relations: float = 0.0
    """Share of hypernyms and of consequences of verbs that differ from English's, so that gold labels differ."""
    draw: int = 0
    """Which random draw of cognates, merges, false friends, drift and relations."""

    def __post_init__(self) -> None:
        if not self.code.isidentifier():
            raise SpecError(f"language code {self.code!r}: use letters, digits and '_', such as 'x1'.")
        if self.order not in ORDERS:
            raise UnknownName.of("word order", self.order, ORDERS, f"language '{self.code}'")
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, float) and not 0.0 <= value <= 1.0:
                raise SpecError(f"language '{self.code}': {item.name}={value}; it is a share, from 0 to 1.")

    @property
    def permutation(self) -> Int[np.ndarray, "2 20"]:
        """Slots in spoken order: row 0 in the active voice, row 1 in the passive."""
        return np.array([self._slots(passive=False), self._slots(passive=True)])

    def _slots(self, passive: bool) -> list[int]:
        subject = self._noun_phrase(Slot.SUBJECT_NUMBER)
        subject = [*subject, Slot.BY] if self.postpositions else [Slot.BY, *subject]
        verb: list[int] = (
            [Slot.PASSIVE, Slot.VERB, Slot.NOT] if self.negation_after else [Slot.NOT, Slot.PASSIVE, Slot.VERB]
        )
        place: list[int] = [Slot.PLACE, Slot.PLACE_SECOND]
        phrases: dict[str, list[int]] = {
            "S": subject,
            "V": verb,
            "O": self._noun_phrase(Slot.OBJECT_NUMBER),
            "P": [*place, Slot.AT] if self.postpositions else [Slot.AT, *place],
        }
        order = self.order.translate(str.maketrans("SO", "OS")) if passive else self.order
        order = order.replace("V", "PV") if order.endswith("V") else order + "P"
        body = [int(slot) for phrase in order for slot in phrases[phrase]]
        timed = [int(Slot.TIME), *body] if self.time_first else [*body, int(Slot.TIME)]
        return [int(Slot.LINK), *timed, int(Slot.END)]

    def _noun_phrase(self, first: int) -> list[int]:
        number, adjective, head, second, plural = range(first, first + 5)
        core = [head, second, adjective] if self.adjective_after else [adjective, head, second]
        return [number, plural, *core] if self.plural_first else [number, *core, plural]
