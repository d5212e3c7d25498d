"""The first figure and the picture of a page: every mark is inside the frame, and no interval is broken."""

from pathlib import Path

from isogloss.analysis import ledger
from isogloss.analysis.ranking import rank
from isogloss.analysis.transfer import boards, usual
from isogloss.report.figures import ranked
from isogloss.report.page import share
from isogloss.report.page.lead import Lead
from study_in_store import build

LANGUAGES = ("en", "de", "sw")


def lowered(encoder: int, intermediate: str, _task: str, language: str, _seed: int) -> float:
    """The intermediate task takes 5 points from other languages and 30 from English."""
    lost = (0.3 if language == "en" else 0.05) * (intermediate == "qa")
    return 0.8 - 0.1 * (language != "en") - lost - 0.005 * encoder


def test_english_is_inside_the_frame_however_much_it_lost(tmp_path: Path) -> None:
    """An axis for −5 points would hide the hollow mark at −30: the axis has a tick at −20 or beyond."""
    made = build(
        tmp_path, lowered, targets={"topics": LANGUAGES}, intermediates=("qa",), encoders=3, seeds=1,
        baselines={"majority": 0.2},
    )  # fmt: skip
    book = ledger.read(made, "made_up")
    found = usual(boards(book, retrieval=False))
    figure = ranked.forest(book, found, rank(book, found))
    assert figure is not None
    assert "−20" in figure.drawn(1080)


def test_the_picture_breaks_no_interval() -> None:
    """Both ends stand on one line, wherever the line ends."""
    told = Lead(says="Not decided.", because=f"None is above 0; the best is {'a' * 40}, −2.2 points [−6.1, +1.7].")
    assert "[−6.1,\u00a0+1.7]" in share.svg("A study", told, None)
