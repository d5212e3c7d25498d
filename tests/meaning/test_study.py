"""A study's translations scored: which tests are translations, what has drifted, and that nothing is done twice."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.core import folder
from isogloss.core.errors import IsoglossError
from isogloss.core.examples import Classification, Example, Text
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, Published, RunSpec, Study
from isogloss.core.task import Source, Task
from isogloss.meaning import scoring, study
from isogloss.meaning.study import StudyMeaning, score_all
from isogloss.plan.plan import plan
from isogloss.store.store import Store
from isogloss.translation.engine import Pieces, Translation, plain, written
from isogloss.translation.translated import Translated, translated
from tongues import adapted

SOURCE = Source(folder="", licence="ours", cite="ours", generated="1")
WORDS = ("ferry", "bakery", "bridge", "winter", "doctor", "garden", "letter", "river", "summer", "market", "window")


def sentence(number: int) -> str:
    """Six words and a number, other ones for each number."""
    return " ".join(WORDS[(number * 5 + place * (1 + number % 3)) % len(WORDS)] for place in range(6)) + f" {number}"


def read_lines(_: Path, _split: str, language: str) -> Iterable[Example]:
    """Parallel text in English and German: a translation is the text and one word more."""
    for number in range(100, 180):
        yield Text(id=f"{number}", row=f"{number}", text=sentence(number) + (" ja" if language == "de" else ""))


def read_topics(_: Path, split: str, language: str) -> Iterable[Example]:
    """Forty rows. In German twenty of them say something else."""
    for number in range(40):
        said = number if language == "en" or number % 2 else number + 41
        text = sentence(said) + (" ja" if language == "de" else "")
        yield Classification(id=f"{split}-{number}", text=text, label="ab"[number // 20])


def read_rows(_: Path, split: str, language: str) -> Iterable[Example]:
    """Rows that are numbered alike and have nothing to do with each other."""
    for number in range(40):
        at = number + 200 * (language != "en")
        yield Classification(id=f"{split}-{number}", text=sentence(at), label="ab"[(number + (language != "en")) % 2])


def task(
    name: str, read: object, kind: str = "classification", languages: tuple[str, ...] = ("en", "de", "fi")
) -> Task:
    return Task(
        name=name, type=kind, title=name, languages=languages, read=read, source=SOURCE, trained_on=(name,),  # type: ignore[arg-type]
        labels=("a", "b"), metrics=("accuracy",) if kind != "text" else (),
    )  # fmt: skip


TASKS = {
    "lines": task("lines", read_lines, "text", ("en", "de")),
    "topics": task("topics", read_topics),
    "rows": task("rows", read_rows),
}


class Engine:
    """Adds a word."""

    name = "adder"
    carries_marks = False

    def version(self, _: str) -> str:
        """Never another."""
        return "adder 1"

    def translate(self, asked: list[Pieces], _: str) -> list[Translation | None]:
        """The same and one word."""
        return [Translation(plain(f"{written(each)} ja")) for each in asked]


def find(name: str) -> Task:
    return TASKS.get(name) or folder.load("tasks", name)


@pytest.fixture(scope="module")
def bench(xlmr: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyMeaning:
    """A study with a translated test, one that is none, and translated training data; all scored in German."""
    root = tmp_path_factory.mktemp("drift")
    base = RunSpec(encoder=Published(name=str(xlmr)))
    runs = tuple(base.then(Phase(stage="target", tasks=(name,), steps=1)) for name in ("topics", "rows"))
    tests = tuple(Evaluation(run=run, task=run.phases[0].tasks[0], languages=("en", "de", "fi")) for run in runs)
    store = Store(root / "store")
    resolved = plan(Study(name="made", title="", runs=runs, evaluations=tests), store, root, find).plain()
    made = translated(TASKS["topics"], Engine(), ("en", "de")).derived
    assert isinstance(made, Translated)
    record = made.make(root, "train", "de", cache=store.at.sentences, report=lambda *_: None)
    store.save_translation("topics-train-de", {"task": "topics_translated", **record})
    store.save_study("made", {**resolved, "translations": ["topics-train-de"]})
    return fresh(store, root)


def fresh(store: Store, root: Path) -> StudyMeaning:
    return StudyMeaning(study=store.study("made"), store=store, data=root, find=find, languages=("de",))


@pytest.fixture(autouse=True)
def _own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PARALLEL", ("lines",))


def test_translations_are_told_from_rows_that_are_numbered_alike() -> None:
    """The rule of evaluation/parallel, and each of an example's texts with its translation."""
    rows = [[*read(Path(), "test", code)] for read in (read_topics, read_rows) for code in ("en", "de")]
    assert len(scoring.translations(rows[0], rows[1])[0]) == 40
    assert scoring.translations(rows[2], rows[3])[0] == []


def test_a_test_that_has_drifted_stands_out(bench: StudyMeaning) -> None:
    """Half of the German test says something else, the translated training data nothing: the intervals tell them apart,
    and a test whose ids tell no translations has no share."""
    assert score_all(bench, quiet=True) == 2
    found = {each["task"]: each for each in bench.store.drifts("made").values()}
    assert {name: each["kind"] for name, each in found.items()} == {"topics": "test", "topics_translated": "training"}
    test, training = found["topics"], found["topics_translated"]
    assert (test["n"], training["n"]) == (40, 40)
    assert test["drifted"]["low"] > training["drifted"]["high"]
    assert test["drifted"]["high"] >= 0.5
    assert test["calibrated"] == "synthetic"
    assert test["parallel"] == {"lines": 80}
    assert training["engine"] == "adder 1"


def test_nothing_is_scored_twice(bench: StudyMeaning, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second time no model is trained; fewer pairs are scored again."""
    score_all(bench, quiet=True)
    with monkeypatch.context() as patched:
        patched.setattr("isogloss.meaning.scorers.train", None)
        assert score_all(fresh(bench.store, bench.data), quiet=True) == 0
    less = fresh(bench.store, bench.data)
    less.limit = 30
    assert score_all(less, quiet=True) == 2
    assert {(each["n"], each["pairs"]) for each in bench.store.drifts("made").values()} == {(30, 40)}


def test_what_is_kept_is_shown_where_the_encoder_is_not(bench: StudyMeaning) -> None:
    """A store that was moved: its records say what would have to be read off the weights."""
    score_all(bench, quiet=True)
    moved = fresh(bench.store, bench.data)
    moved.__dict__["_loaded"] = None
    assert score_all(moved, quiet=True) == 0


def test_an_encoder_is_known_by_its_files_and_not_by_its_spelling(
    bench: StudyMeaning, xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The study's own by any name of its folder; another folder is scored again once its files have changed."""
    score_all(bench, quiet=True)
    monkeypatch.chdir(xlmr.parent)
    for name in (str(xlmr), f"{xlmr}/", f"./{xlmr.name}"):
        again = replace(bench, encoder=name)
        assert again.at[0] == bench.at[0]
        assert score_all(again, quiet=True) == 0
    other = tmp_path / "other"
    shutil.copytree(xlmr, other)
    (other / "vocab.txt").write_text("a file more\n", "utf-8")
    assert score_all(replace(bench, encoder=str(other)), quiet=True) == 2
    assert score_all(replace(bench, encoder=f"{other}/../other"), quiet=True) == 0
    (other / "vocab.txt").write_text("and another\n", "utf-8")
    assert score_all(replace(bench, encoder=str(other)), quiet=True) == 2


def test_shares_of_both_sides_read_as_english_are_scored_again(
    bench: StudyMeaning, xlmr: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier version kept of an encoder with parts for each language; of another encoder it is kept."""
    part = bench.parts("de")[0]
    kept = bench._digest(part, {}, many_tongued=False)
    told = (study.RULES, part.engine, part.pairs, [], [])
    assert kept == hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    assert bench._is_kept({"data": kept}, part, {})
    monkeypatch.setitem(bench.__dict__, "_loaded", adapted(xlmr, "en", "de"))
    assert not bench._is_kept({"data": kept}, part, {})


def test_small_is_the_encoder_that_the_study_built(xlmr: Path, tmp_path: Path) -> None:
    """The built one, though the published one comes first; a study that has built none says so."""
    tune = Phase(stage="target", tasks=("topics",), steps=1)
    published = RunSpec(encoder=Published(name=str(xlmr)))
    shape = Architecture(vocabulary=100, width=8, layers=1, heads=1, hidden=8, positions=32)
    own = RunSpec(encoder=shape, phases=(Phase(stage="pretrain", tasks=("lines",), steps=1),))
    store = Store(tmp_path / "store")
    for name, runs in {"both": (published.then(tune), own.then(tune)), "one": (published.then(tune),)}.items():
        store.save_study(name, plan(Study(name=name, title="", runs=runs), store, tmp_path, find).plain())
    (built,) = (spec for spec in store.study("both").specs.values() if spec.phases and spec == spec.pretrained)
    with pytest.raises(IsoglossError, match=f"{built.run_id} has no weights"):
        StudyMeaning(study=store.study("both"), store=store, data=tmp_path, find=find, encoder="small")
    (store.begin(built) / "encoder").mkdir()
    store.finish(built, {})
    chosen = StudyMeaning(study=store.study("both"), store=store, data=tmp_path, find=find, encoder="small")
    assert chosen.at[0] == built.run_id
    with pytest.raises(IsoglossError, match="small"):
        StudyMeaning(study=store.study("one"), store=store, data=tmp_path, find=find, encoder="small")


def test_a_language_without_parallel_text_is_named(bench: StudyMeaning) -> None:
    """Finnish has none but the dev set of the same test, less the test's own lines: nothing is left."""
    again = fresh(bench.store, bench.data)
    again.languages = ("fi",)
    assert score_all(again, quiet=True) == 0
    assert again.without == {"fi": "0 lines of parallel text; 20 or more are needed"}


def test_the_verb_prints_what_the_store_holds_and_what_is_missing(
    bench: StudyMeaning, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tasks of a user's recipe are unknown without it: what was scored before is printed, and it ends in an error."""
    score_all(bench, quiet=True)
    options = ["semdiv", "made", "--store", str(bench.store.root), "--data", str(bench.data)]
    assert main(options) == 2
    shown, told = capsys.readouterr()
    assert "task 'topics' does not come with isogloss" in told
    assert "topics_translated train" in shown
    assert "Not calibrated for real divergences" in shown
    assert "No share for topics test:" in shown
    assert main([*options, "--json", "--language", "de"]) == 2
    assert {each["language"] for each in json.loads(capsys.readouterr().out)["found"]} == {"de"}
    assert main([*options, "--language", "xx"]) == 2
