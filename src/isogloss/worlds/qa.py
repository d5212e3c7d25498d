"""Extractive question answering: two sentences, and a question about one of them.

Both sentences could answer a question of this kind; verb, subject and object tell which one is meant.
"""

from collections.abc import Iterator

from isogloss.core.examples import Span
from isogloss.core.typing import Bool, Int, np
from isogloss.worlds.concepts import EMPTY, Asked, Field
from isogloss.worlds.events import has, meant, pick, reworded, sample, weakened
from isogloss.worlds.family import Drawn, Family, drawn
from isogloss.worlds.questions import PARTS, answers, without_answer
from isogloss.worlds.realise import concepts
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World


def examples(world: World, split: str, code: str) -> Iterator[Span]:
    """One answer each, a run of whole tokens of the context."""
    teller = speaker(world, code)

    def draw(random: np.random.Generator, count: int) -> Drawn:
        return questions(teller, split, random, count)

    (first, second, question), (right, part) = drawn(world, "qa", split, FAMILY.sizes[split], draw, hidden=1)
    contexts = zip(teller.spell(first), teller.spell(second), strict=True)
    asks = zip(teller.tell(question), right.tolist(), part.tolist(), strict=True)
    for index, ((one, two), (text, where, kind)) in enumerate(zip(contexts, asks, strict=True)):
        tokens = [token for token, _, _ in (*one, *two)]
        slots = [(sentence, slot) for sentence, side in enumerate((one, two)) for _, _, slot in side]
        inside = [at for at, (sentence, slot) in enumerate(slots) if sentence == where and slot in PARTS[Asked(kind)]]
        answer = " ".join(tokens[at] for at in inside)
        start = sum(len(token) + 1 for token in tokens[: inside[0]])
        yield Span(
            id=f"{split}-{index}", context=" ".join(tokens), question=text, answers=(answer,), starts=(start,)
        )  # fmt: skip


def questions(teller: Speaker, split: str, random: np.random.Generator, count: int) -> Drawn:
    """First and second sentence, question; and which sentence answers which part."""
    habits = teller.habits(split)
    event, other = sample(habits, random, count), sample(habits, random, count)
    # The other sentence shares the verb or the subject, so that neither alone finds the right one.
    by_verb = random.random(count) < 0.5
    other[by_verb, Field.VERB] = event[by_verb, Field.VERB]
    subject = [Field.SUBJECT_KIND, Field.SUBJECT]
    for field in (*subject, Field.SUBJECT_NUMBER, Field.SUBJECT_ADJECTIVE):
        other[~by_verb, field] = event[~by_verb, field]

    possible = np.column_stack([np.ones((count, 2), dtype=bool), (has(event) & has(other))[:, [4, 5, 2]]])
    part = pick(possible, random)
    question = reworded(weakened(event, random, 0.5), habits, random)
    for kind, field in (
        (Asked.PLACE, Field.PLACE_KIND),
        (Asked.PLACE, Field.PLACE),
        (Asked.TIME, Field.TIME),
        (Asked.NUMBER, Field.OBJECT_NUMBER),
    ):
        question[part == kind, field] = event[part == kind, field]
    question[:, Field.ASKED] = part
    other_question = other.copy()
    other_question[:, Field.ASKED] = part

    same_kind = _asks_alike(event, other, part)
    decidable = np.where(by_verb, _differ(event, other, subject), meant(event) // 2 != meant(other) // 2)
    decidable &= ~((part == Asked.SUBJECT) & ~by_verb) & (answers(question) != answers(other_question)).any(axis=1)
    # Asked for the subject, the object must tell the sentences apart.
    decidable &= (part != Asked.SUBJECT) | _differ(event, other, [Field.OBJECT_KIND, Field.OBJECT])
    # Nor may the answer stand in the question in another role.
    decidable &= ~(concepts(without_answer(question)) == answers(question)[:, :1]).any(axis=1)
    keep = same_kind & decidable
    right = random.integers(2, size=count)
    swap = (right == 1)[:, None]
    event, other = reworded(event, habits, random), reworded(other, habits, random)
    first, second = np.where(swap, other, event), np.where(swap, event, other)
    return [first[keep], second[keep], without_answer(question)[keep]], [right[keep], part[keep]]


def _asks_alike(
    event: Int[np.ndarray, "n 18"], other: Int[np.ndarray, "n 18"], part: Int[np.ndarray, "n"]
) -> Bool[np.ndarray, "n"]:
    """Where both have such a part, of one kind: "who" must not give away the only name."""
    kinds = {Asked.SUBJECT: Field.SUBJECT_KIND, Asked.OBJECT: Field.OBJECT_KIND, Asked.PLACE: Field.PLACE_KIND}
    alike = np.ones(len(event), dtype=bool)
    for kind, field in kinds.items():
        alike &= (part != kind) | ((event[:, field] == other[:, field]) & (event[:, field] != EMPTY))
    return alike


def _differ(
    event: Int[np.ndarray, "n 18"], other: Int[np.ndarray, "n 18"], fields: list[Field]
) -> Bool[np.ndarray, "n"]:
    found: Bool[np.ndarray, "*n"] = np.any(event[:, fields] != other[:, fields], axis=1)
    return found


FAMILY = Family(
    kind="qa",
    type="span",
    title="Extractive question answering in a synthetic world",
    examples=examples,
    metrics=("exact_match+answer_f1",),
)
