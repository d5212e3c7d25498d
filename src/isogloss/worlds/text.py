"""Pretraining text: two sentences a document, the second linked to the first in one of five ways.

The links are what makes meaning learnable from text alone: synonyms, hypernyms, antonyms and consequences show up
as words that can be predicted from the sentence before. Texts of different languages are not translations.
"""

from collections.abc import Iterator

from isogloss.core.examples import Text
from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import EMPTY, NAMELY, SO, THEN, Field
from isogloss.worlds.events import choose, generalised, has, meant, pick, reworded, sample, weakened
from isogloss.worlds.family import Family
from isogloss.worlds.latent import Preferences, Relations
from isogloss.worlds.questions import answers, without_answer
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World

RESTATEMENT, ANTONYM, CONSEQUENCE, NEXT, QUESTION = range(5)
SHARES = (0.35, 0.15, 0.15, 0.15, 0.20)
SIZES = {"train": 10_000, "dev": 500}
LINKED = 0.75
"""Share of linked sentences that begin with the word for the link."""


def examples(world: World, split: str, code: str) -> Iterator[Text]:
    """Documents of one language. They tell of everything that happens; only labelled tasks keep tests apart."""
    teller, count = speaker(world, code), SIZES[split]
    first, second, answer = documents(teller, world.rng(f"text/{split}/{code}"), count)
    sentences = zip(teller.tell(first), teller.tell(second), teller.say(answer), strict=True)
    for index, (one, two, reply) in enumerate(sentences):
        yield Text(id=f"{code}-{split}-{index}", text=one, text_pair=f"{two} {reply}" if reply else two)


def documents(
    teller: Speaker, random: np.random.Generator, count: int
) -> tuple[Int[np.ndarray, "n 18"], Int[np.ndarray, "n 18"], Int[np.ndarray, "n 3"]]:
    """First sentences, second sentences, and the concepts of the answer where the second is a question."""
    habits, relations = teller.preferences, teller.relations
    event = sample(habits, random, count)
    link = choose(np.broadcast_to(SHARES, (count, len(SHARES))), random)
    linked = np.select(
        [(link == kind)[:, None] for kind in (RESTATEMENT, ANTONYM, CONSEQUENCE, NEXT)],
        [
            _restated(event, habits, relations, random, negated=0.0),
            _restated(event, habits, relations, random, negated=1.0),
            consequence(
                reworded(weakened(event, random, 0.6), habits, random, 0.0), relations.consequence[meant(event)]
            ),
            _next(event, habits, random),
        ],
        _restated(event, habits, relations, random, negated=0.0, drop=0.2, general=0.0),
    )
    word = np.select([link <= ANTONYM, link == CONSEQUENCE, link == NEXT], [NAMELY, SO, THEN], EMPTY)
    linked[:, Field.LINK] = np.where(random.random(count) < LINKED, word, EMPTY)
    question = link == QUESTION
    possible = np.column_stack([np.ones((count, 2), dtype=bool), has(linked)[:, [4, 5, 2]]])
    linked[:, Field.ASKED] = np.where(question, pick(possible, random), EMPTY)
    reply = answers(linked)
    linked = without_answer(linked)
    first = reworded(event, habits, random)
    # Synonyms are learned from restatements that use the other one; as often as the register lets both be used.
    other = (link == RESTATEMENT) & (random.random(count) < 1 - abs(2 * habits.second - 1))
    linked[other, Field.LEXEME] = 1 - first[other, Field.LEXEME]
    same = link == ANTONYM
    linked[same, Field.LEXEME] = first[same, Field.LEXEME]
    return first, linked, reply


def consequence(events: Int[np.ndarray, "n 18"], verb: Int[np.ndarray, "n"]) -> Int[np.ndarray, "n 18"]:
    """The same participants in what follows: `verb`."""
    found = events.copy()
    found[:, Field.VERB], found[:, Field.NEGATED] = verb, 0
    return found


def _restated(
    event: Int[np.ndarray, "n 18"],
    habits: Preferences,
    relations: Relations,
    random: np.random.Generator,
    *,
    negated: float,
    drop: float = 0.2,
    general: float = 0.3,
) -> Int[np.ndarray, "n 18"]:
    return reworded(generalised(weakened(event, random, drop), relations, random, general), habits, random, negated)


def _next(event: Int[np.ndarray, "n 18"], habits: Preferences, random: np.random.Generator) -> Int[np.ndarray, "n 18"]:
    """Another event with the same subject."""
    found = sample(habits, random, len(event))
    kept = [Field.SUBJECT_KIND, Field.SUBJECT, Field.SUBJECT_NUMBER, Field.SUBJECT_ADJECTIVE]
    found[:, kept] = event[:, kept]
    return reworded(found, habits, random)


FAMILY = Family(
    kind="text",
    type="text",
    title="Text of a synthetic world",
    examples=examples,
    trained=False,
    splits=("train", "dev"),
    sizes=SIZES,
)
