"""A saved study is read by one reader, and written again as it was."""

from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, plain
from isogloss.store.study import read

BASE = RunSpec(encoder=Published(name="a/b"))
TUNED = BASE.then(Phase(stage="target", tasks=("t",), steps=1))
BODY = {
    "name": "s",
    "title": "A study",
    "notes": ["one"],
    "runs": [
        {"id": BASE.run_id, "parent": None, "spec": plain(BASE)},
        {"id": TUNED.run_id, "parent": BASE.run_id, "spec": plain(TUNED)},
    ],
    "evaluations": [
        {"run": TUNED.run_id, "key": "k", "task": "t", "split": "test", "data": "d", "languages": ["en"], "limit": 3},
        {"run": TUNED.run_id, "key": "l", "task": "t", "split": "test", "data": "d", "languages": [], "limit": 0,
         "weights": "best", "perturbation": "typos:0.1"},
    ],
    "baselines": [{"key": "b", "task": "t", "split": "test", "data": "d", "languages": ["en"], "limit": 0}],
    "translations": ["t-train-de-0"],
    "tasks": {"t": {"type": "classification"}},
    "absent": {"t": ["yo"]},
    "remarks": ["left out"],
    "recipe": {"name": "own", "options": {}, "own": True},
    "version": "1",
    "complete": True,
}  # fmt: skip


def test_a_study_has_names_for_what_is_in_it() -> None:
    """Runs with their specs, tests with the weights they ask for, and what made it."""
    study = read(BODY)
    assert study.specs == {BASE.run_id: BASE, TUNED.run_id: TUNED}
    assert [run.parent for run in study.runs] == [None, BASE.run_id]
    assert [(each.key, each.weights, each.perturbation, each.limit) for each in study.evaluations] == [
        ("k", "last", "", 3),
        ("l", "best", "typos:0.1", 0),
    ]
    assert [(each.run, each.key) for each in study.baselines] == [("", "b")]
    assert (study.own, study.complete, study.absent) == (True, True, {"t": ("yo",)})


def test_what_was_read_is_written_as_it_was() -> None:
    """The format on the disk is that of the body, field by field and in order."""
    assert list(read(BODY).plain().items()) == list(BODY.items())


def test_a_study_of_an_older_version_has_less_in_it() -> None:
    """What it does not say is empty; its name is that of its file."""
    study = read({"runs": [{"id": "r"}], "evaluations": [{"run": "r", "key": "k"}]}, "s")
    assert (study.name, study.tasks, study.translations, study.complete) == ("s", {}, (), False)
    assert study.evaluations[0].weights == "last"
