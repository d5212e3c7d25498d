"""How the page looks, in a real browser: one screen, one column, type that can be read, and files that come from it."""

import re
from pathlib import Path
from typing import Any

import pytest

import browser
from isogloss.report.page import page
from study_in_store import build

LANGUAGES = ("en", "x1", "x2", "x3", "x4")
TITLES = {
    "topics": "Natural language inference in a synthetic world",
    "nli": "Extractive question answering in a synthetic world",
    "pos": "Hypernym inference in a synthetic world",
    "qa": "Paraphrase identification in a synthetic world",
    "choice": "Choice of the consequence in a synthetic world",
    "tags": "Part-of-speech tagging in a synthetic world",
}
pytestmark = [pytest.mark.browser, browser.needed]


def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
    """Farther languages are worse, x4 lies at its baseline; qa helps, tags do harm."""
    if task.startswith("pairs"):
        return 0.4
    low = {"en": 0.0, "x1": 0.1, "x2": 0.2, "x3": 0.3, "x4": 0.5}[language]
    gain = {"qa": 0.06, "tags": -0.08}.get(intermediate, 0.0)
    return 0.85 - low + gain * (language != "x4") + 0.01 * seed - 0.004 * encoder * (intermediate != "none")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of the demo's shape: three intermediate tasks before three targets in five languages, and retrieval."""
    made = build(
        tmp_path_factory.mktemp("store"), share, targets=dict.fromkeys(("topics", "nli", "pos"), LANGUAGES),
        intermediates=("qa", "choice", "tags"), seeds=3, baselines={"majority": 0.35, "lexicon": 0.3, "overlap": 0.33},
        retrieval=LANGUAGES[1:], title="Which intermediate task should come first? A study on synthetic languages",
    )  # fmt: skip
    saved = made.study("made_up").plain()
    facts = {"trained_on": [], "type": "classification", "metrics": ["accuracy"], "chance": 1 / 3, "languages": []}
    for name, title in TITLES.items():
        saved["tasks"][name] = facts | saved["tasks"].get(name, {}) | {"title": title}
    made.save_study("made_up", saved)
    return page.write(made, "made_up", tmp_path_factory.mktemp("page") / "study.html")


SEEN = """
  const box = (each) => each.getBoundingClientRect();
  const low = ["h1", "#figure_ranking", "#figure_languages"].map((name) => box(document.querySelector(name)).bottom);
  const height = document.documentElement.scrollHeight;
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const cut = [...document.querySelectorAll(".scroll")].filter((each) => each.scrollWidth > each.clientWidth + 1);
  const size = (node) => {
    const scale = node.ownerSVGElement ? Math.hypot(node.getScreenCTM().a, node.getScreenCTM().b) : 1;
    return parseFloat(getComputedStyle(node).fontSize) * scale;
  };
  const says = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const texts = [...document.querySelectorAll("body *:not(script, style, option, .unseen)")].filter((node) =>
    says(node) && node.getClientRects().length);
  const small = texts.filter((node) => size(node) < 12.99);
  const column = box(document.querySelector("main > section")).width;
  const drawn = [...document.querySelectorAll("figure")].map((each) =>
    [each.id, Math.max(...[...each.querySelectorAll("svg")].map((one) => box(one).width)) / column]);
  const words = [...document.querySelectorAll("figure text")].filter((node) => node.getClientRects().length);
  const meet = (one, two) => Math.min(one.right, two.right) - Math.max(one.left, two.left) > 2
    && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 3;
  const overlaid = words.flatMap((one, place) => words.slice(place + 1).filter((two) => meet(box(one), box(two)))
    .map((two) => `${one.textContent} × ${two.textContent}`));
  return {
    overlaid, low, height, wide: document.documentElement.scrollWidth, cut: cut.map((each) => each.closest("[id]").id),
    texts: texts.length, small: small.map((node) => `${size(node)} ${node.textContent.trim().slice(0, 40)}`), drawn,
  };
"""
"""Folded: where the first screen ends and how long the page is. Unfolded: what is cut off, too small, too narrow or
on top of each other."""


@pytest.fixture(scope="module")
def desk(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """At 1280 × 800."""
    return browser.asked(written.read_text("utf-8"), tmp_path_factory.mktemp("desk"), SEEN, 1280)


@pytest.fixture(scope="module")
def phone(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """At 390."""
    return browser.asked(written.read_text("utf-8"), tmp_path_factory.mktemp("phone"), SEEN, 390)


def test_the_first_screen_holds_the_verdict_and_both_figures(desk: Any) -> None:
    """At 1280 × 800 verdict, ranking and languages are seen whole, in this order."""
    assert desk["low"] == sorted(desk["low"])
    assert desk["low"][-1] <= 800


def test_the_whole_page_folded_is_short(desk: Any) -> None:
    """Below 9,000 pixels."""
    assert 3000 < desk["height"] < 9000


def test_nothing_is_wider_than_the_screen(desk: Any, phone: Any) -> None:
    """No part of the page leaves it sideways; on a desk no table and no figure has to be scrolled either."""
    assert desk["wide"] <= 1280
    assert phone["wide"] <= 390
    assert desk["cut"] == []


def test_on_a_phone_the_first_figures_are_seen_whole(phone: Any) -> None:
    """Ranking and languages need no scrolling, also where a scroll bar takes 15 of the 390 pixels."""
    assert {"figure_ranking", "figure_languages"}.isdisjoint(phone["cut"])


def test_no_words_of_a_figure_lie_on_others(desk: Any, phone: Any) -> None:
    """Names, numbers of axes and values keep apart."""
    assert (desk["overlaid"], phone["overlaid"]) == ([], [])


def test_type_is_thirteen_pixels_or_more(desk: Any, phone: Any) -> None:
    """Every text that is seen, in figures too, where what counts is the size after scaling."""
    for seen in (desk, phone):
        assert seen["texts"] > 300
        assert seen["small"] == []


def test_figures_are_as_wide_as_the_column(desk: Any) -> None:
    """Every figure takes the column but for a tenth at most."""
    assert len(desk["drawn"]) > 7
    assert [name for name, part in desk["drawn"] if not 0.9 <= part <= 1.0] == []


def test_every_table_is_whole_on_paper(written: Path, tmp_path: Path) -> None:
    """On A4 less its margins (190 mm are 718 pixels) nothing is wider than the page, with the rules for print."""
    css = (Path(page.__file__).parent / "style.css").read_text("utf-8")
    paper = re.sub(r"@page \{[^}]*\}", "", css[css.index("@media print {") + len("@media print {") : css.rindex("}")])
    script = """
      document.querySelectorAll("details").forEach((each) => { each.open = true; });
      const edge = document.documentElement.clientWidth + 1;
      const shown = [...document.querySelectorAll("table, figure svg, p, h1")];
      const over = shown.filter((each) => each.getBoundingClientRect().right > edge);
      return [shown.length, over.map((each) => each.closest("[id]").id)];
    """
    html = written.read_text("utf-8").replace("</body>", f"<style>{paper}</style></body>")
    shown, over = browser.asked(html, tmp_path, script, 718)
    assert shown > 50
    assert over == []


def test_downloads_come_from_the_page(written: Path, tmp_path: Path) -> None:
    """A click hands over a file made in the page, with nothing beside it: the SVG and the CSV of the ranking."""
    script = """
      const made = [], saved = [];
      URL.createObjectURL = (blob) => { made.push(blob); return "#"; };
      HTMLAnchorElement.prototype.click = function () { saved.push(this.download); };
      for (const link of document.querySelectorAll("#figure_ranking a.file")) {
        const before = saved.length;
        link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
        while (saved.length === before) await new Promise((next) => setTimeout(next, 5));
      }
      return [saved, await Promise.all(made.map((blob) => blob.text()))];
    """
    names, texts = browser.asked(written.read_text("utf-8"), tmp_path, script, 1280)
    assert names == ["ranking.svg", "ranking.csv"]
    for name, text in zip(names, texts, strict=True):
        assert text == (written.parent / "study_files" / name).read_bytes().decode()


def test_no_minus_sign_is_a_hyphen(written: Path) -> None:
    """Wherever a number is read, on the page or from a mark of a figure, its minus is U+2212."""
    text = written.read_text("utf-8")
    shown = text[text.index("<body>") : text.index('<script type="application/octet-stream"')]
    words = re.sub(r"</?[a-zA-Z][^>]*>", " ", shown)
    labels = " ".join(re.findall(r'(?:aria-label|title)="([^"]*)"', shown))
    for each in (words, labels):
        assert "−" in each
        assert re.findall(r"(?<![\w.-])-\d[\d.]*", each) == []
