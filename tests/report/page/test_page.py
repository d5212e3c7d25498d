"""The page as a file and in a real browser: numbers, self-containment, validity, sorting, light, dark, phone, print."""

import base64
import csv
import gzip
import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

import browser
import study_in_store
from isogloss.core.errors import StoreError, UnknownName
from isogloss.report.page import page, render
from isogloss.report.parts.table import as_key
from isogloss.store.store import Store
from study_in_store import build

VOID = {"meta", "br", "input", "hr", "img", "link"}


def carried(html: str) -> dict[str, str]:
    """Name → text of the files that a page has inside it."""
    packed = re.search(r'id="files">(.*?)</script>', html, re.DOTALL)
    assert packed
    files: dict[str, str] = json.loads(gzip.decompress(base64.b64decode(packed.group(1))))
    return files


class Reader(HTMLParser):
    """Tables as lists of rows, ids, references, and whether every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.wrong: list[str] = []
        self._at = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, links, rows and cells."""
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "div" and values.get("class") == "table":
            self._at = str(values["id"])
            self.tables[self._at] = []
        for name in ("href", "src", "srcset", "xlink:href", "action", "data"):
            if values.get(name):
                self.links.append(str(values[name]))
        if tag == "tr":
            self.tables[self._at].append([])
        if tag in ("td", "th"):
            self.tables[self._at][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """SVG elements that close themselves."""

    def handle_endtag(self, tag: str) -> None:
        """Every end tag must close the last opened element."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Text goes to the open cell."""
        if "td" in self.open or "th" in self.open:
            self.tables[self._at][-1][-1] += data


@pytest.fixture(scope="module")
def html(written: Path) -> str:
    """Its text."""
    return written.read_text("utf-8")


@pytest.fixture(scope="module")
def read(html: str) -> Reader:
    """Its parts."""
    reader = Reader()
    reader.feed(html)
    return reader


def cells(read: Reader, table: str, first: str) -> list[str]:
    """The row of a table that begins so, white space settled."""
    return next(
        [" ".join(cell.split()) for cell in row] for row in read.tables[table] if row[0].strip().startswith(first)
    )


def test_every_element_is_closed(read: Reader) -> None:
    """The page is well-formed: each end tag closes the last open element and none stays open."""
    assert read.wrong == []
    assert read.open == []


def test_ids_are_unique_and_links_inside_lead_somewhere(read: Reader) -> None:
    """No id occurs twice, and every anchor exists."""
    assert len(read.ids) == len(set(read.ids))
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)


def test_nothing_is_loaded_from_anywhere(html: str, read: Reader) -> None:
    """No reference leaves the page but to the files beside it, and the page forbids itself any other."""
    assert all(link.startswith(("#", "./study_files/", "data:,")) for link in read.links)
    assert "http://" not in html
    assert "https://" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_files_beside_the_page_are_there(written: Path, read: Reader) -> None:
    """Every file the page names exists; figures as SVG and CSV, and as PDF beside them."""
    named = [link for link in read.links if link.startswith("./study_files/")]
    assert [link for link in named if not (written.parent / link).is_file()] == []
    assert {Path(link).suffix for link in named} == {".svg", ".csv", ".tex"}
    drawn = [written.parent / link for link in named if link.endswith(".svg")]
    assert all(each.with_suffix(".pdf").read_bytes().startswith(b"%PDF-") for each in drawn)


def test_every_download_is_in_the_page_itself(written: Path, html: str, read: Reader) -> None:
    """A page sent by mail has its files: each that is linked is packed into it, byte for byte what lies beside it."""
    files = carried(html)
    named = {Path(link).name for link in read.links if link.startswith("./study_files/")}
    assert named <= set(files)
    for name in named:
        assert files[name] == (written.parent / "study_files" / name).read_bytes().decode()


def test_the_picture_to_share_is_beside_it_and_named(written: Path, html: str) -> None:
    """A PNG of 1200 × 630 by its header (PNG specification: width and height at bytes 16 to 24), as Open Graph asks."""
    content = written.with_suffix(".png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1200, 630)
    assert '<meta property="og:image" content="./study.png">' in html
    assert '<meta property="og:title" content="Do &lt;made-up&gt; tasks &amp; languages gain?">' in html


def test_scores_are_those_of_the_store(read: Reader) -> None:
    """English .80, the others .60 on average without English, gap .20, worst language Swahili at .50."""
    row = cells(read, "scores_topics", "none")
    assert [cell.split()[0] for cell in row[1:4]] == ["80.0", "60.0", "20.0"]
    assert row[5].startswith("50.0 sw")
    assert row[-1] == "4"


def test_gains_stand_beside_each_other(read: Reader) -> None:
    """Qa gains nothing in English and .06/4 = 1.5 points zero-shot, in both encoders."""
    row = cells(read, "gains_topics", "qa")
    assert row[1].startswith("0.0 [")
    assert row[2].startswith("+1.5 [")
    assert row[5:] == ["2 of 2", "seeds of these encoders"]


def test_baselines_stand_in_every_score_table(read: Reader) -> None:
    """Majority and lexicon are rows of the summary and columns of the languages."""
    for task in ("topics", "nli"):
        assert cells(read, f"scores_{task}", "majority")[1] == "35.0"
        assert [head.strip() for head in read.tables[f"languages_{task}"][0][-2:]] == ["lexicon", "majority"]


def test_near_chance_cells_are_named(read: Reader, html: str) -> None:
    """Swahili at .50 does not clear the lexicon's .50, and says so."""
    assert "◦" in cells(read, "languages_topics", "Swahili")[1]
    assert "◦" not in cells(read, "languages_topics", "German")[1]
    assert "near chance: does not clear lexicon, 50.0" in html


def test_facts_stand_above_every_table_of_scores(html: str) -> None:
    """Which weights, whether English is in a mean, and how many runs."""
    assert (
        "weights: last checkpoint · means are without English (4 other languages) · 4 runs from 2 pretrained encoders"
        in html
    )


def test_the_same_task_is_a_control(read: Reader) -> None:
    """Nli before nli is named so in scores and gains."""
    assert cells(read, "scores_nli", "Nli, made up")[0] == "Nli, made up same task: a control"
    assert cells(read, "overview", "Nli, made up")[3].endswith("same task")


def test_people_read_titles_and_files_keep_names(read: Reader, written: Path) -> None:
    """On the page the intermediate task nli is called by its title; in CSV by the name that a command line takes."""
    assert "Nli, made up" in [row[0].strip() for row in read.tables["overview"]]
    with (written.parent / "study_files" / "table_overview.csv").open(encoding="utf-8") as file:
        assert [row["Intermediate"] for row in csv.DictReader(file)] == ["qa", "nli"]


def test_retrieval_shows_layers_raw_and_centred(read: Reader) -> None:
    """Three layers raw and centred; qa's ten points are in the raw vectors only."""
    key = "layers_pairs_pooling_mean_margin_cosine_direction_en-xx"
    assert [head.strip() for head in read.tables[key][0][1:]] == [
        f"{c} {n}" for c in ("raw", "centred") for n in range(3)
    ]
    change = cells(read, key.replace("layers", "changes"), "qa")
    assert [cell.split()[0] for cell in change[1:]] == ["+10.0"] * 3 + ["0.0"] * 3


def test_retrieval_shows_every_language_at_a_layer_set_beforehand(read: Reader) -> None:
    """Of three layers (0 to 2) the one at 14/24 of the depth is 1; qa has German at .4 + .1 raw and .4 centred."""
    key = "languages_pairs_{}_pooling_mean_margin_cosine_direction_en-xx"
    assert [cells(read, key.format(way), "German")[3].split()[0] for way in ("raw", "centred")] == ["50.0", "40.0"]


def test_what_was_run_is_told(read: Reader) -> None:
    """Two pretrained encoders, eight intermediate runs, 24 target runs; time and tokens add up."""
    assert cells(read, "totals", "pretrain")[1:5] == ["2", "800", "819,200", "25 s"]
    assert cells(read, "totals", "target")[1] == "24"
    assert len(read.tables["runs"]) == 1 + 2 + 8 + 24
    assert "CC0-1.0" in cells(read, "data", "topics")


def test_text_of_the_study_is_escaped(html: str) -> None:
    """Titles and notes are text, never markup."""
    assert "Do &lt;made-up&gt; tasks &amp; languages gain?" in html
    assert "“Quotes” &amp; &lt;tags&gt; are text." in html


def test_figures_have_names_and_marks_have_numbers(html: str) -> None:
    """Every figure has a label for screen readers, and every dot says its numbers: the ranking, the languages, two of
    scores, two of gains, one of retrieval; each drawn for a desk and for a phone, packed but for the first two."""
    packed = [carried(html)[name] for name in re.findall(r'data-drawn="([^"]+)"', html)]
    every = html + "".join(packed)
    drawn = re.findall(r'<svg role="graphics-document" aria-label="[^"]{20,}"', every)
    assert len(drawn) == every.count("<svg") == 2 * 7
    assert len(packed) == 7 - 2
    assert re.search(r'aria-label="German, none: 70\.0 \[', html)


def test_figures_follow_light_and_dark(html: str) -> None:
    """Colours in the page are variables of the style sheet; none of the palette is left as it is."""
    body = html[html.index("</style>") :]
    assert "var(--c1)" in body
    assert not re.search(r'(fill|stroke)="#(?!000)', body)


def test_signatures_are_at_hand(html: str, written: Path) -> None:
    """A cell tells n, data, tokenizer and runs, and scores.csv holds every score with its signature.

    What the page itself carries are those that stand: of retrieval one way, not every layer, pooling and direction.
    """
    assert "n:200|data:0123456789ab|tok:ba9876543210" in html
    with (written.parent / "study_files" / "scores.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24 * 5 + 10 * 6 * 4
    assert {row["gain"] for row in rows if row["intermediate"] == "none"} == {""}
    assert all(row["signature"].startswith("run:") for row in rows)
    inside = carried(html)
    assert "scores.csv" not in inside
    standing = list(csv.DictReader(io.StringIO(inside["scores_standing.csv"])))
    assert len(standing) == 24 * 5 + 10 * 4
    stands = "layer=1 pooling=mean centred=no margin=cosine direction=en-xx"
    assert {row["variant"] for row in standing} == {"", stands}
    assert all(row in rows for row in standing)


def test_a_page_is_the_same_every_time_and_replaced_whole(store: Store, written: Path, tmp_path: Path) -> None:
    """Writing it over an old page gives the same bytes as elsewhere and leaves no temporary file."""
    (tmp_path / "study.html").write_text("old", encoding="utf-8")
    assert page.write(store, "made_up", tmp_path / "study.html").read_bytes() == written.read_bytes()
    assert [path for path in tmp_path.rglob("*") if "partial" in path.name] == []


def test_an_unknown_study_writes_nothing(store: Store, tmp_path: Path) -> None:
    """The name is checked first."""
    with pytest.raises(UnknownName, match="made_up"):
        page.write(store, "nothing", tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_is_not_run_yet_has_a_page(tmp_path: Path) -> None:
    """Without a score the page says that nothing can be told."""
    made = build(tmp_path / "store", lambda *_: 0.5, targets={}, intermediates=(), encoders=1)
    text = page.write(made, "made_up", tmp_path / "a.html").read_text("utf-8")
    assert "Nothing can be told about transfer" in text


@pytest.mark.browser
@browser.needed
def test_columns_sort_in_a_browser(written: Path, tmp_path: Path) -> None:
    """A click on a column's head sorts by its numbers, a second click the other way; cells have their notes."""
    script = """
      const table = document.querySelector("#languages_topics table");
      const rows = () => [...table.tBodies].flatMap((body) => [...body.rows]);
      const read = () => rows().map((row) => row.cells[0].textContent.trim().split(/\\s/)[0]);
      const button = table.querySelectorAll("thead button")[1];
      button.click(); const down = read();
      button.click(); const up = read();
      const sorted = table.querySelectorAll("thead th")[1].getAttribute("aria-sort");
      let mark;  // a narrow drawing is unpacked after the page is loaded
      while (!mark) {
        await new Promise((next) => setTimeout(next, 5));
        const marks = [...document.querySelectorAll("#figure_scores_topics svg .mark-symbol [aria-label]")];
        mark = marks.find((each) => each.getBoundingClientRect().width);
      }
      const box = mark.getBoundingClientRect();
      mark.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: box.x, clientY: box.y}));
      const wide = document.documentElement.scrollWidth <= innerWidth;
      const notes = [...document.querySelectorAll("td[data-note]")].map((each) => each.title);
      return { down, up, sorted, tip: tip.textContent, wide, notes };
    """
    for width in (1280, 500):
        (tmp_path / f"{width}").mkdir()
        seen = browser.asked(written.read_text("utf-8"), tmp_path / f"{width}", script, width)
        assert seen["down"][:2] == ["English", "German"]
        assert seen["down"][-1] == "Swahili"
        assert (seen["up"][0], seen["up"][-1]) == ("Swahili", "English")
        assert seen["sorted"] == "ascending"
        assert len(seen["notes"]) > 50
        assert all(seen["notes"])
        assert any("Student’s t over" in each or "Student's t over" in each for each in seen["notes"])
        assert re.match(r"English, none: 80\.0 \[", seen["tip"])
        assert seen["wide"]


@pytest.mark.browser
@browser.needed
def test_a_narrow_screen_has_its_own_drawings(written: Path, tmp_path: Path) -> None:
    """They are unpacked there, and in their place no wide one is shown; a wide screen shows none."""
    script = """
      const seen = (kind) => [...document.querySelectorAll(`figure .${kind} svg`)]
        .filter((each) => each.getBoundingClientRect().width).length;
      const figures = document.querySelectorAll("figure").length;
      const wait = (time) => new Promise((next) => setTimeout(next, time));
      if (innerWidth > 500) await wait(500);  // for what should not come
      else while (seen("narrow") < figures) await wait(5);
      return [figures, seen("wide"), seen("narrow")];
    """
    html = written.read_text("utf-8").replace("<details>", "<details open>")
    for width, expected in ((1280, [7, 7, 0]), (500, [7, 0, 7])):
        (tmp_path / f"{width}").mkdir()
        assert browser.asked(html, tmp_path / f"{width}", script, width) == expected


@pytest.mark.browser
@browser.needed
def test_the_page_prints(written: Path, tmp_path: Path) -> None:
    """Chromium makes a PDF of it."""
    browser.browse(written, tmp_path / "profile", "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.browser
@browser.needed
def test_text_has_contrast_in_light_and_dark(written: Path, tmp_path: Path) -> None:
    """Every text stands out from what is behind it by 4.5 to 1 (WCAG AA), in both colour schemes."""
    script = """
      const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
      const linear = (v) => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
      const light = (c) => .2126 * linear(c[0]) + .7152 * linear(c[1]) + .0722 * linear(c[2]);
      const alpha = (c) => c.length < 4 ? 1 : c[3];
      const mixed = (under, c) => under.map((v, i) => alpha(c) * c[i] + (1 - alpha(c)) * v);
      const behind = (node) => {
        const layers = [];
        for (; node; node = node.parentElement) {
          layers.push(rgb(getComputedStyle(node).backgroundColor));
          if (alpha(layers.at(-1)) === 1) break;
        }
        return layers.reverse().reduce(mixed, [255, 255, 255]);
      };
      const texts = "p, li, td, th, small, h1, h2, h3, a, button, summary, dd, dt, figcaption";
      let worst = 99, where = "";
      for (const node of document.querySelectorAll(texts)) {
        if (!node.offsetParent || !node.textContent.trim()) continue;
        const under = behind(node), style = getComputedStyle(node), a = Number(style.opacity);
        const over = rgb(style.color).slice(0, 3).map((v, i) => a * v + (1 - a) * under[i]);
        const [x, y] = [light(under), light(over)].sort((p, q) => q - p);
        const ratio = (x + .05) / (y + .05);
        if (ratio < worst) { worst = ratio; where = node.outerHTML.slice(0, 120); }
      }
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      return { worst, dark, where };
    """
    for scheme, dark in (("1", False), ("0", True)):
        (tmp_path / scheme).mkdir()
        chosen = f"--blink-settings=preferredColorScheme={scheme}"
        seen = browser.asked(written.read_text("utf-8"), tmp_path / scheme, script, 800, chosen)
        assert seen["dark"] is dark
        assert seen["worst"] >= 4.5, seen["where"]


def test_a_mixture_of_nine_may_break_and_text_stays_escaped() -> None:
    """After a plus between names, not before a number; markup in a name is text."""
    assert render.breakable("mnli+squad <b> +5.4") == "mnli+<wbr>squad &lt;b&gt; +5.4"


def test_the_page_writes_nothing_outside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A way of testing that reads like a path, and a task that is no plain word, make names of files and no paths."""
    way = "layer={layer} pooling=mean centred={centred} margin=cosine/../../../ESCAPED direction=en-xx"
    monkeypatch.setattr(study_in_store, "RETRIEVAL", way)
    store = build(tmp_path / "store", lambda *_: 0.6, targets={"a b; ..x": ("en", "de")}, retrieval=("de",))
    before = set(tmp_path.rglob("*"))
    out = tmp_path / "a" / "b" / "page.html"
    page.write(store, "made_up", out)
    made = set(tmp_path.rglob("*")) - before - {tmp_path / "a", out.parent}
    beside = {out, out.with_suffix(".png")}
    assert all(path in beside or path.is_relative_to(out.parent / "page_files") for path in made)
    assert any("ESCAPED" in path.name for path in made)
    for name in ("../up.csv", "/tmp/up.csv", "..", "a/b.csv", "..\\up.csv", ""):
        with pytest.raises(StoreError, match="leads out of this folder"):
            render.put(out.parent, name, b"")


def test_a_key_is_a_plain_name() -> None:
    """Keys of tables and figures are made in one place: what they were stays, whatever else is replaced or cut."""
    assert as_key("scores_world_nli_margin=cosine_direction=en-xx") == "scores_world_nli_margin=cosine_direction=en-xx"
    assert as_key("../../x/y z") == "_.._x_y_z"
    assert as_key("") == "_"
    long = [as_key("x" * 300 + end) for end in "ab"]
    assert long[0] != long[1]
    assert max(map(len, long)) < 130


def test_a_page_of_any_name_leads_to_its_files(store: Store, tmp_path: Path) -> None:
    """The names of files are quoted as addresses are (RFC 3986), and none reads as a scheme or a place in a page."""
    read = Reader()
    html = page.write(store, "made_up", tmp_path / "s3: 50%25 a#b&c?日本.html").read_text("utf-8")
    read.feed(html)
    image = re.search(r'property="og:image" content="(.*?)"', html)
    assert image
    named = [unescape(image[1]), *(link for link in read.links if "_files/" in link)]
    assert len(named) > 10
    base = (tmp_path / "x").as_uri()
    assert [link for link in named if not Path(unquote(urlsplit(urljoin(base, link)).path)).is_file()] == []
