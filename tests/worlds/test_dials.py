"""Languages for dose-response: one dial at a time, nested, replicated."""

import pytest

from isogloss.core.errors import SpecError
from isogloss.worlds import choice, hypernym, lexicon
from isogloss.worlds.dials import DOSES, dial_world, settings
from isogloss.worlds.language import Language
from isogloss.worlds.latent import relations
from isogloss.worlds.world import World

DOSE = dial_world()


def of(code: str, world: World = DOSE) -> Language:
    """A language by its code."""
    return world.languages[world.index(code)]


@pytest.mark.parametrize("letter", ["a", "b"])
def test_each_language_differs_from_its_base_in_one_dial(letter: str) -> None:
    """Of everything that makes a language, one dial differs, and the code says which and how much."""
    every = settings(DOSE)
    base = every.pop(f"base_{letter}")
    for dial, values in DOSES.items():
        for value in values:
            mine = every[f"{dial}{round(100 * value)}_{letter}"]
            assert {name for name in mine if mine[name] != base[name]} == {dial}
            assert mine[dial] == value


def test_two_draws_share_no_choice() -> None:
    """Draws have other cognates, other merged words and other relations of the same number."""
    first, second = of("merge100_a"), of("merge100_b")
    assert lexicon.cognates(DOSE, first) != lexicon.cognates(DOSE, second)
    assert len(lexicon.cognates(DOSE, first)) == len(lexicon.cognates(DOSE, second))
    merged = [{frozenset(pair) for pair in lexicon.merged(DOSE, each).tolist()} for each in (first, second)]
    assert len(merged[0] & merged[1]) < 0.2 * len(merged[0])


@pytest.mark.parametrize("letter", ["a", "b"])
def test_doses_are_nested(letter: str) -> None:
    """A higher dose contains the lower one's cognates, merged words, false friends and changed relations."""
    low, high = of(f"cognates10_{letter}"), of(f"cognates60_{letter}")
    base = of(f"base_{letter}")
    assert lexicon.cognates(DOSE, low) < lexicon.cognates(DOSE, base) < lexicon.cognates(DOSE, high)
    for dial, pairs in (("merge", lexicon.merged), ("false_friends", lexicon.false_friends)):
        some, most = (
            {tuple(pair) for pair in pairs(DOSE, of(f"{dial}{round(100 * value)}_{letter}")).tolist()}
            for value in DOSES[dial]
        )
        assert some < most
        assert len(some) > 10
    english = relations(DOSE, DOSE.languages[0]).category
    moved = [
        {noun for noun, kind in enumerate(relations(DOSE, of(f"relations{dose}_{letter}")).category)
         if kind != english[noun]}
        for dose in (25, 50)
    ]  # fmt: skip
    assert moved[0] < moved[1]
    assert (len(moved[0]), len(moved[1])) == (12, 24)  # of 48 nouns


def test_only_relations_change_gold_labels() -> None:
    """The same test items have English's labels under every dial but relations, and others under that."""
    english = {item.id: item.label for item in choice.examples(DOSE, "test", "en")}
    for code in DOSE.codes[1:]:
        other = {item.id: item.label for item in choice.examples(DOSE, "test", code)}
        differ = sum(other[name] != label for name, label in english.items()) / len(english)
        share = of(code).relations  # of verbs, which are not all equally frequent among the items of one split
        assert differ == pytest.approx(share, abs=0.12 if share else 0.0)


def test_fewer_hypernyms_are_entailed_where_relations_differ() -> None:
    """What the recipe warns of: in a language with half of its hypernyms moved, few of the pairs are entailed."""
    shares = [
        sum(item.label == "entailment" for item in found) / len(found)
        for found in (list(hypernym.examples(DOSE, "test", code)) for code in ("base_a", "relations50_a"))
    ]
    assert shares[0] == pytest.approx(0.5, abs=0.08)
    assert shares[1] < 0.3


def test_more_draws_leave_the_first_ones_as_they_are() -> None:
    """A third draw adds languages at the end and changes no form of the others."""
    more = dial_world(draws=3)
    assert more.languages[: len(DOSE.languages)] == DOSE.languages
    assert lexicon.words(more, of("merge50_b", more)) == lexicon.words(DOSE, of("merge50_b"))


@pytest.mark.parametrize(
    ("doses", "draws"),
    [({"merge": (0.0,)}, 1), ({"order": (1.0,)}, 1), ({"merge": (0.5,)}, 0), ({"merge": (0.5,)}, 27)],
)
def test_impossible_doses_are_refused(doses: dict[str, tuple[float, ...]], draws: int) -> None:
    """The base's own value, a dial that is no share, and draws without a letter are errors."""
    with pytest.raises(SpecError, match="world 'dose'"):
        dial_world(doses=doses, draws=draws)
