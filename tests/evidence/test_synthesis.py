"""From a question to the page, on the command line: counts, claims, panel, references; nothing found has no score."""

import json
from pathlib import Path
from typing import Any

import pytest

import served
from isogloss.cli import main
from isogloss.core.errors import SpecError
from isogloss.core.rating import Rating
from isogloss.evidence.panel import mandates, panel

CLAIMS = (
    "The best bridge task gains 4.2 points over the plain encoder on XNLI, and 1.7 points on PAWS-X.",
    "The best bridge task gains 4.2 points over the plain encoder on XNLI.",
    "Seven bridge tasks are compared before the target task of the",
    "More steps consistently beat plain bridge training.",
)
TAMPERED = (
    "The best bridge task gains 9.6 points over the plain encoder on XNLI, and 8.8 points on PAWS-X.",
    "The best bridge task gains 4.9 points over the plain encoder on XNLI.",
    "Twelve bridge tasks are compared before the target task of the",
    "More steps consistently hurt volcanoes on the moon.",
)


class Asking:
    """The verb in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.papers = served.write(folder / "in")

    def claims(self, texts: tuple[str, ...], name: str = "claims.jsonl", cites: tuple[str, ...] = ()) -> Path:
        """A file of claims, their last letters as ids."""
        path = self.folder / name
        rows = [{"id": text[-12:], "claim": text, "cited_doc_ids": list(cites)} for text in texts]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path

    def __call__(self, *words: str, question: str = served.QUESTION, name: str = "q", store: str = "store") -> Any:
        """The JSON of a synthesis: of the question, or of the search of this name where it is there."""
        self.capsys.readouterr()
        place = ["--in", str(self.papers)] if not (self.folder / store / "evidence" / name).is_dir() else []
        asked = question if place else name
        status = main(
            ["synthesis", asked, *place, *(["--name", name] if place else []), "--store", str(self.folder / store),
             "--json", *words]
        )  # fmt: skip
        out, err = self.capsys.readouterr()
        assert status == 0, err
        return json.loads(out)


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Asking:
    monkeypatch.chdir(tmp_path)
    return Asking(tmp_path, capsys)


def test_a_question_becomes_claims_counts_a_panel_and_references(ask: Asking) -> None:
    """Counts reconcile, claims are as verify prints them, scores come with range and agreement, strangers are named."""
    found = ask("--claims", str(ask.claims(CLAIMS, cites=("1234.56789",))), "--out", str(ask.folder / "page.html"))
    counts = found["counts"]
    assert counts["identified"] - counts["merged"] == counts["screened"]
    assert counts["screened"] - counts["excluded"] == counts["sought"]
    assert counts["sought"] - counts["not_held"] == counts["included"] == len(found["included"])
    assert {"id", "claim", "status", "level", "checks", "passages"} <= found["claims"][0].keys()
    assert [each["reviewer"] for each in found["panel"]["scores"]] == [each.name for each in mandates()]
    assert found["panel"]["low"] <= found["panel"]["mean"] <= found["panel"]["high"]
    assert found["panel"]["alpha"]["items"] == 4 + 2 * len(CLAIMS)
    assert [each["cited"] for each in found["references"] if each["status"] == "not found"] == ["1234.56789"]
    assert any("not asked" in each for each in found["limits"])
    page = (ask.folder / "page.html").read_text("utf-8")
    heads = ["Abstract", "1 Introduction", "2 Methodology", "3 Results", "4 Limitations", "5 Extracted claims", "Panel",
             "References"]  # fmt: skip
    places = [page.index(f"<h2>{head}</h2>") for head in heads]
    assert places == sorted(places)
    assert "1234.56789" in page[places[-1] :]
    files = ask.folder / "page_files"
    assert {each.name for each in files.iterdir()} >= {"references.bib", "claims.csv", "ratings.csv", "flow.svg"}
    assert "% not found: 1234.56789" in (files / "references.bib").read_text("utf-8")


def test_the_score_is_that_of_the_lock(ask: Asking) -> None:
    """Asked again, and with the claims in another order: the same. With every claim tampered with: lower."""
    claims = str(ask.claims(CLAIMS))
    first = ask("--claims", claims)["panel"]
    assert ask("--claims", claims)["panel"] == first
    shuffled = ask("--claims", str(ask.claims(CLAIMS[::-1], "shuffled.jsonl")))["panel"]
    assert [each["score"] for each in shuffled["scores"]] == [each["score"] for each in first["scores"]]
    assert ask("--claims", str(ask.claims(TAMPERED, "tampered.jsonl")))["panel"]["mean"] < first["mean"]


def test_other_words_for_the_question_stay_within_the_range(ask: Asking) -> None:
    """Five ways to ask over the same papers: each mean lies between the lowest and highest reviewer of the others."""
    claims = str(ask.claims(CLAIMS))
    ways = (
        served.QUESTION, "Is zero-shot transfer better after bridge training?",
        "What does bridge training bring a target task without labels of its own?",
        "Zero-shot transfer: does training on a bridge task before the target help?",
        "Do bridge tasks improve transfer to languages without training?",
    )  # fmt: skip
    panels = [ask("--claims", claims, question=way, name=f"q{place}")["panel"] for place, way in enumerate(ways)]
    for one in panels:
        assert all(other["low"] <= one["mean"] <= other["high"] for other in panels)


def test_other_names_of_the_records_change_nothing(ask: Asking) -> None:
    """The same papers under other identifiers: every reviewer's score is the same."""
    claims = str(ask.claims(CLAIMS))
    first = ask("--claims", claims)["panel"]["scores"]
    for path in sorted(ask.papers.iterdir()):
        text = path.read_text("utf-8").replace("2031.demo", "2031.azure").replace("10.5555/", "10.7777/")
        path.rename(path.with_name(f"z{path.name}")).write_text(text, "utf-8")
    assert [each["score"] for each in ask("--claims", claims, name="renamed")["panel"]["scores"]] == [
        each["score"] for each in first
    ]


def test_nothing_found_has_no_score(ask: Asking) -> None:
    """A question about something else: no paper, no panel, no invented source, and the page says so."""
    found = ask("--claims", str(ask.claims(CLAIMS[:1])), "--out", "none.html", question="Quokkas photosynthesise?")
    assert found["says"] == "Nothing was found."
    assert found["panel"] is None
    assert found["included"] == found["references"] == found["abstract"] == []
    assert "Nothing was found" in Path("none.html").read_text("utf-8")


def test_people_rate_beside_the_rules(ask: Asking) -> None:
    """A CSV of one person's ratings: a reviewer like the others; a claim that is not there is an error with a line."""
    claims = str(ask.claims(CLAIMS))
    Path("ratings.csv").write_text(
        f"reviewer,criterion,claim,score,reason\nAda,search,,5,wide\nAda,support,{CLAIMS[0][-12:]},1,x\n"
    )
    scores = {each["reviewer"]: each for each in ask("--claims", claims, "--ratings", "ratings.csv")["panel"]["scores"]}
    assert scores["Ada"]["score"] == 3
    Path("wrong.csv").write_text("reviewer,criterion,claim,score,reason\nAda,support,nope,1,x\n")
    assert main(["synthesis", "q", "--store", "store", "--claims", claims, "--ratings", "wrong.csv", "--json"]) == 2
    assert "line 2" in ask.capsys.readouterr().err


def test_foreign_text_is_text(ask: Asking) -> None:
    """A claim with markup is shown, not run."""
    claims = ask.claims(("The <script>alert(1)</script> task gains 4.2 points on XNLI over everything else.",))
    ask("--claims", str(claims), "--out", "page.html")
    page = Path("page.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_one_reviewer_rates_an_item_once() -> None:
    """Twice is an error; a score outside the scale is one, too."""
    one = Rating(reviewer="a", criterion="search", score=3, reason="")
    with pytest.raises(SpecError, match="twice"):
        panel([one, one])
    with pytest.raises(SpecError, match="from 1 to 5"):
        Rating(reviewer="a", criterion="search", score=6, reason="")
