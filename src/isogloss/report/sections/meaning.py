"""Meaning kept in translation: a study's translated tests and training data, task by task and language by language."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from isogloss.report.parts.chart import language
from isogloss.report.parts.heat import family
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import points, spanned
from isogloss.report.sections._entry import Entry

ANCHOR, TITLE = "meaning", "Meaning kept in translation"
SECTION = Entry(
    place=80, of=lambda findings: section(findings.ledger.store.drifts(findings.ledger.study.name).values())
)
HEADER = ("task", "of", "language", "pairs", "below threshold", "were all equivalent", "divergences found", "drifted")
WEAK = 0.5
"""Divergences found less those that would be, were all equivalent: below this, an error of five points in either moves
the corrected share by ten."""
Found = Mapping[str, Any]
FACTS = (
    "points with 95% intervals · below threshold: pairs that score lower than it · were all equivalent: what share "
    "would, had nothing drifted, as of held-out parallel text · divergences found: what share of known ones "
    "does · drifted: corrected for both"
)


def rows(drifts: Iterable[Found]) -> list[tuple[str, ...]]:
    """For the terminal, a line per task and language."""
    return [
        (
            f"{each['task']} {each['split']}", each["kind"], each["language"], f"{each['n']:,}",
            _interval(each["below"]), points(each["expected"]), points(each["calibration"]["hits"]),
            _interval(each["drifted"]),
        )
        for each in _ordered(drifts)
    ]  # fmt: skip


def notes(drifts: Iterable[Found]) -> list[str]:
    """What the shares rest on, and how far that can be trusted."""
    drifts = list(drifts)
    if not drifts:
        return ["Nothing here is a translation of English that could be scored."]
    lines = [f"Scored with {', '.join(dict.fromkeys(each['encoder'] for each in drifts))}."]
    synthetic = list(dict.fromkeys(each["language"] for each in drifts if each["calibrated"] == "synthetic"))
    if synthetic:
        lines.append(
            f"Not calibrated for real divergences{_in(synthetic, drifts)}: the threshold lies between held-out "
            "parallel text and synthetic divergences of it (phrases deleted or replaced, words substituted, other "
            "sentences). The intervals allow for the number of pairs, not for how unlike the pairs are to that text. "
            "Shares compare languages and tasks under one scorer; they are not a rate of mistranslation."
        )
    weak = [each for each in drifts if not _tells(each)]
    if weak:
        codes = ", ".join(dict.fromkeys(each["language"] for each in weak))
        lines.append(
            f"In {codes} the threshold tells little apart: known divergences fall below it less than {100 * WEAK:.0f} "
            "points more often than equivalent text. What has drifted there says little and is in no mean: it takes a "
            "better encoder (--encoder) or labelled pairs (--dev)."
        )
    lines += _odd(drifts)
    named = [each for each in drifts if each.get("labels_differ")]
    if named:
        told = (
            f"{each['labels_differ']:,} of {each['translations']:,} ({each['task']} {each['split']} {each['language']})"
            for each in named
        )
        lines.append(f"Labels that differ from the English: {'; '.join(told)}.")
    long = sum(each["too_long"] for each in drifts)
    if long:
        lines.append(f"{long:,} pairs are too long to be read whole and are left out.")
    drawn = [each for each in drifts if each["pairs"] > each["n"] + each["too_long"]]
    if drawn:
        lines.append("Where a task has more pairs than are scored, they were drawn at random.")
    return lines


def missing(without: Mapping[str, str]) -> list[str]:
    """What has no share, and why."""
    return [f"No share for {title}: {why}" for title, why in without.items()]


def section(drifts: Iterable[Found]) -> Section | None:
    """One table for all tasks, one of every language per task; None where nothing was scored."""
    every = _ordered(drifts)
    if not every:
        return None
    tasks: dict[tuple[str, str, str, str], list[Found]] = {}
    for each in every:
        tasks.setdefault((each["encoder"], each["kind"], each["task"], each["split"]), []).append(each)
    several = len({each["encoder"] for each in every}) > 1
    details = [_languages(of, several) for of in tasks.values()]
    few = len(details) == 1
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "What share of a translated test set, or of machine-translated training data, no longer says what the "
            "English does: a drop in such a language may be the translation's, not the encoder's. A pair of a text "
            "and its translation is scored by a model that has learned, from parallel text, to rank it above "
            "divergences made of it.",
        ),
        shown=(details[0] if few else _overview(tasks, several),),
        folded=() if few else tuple(Folded(label=each.caption.rsplit(": ", 1)[-1], shown=(each,)) for each in details),
        notes=tuple(notes(every)),
    )


def _overview(tasks: Mapping[tuple[str, str, str, str], Sequence[Found]], several: bool) -> Table:
    made = []
    for (encoder, kind, task, split), of in tasks.items():
        known = [each for each in of if _tells(each)]
        most = max(known, key=lambda each: each["drifted"]["value"], default=None)
        above = sum(each["drifted"]["low"] > 0 for each in known)
        cells = (
            Cell(text=f"{task} {split}"),
            Cell(text=kind),
            _count(len(of)),
            _count(sum(each["n"] for each in of)),
            _share(fmean(each["below"]["value"] for each in of)),
            _share(fmean(each["expected"] for each in of)),
            _share(fmean(each["drifted"]["value"] for each in known) if known else None),
            Cell(text=f"{above} of {len(known)}", value=above),
            _named(most),
        )
        made.append(Rows(cells=cells, group=f"encoder {encoder}" if several else ""))
    names = ("Languages", "Pairs", "Below threshold", "Were all equivalent", "Drifted")
    return table(
        key="meaning",
        caption=f"{TITLE}: tests and training data",
        facts=f"means over the languages but English · {FACTS} · above 0: languages whose interval leaves it out · "
        "where the threshold tells little apart a language is in no mean of it",
        columns=[
            Column(name="Task", number=False), Column(name="Of", number=False), *(Column(name=each) for each in names),
            Column(name="Above 0"), Column(name="Most, in"),
        ],
        rows=made,
    )  # fmt: skip


def _languages(of: Sequence[Found], several: bool) -> Table:
    first = of[0]
    task = f"{first['task']} {first['split']}" + (", training data" if first["kind"] == "training" else "")
    slug = "_".join("".join(letter if letter.isalnum() else " " for letter in task).split())
    code = first["encoder"]
    made = []
    for drift in of:
        cells = (
            Cell(text=language(drift["language"]), title=drift.get("engine", "")),
            _count(drift["n"]),
            _estimate(drift["below"]),
            _share(drift["expected"]),
            _share(drift["calibration"]["hits"]),
            _estimate(drift["drifted"], mark="" if _tells(drift) else "quiet"),
            Cell(text="labelled pairs" if drift["calibrated"] == "labelled" else "synthetic, not calibrated"),
        )
        made.append(Rows(cells=cells, family=family(drift["language"])))
    names = ("Pairs", "Below threshold", "Were all equivalent", "Divergences found", "Drifted")
    return table(
        key=f"meaning_{slug}" + ("_" + "".join(each for each in code if each.isalnum()) if several else ""),
        caption=f"{TITLE}: {task}" + (f", encoder {code}" if several else ""),
        facts=FACTS,
        columns=[
            Column(name="Language", number=False), *(Column(name=each) for each in names),
            Column(name="Threshold from", number=False),
        ],
        rows=made,
    )  # fmt: skip


def _ordered(drifts: Iterable[Found]) -> list[Found]:
    """Tests before training data, task by task, by language."""
    return sorted(
        drifts,
        key=lambda each: (each["encoder"], each["kind"] != "test", each["task"], each["split"], each["language"]),
    )


def _tells(drift: Found) -> bool:
    """Whether the threshold tells divergent and equivalent apart well enough for a corrected share."""
    return drift["drifted"] is not None and drift["calibration"]["hits"] - drift["expected"] >= WEAK


def _odd(drifts: Sequence[Found]) -> list[str]:
    """Where the correction leaves [0, 1]: the pairs are unlike the text that the threshold rests on."""
    low = sum(each["below"]["high"] < each["expected"] for each in drifts)
    high = sum(each["below"]["low"] > each["calibration"]["hits"] for each in drifts)
    lines = []
    if low:
        lines.append(
            f"{low} of {len(drifts)} rows have surely fewer pairs below the threshold than equivalent text would: "
            "their pairs are easier than the parallel text, and the 0 is a limit, not a measurement."
        )
    if high:
        lines.append(
            f"{high} of {len(drifts)} rows have surely more below than known divergences would: their pairs are unlike "
            "the parallel text, and the 100 is a limit, not a measurement."
        )
    return lines


def _in(codes: Sequence[str], drifts: Sequence[Found]) -> str:
    return f" in {', '.join(codes)}" if {each["language"] for each in drifts} != {*codes} else ""


def _interval(value: Mapping[str, float] | None) -> str:
    return "–" if value is None else spanned(value["value"], value["low"], value["high"], signed=False)


def _estimate(value: Mapping[str, float] | None, mark: str = "") -> Cell:
    if value is None:
        return Cell(text="–", title="the threshold tells nothing apart")
    title = "the threshold tells little apart: this says little" if mark else ""
    return in_points(value["value"], (value["low"], value["high"]), mark=mark, title=title)


def _named(each: Found | None) -> Cell:
    if each is None:
        return Cell(text="–")
    value = each["drifted"]
    ends = value["low"], value["high"]
    return in_points(value["value"], ends, note=each["language"], title=language(each["language"]))


def _share(value: float | None) -> Cell:
    return Cell(text="–") if value is None else in_points(value)


def _count(value: int) -> Cell:
    return Cell(text=f"{value:,}", value=value)
