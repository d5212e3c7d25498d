"""What is usual and what follows: drift, topics, register and relations, measured in what is told."""

import numpy as np
import pytest

from isogloss.worlds import choice, hypernym, latent, nli, text
from isogloss.worlds.concepts import LINK, PASSIVE, SO, VERBS, Field, Kind
from isogloss.worlds.events import meant, sample
from isogloss.worlds.language import Language
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import DEFAULT


def verbs_with_objects(world, code: str) -> np.ndarray:
    """Shares of (antonym pair, object category) among first sentences with an object noun."""
    teller = speaker(world, code)
    events, _, _ = text.documents(teller, np.random.default_rng(1), 30_000)
    events = events[events[:, Field.OBJECT_KIND] == Kind.NOUN]
    counts = np.zeros((8, 8))
    np.add.at(counts, (meant(events) // 2, teller.relations.category[events[:, Field.OBJECT]]), 1)
    return counts / counts.sum()


def distance(world) -> float:
    """Total variation between the two languages, in [0, 1]."""
    return float(np.abs(verbs_with_objects(world, "en") - verbs_with_objects(world, "x")).sum() / 2)


def test_usage_drifts(beside) -> None:
    """Which objects verbs take moves away from English in step with the dial, and not at all at 0."""
    found = [distance(beside(usage=share)) for share in (0.0, 0.5, 1.0)]
    assert found[0] < 0.01
    assert found[1] == pytest.approx(found[2] / 2, abs=0.03)
    assert found[2] > 0.3


def test_topics_shift(beside) -> None:
    """The share of the last three topics rises with the dial, to all of the text at 1."""
    shares = []
    for share in (0.0, 0.5, 1.0):
        events, _, _ = text.documents(speaker(beside(topics=share), "x"), np.random.default_rng(1), 10_000)
        shares.append(float((events[:, Field.TOPIC] >= 3).mean()))
    assert shares[1] == pytest.approx((shares[0] + 1) / 2, abs=0.03)
    assert shares[2] == 1.0


def test_register_is_formal(beside, tokens_of) -> None:
    """A formal language has more of the passive's auxiliary in its text."""
    plain, formal = beside(register=0.0), beside(register=1.0)
    auxiliary = speaker(plain, "x").words[PASSIVE]
    assert tokens_of(formal, "x")[auxiliary] > 2 * tokens_of(plain, "x")[auxiliary]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_consequences_differ(beside, share: float) -> None:
    """Gold labels of consequences differ from English's for the share of verbs the dial says."""
    world = beside(relations=share)
    golds = [[item.label for item in choice.examples(world, "train", code)] for code in ("en", "x")]
    assert np.mean(np.not_equal(*golds)) == pytest.approx(share, abs=0.03)


def test_hypernyms_differ(beside) -> None:
    """With other hypernyms, most English entailments by hypernym no longer hold, and contradictions may."""
    world = beside(relations=1.0)
    for family in (hypernym, nli):
        golds = [[item.label for item in family.examples(world, "test", code)] for code in ("en", "x")]
        assert np.mean(np.not_equal(*golds)) > 0.1


def test_texts_tell_the_languages_own_consequences(beside) -> None:
    """ "so" sentences of a language name its own consequence of the verb before, never English's where they differ."""
    world = beside(relations=1.0)
    own, english = speaker(world, "x"), speaker(world, "en")
    first, second, _ = text.documents(own, np.random.default_rng(1), 5_000)
    so = second[:, Field.LINK] == SO
    assert so.sum() > 200
    cause, effect = meant(first[so]), meant(second[so])
    assert (effect == own.relations.consequence[cause]).all()
    assert (effect != english.relations.consequence[cause]).all()
    assert own.words[LINK + SO] in own.tell(second[so][:1])[0].split()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_relations_hold_together(beside, seed: int, share: float) -> None:
    """Consequences are one to one and never the verb or its antonym; categories keep their size."""
    world = beside(seed=seed)
    found = latent.relations(world, Language(code="x", relations=share))
    assert sorted(found.consequence) == list(range(VERBS))
    assert (found.consequence // 2 != np.arange(VERBS) // 2).all()
    assert (found.partner[found.partner] == np.arange(VERBS)).all()
    assert np.bincount(found.category).tolist() == [6] * 8


def test_relations_are_nested(beside) -> None:
    """What differs at a low dial differs at a higher one."""
    english, some, more = (latent.relations(beside(), Language(code="x", relations=share)) for share in (0, 0.25, 0.75))
    differs = some.category != english.category
    assert differs.sum() == 12
    assert (more.category[differs] == some.category[differs]).all()


def test_preferences_are_probabilities() -> None:
    """Every table of every default language sums to 1 over its last axis."""
    for language in DEFAULT.languages:
        found = latent.preferences(DEFAULT, language)
        for table in (found.topic, found.pair, found.subject, found.object, found.adjective, found.agent, found.place):
            assert np.allclose(table.sum(axis=-1), 1)


def test_fixed_verbs_keep_their_topics() -> None:
    """Events with a given verb have the topics that verb has among all events."""
    preferences = latent.plain_preferences(DEFAULT)
    free = sample(preferences, np.random.default_rng(0), 200_000)
    verb = int(np.bincount(free[:, Field.VERB]).argmax())
    fixed = sample(preferences, np.random.default_rng(1), 20_000, verb=np.full(20_000, verb))
    free = free[free[:, Field.VERB] == verb]
    shares = [np.bincount(events[:, Field.TOPIC], minlength=6) / len(events) for events in (free, fixed)]
    assert np.abs(shares[0] - shares[1]).max() < 0.02
