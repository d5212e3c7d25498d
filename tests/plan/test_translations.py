"""A study translates what is missing before it trains on it, and a plan translates nothing."""

import textwrap
from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.plan.plan import Plan, plan
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.report.tables.translations import line, records
from isogloss.run import local
from isogloss.run.execute import execute
from isogloss.store import study
from isogloss.training.phase import _examples

ENGINE = '''
"""An engine that writes backwards, and cannot write "sea"."""
from isogloss.translation.engine import Translation, plain, written

class Backwards:
    name = "backwards"
    carries_marks = False
    asked = []

    def version(self, language):
        return "backwards 1"

    def translate(self, sentences, language):
        Backwards.asked += sentences
        return [None if written(each) == "sea" else Translation(plain(written(each)[::-1])) for each in sentences]
'''
RECIPE = """
import colour
from backwards import Backwards
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study
from isogloss.translation.translated import translated

def grid(first: int = 0) -> Study:
    made = translated(colour.TASK, Backwards(), ("en", "de", "yo"), first=first)
    base = RunSpec(encoder=Published(name="nowhere/encoder"))
    middle = base.then(Phase(stage="intermediate", tasks=(made.name,), languages=("en", "yo"), epochs=1, batch=2))
    run = middle.then(Phase(stage="target", tasks=("colour",), steps=3))
    tests = (Evaluation(run=run, task="colour"),)
    return Study(name="backwards", title="Backwards", runs=(run,), evaluations=tests, tasks=(made,))
"""


@pytest.fixture
def backwards(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The user's folder with an engine and a recipe that trains on its translations."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("colour", "backwards"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    (tmp_path / "backwards.py").write_text(textwrap.dedent(ENGINE))
    (tmp_path / "study.py").write_text(textwrap.dedent(RECIPE))
    return Site(recipe=str(tmp_path / "study.py"), options={}, store_root=site.store_root, data=site.data)


def planned(site: Site) -> Plan:
    return plan(site.study, site.store, site.data, site.find)


def translate(site: Site) -> Plan:
    found = planned(site)
    jobs = [job for job in found.missing if job.kind == "translate"]
    local.run(jobs, site, Progress(jobs), do=execute)
    return found


def test_a_plan_names_translations_and_makes_none(backwards: Site) -> None:
    """Only the languages a phase names, English left out; the phase waits for them, and nothing was sent or written."""
    found = planned(backwards)
    made = [job for job in found.jobs if job.kind == "translate"]
    assert [(job.task, job.split, job.languages, job.examples) for job in made] == [
        ("colour_translated", "train", ("yo",), 3)
    ]
    (middle,) = [job for job in found.jobs if job.kind == "train" and made[0].id in job.needs]
    assert middle.examples == 6
    assert __import__("backwards").Backwards.asked == []
    assert not backwards.store.at.sentences.exists()


def test_what_was_translated_is_trained_on(backwards: Site) -> None:
    """After the translation the examples are those of the plan: the phase takes them, the next plan knows them."""
    found = translate(backwards)
    phase = found.study.runs[1].phases[-1]
    task = backwards.find("colour_translated")
    read = _examples(task, phase, backwards.data)
    assert [getattr(each, "text", "") for each in read["yo"]] == ["yks", "doolb"]
    assert len(read["en"]) == 3
    again = planned(backwards)
    assert not [job for job in again.missing if job.kind == "translate"]
    assert [job.id for job in again.jobs] == [job.id for job in found.jobs]


def test_what_was_dropped_is_told(backwards: Site) -> None:
    """The record of a study's translations, in a sentence."""
    found = translate(backwards)
    (record,) = records(backwards.store, study.read(found.plain()))
    assert line(record) == "colour_translated train in yo: 2 of 3 examples kept; dropped: not translated 1"


def test_other_source_data_is_another_run(backwards: Site) -> None:
    """A changed English file changes the run, and a phase planned before refuses to train on it."""
    before = translate(backwards)
    path = backwards.data / "colour" / "train-en.tsv"
    path.write_text(path.read_text() + "grass\tred\n")
    after = planned(backwards)
    assert before.study.runs[1].run_id != after.study.runs[1].run_id
    with pytest.raises(DataError, match="has changed since the study was planned"):
        _examples(backwards.find("colour_translated"), before.study.runs[1].phases[-1], backwards.data)
