"""A store opened in a notebook, and every example of the public face."""

import doctest
from pathlib import Path

import pytest

import isogloss
from isogloss.core import cross, encoders, phase, spec
from isogloss.core.errors import StoreError, UnknownName
from isogloss.face import opened, scored, sentences, task
from isogloss.report import findings
from isogloss.report.page import page
from loaded import after
from study_in_store import build

FACE = [
    "Architecture", "Bottleneck", "Choice", "Classification", "Evaluation", "IsoglossError", "Lora", "MLM", "Mixture",
    "Optimizer", "Passage", "Phase", "Published", "RunSpec", "Source", "Span", "Study", "Tagging", "Task", "Text",
    "__version__", "cross", "encoder", "measures", "open", "score", "tuning",
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one study: three encoders, two intermediate tasks, one target in three languages."""

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:  # noqa: ARG001
        return {"none": 0.6, "nli": 0.7, "qa": 0.55}[intermediate] - (0.0 if language == "en" else 0.1) + encoder / 100

    folder = tmp_path_factory.mktemp("face") / "store"
    build(
        folder,
        share,
        targets={"sib200": ("en", "de", "sw")},
        encoders=3,
        seeds=1,
        labels=7,
        baselines={"majority": 0.2},
        name="example",
    )
    return folder


def test_the_face_is_pinned() -> None:
    """A name that users import does not go by accident; all of them can be had."""
    assert sorted(isogloss.__all__) == sorted(FACE)
    for name in FACE:
        assert getattr(isogloss, name) is not None
    assert dir(isogloss) == sorted(isogloss.__all__)
    with pytest.raises(AttributeError, match="griddle"):
        _ = isogloss.griddle


def test_importing_it_brings_nothing_along() -> None:
    """No torch, no numpy: a recipe that imports it costs no time."""
    _, modules = after("import isogloss")
    assert not {"torch", "numpy", "pyarrow"} & modules


@pytest.mark.parametrize(
    "module", [isogloss, opened, scored, sentences, task, cross, encoders, phase, spec], ids=lambda each: each.__name__
)
def test_the_examples_are_true(module: object, store: Path) -> None:
    """Every example in a docstring of the face gives what it shows."""
    extra = {"isogloss": isogloss, "example_store": store, "Path": Path}
    found = doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs=extra)
    runner = doctest.DocTestRunner()
    for each in found:
        runner.run(each)
    assert not runner.failures


def test_a_store_is_a_mapping_of_studies(store: Path) -> None:
    """By name; a name that is not there is an error with those that are."""
    found = isogloss.open(store)
    assert list(found) == ["example"]
    assert "example" in found
    assert "demo" not in found
    assert "example" in repr(found)
    with pytest.raises(UnknownName, match="example"):
        found["exampel"]
    with pytest.raises(StoreError, match="no such folder"):
        isogloss.open(store / "nothing")


def test_the_tables_are_those_of_the_page(store: Path) -> None:
    """The mean zero-shot gain of NLI is +10 points in each of three encoders, as the page says."""
    study = isogloss.open(store)["example"]
    gains = [row for row in study.gains().to_pylist() if row["intermediate"] == "nli" and row["language"] == ""]
    assert [row["gain"] for row in gains] == [pytest.approx(0.1)]
    assert gains[0]["unit"] == "encoders"
    assert gains[0]["decided"]
    scores = study.scores()
    assert scores.num_rows == 3 * 3 * 3
    assert set(scores["language"].to_pylist()) == {"en", "de", "sw"}
    outcomes = study.outcomes().to_pylist()
    assert {row["name"] for row in outcomes} >= {"gain", "gap", "retention"}
    assert {tuple(row["values"]) for row in outcomes} != set()


def test_what_was_not_computed_says_how(store: Path) -> None:
    """Divergences and verdicts need their verbs."""
    study = isogloss.open(store)["example"]
    with pytest.raises(StoreError, match="isogloss measure example"):
        study.divergences()
    with pytest.raises(StoreError, match="isogloss analyse example"):
        study.verdicts()


def test_a_figure_is_the_page_s(store: Path, tmp_path: Path) -> None:
    """The same drawing as beside the page; an unknown name lists the others."""
    study = isogloss.open(store)["example"]
    page.write(study.store, "example", tmp_path / "page.html")
    assert study.figure("gains").svg == (tmp_path / "page_files" / "ranking.svg").read_text("utf-8")
    with pytest.raises(UnknownName, match="ranking"):
        study.figure("rankings")


def test_a_notebook_shows_the_first_screen(store: Path) -> None:
    """The verdict of the page in a frame of its own; the short form has it in words."""
    study = isogloss.open(store)["example"]
    says = study._verdict()
    shown = study._repr_html_()
    assert says in repr(study)
    assert shown.startswith("<iframe srcdoc=")
    assert "&lt;header&gt;" in shown
    assert page.first_screen(findings.work_out(study.store, "example")).count("<figure") == 2
