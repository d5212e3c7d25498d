"""Jobs go in the plan's order, unless one would be waited for."""

from isogloss.plan.job import Job
from isogloss.run.turns import turns


def job(name: str, seconds: float, *needs: str) -> Job:
    """A job that takes so long."""
    return Job(kind="train", id=name, title=name, seconds=seconds, needs=needs)


def test_the_plan_is_followed() -> None:
    """Two seeds after one encoder: the target of the first goes before the intermediate task of the second."""
    jobs = [job("first", 5), job("first target", 5, "first"), job("second", 5), job("second target", 5, "second")]
    jobs += [job(f"third {number}", 5) for number in range(20)]
    waiting = jobs[1:]
    ready = [each for each in waiting if each.id != "second target"]
    assert [each.id for each in turns(jobs, 2)(ready, waiting)[:2]] == ["first target", "second"]


def test_a_chain_as_long_as_all_that_is_left_goes_first() -> None:
    """Three short jobs and a chain of 20 s for two workers: to begin with the short ones would end later."""
    jobs = [job("a", 5), job("b", 5), job("c", 5), job("d", 10), job("e", 10, "d")]
    ready = jobs[:4]
    assert [each.id for each in turns(jobs, 2)(ready, jobs)] == ["d", "a", "b", "c"]
