"""literature/dedupe.py: what is one paper, what is a version of one, and what only looks like it."""

import random
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.record import Record, identifiers
from isogloss.literature.dedupe import merges

AUTHORS = ("Ada Stone", "Ben Wood", "Cleo Field")


def record(name: str, **given: Any) -> Record:
    ids = identifiers(**{key: given.pop(key) for key in ("doi", "arxiv", "acl") if key in given})
    base: dict[str, Any] = {"title": "Bridge training before the last task", "authors": AUTHORS, "year": 2031}
    return Record(id=name, source=name[0], ids=ids, **{**base, **given})


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        ({}, {}, "same"),
        ({"doi": "10.5555/a"}, {"doi": "https://doi.org/10.5555/A", "year": 2030}, "same"),
        ({}, {"authors": ("A. Stone", "B. Wood", "C. Field")}, "same"),
        ({}, {"title": "Bridge Training Before the Last Task."}, "same"),
        ({}, {"title": "Bridge train\u00ading be\u200bfore the\u00a0last task\ufeff"}, "same"),
        ({}, {"title": "Bridge training before the last tasks", "authors": ("Stone, Ada", "Wood, Ben")}, "same"),
        ({}, {"year": None}, "same"),
        ({}, {"authors": ("Dan Hill", "Eve Pan")}, ""),
        ({}, {"title": "Bridge training before the first task", "authors": ("Ada Stone", "E. Pan", "D. Hill")}, ""),
        ({}, {"authors": ()}, ""),
        ({}, {"year": 2033}, "version of"),
        ({}, {"kind": "preprint"}, "version of"),
        ({"doi": "10.5555/a"}, {"doi": "10.5555/b"}, "version of"),
        ({"doi": "10.5555/a"}, {"doi": "10.5555/a", "title": "On cooking rice slowly"}, "conflict"),
        ({"title": "Bridge training, part I"}, {"title": "Bridge training, part II"}, ""),
        ({"title": "Book review column", "authors": ("Ada Stone", "X Y")}, {"title": "Book review column"}, ""),
        ({"doi": "10.5555/a", "related": {"is-preprint-of": "10.5555/z"}},
         {"doi": "10.5555/z", "title": "Other words"}, "version of"),
    ],
)  # fmt: skip
def test_pairs(first: dict[str, Any], second: dict[str, Any], relation: str) -> None:
    """Equal titles need an author in common; another year, DOI or a preprint makes a version; a clash is a conflict."""
    found, conflicts = merges([record("a:1", **first), record("b:2", **second)])
    assert [each.relation for each in found] == ([relation] if relation in ("same", "version of") else [])
    assert bool(conflicts) == (relation == "conflict")


def test_three_records_of_one_paper_are_two_merges_into_the_published_one() -> None:
    """The record with an abstract stands for the group, whichever order they come in."""
    records = [record("a:1"), record("b:2", abstract="Text."), record("c:3", doi="10.5555/a")]
    for seed in range(6):
        random.Random(seed).shuffle(records)
        found, _ = merges(records)
        assert {(each.kept, each.other) for each in found} == {("b:2", "a:1"), ("b:2", "c:3")}


def test_one_paper_with_three_dois_is_linked_and_stays_three_records() -> None:
    """Versions are relations: nothing is merged away."""
    found, _ = merges([record(f"a:{n}", doi=f"10.5555/{n}") for n in range(3)])
    assert {each.relation for each in found} == {"version of"}


@pytest.mark.real
def test_dblp_acm(real: Path) -> None:
    """F1 of at least .97 at a precision of .985 on the pairs of Köpcke, Thor & Rahm that are here."""
    import importlib.util

    path = Path(__file__).parents[2] / "bench" / "dedupe.py"
    spec = importlib.util.spec_from_file_location("bench_dedupe", path)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    found = bench.tables(real / "evidence" / "dedupe" / "dblp_acm", errors=False)
    assert found["f1"] >= 0.97
    assert found["precision"] >= 0.985
