"""Verdicts: what supports, refutes or leaves open, and a whole analysis from store to files."""

import csv
import json
from pathlib import Path

import pytest

from isogloss.analysis import conclusions, ledger
from isogloss.analysis.conclusions import Conclusion, judge
from isogloss.cli import main
from isogloss.store.divergence import Divergence
from study_in_store import build

LANGUAGES = ("en", "de", "ru", "sw", "zh")
FAR = {"de": 0.1, "ru": 0.4, "sw": 0.9, "zh": 0.6}
TASKS = {"nli": 0.0, "qa": 0.3, "para": 0.6}


def verdict(low: float, high: float, **changed: object) -> Conclusion:
    """An effect on the gain with this interval."""
    kept = {"p": 0.001, "holm": 0.01, "permutation": 0.001, "units": {"encoder": 5}} | changed
    return judge(
        Conclusion(
            measure="mmd", outcome="gain", verdict="", why="", value=(low + high) / 2, low=low, high=high, **kept
        )  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("low", "high", "changed", "expected"),
    [
        (-0.05, -0.02, {}, "supported"),  # gains fall with divergence
        (-0.05, -0.02, {"holm": 0.2}, "undecided"),
        (-0.05, -0.02, {"permutation": 0.3}, "undecided"),
        (-0.05, -0.02, {"permutation": None}, "supported"),
        (-0.05, -0.02, {"fixed": ("encoder",)}, "undecided"),
        (-0.05, 0.02, {}, "undecided"),
        (-0.004, 0.004, {}, "refuted"),  # less than a point
        (-0.008, -0.002, {}, "refuted"),  # there, but less than a point
        (0.01, 0.03, {}, "refuted"),  # the other way
    ],
)
def test_a_verdict_follows_its_definition(low: float, high: float, changed: dict[str, object], expected: str) -> None:
    """Supported, refuted and undecided as the module defines them, at one point of interest."""
    assert verdict(low, high, **changed).verdict == expected


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"target": 1}, "in this 1 target alone: "),
        ({"target": 1, "language": 2}, "in these 1 target and 2 languages alone: "),
    ],
)
def test_what_is_too_few_is_named(units: dict[str, int], said: str) -> None:
    """One target is no target in the plural."""
    assert said in verdict(-0.05, -0.02, fixed=tuple(units), units=units).why


def test_the_predicted_side_depends_on_the_outcome() -> None:
    """A larger gap is worse: the interval that refutes for gains supports for gaps."""
    found = judge(
        Conclusion(measure="mmd", outcome="gap", verdict="", why="", value=0.02, low=0.011, high=0.03, holm=0.01)
    )
    assert found.verdict == "supported"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three encoders; gains fall by .12 per unit of divergence, which grows with language and intermediate task."""

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
        far = FAR.get(language, 0.0) * (0.5 + TASKS.get(intermediate, 0.0))
        moved = 0.01 * ((7 * encoder + 3 * seed + 5 * len(task) + ord(language[0])) % 4)
        return 0.7 + moved + (0.1 - 0.12 * far if intermediate != "none" else 0.0)

    made = build(
        tmp_path_factory.mktemp("store"), share, targets=dict.fromkeys(("topics", "names", "sense"), LANGUAGES),
        intermediates=tuple(TASKS), encoders=3, seeds=1, n=400, baselines={"majority": 0.35},
    )  # fmt: skip
    copies = {run for run, spec in made.study("made_up").specs.items() if len(spec.phases) == 1}
    rows = [
        Divergence(
            encoder=run, measure="mmd", family="distributional", direction="distance", version="raw", intermediate=task,
            target=target, split="test", language=language, value=far * (0.5 + shift),
        )
        for run in copies for task, shift in TASKS.items() for target in ("topics", "names", "sense")
        for language, far in FAR.items()
    ]  # fmt: skip
    made.save_divergences("made_up", "all", rows)
    return made.root


def test_an_effect_that_is_there_is_found(store: Path) -> None:
    """Gains fall by .12 per unit; in standard deviations of the divergence the interval holds .12 times theirs."""
    from isogloss.store.store import Store

    at = Store(store)
    found = conclusions.analyse(ledger.read(at, "made_up"), at.divergences("made_up"))
    gain = next(each for each in found.verdicts if each.outcome == "gain")
    spread = gain.value / -0.12 if gain.value else 0.0
    assert gain.units == {"encoder": 3, "intermediate": 3, "target": 3, "language": 4}
    assert spread == pytest.approx(0.31, abs=0.08)  # SD of far × (.5 + shift) over the twelve cells
    assert gain.high is not None
    assert gain.high < 0
    assert gain.errors is not None
    assert gain.controls is not None
    assert "typology" in gain.controls
    assert {each.outcome for each in found.verdicts} >= {"gain", "gap", "worst", "harm", "calibration"}


def test_several_processes_find_what_one_finds(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same verdicts to the last bit, and progress is told effect by effect."""
    from isogloss.store.store import Store

    at, told = Store(store), []
    book, rows = ledger.read(at, "made_up"), at.divergences("made_up")
    alone = conclusions.analyse(book, rows)
    monkeypatch.setattr(conclusions, "MANY", 0)
    both = conclusions.analyse(book, rows, processes=2, report=lambda done, total: told.append((done, total)))
    assert both.verdicts == alone.verdicts
    count = len(alone.verdicts)
    assert told == [(done, count) for done in range(1, count + 1)]


def test_the_command_prints_keeps_and_writes(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`isogloss analyse` prints verdicts, keeps analysis.json, and writes two tables; --json is what is kept."""
    assert main(["analyse", "made_up", "--store", str(store)]) == 0
    shown = capsys.readouterr().out
    assert "mmd (raw)" in shown
    assert "gain in English" in shown
    kept = json.loads((store / "analyses" / "made_up" / "analysis.json").read_text("utf-8"))
    assert {each["measure"] for each in kept["verdicts"]} == {"mmd (raw)"}
    lines = (store / "analyses" / "made_up" / "outcomes.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(kept["outcomes"])


def test_a_file_says_which_way_is_worse(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """verdicts.csv has what page and terminal print, and beside it the outcome's own slope and which way is better."""
    assert main(["analyse", "made_up", "--store", str(store), "--json"]) == 0
    kept = {each["outcome"]: each for each in json.loads(capsys.readouterr().out)["verdicts"]}
    with (store / "analyses" / "made_up" / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["outcome"]: row for row in csv.DictReader(file)}
    gain, gap = rows["gain"], rows["gap"]
    assert (gain["better"], gap["better"]) == ("higher", "lower") == (kept["gain"]["better"], kept["gap"]["better"])
    assert float(gain["worse_by"]) == -float(gain["slope"]) == -kept["gain"]["value"]
    assert float(gap["worse_by"]) == float(gap["slope"]) == kept["gap"]["value"]
    assert [float(gain[name]) for name in ("low", "high")] == [-kept["gain"]["high"], -kept["gain"]["low"]]
    assert float(gain["low"]) < float(gain["worse_by"]) < float(gain["high"])


def test_the_definition_of_a_verdict_is_told_alike_and_without_markup() -> None:
    """The page, the terminal and analysis.json have one text, on one line."""
    said = conclusions.definition()
    assert said.startswith("More divergence is predicted to make outcomes worse. Supported: the 95% interval")
    assert not {"*", "\n"} & {*said}
