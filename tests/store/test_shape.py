"""A store is data: what it names is a name, and what lies under a name is what the name says."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.cli import main
from isogloss.core.errors import IsoglossError, StoreError
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, RunSpec, plain
from isogloss.store import seal, shape
from isogloss.store.layout import Layout, SearchLayout
from isogloss.store.store import Store

RUN = RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=1),))
EVIL = ("evil.py", "../evil", "/tmp/evil.py", "sub/evil", "a\x1b[2J")
FILE = Path("store/studies/s.json")


def study(**changes: Any) -> dict[str, Any]:
    return {
        "name": "s",
        "title": "S",
        "runs": [{"id": RUN.run_id, "parent": None, "spec": plain(RUN)}],
        "evaluations": [{"run": RUN.run_id, "task": "t", "split": "test", "key": "k", "languages": ["en"]}],
        "baselines": [{"task": "t", "split": "test", "key": "b"}],
        "translations": ["x"],
        "tasks": {"t": {"metrics": ["exact_match+answer_f1"], "trained_on": ["u"], "languages": ["en"]}},
    } | changes


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_is_a_path_names_the_file_it_stands_in(name: str) -> None:
    """Wherever a saved study has a name, one that leads elsewhere is a StoreError with the study's file."""
    assert shape.study(FILE, "s", study()).plain() == study()
    spec = plain(RUN)
    spec["phases"][0]["tasks"] = [name]
    places = {
        "runs": [
            [{"id": name, "parent": None, "spec": plain(RUN)}],
            [{"id": "r", "parent": name, "spec": plain(RUN)}],
            [{"id": "r", "parent": None, "spec": spec}],
        ],
        "evaluations": [
            [{"run": "r", "task": "t", "split": "test", "key": "k"} | {field: name}]
            for field in ("run", "task", "split", "key")
        ],
        "baselines": [[{"task": name, "split": "test", "key": "k"}], [{"task": "t", "split": "test", "key": name}]],
        "translations": [[name]],
        "tasks": [{name: {}}, {"t": {"metrics": [f"accuracy+{name}"]}}, {"t": {"trained_on": [name]}}],
    }
    for field, values in places.items():
        for value in values:
            with pytest.raises(StoreError, match=r"studies/s\.json.*A store is data"):
                shape.study(FILE, "s", study(**{field: value}))
    score = Score(run="r", task="t", split="test", language="en", metric="m", value=1.0, n=1).plain()
    for field in ("task", "split", "language", "metric"):
        with pytest.raises(StoreError, match="A store is data"):
            shape.scores(FILE, "r", {"scores": [score | {field: name}]})
    with pytest.raises(StoreError, match="A store is data"):
        shape.names(FILE, ["majority", name])


def test_what_is_laid_out_otherwise_is_named() -> None:
    """A list for an object, an object without its fields, and a spec or score of another run: each with its file."""
    for body in ([], "text", 1, None, {"runs": [{}]}, {"runs": 3}, {"tasks": []}, {"name": "other"}):
        with pytest.raises(StoreError, match=r"studies/s\.json"):
            shape.study(FILE, "s", body)
    for body in ({}, {"scores": 1}, {"scores": [{"run": "r"}]}, {"scores": [{"spin": 1}]}):
        with pytest.raises(StoreError, match="cannot be read"):
            shape.scores(FILE, "r", body)
    score = Score(run="r", task="t", split="s", language="en", metric="m", value=1.0, n=1).plain()
    wrong = {"value": (float("nan"), 1.5, -0.1, "0.5", None), "n": (-1, 1.5, "9"), "threshold": (float("inf"), "x"),
             "variant": (None, float("nan"), ["a"]), "metric": (3, None), "version": (1,)}  # fmt: skip
    for field, values in wrong.items():
        for value in values:
            with pytest.raises(StoreError, match=rf"studies/s\.json: the {field} of a score is"):
                shape.scores(FILE, "r", {"scores": [score | {field: value}]})
    told = {"encoder": "r", "task": "t", "split": "s", "language": "en", "kind": "test", "below": {}, "calibration": {}}
    assert shape.drift(FILE, told) == told
    for field in told:
        with pytest.raises(StoreError, match=rf"studies/s\.json: the {field} of a drift is 3"):
            shape.drift(FILE, told | {field: 3})
    with pytest.raises(StoreError, match="of run 'r', not of q"):
        shape.scores(FILE, "q", {"scores": [Score(run="r", task="t", split="s", language="en", metric="m", value=0.0,
                                                  n=1).plain()]})  # fmt: skip
    with pytest.raises(StoreError, match=rf"spec of run {RUN.run_id}, not of 0123456789ab"):
        shape.spec(FILE, "0123456789ab", plain(RUN))
    assert shape.spec(FILE, RUN.run_id, plain(RUN)) == RUN


@pytest.mark.parametrize("change", [{"steps": "many"}, {"tasks": None}, {"stage": 7}, {"data": []}, {"objective": 1}])
def test_a_spec_with_wrong_values_is_an_error_of_ours(change: dict[str, Any]) -> None:
    """A field of the wrong type is told like every other mistake, or makes another run."""
    body = plain(RUN)
    body["phases"][0] |= change
    with pytest.raises(IsoglossError):
        shape.spec(FILE, RUN.run_id, body)


def test_no_path_leads_out_of_a_store() -> None:
    """Every function of the layout that takes a name refuses one that would lead elsewhere."""
    layout = Layout(Path("/stores/one"))
    made = 0
    for function, method in inspect.getmembers(layout, inspect.ismethod):
        given = list(inspect.signature(method).parameters)
        if function.startswith("_") or not given:
            continue
        assert isinstance(method(*["name"] * len(given)), Path | list | SearchLayout)
        for name in ("..", "../..", "/etc", "a/b/../../..", ".", ""):
            for place in range(len(given)):
                names = ["name"] * len(given)
                names[place] = name
                if function == "lock" and "/" in name:  # names of locks are joined by slashes, which are replaced
                    continue
                with pytest.raises(StoreError, match="nothing in a store has it"):
                    method(*names)
                made += 1
    assert made > 60


@pytest.mark.parametrize("verb", [["measure", "s", "--measures", "script_distance"], ["semdiv", "s"], ["show", "s"],
                                  ["analyse", "s"], ["report", "s"], ["gc"], ["submit", "out"]])  # fmt: skip
def test_no_verb_runs_what_a_store_names(
    verb: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study that names a Python file as its task ends every verb with an error that names the study's file."""
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "store")
    (tmp_path / "evil.py").write_text("open('RAN', 'w').write('yes')\nraise SystemExit('code of the store ran')\n")
    each = {"run": RUN.run_id, "task": "evil.py", "split": "test", "key": "k", "languages": ["en"], "limit": 0}
    store.save_study("s", study(evaluations=[each], tasks={"evil.py": {"metrics": ["accuracy"]}}))
    score = Score(run="majority", task="evil.py", split="test", language="en", metric="evil.py", value=1.0, n=1)
    path = store.at.scores("majority", "k")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"task": "xnli", "split": "test", "scores": [score.plain()]}), "utf-8")
    assert main([*verb, "--store", str(store.root)]) == 2
    assert "s.json" in capsys.readouterr().err
    assert not (tmp_path / "RAN").exists()


@pytest.mark.parametrize("text", [r'{"title": "\ud800"}', r'{"\udfff x": 1}', "[" * 100_000])
def test_json_that_holds_no_text_is_damage(text: str) -> None:
    """Half a surrogate pair cannot be written to any file of a page; brackets without end are no JSON."""
    with pytest.raises(seal.Damage):
        seal.read_json(text.encode())
    assert seal.read_json(rb'{"title": "\ud83d\ude00"}') == {"title": "😀"}
