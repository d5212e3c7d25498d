"""Claims: those that come with isogloss, those held against a study, and those that must be refused."""

import json
import re
from pathlib import Path

import pytest
from scipy import stats

from isogloss.analysis import ledger
from isogloss.claims import _paper
from isogloss.cli import main
from isogloss.core import folder
from isogloss.core.errors import DataError, SpecError
from isogloss.core.parts import MLM
from isogloss.core.phase import Phase
from isogloss.evidence import cells, judge
from isogloss.evidence.claim import Claim, Verdict
from isogloss.evidence.expression import (
    BestGain,
    Expression,
    Extreme,
    Fact,
    Gain,
    LargestOther,
    Number,
    Prediction,
    Score,
)
from isogloss.store.store import Store
from study_in_store import build

PUBLISHED = folder.ROOT / "claims" / "published.csv"
DOCS = Path(__file__).parents[2] / "docs" / "claims.md"
LANGUAGES = ("en", "de", "sw")
GAINS = ((0.05, 0.07), (0.06, 0.08), (0.09, 0.11))
"""Of "qa" over none, per encoder and seed."""


def share(encoder: int, intermediate: str, _task: str, language: str, seed: int) -> float:
    """English .7, others .5; "qa" adds what GAINS says, "nli" takes .2."""
    gain = {"qa": GAINS[encoder][seed], "nli": -0.2}.get(intermediate, 0.0)
    return (0.7 if language == "en" else 0.5) + gain


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a study of three encoders, two seeds and two intermediates before "topics"."""
    folder = tmp_path_factory.mktemp("store")
    build(folder, share, targets={"topics": LANGUAGES}, encoders=3, n=400)
    return folder


@pytest.fixture(scope="module")
def study(store: Path) -> cells.Evidence:
    """Its cells."""
    return cells.evidence(ledger.read(Store(store), "made_up"))


def claim(left: Expression, relation: str, right: object, tolerance: float = 0.0) -> Claim:
    """A claim with one prediction."""
    return Claim(
        name="ours", statement="…", source="ours", place="here", registered="2026-11-22",
        predicts=(Prediction(left=left, relation=relation, right=right, tolerance=tolerance, says="so"),),
    )  # fmt: skip


def on_published(name: str) -> Verdict:
    """The verdict of a claim that comes with isogloss on the published table."""
    return judge.against_published(folder.load("claims", name), cells.published(PUBLISHED))


def test_ten_claims_of_the_paper_come_with_it() -> None:
    """Each loads, names its source and can be refuted by some made-up table."""
    claims = [folder.load("claims", name) for name in folder.names("claims")]
    assert len(claims) == 10
    assert all("2005.13013" in each.source and each.statement and min(each.severity) > 0 for each in claims)
    assert [each.name for each in claims] == folder.names("claims")


def test_published_figures_support_that_retrieval_gains_most() -> None:
    """15.48 for the mean of BUCC and Tatoeba against TyDiQA's 12.7 (tables of ../shared/published): +2.78."""
    (finding,) = on_published("retrieval_gains_most").findings
    assert finding.status == "supported"
    assert finding.effect == pytest.approx(0.1548 - 0.127, abs=1e-9)


def test_a_figure_derived_from_a_claim_does_not_judge_it() -> None:
    """The retrieval cell takes the +5.4 for granted, so the claim of +5.4 is undecided for want of it."""
    (finding,) = on_published("best_per_target").findings
    assert finding.status == "undecided"
    assert any("tatoeba" in cell for cell in finding.missing)


def test_one_run_is_no_ground_for_a_verdict(tmp_path: Path) -> None:
    """A gain of some points in a single run, however many examples it was tested on, stays undecided and says why."""
    build(tmp_path, share, targets={"topics": LANGUAGES}, encoders=1, seeds=1, n=4000)
    found = cells.evidence(ledger.read(Store(tmp_path), "made_up"))
    (finding,) = judge.against_study(claim(Gain("qa", ("topics",)), ">", 0.0), found).findings
    assert finding.low is not None
    assert finding.low > 0
    assert finding.status == "undecided"
    assert "not repeated" in finding.basis


def test_a_gain_is_judged_over_encoders(study: cells.Evidence) -> None:
    """The interval is at least Student's t over the three encoders' means (.06, .07, .10), from scipy."""
    verdict = judge.against_study(claim(Gain("qa", ("topics",)), ">", 0.0), study)
    (finding,) = verdict.findings
    means = [sum(pair) / 2 for pair in GAINS]
    low, high = stats.t.interval(0.95, 2, loc=sum(means) / 3, scale=stats.sem(means))
    assert finding.effect == pytest.approx(sum(means) / 3, abs=2e-3)
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low <= low + 2e-3
    assert finding.high >= high - 2e-3
    assert finding.p == pytest.approx(stats.ttest_1samp(means, 0).pvalue, rel=0.1)
    assert "3 pretrained encoders" in finding.basis


@pytest.mark.parametrize(
    ("left", "relation", "right", "tolerance", "status"),
    [
        (Gain("nli"), "<=", 0.0, 0.0, "supported"),
        (Gain("nli"), ">", 0.0, 0.0, "refuted"),
        (Gain("nli"), "=", -0.2, 0.05, "supported"),
        (Gain("nli"), "=", 0.1, 0.05, "refuted"),
        (Gain("qa"), "=", 0.077, 0.01, "undecided"),
        (BestGain(("topics",)) - Gain("nli"), ">", 0.2, 0.0, "supported"),
        (Extreme(pick=min, tasks=("topics",)), "=", -0.2, 0.05, "supported"),
        (Score("none", "topics", "en") - Score("none", "topics", "sw"), "=", 0.2, 0.15, "supported"),
        (Gain("mnli"), ">", 0.0, 0.0, "undecided"),
        (Fact("stages"), "is", 3, 0.0, "supported"),
        (Fact("intermediate tasks"), "is", 9, 0.0, "refuted"),
    ],
)
def test_verdicts_follow_the_interval(
    study: cells.Evidence, left: Expression, relation: str, right: object, tolerance: float, status: str
) -> None:
    """Inside what is predicted: supported; outside: refuted; astride, or without cells: undecided."""
    assert judge.against_study(claim(left, relation, right, tolerance), study).status == status


@pytest.mark.parametrize(
    ("tasks", "mlm", "name"),
    [
        (("squad",), None, "squad"),
        (("squad_translated",), None, "squad&translated"),
        (("squad_translated", "mnli_translated"), MLM(share=0.2, tasks=("wiki",)), "mnli+squad&translated&mlm"),
        (("squad", "squad_translated"), None, "squad+squad_translated"),
    ],
)
def test_translated_tasks_have_the_name_that_claims_give_them(
    tasks: tuple[str, ...], mlm: MLM | None, name: str
) -> None:
    """A phase on nothing but translations is "&translated" (docs/claims.md); a mixture with its source is not."""
    phase = Phase(stage="intermediate", tasks=tasks, steps=1, mlm=mlm)
    assert cells.intermediate([phase]) == name


def test_plain_english_is_judged_by_a_study_of_translated_tasks(tmp_path: Path) -> None:
    """Translated SQuAD gains .1 less than plain SQuAD here: the claim finds both, and lacks only what was not run."""
    gains = {"squad": 0.2, "squad_translated": 0.1}
    build(
        tmp_path, lambda _encoder, intermediate, *_: 0.5 + gains.get(intermediate, 0.0), encoders=3, n=400,
        targets=dict.fromkeys(_paper.XTREME, ("en", "de")), intermediates=tuple(gains),
    )  # fmt: skip
    study = cells.evidence(ledger.read(Store(tmp_path), "made_up"))
    findings = judge.against_study(folder.load("claims", "plain_english_best"), study).findings
    (found,) = [
        each for each in findings if each.says == "squad on machine-translated data brings no more than plain squad"
    ]
    assert found.status == "supported"
    assert found.effect == pytest.approx(-0.1)
    assert study.facts["intermediate tasks"] == 1  # a translation is a variant


def test_missing_cells_are_named(study: cells.Evidence) -> None:
    """All of them at once, so that a user knows what to run."""
    (finding,) = judge.against_study(claim(Gain("mnli", ("topics", "xnli")), ">", 0.0), study).findings
    assert finding.missing == ("mnli → topics", "mnli → xnli", "none → xnli")


@pytest.mark.parametrize(
    ("left", "relation", "right", "tolerance", "why"),
    [
        (Number(512 * 768), "=", 393216, 0.0, "reads no cell"),
        (Gain("mnli"), ">", -2.0, 0.0, "cannot fail"),
        (Gain("mnli"), "=", 0.0, 2.0, "cannot fail"),
        (Score("mnli", "xnli") - Score("mnli", "xnli"), "=", 0.0, 0.01, "cannot fail"),
        (Extreme(pick=max, tasks=("xnli",)) - Gain("intermediate 1", ("xnli",)), ">", -0.001, 0.0, "cannot fail"),
        (Gain("mnli"), ">", 1.5, 0.0, "cannot be true"),
        (Gain("mnli"), "=", 8.2, 0.1, "cannot be true"),
        (Gain("mnli"), "≈", 0.1, 0.1, "no relation"),
        (LargestOther(("xnli",)), "<=", 1.0, 0.0, "cannot fail"),
    ],
)
def test_a_check_that_cannot_fail_is_refused(
    left: Expression, relation: str, right: object, tolerance: float, why: str
) -> None:
    """Arithmetic without cells, what always holds, and what never can are refused when the claim is made."""
    with pytest.raises(SpecError, match=why):
        claim(left, relation, right, tolerance)


def test_the_claim_in_the_docs_runs(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`isogloss claims` on the file of docs/claims.md prints its verdict, and the cells as JSON."""
    code = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert code is not None
    path = tmp_path / "my_claim.py"
    path.write_text(code[1].replace('"world_nli", "world_qa"', '"topics",').replace("world_pos", "nli"), "utf-8")
    monkeypatch.setenv("ISOGLOSS_STORE", str(store))
    assert main(["claims", str(path), "--study", "made_up"]) == 0
    assert capsys.readouterr().out.startswith("supported  my_claim, against made_up")
    assert main(["claims", str(path), "--study", "made_up", "--json"]) == 0
    measured, stated = json.loads(capsys.readouterr().out)
    assert {cell["intermediate"] for cell in measured["predictions"][0]["cells"]} == {"nli", "none"}
    assert stated["verdict"] == "undecided"


def test_a_broken_table_names_the_line(tmp_path: Path) -> None:
    """A published table with a word for a score is an error with file and line."""
    path = tmp_path / "table.csv"
    path.write_text("intermediate,task,score,source,assumes\nnone,xnli,many,ours,\n", "utf-8")
    with pytest.raises(DataError, match=r"table.csv, line 2"):
        cells.published(path)


def test_retrieval_is_read_with_english_as_the_query(tmp_path: Path) -> None:
    """Of the ways it was done in, the cell of a retrieval task is XTREME's: raw, by cosine, English as the query."""
    from isogloss.store.store import Store

    build(tmp_path, share, targets={"topics": LANGUAGES}, encoders=3, retrieval=("de", "sw"))
    found = cells.evidence(ledger.read(Store(tmp_path), "made_up"))
    (board,) = (board for board, _ in found.boards if board.task == "pairs")
    assert (board.way.direction, board.way.centred, board.way.margin) == ("en-xx", False, "cosine")
