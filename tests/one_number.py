"""Every number that a study's outputs show, by what it is a number of: the terminal, the page, its files, the analysis.

`python tests/one_number.py STORE STUDY` walks the outputs of a study of any store (analysed before) and prints what
differs; tests/test_one_number.py walks a made-up one.
"""

import contextlib
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import apart_shown
import told
from isogloss.analysis import ledger
from isogloss.analysis.pairing import named
from isogloss.cli import main
from isogloss.evidence import judge
from isogloss.evidence.cells import evidence
from isogloss.evidence.claim import Claim, Verdict
from isogloss.evidence.expression import Gain, Prediction, Score
from isogloss.report import findings
from isogloss.report.page import page
from isogloss.report.parts import names
from isogloss.report.parts.chart import language
from isogloss.report.tables.verdicts import effect, plain
from isogloss.store.store import Store
from read_page import Page, rows_of

Number = tuple[str, ...]
"""What it is a number of: ("score", task, intermediate, language), ("gain", …), ("effect", measure, outcome) …"""
Walked = dict[Number, dict[str, str]]
"""number → output → how it is printed: "51.3", or with its interval "51.3 [43.8, 58.8]"."""

STANDS = "pooling_mean_margin_cosine_direction_en-xx"
"""The way that stands for all of retrieval (Phang et al. 2020, XTREME), as keys of tables name it; with raw columns."""
SPAN = re.compile(r"([+−]?[\d,]+\.\d)\*?(?: (?:[\w ]+ )??(\[[^\]]*\]))?")
OUTCOMES = {"English": ("score", "english"), "Other languages": ("score", "others"), "Gap": ("gap", ""),
            "Retention": ("retention", ""), "Worst": ("worst", ""), "Worst quarter": ("quarter", "")}  # fmt: skip
GAINS = {"In English": ("gain", "english"), "Zero-shot": ("gain", "others"), "Change of the gap": ("gain of gap", ""),
         "Worst language": ("gain of worst", "")}  # fmt: skip
EFFECTS = {"gain": "Gain", "gap": "Gap", "retention": "Retention", "worst": "Worst language",
           "quarter": "Worst quarter", "seed SD": "Seed SD of the gain", "harm": "P(harm)",
           "calibration": "ECE", "consistency": "Consistency"}  # fmt: skip
"""An outcome's name in the terminal and the files → on the page."""
LONG = {"transfer gain": "gain", "gap to English": "gap", "retention of English above chance": "retention",
        "worst language": "worst", "worst quarter of languages": "quarter",
        "standard deviation of the gain over seeds": "seed SD",
        "share of runs with gain < 0": "harm", "expected calibration error": "calibration",
        "right where English is right": "consistency"}  # fmt: skip


def points(value: float) -> str:
    """As everything prints a value in [0, 1], without the plus that gains carry."""
    return f"{round(100 * value, 6):.1f}".replace("-", "−").replace("−0.0", "0.0")


def printed(text: str) -> str:
    """A printed number, with its interval where it has one, without plus signs and marks; empty for none."""
    found = SPAN.search(text)
    return " ".join(each for each in found.groups() if each).replace("+", "") if found else ""


class Walk:
    """A study's outputs, read one after another."""

    def __init__(self, store: Store, name: str, folder: Path) -> None:
        self.store, self.name, self.folder = store, name, folder
        self.book = ledger.read(store, name)
        self.titles = {task: str(facts["title"]) for task, facts in self.book.tasks.items()}
        self.called = names.of(self.book)
        self.measures = {names.measured(measure): measure for measure in named(store.divergences(name))}
        self.found: Walked = {}
        self.best = {row.score.task for row in self.book.rows if row.score.way.weights == "best"}
        self.pairs = {task for task, facts in self.book.tasks.items() if facts["type"] == "retrieval"}

    def note(self, output: str, text: str, *number: str) -> None:
        """One number of one output."""
        if shown := printed(text):
            self.found.setdefault(number, {})[output] = shown

    def own(self, output: str, text: str, *number: str) -> None:
        """One number that is no score, as it is printed."""
        self.found.setdefault(number, {})[output] = text

    def all(self) -> Walked:
        """Everything. The study must have been analysed."""
        self.analysis(json.loads(self.said("analyse", self.name, "--json")), self.said("analyse", self.name))
        judged = self.claims()
        written = page.write(self.store, self.name, self.folder / "page.html", [each.claim for each in judged])
        read = Page(written.read_text("utf-8"))
        self.page(read.tables, self.folder / "page_files")
        self.sentences("sentences of the page", read.prose)
        self.sentences("sentences of run", findings.summary(self.store, self.name))
        self.terminal(findings.summary(self.store, self.name))
        self.runs(json.loads(self.said("show", self.name, "--json")), self.said("show", self.name))
        self.scores(self.folder / "page_files" / "scores.csv")
        apart = (read.tables, self.folder / "page_files")
        for shown in apart_shown.distances(self.store.divergences(self.name), *apart, self.called):
            self.own(shown[0], shown[1], *shown[2])
        for shown in apart_shown.meaning(list(self.store.drifts(self.name).values()), *apart):
            self.note(shown[0], shown[1], *shown[2])
        return self.found

    def said(self, *arguments: str) -> str:
        """What a command prints."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert main([*arguments, "--store", str(self.store.root)]) == 0
        return out.getvalue()

    def intermediate(self, cell: str) -> str:
        """The intermediate task that a cell begins with, else the baseline; what is beside it is left out."""
        known = {label.intermediate for label in self.book.labels.values()}
        called = {self.called(name): name for name in known} | {name: name for name in known}
        best = max((name for name in called if cell.startswith(name)), key=len, default="")
        return called[best] if best else cell.split(" ")[0]

    def task(self, text: str) -> str:
        """The task whose title, or else whose name, a text begins with."""
        by_title = [task for task in self.titles if text.startswith((self.titles[task], self.called(task)))]
        return max(by_title or [task for task in self.titles if text.startswith(task)], key=len, default="")

    def tested(self, text: str) -> str:
        """What a test's title or key speaks of: the task, and which weights of its runs were tested."""
        weights = re.search(r"\((?:.*, )?(\w+) weights\)|_(best|mean|oracle)$", text)
        task = self.task(text)
        return f"{task} {weights[1] or weights[2]}" if weights and task not in self.pairs else f"{task} last"

    def usual(self, task: str) -> str:
        """The same of a task, where nothing else is said: the best weights on English dev if there are such."""
        return f"{task} {'best' if task in self.best else 'last'}"

    def terminal(self, text: str) -> None:
        """What `run` prints at its end."""
        task = ""
        for line in text.split("\n\n")[0].splitlines()[3:]:
            cells = re.split(r"\s{2,}", line)
            if len(cells) == 1:
                task = self.tested(line)
                continue
            name = self.intermediate(cells[0])
            for cell, where in zip(
                cells[1:4], (("score", "english"), ("score", "others"), ("gain", "others")), strict=True
            ):
                self.note("run", cell, where[0], task, name, where[1])

    def sentences(self, output: str, text: str) -> None:
        """Gains and effects that sentences tell, with their intervals, and how many verdicts there are of a kind."""
        text = " ".join(text.split())
        firsts = {self.called(label.intermediate): label.intermediate for label in self.book.labels.values()}
        tasks = {self.called(task): self.usual(task) for task in self.titles}
        spoken = {language(row.score.language): self.language(row.score.language) for row in self.book.rows}
        for shown, number in (
            *told.gains(text, firsts, tasks, spoken),
            *told.leads(text, firsts),
            *told.slopes(text, self.measures, LONG),
        ):
            self.note(output, shown, *number)
        for kind, count in told.verdicts(text):
            self.own(output, count, "verdicts", kind)

    def page(self, shown: Mapping[str, list[list[str]]], files: Path) -> None:
        """Tables of the page, the same as CSV, and the figures' CSV."""
        for key, rows in shown.items():
            for row, cells in zip(
                rows_of(files / f"table_{key}.csv"), [r for r in rows[1:] if len(r) > 1], strict=False
            ):
                for column, value in row.items():
                    if column in rows[0] and _number(value) and not column.startswith("p ("):
                        self.table("page", key, rows[0], cells, column, cells[rows[0].index(column)])
                        ends = [points(float(row[at])) for end in ("low", "high") if row.get(at := f"{column} {end}")]
                        text = f"{points(float(value))} [{', '.join(ends)}]" if len(ends) == 2 else points(float(value))
                        self.table("table", key, rows[0], cells, column, text, row.get("group", ""))
        for key in (f"{task}{weights}" for task in self.titles for weights in ("", "_best", "_mean", "_oracle")):
            task = self.tested(key)
            gains = rows_of(files / f"table_gains_by_language_{key}.csv")
            heads = [head for head in gains[0] if head != "Language" and f"{head} low" in gains[0]] if gains else []
            for name in heads:
                mean = fmean(float(row[name]) for row in gains)
                self.note("table, mean over languages", points(mean), "gain", task, self.intermediate(name), "all")
            for row in rows_of(files / f"scores_{key}.csv"):
                code = "english" if row["language"] == "English" else row["language"]
                self.spanned("figure", row, "score", task, self.intermediate(row["series"]), code)
            for row in rows_of(files / f"gains_{key}.csv"):
                where = {"in English": "english", "zero-shot": "others"}[row["series"]]
                self.spanned("figure", row, "gain", task, row["intermediate"], where)
            for row in rows_of(files / f"retrieval_{key}_margin_cosine_direction_en-xx.csv"):
                if (row["vectors"], row["pooling"], int(row["layer"])) == ("raw", "mean", self.layer):
                    self.spanned("figure", row, "score", task, self.intermediate(row["series"]), "others")
        for row in rows_of(files / "gain_by_language.csv"):
            at = (self.tested(row["target"]), self.intermediate(row["intermediate"]))
            self.spanned("figure of gains", row, "gain", *at, row["language"])
            if row["english"]:
                self.note("figure of gains", points(float(row["english"])), "gain", *at, "english")
        for row in rows_of(files / "ranking.csv"):
            value, low, high = (points(float(row[name])) for name in ("gain", "low", "high"))
            shown = value if row["said"].endswith("one run") else f"{value} [{low}, {high}]"
            self.note("ranking", shown, "mean gain", row["intermediate"])
            self.note("ranking, as drawn", row["said"], "mean gain", row["intermediate"])
            self.note("ranking", shown.removeprefix("−"), "size of the mean gain", row["intermediate"])
        for row in rows_of(files / "effects.csv"):
            self.note("figure", points(float(row["worse"])), "effect", row["measure"], LONG[row["outcome"]])

    def table(
        self, output: str, key: str, head: Sequence[str], cells: Sequence[str], column: str, text: str, group: str = ""
    ) -> None:
        """One cell of a table of the page."""
        kind, _, rest = key.partition("_")
        name, task = self.task(rest), self.tested(rest)
        first = self.intermediate(cells[0])
        if kind == "scores" and column in OUTCOMES:
            self.note(output, text, OUTCOMES[column][0], task, first, OUTCOMES[column][1])
        elif key.startswith("gains_by_language_"):
            language = self.language(cells[0])
            self.note(
                output,
                text,
                "gain",
                self.tested(key.removeprefix("gains_by_language_")),
                self.intermediate(column),
                language,
            )
        elif kind == "gains" and column in GAINS:
            self.note(output, text, GAINS[column][0], task, first, GAINS[column][1])
        elif kind == "languages" and (name not in self.pairs or key == f"languages_{name}_raw_{STANDS}"):
            self.note(output, text, "score", task, self.intermediate(column), self.language(cells[0]))
        elif key == f"layers_{name}_{STANDS}" and column == f"raw {self.layer}":
            self.note(output, text, "score", task, first, "others")
        elif key == f"changes_{name}_{STANDS}" and column == f"raw {self.layer}":
            self.note(output, text, "gain", task, first, "others")
        elif key == "overview":
            self.note(f"{output}'s overview", printed(text).split(" ")[0], "gain", self.tested(column), first, "others")
        elif key == "robustness" and output == "table":
            self.transfer("analysis on the page", group, first, column, text)
        elif key == "effects_matrix":
            measure = self.measures.get(cells[0], cells[0])
            self.note(f"{output}'s matrix", printed(text).split(" ")[0], "effect", measure, _outcome(column))
        elif key == "verdicts" and column == "Worse by":
            measure = self.measures.get(cells[0], cells[0])
            self.note(f"{output}'s verdicts", text, "effect", measure, _outcome(cells[head.index("Outcome")]))
        elif key == "claims_cells" and output == "table":
            code = cells[head.index("Language")]
            self.cell("claims on the page", cells[0], cells[1], self.language(code), text)
        elif key == "claims_table" and column == "Effect":
            self.note("claims on the page", text, "claim", cells[0])

    @property
    def layer(self) -> int:
        """Of retrieval: the layer at 14/24 of the depth."""
        return round(14 / 24 * max((row.score.way.layer or 0 for row in self.book.rows), default=0))

    def language(self, cell: str) -> str:
        """A language's code, which stands beside its name."""
        codes = {row.score.language: row.label.source for row in self.book.rows}
        code = next((code for code in codes if cell == code or re.search(rf"\b{code}$", cell)), cell)
        return "english" if code in codes.values() or cell.startswith("English") else code

    def spanned(self, output: str, row: Mapping[str, str], *number: str) -> None:
        """A value with the ends of its interval."""
        value, low, high = (points(float(row[name])) for name in ("value", "low", "high"))
        self.note(output, f"{value} [{low}, {high}]", *number)

    def slope(self, output: str, row: Mapping[str, object], *names: str) -> None:
        """How much worse an outcome is, from columns of these names: the value and the ends of its interval."""
        value, low, high = (float(str(row[name])) for name in names)
        text = f"{points(value)} [{points(low)}, {points(high)}]"
        self.note(output, text, "effect", str(row["measure"]), str(row["outcome"]))

    def runs(self, shown: Mapping[str, list[dict[str, object]]], text: str) -> None:
        """What `show` says of single runs, and its means: over seeds, then over encoders, without collapsed runs."""
        labels = self.book.labels
        groups: dict[Number, list[tuple[bool, str, float]]] = {}
        for row in shown["rows"]:
            run, told, weights = str(row["run"]), str(row["task"]), str(row["weights"])
            task = f"{self.task(told)} {weights}"
            for where in ("english", "others"):
                if row[where] is not None:
                    value = float(str(row[where]))
                    self.note("show as JSON", points(value), "run", run, told, weights, where)
                    of = (bool(row["collapsed"]), labels[run].replicate, value)
                    if ", " not in told:  # of a perturbed test or a part of one, no mean is shown
                        groups.setdefault(("score", task, labels[run].intermediate, where), []).append(of)
            for code, value in dict(row["scores"]).items() if ", " not in told else ():  # type: ignore[call-overload]
                of = (bool(row["collapsed"]), labels[run].replicate, float(value))
                if code != labels[run].source:
                    groups.setdefault(("score", task, labels[run].intermediate, code), []).append(of)
        for number, values in groups.items():
            self.note("show", points(_mean(values)), *number)
        for line in text.split("\n\n")[0].splitlines()[1:]:
            run, *cells = re.split(r"\s{2,}", line)
            told = {run, *cells}
            here = [row for row in shown["rows"] if {row["run"], row["task"], row["weights"]} <= told]
            wheres = [where for row in here[:1] for where in ("english", "others") if row[where] is not None]
            for value, where in zip(cells[len(cells) - len(wheres) :], wheres, strict=True):
                self.note("show", value, "run", run, str(here[0]["task"]), str(here[0]["weights"]), where)

    def scores(self, path: Path) -> None:
        """Every score with its signature: the same means made of it."""
        groups: dict[Number, dict[tuple[str, ...], tuple[bool, str, float]]] = {}
        mains = {task: next(iter(facts["metrics"]), "") for task, facts in self.book.tasks.items()}
        stands = f"layer={self.layer} pooling=mean centred=no margin=cosine direction=en-xx"
        for row in rows_of(path):
            weights = re.fullmatch(r"(?:weights=(\w+))?", row["variant"].replace(stands, ""))
            if row["metric"] != mains[row["task"]] or not weights:
                continue
            english = row["language"] == "en"
            at = (f"{row['task']} {weights[1] or 'last'}", row["intermediate"])
            values = {("score", *at, "english" if english else row["language"]): row["score"]}
            values |= {("gain", *at, "english" if english else row["language"]): row["gain"]}
            values |= {("gain", *at, "others"): row["gain_others"], ("gap", *at, ""): row["gap"]}
            for number, value in values.items():
                if value:
                    of = (bool(row["collapsed"]), row["copy"], float(value))
                    groups.setdefault(number, {})[row["copy"], row["seed"]] = of
        for number, runs in groups.items():
            self.note("scores.csv", points(_mean(list(runs.values()))), *number)

    def analysis(self, kept: Mapping[str, list[dict[str, object]]], text: str) -> None:
        """What `analyse` prints, and keeps as JSON and CSV."""
        folder = self.store.at.analysis(self.name)
        for row in rows_of(folder / "outcomes.csv"):
            name, at = row["outcome"], (self.usual(row["target"]), row["intermediate"], row["language"])
            if name == "gain":
                self.spanned("outcomes.csv", row, "gain", *at)
            elif name in ("worst", "quarter"):
                self.spanned("outcomes.csv", row, name, *at)
        for row in rows_of(folder / "verdicts.csv"):
            if row["worse_by"]:
                self.slope("verdicts.csv", row, "worse_by", "low", "high")
        for row in kept["verdicts"]:
            if row["value"] is not None:  # the outcome's own slope, turned where more of it is good
                ends = ("value", "low", "high") if row["better"] == "lower" else ("value", "high", "low")
                sign = 1 if row["better"] == "lower" else -1
                self.slope("analyse as JSON", row | {name: sign * float(str(row[name])) for name in ends}, *ends)
        for kind in ("supported", "refuted"):
            self.own("analyse as JSON", str(sum(row["verdict"] == kind for row in kept["verdicts"])), "verdicts", kind)
        self.sentences("sentences of analyse", text)
        outcomes, _, effects = text.partition("\nPoints (x 100)")
        head, *rows = (re.split(r"\s{2,}", line) for line in outcomes.strip().splitlines())
        for cells in rows:
            for column, cell in zip(head[2:], cells[2:], strict=True):
                column = (
                    "Gain in English" if column == "gain in English" else EFFECTS[column.removesuffix(" of the gain")]
                )
                self.transfer("analyse", cells[1], cells[0], column, cell)
        for line in effects.split("\n\n")[1].splitlines()[1:] if kept["verdicts"] else ():
            measure, outcome, _, cell, *_ = re.split(r"\s{2,}", line)
            self.note("analyse", cell, "effect", measure, outcome)

    def transfer(self, output: str, task: str, first: str, column: str, text: str) -> None:
        """One outcome of a transfer, a mean over languages."""
        where = {"Gain in English": ("gain", "english"), "Gain": ("gain", "others"), "Worst language": ("worst", ""),
                 "Worst quarter": ("quarter", "")}.get(column, (_outcome(column), ""))  # fmt: skip
        self.note(output, printed(text).split(" ")[0], where[0], self.usual(task), first, where[1])

    def claims(self) -> list[Verdict]:
        """Claims that read every cell and every gain of the study, judged; what JSON and terminal say of them."""
        cells = evidence(self.book)
        keys = dict.fromkeys(key for found in cells.tables().values() for key in found.values if key[2])
        says = [
            Prediction(left=Score(*key), relation=">", right=0.0, says=f"{key[0]} before {key[1]} in {key[2]}")
            for key in keys
        ]
        gains = dict.fromkeys((name, task) for name, task, _ in keys if name != "none")
        says += [
            Prediction(left=Gain(name, (task,)), relation=">", right=0.0, says=f"gain of {name} on {task}")
            for name, task in gains
        ]
        claim = Claim(
            name="walked", statement="Every cell.", source="ours", place="here", registered="2026-11-29",
            predicts=tuple(says),
        )  # fmt: skip
        verdict = judge.against_study(claim, cells)
        for finding, row in zip(verdict.findings, plain(verdict)["predictions"], strict=True):
            self.note("claims", effect(finding), "claim", finding.says)
            self.spanned("claims as JSON", {"value": row["effect"], **row}, "claim", finding.says)
            if finding.says.startswith("gain of"):
                name, task = finding.says.removeprefix("gain of ").split(" on ")
                self.note("claims", effect(finding), "gain", self.usual(task), name, "all")
            for cell in row["cells"] if not finding.says.startswith("gain of") else ():
                self.cell(
                    "claims as JSON",
                    cell["task"],
                    cell["intermediate"],
                    self.language(cell["language"]),
                    points(cell["score"]),
                )
        return [verdict]

    def cell(self, output: str, task: str, first: str, language: str, text: str) -> None:
        """A cell behind a verdict. Means over all languages, and cells of pairs of runs, are no table's."""
        if language != "mean":
            self.note(output, text, "score", self.usual(task), first, language)


def differing(found: Walked) -> Iterator[str]:
    """What two outputs print differently: the number, and who says what."""
    for number, outputs in found.items():
        values = {text.split(" ")[0] for text in outputs.values()}
        spans = {text for text in outputs.values() if "[" in text}
        if len(values) > 1 or len(spans) > 1:
            yield f"{' / '.join(number)}: {'; '.join(f'{output} {text}' for output, text in outputs.items())}"


def _mean(values: Sequence[tuple[bool, str, float]]) -> float:
    """Over encoders, each the mean of its seeds; of runs that collapsed only where all did."""
    kept = [each for each in values if not each[0]] or values
    copies = dict.fromkeys(copy for _, copy, _ in kept)
    return fmean(fmean(value for _, mine, value in kept if mine == copy) for copy in copies)


def _outcome(heading: str) -> str:
    return next((name for name, head in EFFECTS.items() if head == heading), heading)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        walked = Walk(Store(Path(sys.argv[1])), sys.argv[2], Path(scratch)).all()
    shared = [outputs for outputs in walked.values() if len(outputs) > 1]
    wrong = list(differing(walked))
    print(*wrong, f"{len(walked):,} numbers, {len(shared):,} in two outputs or more, {len(wrong)} differ.", sep="\n")
    sys.exit(bool(wrong))
