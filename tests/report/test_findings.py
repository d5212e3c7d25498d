"""Tables as text, LaTeX and CSV, and the sentences at the top."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from isogloss.analysis.ledger import Label
from isogloss.report import findings
from isogloss.report.page.headline import _unlearned
from isogloss.report.parts.names import Names
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import points
from isogloss.report.tables import capabilities
from isogloss.store.run_record import NOTHING, read
from isogloss.store.store import Store
from study_in_store import build


@pytest.fixture
def small() -> Table:
    """Two rows, one of them absent in the number."""
    return table(
        key="small",
        caption="Topics: scores_of_a & b",
        facts="accuracy × 100",
        columns=[Column(name="Intermediate", number=False), Column(name="English")],
        rows=[
            Rows(cells=(Cell(text="none"), in_points(0.615, (0.58, 0.65), mark="near"))),
            Rows(cells=(Cell(text="nli"), Cell(text="–"))),
        ],
        notes=["Chance is 25.0."],
    )


@pytest.mark.parametrize(
    ("value", "signed", "shown"),
    [
        (0.615, False, "61.5"),
        (0.1, True, "+10.0"),
        (-0.193, True, "−19.3"),
        (-0.0001, True, "0.0"),
        (1.0, False, "100.0"),
    ],
)
def test_points(value: float, signed: bool, shown: str) -> None:
    """Values become points with one decimal and a true minus; nothing rounds to minus zero."""
    assert points(value, signed) == shown


def test_text_is_aligned(small: Table) -> None:
    """Numbers align right, near-chance cells have a star, notes come last."""
    assert small.text().split("\n") == [
        "Topics: scores_of_a & b",
        "accuracy × 100",
        "Intermediate             English",
        "none          61.5* [58.0, 65.0]",
        "nli                            –",
        "Chance is 25.0.",
    ]


def test_wide_tables_break_into_blocks(small: Table) -> None:
    """What does not fit the width goes on below, with the first column again."""
    wide = table(
        key="wide",
        caption="Wide",
        facts="",
        columns=[Column(name="Row", number=False), *(Column(name=f"column {each}") for each in range(6))],
        rows=[Rows(cells=(Cell(text="row"), *(Cell(text=f"{each}") for each in range(6))))],
    )
    assert max(len(line) for line in wide.text(width=40).split("\n")) <= 40
    assert wide.text(width=40).count("Row") == 2
    assert small.first(1).text().split("\n")[2] == "Intermediate"


def test_latex_escapes(small: Table) -> None:
    """Characters that TeX reads as commands are escaped."""
    text = small.latex()
    assert r"scores\_of\_a \& b" in text
    assert r"none & 61.5* [58.0, 65.0] \\" in text
    assert r"\begin{tabular}{lr}" in text


def test_csv_has_values_not_points(small: Table) -> None:
    """CSV is for computing: values in [0, 1]."""
    assert small.csv() == ("Intermediate,English (fraction),English low,English high\nnone,0.615,0.58,0.65\nnli,–,,\n")


def test_whoever_makes_a_cell_says_its_unit() -> None:
    """Points are fractions in CSV where the value is 0, too, and where a mark or an answer stands before the number; a
    number that looks like points but is none is left alone."""

    def head(cell: Cell) -> str:
        shown = table(key="one", caption="", facts="", columns=[Column(name="It")], rows=[Rows(cells=(cell,))])
        return shown.csv().splitlines()[0]

    assert head(in_points(0.0)) == "It (fraction)"
    assert head(replace(in_points(-0.012), text="≈−1.2")) == "It (fraction)"
    assert head(Cell(text="100.0", value=1.0)) == "It"


def test_summary_prints_the_numbers(store: Store) -> None:
    """The terminal shows the means of every test with intervals and gains, retrieval's one way, and the sentences."""
    text = findings.summary(store, "made_up")
    assert re.search(r"^none +80\.0 \[.*\] +60\.0 \[.*\] +– +4$", text, re.MULTILINE)
    assert re.search(r"^qa +80\.0 \[.*\] +61\.5 \[.*\] +\+1\.5 \[.*\] +4$", text, re.MULTILINE)
    assert "(retrieval_accuracy, layer 1 raw, pooling mean, margin cosine, direction en-xx)" in text
    assert findings.work_out(store, "made_up").headline.found in text
    assert max(len(line) for line in text.split("\n") if line.startswith(("none", "qa"))) <= 110


def test_latex_holds_every_table(store: Store) -> None:
    """Scores, languages and gains of two targets, and retrieval twice."""
    text = findings.latex(store, "made_up")
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2 * 4 + 2


def test_two_encoders_never_speak_for_all(store: Store) -> None:
    """The sentence is about these encoders, says what was done, and the caution says why."""
    top = findings.work_out(store, "made_up").headline
    assert top.done == (
        "Two pretrained encoders were trained in English on Nli, made up and qa or on no intermediate task, then on "
        "the target tasks Topics, made up and Nli, made up with two seeds, and tested in four languages whose labels "
        "no run has seen."
    )
    assert top.found.startswith("For these two encoders, ")
    assert any("say nothing about others" in each for each in top.cautions)


def test_a_file_of_a_table_has_what_the_table_shows() -> None:
    """A unit in the head of points, ends of intervals and the worst language in columns of their own, counts whole."""
    shown = table(
        key="few", caption="Few", facts="", columns=[
            Column(name="Task", number=False), Column(name="Worst"), Column(name="Steps"), Column(name="Time")
        ],
        rows=[
            Rows(cells=(
                Cell(text="nli"), in_points(0.615, (0.58, 0.65), note="de"), Cell(text="94", value=94.0),
                Cell(text="1 min", value=61.5, unit="s"),
            ))
        ],
    )  # fmt: skip
    assert shown.csv() == (
        "Task,Worst (fraction),Worst low,Worst high,Worst note,Steps,Time (s)\nnli,0.615,0.58,0.65,de,94,61.5\n"
    )


def test_a_study_without_an_intermediate_task_is_told_in_one_breath(tmp_path: Path) -> None:
    """No comma between who was trained and what was done."""
    store = build(tmp_path, lambda *_: 0.7, targets={"topics": ("en", "de")}, intermediates=(), encoders=1)
    assert findings.work_out(store, "made_up").headline.done.startswith(
        "One pretrained encoder was trained on the target task Topics, made up with two seeds, and tested in one"
    )


def found(folder: Path, gain: float, english: float, **options: int) -> str:
    """The second sentence of a study of five languages where qa gains so much on topics."""
    made = build(
        folder,
        lambda e, i, _t, language, s: 0.7 - 0.1 * (language != "en") + 0.004 * ((3 * e + s) % 4)
        + (i == "qa") * (english if language == "en" else gain),
        targets={"topics": ("en", "de", "sw", "th", "zh")},
        intermediates=("qa",),
        baselines={"majority": 0.4},
        n=1000,
        **options,
    )  # fmt: skip
    return findings.work_out(made, "made_up").headline.found


def test_a_clear_gain_is_told_with_its_interval(tmp_path: Path) -> None:
    """Five encoders and +10 points zero-shot with nothing in English: raised, by how much, and the gap shrank."""
    text = found(tmp_path, 0.1, 0.0, encoders=5)
    assert text.startswith("Over five pretrained encoders, qa before Topics, made up (+10.0 points, 95% interval [+")
    assert "raised the mean over the other languages, where English itself changed by 0.0" in text
    assert "its gap to the others shrank by 10.0" in text


def test_a_gain_that_english_shares_is_not_called_transfer(tmp_path: Path) -> None:
    """The same gain in English as zero-shot shows nothing about transfer."""
    text = found(tmp_path, 0.1, 0.1, encoders=5)
    assert "English itself changed by +10.0, so the change may be mastery of the task" in text


def test_an_intermediate_task_that_was_not_learned_is_named() -> None:
    """What follows a collapsed intermediate run is no transfer of its task; runs of targets do not count here."""
    bare = Label(encoder="own", replicate="0", intermediate="qa", target="", seed=0, source="en", same_task=False)
    labels = {"a": bare, "b": bare, "c": replace(bare, target="topics"), "d": replace(bare, intermediate="none")}
    fell = read({"collapsed": "the loss"})
    records = {"a": fell, "b": NOTHING, "c": fell, "d": fell}
    ledger = SimpleNamespace(labels=labels, records=records)
    assert _unlearned(ledger, Names(tasks={"qa": "Questions"}, labels={})) == ["one of two runs of Questions"]  # type: ignore[arg-type]


def test_a_loss_is_told_as_one(tmp_path: Path) -> None:
    """Minus fifteen points: lowered."""
    assert "lowered the mean over the other languages" in found(tmp_path, -0.15, -0.15, encoders=5)


def test_no_gain_cannot_be_told(tmp_path: Path) -> None:
    """Without a difference the sentence says that nothing can be told."""
    assert "shows no gain that can be told from 0" in found(tmp_path, 0.001, 0.0, encoders=3)


def test_what_was_not_learned_is_not_read(tmp_path: Path) -> None:
    """When English is at the majority's level there was nothing to transfer."""
    made = build(
        tmp_path, lambda *_: 0.4, targets={"topics": ("en", "de")}, baselines={"majority": 0.4}, intermediates=("qa",)
    )
    top = findings.work_out(made, "made_up").headline
    assert "no pair of an intermediate and a target task can be read (English was not learned)" in top.found
    assert any("left out of every verdict" in each for each in top.cautions)


def test_what_is_not_done_is_counted(tmp_path: Path) -> None:
    """A study that was interrupted says how many evaluations are missing."""
    made = build(tmp_path, lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa",))
    study = made.study("made_up").plain()
    study["evaluations"] += [{"run": study["runs"][0]["id"], "task": "topics", "split": "test", "key": "x", "data": ""}]
    made.save_study("later", study | {"name": "later"})
    assert "One evaluation of the study has not been done yet." in findings.work_out(made, "later").headline.cautions


def test_error_rates_are_one_minus_the_score_with_the_interval_turned_round(store: Store) -> None:
    """English topics without an intermediate task score .80 on average over seeds (conftest), so 20.0 are errors."""
    found = findings.work_out(store, "made_up")
    (board,) = [board for board in found.targets if board.task == "topics"]
    made = capabilities.errors(found.ledger, [replace(board, variant="part=Vocabulary/comparison")])
    assert made is not None
    first = made.rows[0].cells
    assert [cell.text for cell in first[:3]] == ["Vocabulary/comparison", "none", "20.0"]
    low, high = (float(end) for end in first[2].aside.strip("[]").split(", "))
    assert low < 20.0 < high
    assert capabilities.errors(found.ledger, []) is None


def test_latex_gets_no_blank_line_and_no_control_character(small: Table) -> None:
    """A licence of several paragraphs in a cell: a space for a newline, nothing for what TeX refuses or obeys."""
    row = Rows(cells=(Cell(text="MIT\n\nNo warranty\x1b[2J\u202e\x07\t100 %"), Cell(text="\r1")))
    shown = replace(small, rows=(row,)).latex()
    assert r"MIT  No warranty[2J 100 \% & 1 \\" in shown
    assert all(line.isprintable() for line in shown.split("\n"))


def test_encoders_of_which_some_runs_were_lost_are_not_called_all_of_the_study(tmp_path: Path) -> None:
    """Three encoders, of which one lost its run after NLI: that gain rests on two, the other on three."""

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:  # noqa: ARG001
        return {"none": 0.6, "nli": 0.7, "qa": 0.62}[intermediate] + encoder / 100

    store = build(
        tmp_path, share, targets={"sib200": ("en", "de")}, encoders=3, seeds=1, labels=7, baselines={"majority": 0.2},
        collapsed=[(2, "nli", "sib200", 0)],
    )  # fmt: skip
    found = findings.work_out(store, "made_up")
    assert found.headline.found.startswith("Over two to three pretrained encoders, ")
    assert any("some gains rest on only two: their intervals hold for those encoders" in each
               for each in found.headline.cautions)  # fmt: skip
