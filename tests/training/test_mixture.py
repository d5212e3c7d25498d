"""training/mixture: whose turn it is, against shares computed by hand."""

from itertools import islice

import pytest

from isogloss.core.parts import Mixture
from isogloss.training import mixture

PLAIN = Mixture(by="proportional")
SIZES = (1000, 3000, 4000)


@pytest.mark.parametrize(
    ("mixed", "expected"),
    [
        (PLAIN, (1 / 8, 3 / 8, 4 / 8)),
        (Mixture(by="proportional", cap=3000), (1 / 7, 3 / 7, 3 / 7)),
        (Mixture(by="proportional", cap=500), (1 / 3, 1 / 3, 1 / 3)),
        (Mixture(by="uniform"), (1 / 3, 1 / 3, 1 / 3)),
        # sqrt(1000) : sqrt(3000) : sqrt(4000) = 1 : 1.7320508 : 2, which sum to 4.7320508
        (Mixture(by="temperature", temperature=2.0), (0.2113249, 0.3660254, 0.4226497)),
        # the same with the cap first: 1 : 1.4142136 : 1.4142136
        (Mixture(by="temperature", temperature=2.0, cap=2000), (0.2612039, 0.3693981, 0.3693981)),
        (Mixture(by="temperature"), (1 / 8, 3 / 8, 4 / 8)),
    ],
)
def test_shares_are_those_computed_by_hand(mixed: Mixture, expected: tuple[float, ...]) -> None:
    """Examples-proportional with and without a cap, temperature with and without one, and uniform."""
    assert mixture.shares(SIZES, mixed).tolist() == pytest.approx(expected, abs=1e-7)


def test_turns_follow_the_shares() -> None:
    """Of 20,000 turns each task has its share, within four standard errors of a draw."""
    drawn = list(islice(mixture.turns(SIZES, PLAIN, "key"), 20_000))
    for task, share in enumerate((1 / 8, 3 / 8, 4 / 8)):
        assert abs(drawn.count(task) / 20_000 - share) < 4 * (share * (1 - share) / 20_000) ** 0.5


def test_turns_are_a_function_of_the_key() -> None:
    """The same key gives the same turns, so that a killed phase finds its place; another key gives others."""
    first, again, other = (list(islice(mixture.turns(SIZES, PLAIN, key), 3000)) for key in ("one", "one", "two"))
    assert first == again
    assert first != other
    assert first[:1024] != first[1024:2048]  # a block does not repeat the one before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.75, 0.9])
def test_text_has_its_share_of_any_first_steps(share: float) -> None:
    """After n steps, round(share × n) were text, for every n: never more than half a step off."""
    for count in (1, 2, 3, 7, 10, 99, 100, 1000):
        assert abs(sum(mixture.is_text(step, share) for step in range(count)) - share * count) <= 0.5 + 1e-9


def test_epochs_are_the_tasks_own_and_text_comes_on_top() -> None:
    """60 steps of tasks and a quarter of all steps on text are 80 steps; without text, 60."""
    assert mixture.steps_with_text(60, 0.25) == 80
    assert mixture.steps_with_text(60, 0.0) == 60
    assert mixture.steps_with_text(0.2, 0.0) == 1
