"""What a plan will take."""

from isogloss.core.spec import Study
from isogloss.plan.cost import chains, cost
from isogloss.plan.job import Job, Plan


def job(name: str, seconds: float | None, *needs: str, cached: bool = False) -> Job:
    """A job of ten steps and 100 bytes that takes so long."""
    return Job(kind="train", id=name, title=name, needs=needs, seconds=seconds, steps=10, bytes=100, cached=cached)


def test_a_chain_is_its_jobs_one_after_another() -> None:
    """Through the longest of those that wait."""
    assert chains([job("a", 1), job("b", 2, "a"), job("c", 7, "a")]) == {"a": 8, "b": 2, "c": 7}


def test_the_clock_runs_as_long_as_the_longest_chain() -> None:
    """a and then c take 8 s, however many are at once; one at a time all take 10. What is cached costs nothing."""
    jobs = (job("a", 1), job("b", 2, "a"), job("c", 7, "a"), job("d", None), job("e", 99, cached=True))
    plan = Plan(study=Study(name="s", title="S", runs=(), evaluations=()), jobs=jobs, tasks=(), absent={})
    assert [cost(plan, workers).clock for workers in (1, 2, 8)] == [10, 8, 8]
    told = cost(plan, 1)
    assert (told.steps, told.seconds, told.bytes, told.unknown) == (40, 10, 400, 1)


def test_weights_that_tests_alone_have_asked_for_need_not_stay() -> None:
    """a is where b starts, b is tested and done with, c was asked for as it is; the test itself leaves 7 bytes."""
    test = Job(kind="evaluate", id="b/1", title="b", needs=("b",), seconds=1, bytes=7)
    jobs = (job("a", 1), job("b", 1, "a"), job("c", 1), test)
    told = cost(Plan(study=Study(name="s", title="S", runs=(), evaluations=()), jobs=jobs, tasks=(), absent={}), 1)
    assert (told.bytes, told.needed) == (307, 207)
