"""Events: rewording keeps the meaning, and no meaning is on both sides of a split."""

import numpy as np
import pytest

from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging
from isogloss.worlds import choice, hypernym, ner, nli, paraphrase, pos, qa, retrieval, topic
from isogloss.worlds.events import SPLITS, choose, generalised, hashed, reworded, sample, split_of, weakened
from isogloss.worlds.judge import ENTAILMENT, judge
from isogloss.worlds.latent import plain_preferences, relations
from isogloss.worlds.world import DEFAULT

PREFERENCES = plain_preferences(DEFAULT)
RELATIONS = relations(DEFAULT, DEFAULT.languages[0])


def drawn(count: int = 5_000, seed: int = 0) -> np.ndarray:
    return sample(PREFERENCES, np.random.default_rng(seed), count)


def statements(example: object) -> list[str]:
    """The full statements in an example: what could leak."""
    match example:
        case Classification(text_pair=None):
            return [f"{part} ." for part in example.text.removesuffix(" .").split(" . ")]
        case Classification():
            return [example.text, example.text_pair or ""]
        case Span():
            return [f"{part} ." for part in example.context.removesuffix(" .").split(" . ")]
        case Choice():
            return [example.prompt]
        case Tagging():
            return [" ".join(example.tokens)]
        case Passage():
            return [example.text] if example.language == "en" else []
    raise AssertionError(example)


def test_no_statement_of_a_test_occurs_in_training(read) -> None:
    """Read off the words, in all tasks together, nothing said in a test is said in training or development data."""
    said: dict[str, set[object]] = {"train": set(), "dev": set(), "test": set()}
    for family in (nli, paraphrase, qa, topic, choice, pos, ner, retrieval):
        for split in family.FAMILY.splits:
            for example in family.FAMILY.examples(DEFAULT, split, "en"):
                said[split] |= {read(DEFAULT, statement) for statement in statements(example)}
    for split in said:  # a hypothesis of the hypernym task is too short to be an event of its own; its premise is one
        said[split] |= {read(DEFAULT, item.text) for item in hypernym.examples(DEFAULT, split, "en")}
    assert min(map(len, said.values())) > 2_000
    assert not said["train"] & said["test"]
    assert not said["train"] & said["dev"]
    assert not said["dev"] & said["test"]


@pytest.mark.parametrize("seed", range(4))
def test_every_split_has_its_share(seed: int) -> None:
    """Each split gets a good part of what happens, in any world."""
    preferences = plain_preferences(DEFAULT.__class__(name="w", seed=seed, languages=DEFAULT.languages))
    shares = np.bincount(split_of(sample(preferences, np.random.default_rng(0), 20_000)), minlength=4) / 20_000
    assert len(SPLITS) == 4
    assert shares.min() > 0.12


def test_weaker_words_are_entailed() -> None:
    """Leaving adjuncts out, generalising and rewording always give an entailed sentence of the same split."""
    random, events = np.random.default_rng(1), drawn()
    weaker = reworded(generalised(weakened(events, random, 0.5), RELATIONS, random, 0.5), PREFERENCES, random, 0.5)
    assert (judge(events, weaker, RELATIONS) == ENTAILMENT).all()
    assert (split_of(events) == split_of(weaker)).all()


def test_rewording_is_symmetric() -> None:
    """A reworded event entails the original, though most wordings differ."""
    events = drawn()
    other = reworded(events, PREFERENCES, np.random.default_rng(1), 0.5)
    assert (judge(other, events, RELATIONS) == ENTAILMENT).all()
    assert (other != events).any(axis=1).mean() > 0.8


def test_choose_follows_its_weights() -> None:
    """Columns are drawn in proportion to their weights, never one of weight 0."""
    weights = np.broadcast_to([1.0, 0.0, 3.0], (40_000, 3))
    shares = np.bincount(choose(weights, np.random.default_rng(0)), minlength=3) / 40_000
    assert shares[1] == 0
    assert shares[2] == pytest.approx(0.75, abs=0.01)


def test_hash_is_splitmix() -> None:
    """The hash of a row of one 0 is the SplitMix64 finaliser of its increment, worked in Python's integers."""
    mask = (1 << 64) - 1
    state = 0x9E3779B97F4A7C15
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = ((state ^ (state >> shift)) * factor) & mask
    state ^= state >> 31
    assert hashed(np.zeros((1, 1), dtype=np.int64))[0] == state >> 1
    # Steele, Lea & Flood 2014; the first output of the reference generator seeded with 0.
    assert state == 0xE220A8397B1DCDAF
