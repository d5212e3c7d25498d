"""Where a study runs: its tasks, its recipe's file, and what travels to a worker."""

import dataclasses
import pickle
from pathlib import Path

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.plan.options import options_of
from isogloss.plan.site import Site


def test_a_task_is_looked_for_near_first(site: Site) -> None:
    """The study's own tasks, then files beside the recipe, then the package; else the nearest name is suggested."""
    assert site.find("colour").title == "Colours"
    assert site.find("xnli").name == "xnli"
    with pytest.raises(UnknownName, match="Did you mean 'colour'"):
        site.find("colours_")


def test_a_recipe_may_import_the_files_beside_it(tmp_path: Path, site: Site) -> None:
    """`from colour import TASK` works in a user's recipe."""
    recipe = tmp_path / "importing.py"
    recipe.write_text(
        "from colour import TASK\nfrom isogloss.core.spec import Study\n"
        "def grid() -> Study:\n    return Study(name='s', title='S', tasks=(TASK,))\n"
    )
    found = dataclasses.replace(site, recipe=str(recipe))
    assert found.find("colour") is found.study.tasks[0]


def test_a_recipe_returns_a_study(tmp_path: Path) -> None:
    """A grid() that returns something else, and a file that is not there, are errors that say so."""
    recipe = tmp_path / "wrong.py"
    recipe.write_text("def grid():\n    return []\n")
    with pytest.raises(SpecError, match="returned a list, expected a Study"):
        _ = Site(recipe=str(recipe), store_root=tmp_path, data=tmp_path).study
    with pytest.raises(SpecError, match="no such file"):
        options_of(str(tmp_path / "gone.py"), [])


def test_only_plain_values_travel(site: Site) -> None:
    """A site that has loaded its study, functions and all, is pickled as its fields alone."""
    assert site.study.name == "colours"
    other = pickle.loads(pickle.dumps(site))
    assert other == site
    assert "study" not in vars(other)


def test_generated_data_is_made_once(tmp_path: Path) -> None:
    """A site asks a generated task for a split and language once; files are read each time."""
    recipe = tmp_path / "made.py"
    recipe.write_text(
        "from isogloss.core.examples import Text\nfrom isogloss.core.spec import Study\n"
        "from isogloss.core.task import Source, Task\nCALLS = []\n"
        "def read(folder, split, language):\n    CALLS.append(split)\n    yield Text(id='1', text='a')\n"
        "def task(name, **source):\n"
        "    return Task(name=name, type='text', title='', languages=('en',), read=read,\n"
        "        source=Source(folder='', licence='', cite='', **source))\n"
        "def grid():\n"
        "    return Study(name='s', title='S', tasks=(task('made', generated='1'), task('read')))\n"
    )
    site = Site(recipe=str(recipe), store_root=tmp_path, data=tmp_path)
    calls = site.study.tasks[0].read.__globals__["CALLS"]
    for name, times in (("made", 1), ("read", 2)):
        calls.clear()
        assert site.find(name).examples(tmp_path, "train", "en") == site.find(name).examples(tmp_path, "train", "en")
        assert len(calls) == times
