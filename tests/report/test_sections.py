"""The sections that answer the question: divergence, robustness, effect, claims, and the first screen."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import browser
from isogloss.analysis import ledger
from isogloss.analysis.conclusions import Analysis, Conclusion, analyse
from isogloss.analysis.dose import Doses, Point, Response
from isogloss.analysis.outcomes import TITLES, LeftOut, Outcomes
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import Gain, Prediction
from isogloss.report import concluded
from isogloss.report.page import answer, page
from isogloss.report.parts.chart import Figure
from isogloss.report.parts.names import Names
from isogloss.report.parts.table import Table
from isogloss.report.sections import divergence, dose, effects, robustness
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from study_in_store import build

LANGUAGES = ("en", "de", "es", "fi", "hi", "ru", "sw", "zh")
FAR = dict(zip(LANGUAGES, (0.0, 0.1, 0.2, 0.5, 0.6, 0.4, 0.8, 1.0), strict=True))


def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
    """English .90; what lies farther is lower by up to .30, and by up to .20 more after qa. Swahili is at chance."""
    if language == "sw":
        return 0.34
    lost = {"none": 0.3, "nli": 0.3, "qa": 0.5}[intermediate] * FAR[language]
    stream = np.random.default_rng([encoder, seed, ord(task[0]), ord(intermediate[0]), LANGUAGES.index(language)])
    return float(0.9 - lost + 0.02 * stream.standard_normal())


def measured(store: Store) -> list[Divergence]:
    """MMD grows with FAR, its floor is .1; proxy A-distance is saturated everywhere."""
    study = store.study("made_up")
    roots = sorted({spec.pretrained.run_id for spec in study.specs.values()})
    rows = []
    for encoder in roots:
        for task, target, code in ((i, t, c) for i in ("nli", "qa") for t in ("topics", "nli") for c in LANGUAGES):
            where = {"encoder": encoder, "intermediate": task, "target": target, "split": "test", "language": code}
            kind = {"family": "distributional", "direction": "distance", "layer": 1, "pooling": "mean", "n": 9, "m": 9}
            value = 0.05 + FAR[code] * (1 + (task == "qa"))
            rows.append(
                Divergence(
                    measure="mmd", version="centred", value=value, null=0.02, null_high=0.1, task_shift=0.05,
                    language_shift=FAR[code], interaction=value - 0.05 - FAR[code], **where, **kind,
                )
            )  # fmt: skip
            rows.append(
                Divergence(
                    measure="proxy_a_distance",
                    version="raw",
                    value=2.0,
                    note="saturated: at its bound",
                    **where,
                    **kind,
                )
            )
    return rows


CLAIM = Claim(
    name="qa_helps", statement="QA first helps topics.", source="ours", place="a guess", registered="2026-11-22",
    predicts=(Prediction(left=Gain("qa", ("topics",)), relation=">", right=0.0, says="QA raises topics"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three encoders, eight languages, two targets; measured and analysed."""
    store: Store = build(
        tmp_path_factory.mktemp("store"),
        share,
        targets={"topics": LANGUAGES, "nli": LANGUAGES},
        baselines={"majority": 0.35},
        encoders=3,
    )
    store.save_divergences("made_up", "all", measured(store))
    store.save_analysis("made_up", analyse(ledger.read(store, "made_up"), store.divergences("made_up")).plain())
    return store


@pytest.fixture(scope="module")
def written(analysed: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return page.write(analysed, "made_up", tmp_path_factory.mktemp("page") / "study.html", [CLAIM])


@pytest.fixture(scope="module")
def html(written: Path) -> str:
    """Its text."""
    return written.read_text("utf-8")


SAID = Names(tasks={"qa": "Questions", "nli": "Inference", "topics": "Topics"}, labels={})


def section_of(html: str, anchor: str) -> str:
    """One section's markup."""
    found = re.search(rf'<section (?:class="line" )?id="{anchor}">.*?</section>', html, re.DOTALL)
    assert found
    return found.group()


def test_sections_name_the_command_that_makes_them(html: str, store: Store, tmp_path: Path) -> None:
    """A study that was neither measured nor analysed has one line in each, and the first screen says so."""
    text = page.write(store, "made_up", tmp_path / "bare.html").read_text("utf-8")
    for anchor, command in (
        ("divergence", "isogloss measure made_up"),
        ("robustness", "isogloss analyse made_up"),
        ("effect", "isogloss measure made_up &amp;&amp; isogloss analyse made_up"),
        ("claims", "isogloss claims --study made_up"),
    ):
        assert f"<code>{command}</code>" in section_of(text, anchor)
        assert "<code>isogloss" not in section_of(html, anchor)
    assert "Not computed yet. Run <code>isogloss measure made_up" in text[: text.index("</nav>")]
    assert text.count('<section class="line"') == 5  # those four and how to read it


def test_the_first_screen_names_where_it_breaks(html: str) -> None:
    """Swahili stands at .34 below the majority's .35 in all six conditions of two targets."""
    lead, words = html[: html.index("</header>")], section_of(html, "words")
    assert "it breaks in Swahili</h4>" in lead
    assert "In which languages does it break?" in words
    assert "Swahili (6 of 6)" in html
    assert "What does divergence explain?" in html


def test_harm_is_said_with_its_uncertainty(html: str) -> None:
    """Qa costs Chinese some 20 points, the largest loss of all: 0.5 - 0.3 at a distance of 1."""
    found = re.search(r"most for qa before [\w, ]+ in Chinese \(−([\d.]+) points, \[", html)
    assert found
    assert float(found.group(1)) == pytest.approx(20, abs=4)


def test_heat_map_marks_what_is_noise(analysed: Store) -> None:
    """English lies at .05, below its floor of .1; Chinese far above; the floor is a column."""
    figure = divergence.section("made_up", analysed.divergences("made_up"), SAID).shown[0]
    assert isinstance(figure, Figure)
    cells = {(row["target"], row["intermediate"], row["language"]): row for row in figure.data}
    assert cells["Topics", "Questions", "en"]["noise"] == "yes"
    assert cells["Topics", "Questions", "zh"]["noise"] == "no"
    assert cells["Topics", "Questions", divergence.FLOOR]["value"] == pytest.approx(0.1)
    assert cells["Topics", "Questions", "zh"]["value"] == pytest.approx(2.05)


def test_saturated_values_are_no_finding(html: str) -> None:
    """All 84 raw proxy A-distances but English are saturated: 3 encoders × 2 × 2 tasks × 7 languages."""
    found = section_of(html, "divergence")
    assert "saturated in 84 of 84 rows" in found
    assert "no finding about how far they lie" in found


def test_the_parts_of_a_divergence_add_up(written: Path) -> None:
    """Task shift, language shift and interaction of every row sum to the divergence."""
    with (written.parent / "study_files" / "table_parts_mmd_centred.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for row in rows:
        parts = [float(row[name]) for name in ("Task shift", "Language shift", "Interaction")]
        assert sum(parts) == pytest.approx(float(row["Divergence"]), rel=1e-4)


def test_every_measured_value_is_beside_the_page(written: Path, analysed: Store) -> None:
    """divergences.csv has a line per row of the store."""
    with (written.parent / "study_files" / "divergences.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(analysed.divergences("made_up"))


def test_an_analysis_comes_back_as_it_was(analysed: Store) -> None:
    """What the store gives back is what `analyse` found, pretrained encoders included."""
    book = ledger.read(analysed, "made_up")
    back, fresh = concluded.read(book), analyse(book, analysed.divergences("made_up"))
    assert back is not None
    assert json.dumps(back.plain()) == json.dumps(fresh.plain())
    assert back.outcomes.pretrained == fresh.outcomes.pretrained


def test_an_analysis_of_other_scores_says_so(analysed: Store) -> None:
    """With one divergence more in the store than was analysed, the page says what to run; else nothing."""
    book = ledger.read(analysed, "made_up")
    found, rows = concluded.read(book), len(analysed.divergences("made_up"))
    assert concluded.outdated(book, found, rows) == ""
    assert "isogloss analyse made_up" in concluded.outdated(book, found, rows + 1)
    before = replace(found, rests_on={"scores": len(book.rows), "divergences": rows})
    assert "another version" in concluded.outdated(book, before, rows)


def test_robustness_has_every_language(analysed: Store) -> None:
    """Seven languages × two intermediates of topics; the gain after qa in Chinese is some -.20."""
    found = robustness.section("made_up", concluded.read(ledger.read(analysed, "made_up")), SAID)
    table = next(each for each in found if isinstance(each, Table) and each.caption.startswith("Topics"))
    assert len(table.rows) == 7 * 2
    names = [column.name for column in table.columns]
    row = next(row for row in table.rows if (row.cells[0].text, row.cells[1].text) == ("Chinese", "Questions"))
    assert row.family == "Sino-Tibetan"
    assert row.cells[names.index("Gain")].value == pytest.approx(-0.2, abs=0.04)
    assert {"Gap", "Retention", "P(harm)", "Seed SD of the gain", "ECE", "Consistency"} <= set(names)


def test_worse_points_the_same_way_in_the_figure_and_in_the_tables(analysed: Store) -> None:
    """Every effect has in the table of all, and in the list of verdicts, the sign and value of its dot."""
    found = concluded.read(ledger.read(analysed, "made_up"))
    assert found is not None
    made = {each.key: each for each in effects.section("s", found, analysed.divergences("made_up"), SAID)}
    drawn = made["effects_all"]
    assert isinstance(drawn, Figure)
    dots = {
        (row["measure"], row["outcome"]): row["worse"]
        for row in drawn.data
    }  # fmt: skip
    matrix, verdicts = made["effects_matrix"], made["verdicts"]
    assert not isinstance(matrix, Figure)
    assert not isinstance(verdicts, Figure)
    titles = [TITLES[name] for name in TITLES if any(outcome == TITLES[name] for _, outcome in dots)]
    for row in matrix.rows:
        shown = {title: cell.value for title, cell in zip(titles, row.cells[1:], strict=True)}
        for title, value in shown.items():
            assert value == dots.get((row.cells[0].name, title))
    assert sorted(row.cells[3].value or 0.0 for row in verdicts.rows) == sorted(dots.values())


def test_forest_turns_worse_to_the_right(analysed: Store) -> None:
    """Farther goes with lower gains and larger gaps here: both are right of 0 and inside their intervals."""
    found = concluded.read(ledger.read(analysed, "made_up"))
    assert found is not None
    tested = [each for each in found.verdicts if each.value is not None]
    data = {row["outcome"]: row for row in effects.forest(tested, ["gain", "gap"]).data}
    for outcome, sign in (("transfer gain", -1), ("gap to English", 1)):
        assert data[outcome]["worse"] > 0
        assert data[outcome]["slope"] * sign > 0
        assert data[outcome]["low"] < data[outcome]["worse"] < data[outcome]["high"]


def test_the_line_of_a_scatter_has_the_slope_of_its_verdict(analysed: Store) -> None:
    """Rise over run between the ends of the line is the effect per standard deviation; the band holds the line."""
    found = concluded.read(ledger.read(analysed, "made_up"))
    assert found is not None
    tested = [each for each in found.verdicts if each.value is not None]
    figure = effects.scatter(found, tested, analysed.divergences("made_up"), ["gain"], SAID)
    assert figure is not None
    gain = next(each for each in tested if (each.measure, each.outcome) == ("mmd (centred)", "gain"))
    line = [row for row in figure.data if row["kind"] == "line" and row["outcome"] == "transfer gain"]
    run = line[-1]["divergence"] - line[0]["divergence"]
    assert (line[-1]["value"] - line[0]["value"]) / run == pytest.approx(gain.value)
    assert all(row["low"] <= row["value"] <= row["high"] for row in line)
    cells = [row for row in figure.data if row["kind"] == "cell" and row["outcome"] == "transfer gain"]
    assert len(cells) == gain.rows


def test_verdicts_say_what_they_rest_on(html: str) -> None:
    """Two intermediate tasks speak of themselves alone, so nothing is more than undecided."""
    found = section_of(html, "effect")
    assert "in these 2 intermediates and 2 targets alone" in found
    assert "3 encoders" in found


def test_claims_show_the_cells_behind_them(html: str) -> None:
    """The gain of qa on topics is read from two cells of the study, and refuted: qa lowers it."""
    found = section_of(html, "claims")
    assert "QA raises topics" in found
    assert "refuted" in found
    assert "Cells behind the verdicts" in found
    assert "qa → topics" in found or re.search(r"<td[^>]*>qa</td>", found)


def test_dose_response_comes_back_and_is_drawn(tmp_path: Path) -> None:
    """What was kept is read again as it was; its section has the figure of scores and the table."""
    made = build(tmp_path / "store", lambda *_: 0.5, targets={}, intermediates=(), encoders=1)
    points = tuple(Point(value=dial, mean=0.8 - 0.3 * dial, low=None, high=None) for dial in (0.0, 0.5, 1.0))
    response = Response(
        dial="meaning_shift", task="world_nli", encoder="own encoder", intermediate="none", outcome="score",
        points=points, changes=(-0.3, -0.2, -0.4), by_draw={"0": -0.3, "1": -0.3}, change=-0.3,
        low=-0.55, high=-0.05, p=0.04, adjusted=0.04, visible=0.2, verdict="moves", why="in 3 encoders",
    )  # fmt: skip
    kept = Doses(responses=(response,))
    made.save_analysis("made_up", {"doses": dose.plain(kept)})
    found = concluded.doses(ledger.read(made, "made_up"))
    assert found == kept
    assert [each.key for each in dose.section("made_up", found).shown] == ["dose_score", "dose"]


@pytest.mark.parametrize(
    ("verdict", "state", "said"),
    [
        (
            "supported",
            "found",
            "1 are supported, the largest being MMD on transfer gain (worse by +3.0 [+1.0, +5.0] points",
        ),
        ("refuted", "found", "Nothing of interest"),
        ("undecided", "undecided", "Undecided: of one effect of a measure on an outcome none is supported."),
    ],
)
def test_what_divergence_explains(verdict: str, state: str, said: str) -> None:
    """Supported, refuted and undecided each have their sentence; undecided is said as undecided."""
    one = Conclusion(measure="mmd", outcome="gain", verdict=verdict, why="", value=-0.03, low=-0.05, high=-0.01, p=0.01)
    found = Analysis(study="s", outcomes=Outcomes(rows=(), left_out=()), verdicts=(one,), notes=())
    given = answer.explains("s", found, [])
    assert given.state == state
    assert said in given.says


def test_a_study_whose_transfers_cannot_be_read_is_not_told_to_analyse_again() -> None:
    """It was analysed, and English was not learned: the same command would leave the page as it is."""
    left = LeftOut(encoder="e", intermediate="mnli", target="t", why="English does not clear words")
    found = Analysis(study="s", outcomes=Outcomes(rows=(), left_out=(left,)), verdicts=(), notes=())
    given = answer.explains("s", found, [])
    assert (given.state, given.command) == ("undecided", "")
    assert given.says == "No transfer could be read, so there is nothing for divergence to explain."
    shown = effects.section("s", found, [], SAID)
    assert (shown.says, shown.command) == ((given.says,), "")


def test_figures_are_valid_and_described(analysed: Store) -> None:
    """Altair's own schema accepts every new figure, and each has a text for those who cannot see it."""
    import altair as alt

    found = concluded.read(ledger.read(analysed, "made_up"))
    rows = analysed.divergences("made_up")
    sections = [
        divergence.section("s", rows, SAID),
        robustness.section("s", found, SAID),
        effects.section("s", found, rows, SAID),
    ]
    figures = [each for section in sections for each in section if isinstance(each, Figure)]
    names = {each.key for each in figures}
    assert names == {
        "divergence_mmd_centred", "gain_by_language", "effects", "effects_all", "scatter", "scatter_3", "scatter_6",
    }  # fmt: skip
    for each in figures:
        alt.Chart.from_dict(json.loads(json.dumps(each.spec)), validate=True)
        assert len(each.alt) > 40


@pytest.mark.browser
@browser.needed
def test_a_family_can_be_chosen_in_a_browser(written: Path, tmp_path: Path) -> None:
    """Choosing Uralic leaves Finnish alone in the table; a heat map tells its numbers; nothing overflows."""
    script = """
      document.querySelectorAll("details").forEach((each) => { each.open = true; });
      const table = document.querySelector("#robustness_topics table");
      const select = document.querySelector("#robustness_topics select");
      select.value = "Uralic"; select.dispatchEvent(new Event("change"));
      const left = [...table.tBodies[0].rows].filter((row) => !row.hidden);
      const names = [...new Set(left.map((row) => row.cells[0].innerText.trim().split(/\\s/)[0]))].join(" ");
      const marks = [...document.querySelectorAll("#figure_divergence_mmd_centred .mark-rect [aria-label]")];
      const mark = marks.find((each) => each.getBoundingClientRect().width);
      const box = mark.getBoundingClientRect();
      mark.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: box.x, clientY: box.y}));
      const wide = document.documentElement.scrollWidth <= innerWidth;
      const label = select.labels[0].textContent;
      return { names, tip: tip.textContent, wide, label };
    """
    seen = browser.asked(written.read_text("utf-8"), tmp_path, script, 500)
    assert seen["names"] == "Finnish"
    assert re.match(r"Nli, made up to Nli, made up in \w+: [\d.]+", seen["tip"])
    assert seen["wide"]
    assert seen["label"].startswith("Language family")
