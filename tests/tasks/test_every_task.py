"""What holds for every task of the package, whatever it asks."""

import re
from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.core.folder import ROOT, load, names
from isogloss.core.languages import table
from isogloss.core.metric import find as find_metric
from isogloss.core.task import Task

NAMES = [name for name in names("tasks") if load("tasks", name).places is not None]
XTREME = {"xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba"}
XTREME_R = (XTREME - {"pawsx", "bucc2018"}) | {"xcopa", "lareqa", "mewslix", "multichecklist"}
PHANG = {"anli_plus", "mnli", "qqp", "squad2", "squad", "hellaswag", "ccg", "cosmosqa", "commonsenseqa"}
"""The nine intermediate tasks of Phang et al. 2020, section 2.1."""


def task(name: str) -> Task:
    found = load("tasks", name)
    assert isinstance(found, Task)
    return found


def test_the_benchmarks_are_complete() -> None:
    """Every task of XTREME, XTREME-R and every intermediate task of Phang et al. is here and says so."""
    for benchmark, wanted in (("xtreme", XTREME), ("xtreme_r", XTREME_R), ("intermediate", PHANG)):
        marked = {name for name in NAMES if benchmark in task(name).benchmarks}
        assert wanted <= marked
    assert {name for name in NAMES if "xtreme" in task(name).benchmarks} == XTREME


@pytest.mark.parametrize(
    ("name", "benchmark", "count"),
    [("udpos", "xtreme_r", 38), ("panx", "xtreme_r", 48), ("xquad", "xtreme_r", 12), ("mlqa", "xtreme", 7),
     ("tydiqa", "xtreme", 9), ("bucc2018", "xtreme", 4), ("xcopa", "xtreme_r", 11), ("mewslix", "xtreme_r", 11),
     ("lareqa", "xtreme_r", 11), ("pawsx", "xtreme", 7)],
)  # fmt: skip
def test_language_counts_are_the_official_ones(name: str, benchmark: str, count: int) -> None:
    """As listed in google-research/xtreme's evaluate.py."""
    assert benchmark in task(name).benchmarks
    assert len(task(name).languages) == count


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_described_whole(name: str) -> None:
    """File name, docstring with an example, licence, citation, languages, metrics and a way to get the data."""
    found = task(name)
    assert found.name == name
    text = (ROOT / "tasks" / f"{name}.py").read_text("utf-8")
    assert text.startswith('"""')
    assert re.search(r"^(    \S| *\w.*\S {2,}\S)", text.split('"""')[1], re.MULTILINE), "the docstring shows no example"
    assert found.source.licence
    assert found.source.cite
    assert found.source.urls or found.source.by_hand
    assert len(set(found.languages)) == len(found.languages)
    assert {code for language in found.languages for code in language.split("-")} <= set(table())
    assert all(find_metric(metric) for metric in found.metrics)
    assert found.metrics or found.type == "text"
    assert 0.0 <= found.chance < 1.0
    assert {split for split, _ in found.counts} <= set(found.splits)
    assert {language for _, language in found.counts} <= set(found.languages)
    for other in found.trained_on:
        assert "en" in task(other).languages
        assert "train" in task(other).splits


@pytest.mark.parametrize("name", NAMES)
def test_missing_files_say_where_they_belong_and_how_to_get_them(name: str, tmp_path: Path) -> None:
    """An empty data root: nothing is available, and reading names the places and the way to get the data."""
    found = task(name)
    for split in found.splits:
        assert found.available(tmp_path, split) == ()
        with pytest.raises(DataError) as caught:
            found.examples(tmp_path, split, found.languages[0])
        message = str(caught.value)
        assert "--fetch" in message or found.source.by_hand in message
    assert str(tmp_path) in message or name == "mewslix"


@pytest.mark.parametrize("name", NAMES)
def test_unknown_bytes_are_a_data_error(name: str, tmp_path: Path) -> None:
    """Every file a task may read, filled with the same junk, is refused with a DataError that names one of them."""
    found = task(name)
    for split in found.splits:
        language = found.languages[0]
        assert found.places is not None
        for paths in found.places(tmp_path / found.source.folder, split, language):
            for path in paths:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b'\x00{"junk"\n\xff\n')
        if found.available(tmp_path, split)[:1] == (language,):
            with pytest.raises(DataError, match=re.escape(str(tmp_path))):
                found.examples(tmp_path, split, language)
