"""evidence/draft.py and the checks of cells: a claim in words becomes one over cells; only an accepted one decides."""

import json
from pathlib import Path

import pytest

from isogloss.analysis import ledger
from isogloss.cli import main
from isogloss.core import folder
from isogloss.core.errors import IsoglossError
from isogloss.core.reading import Candidate
from isogloss.evidence import verify
from isogloss.evidence.cells import evidence, published
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.draft import ALL, TARGETS, draft
from isogloss.evidence.expression import BestGain, Combined, Fact, Gain
from isogloss.leaderboard.averages import INTERMEDIATES
from isogloss.store.store import Store
from study_in_store import build

LANGUAGES = ("en", "de", "sw")
PUBLISHED = folder.ROOT / "claims" / "published.csv"


def mean_of_nine(target: str) -> Combined:
    """What a claim that denies a gain is held against."""
    return Combined(parts=tuple(Gain(each, (target,)) for each in INTERMEDIATES), weights=(1 / 9,) * 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SQuAD, MNLI and HellaSwag bring 8.2, 7.5 and 7.0 points.",
         [(Gain("squad", TARGETS), 0.082), (Gain("mnli", TARGETS), 0.075), (Gain("hellaswag", TARGETS), 0.07)]),
        ("MNLI first gains 3.1 points on XNLI.", [(Gain("mnli", ("xnli",)), 0.031)]),
        ("Multi-task training on all nine gains 8.7 points.", [(Gain(ALL, TARGETS), 0.087)]),
        ("The best task for each target gains 5.4 points.", [(BestGain(TARGETS), 0.054)]),
        ("Nine English intermediate tasks are used.", [(Fact("intermediate tasks"), 9)]),
        ("There are three phases.", [(Fact("stages"), 3)]),
        ("We start with XLM-R Large.", [(Fact("encoders"), frozenset({"xlm-roberta-large"}))]),
        ("TyDiQA improves, whereas XNLI does not benefit.",
         [(BestGain(("tydiqa",)), 0.0), (mean_of_nine("xnli"), 0.0)]),
        ("It helps BUCC, a target without any training data.", [(BestGain(("bucc2018",)), 0.0)]),
        ("Rice is cooked slowly.", []),
        ("SQuAD is a task.", []),
    ],
)  # fmt: skip
def test_words_into_cells(text: str, expected: list[tuple[object, object]]) -> None:
    """Intermediates and figures in the same order, targets where they are named, facts of the method, directions."""
    found = draft("1", text)
    assert [(each.left, each.right) for each in found.claim.predicts] == expected if found else not expected


def test_a_draft_is_a_claim_file(tmp_path: Path) -> None:
    """What is printed loads as a user's own claim, quotation marks and all."""
    found = draft("7 a", 'SQuAD "first" gains 8.2 points\\ on XNLI.')
    assert found is not None
    path = tmp_path / "draft.py"
    path.write_text(found.code)
    assert folder.given("claims", str(path)) == found.claim
    denied = draft("4", "XNLI does not benefit.")
    assert denied is not None
    other = tmp_path / "denied.py"
    other.write_text(denied.code)
    assert folder.given("claims", str(other)) == denied.claim


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of three encoders and two seeds in which MNLI gains 10 points before XNLI."""
    place = tmp_path_factory.mktemp("store")
    build(
        place, lambda _encoder, intermediate, *_: 0.6 if intermediate == "mnli" else 0.5, targets={"xnli": LANGUAGES},
        encoders=3, n=6000, intermediates=("mnli",),
    )  # fmt: skip
    return place


def judged(store: Path, text: str, accepted: str = "", cells: str = "") -> verify.Judged:
    made = {claim.name: claim for claim in ([folder.given("claims", accepted)] if accepted else [])}
    study = evidence(ledger.read(Store(store), "made_up"))
    corpus = Corpus(records=(), study=study, published=published(PUBLISHED), accepted=made)
    return verify.judge(Candidate(id="1", text=text, kind="given", cells=cells), corpus, verify.checks())


def test_a_study_speaks_to_a_draft_and_decides_an_accepted_claim(store: Path, tmp_path: Path) -> None:
    """As a draft: supported in its column, the claim undecided. Accepted: supported at level 3, or refuted."""
    for points, says in (("10", "supported"), ("30", "refuted")):
        text = f"MNLI first gains {points} points on XNLI."
        found = judged(store, text)
        measured = next(each for each in found.outcomes if each.check == "measured")
        assert (measured.says, measured.status, found.status) == (says, "undecided", "undecided")
        assert "nobody has accepted" in measured.reason
        path = tmp_path / f"accepted_{points}.py"
        path.write_text(found.draft)
        accepted = judged(store, text, accepted=str(path))
        assert (accepted.status, accepted.level, accepted.by) == (says, 3, "measured")


def test_data_names_no_code(store: Path, tmp_path: Path) -> None:
    """A claims file that names a path is refused; the name of a claim that comes with isogloss is taken."""
    path = tmp_path / "evil.py"
    path.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nCLAIM = None\n")
    with pytest.raises(IsoglossError):
        judged(store, "MNLI first gains 10 points on XNLI.", cells=str(path))
    assert not (tmp_path / "ran").exists()
    found = judged(store, "Retrieval gains most.", cells="retrieval_gains_most")
    assert (found.status, found.by) == ("supported", "published")


def test_published_cells_that_take_a_claim_for_granted_judge_no_draft(store: Path) -> None:
    """The +5.4 of the best per target was used to derive one cell: a draft that says +5.4 gets no support from it."""
    found = judged(store, "The best intermediate task for each target gains 5.4 points.")
    published = next(each for each in found.outcomes if each.check == "published")
    assert published.says == "undecided"
    assert "tatoeba" in published.reason


def test_the_columns_of_the_command(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """claim · text outcome · published cells · this study · its sentence, and drafts in a folder."""
    import served

    claims = tmp_path / "claims.txt"
    claims.write_text("MNLI first gains 10 points on XNLI.\n")
    place = ["--store", str(store)]
    assert main(["search", served.QUESTION, "--in", str(served.write(tmp_path / "in")), "--name", "q", *place]) == 0
    assert main(["read", "q", *place]) == 0
    words = ["verify", "q", "--claims", str(claims), "--study", "made_up", *place]
    capsys.readouterr()
    assert main([*words, "--drafts", str(tmp_path / "drafts")]) == 0
    shown = capsys.readouterr().out
    assert "published  study" in shown
    assert "supported" in shown.split("\n")[1]
    assert (tmp_path / "drafts" / "draft_1.py").is_file()
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["cells"] == {"published": "undecided", "measured": "supported"}
