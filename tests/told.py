"""Numbers that sentences of the page and the terminal tell, by what each is a number of."""

import re
from collections.abc import Iterable, Iterator, Mapping

Told = tuple[str, tuple[str, ...]]
"""How it is printed, with its interval where it has one; and what it is a number of."""
VALUE, ENDS = r"[+−]?[\d,]+\.\d", r"\[[^\]]+\]"
LEADS = (
    ("mean gain", rf"{{}} leads with ({VALUE}) points zero-shot(?: ({ENDS}))?"),
    ("mean gain", rf"the best is {{}}, ({VALUE}) points zero-shot(?: ({ENDS}))?"),
    (
        "size of the mean gain",
        rf"Put {{}}(?: or [^.]*)? first\. [^.]* the zero-shot score by ({VALUE}) points ({ENDS})",
    ),
    ("size of the mean gain", rf"zero-shot score, {{}} by ({VALUE}) points ({ENDS})"),
)
"""The first line: the mean over targets. What raises or lowers by so much is told without a sign."""
EFFECTS = "effects? of a measure on an outcome"
SUPPORTED = (r"outcome: (\d+) supported", rf"[Oo]f \w+ {EFFECTS},? (\d+|none) (?:is|are) supported")
REFUTED = (r"supported, (\d+) refuted", r"For (\d+) an effect of interest is ruled out")


def gains(
    text: str, firsts: Mapping[str, str], tasks: Mapping[str, str], languages: Mapping[str, str]
) -> Iterator[Told]:
    """“A before B in German (+1.2 points, 95% interval [+0.3, +2.1]), where English itself changed by +0.9”.

    The mappings go from what things are called to their names and codes.
    """
    for first, task in ((first, task) for first in firsts for task in tasks):
        names = rf"(?<!\w){re.escape(first)} before {re.escape(task)}(?: in ({_any(languages)}))?"
        english = (
            rf"\), where English itself changed by ({VALUE})(?: and its gap to the others (grew|shrank) by ({VALUE}))?"
        )
        number = rf" \(({VALUE}) points(?:, (?:95% interval )?({ENDS}))?"
        for code, value, ends, same, moved, gap in re.findall(f"{names}{number}(?:{english})?", text):
            at = (tasks[task], firsts[first])
            yield _with(value, ends), ("gain", *at, languages[code] if code else "others")
            if same:
                yield same, ("gain", *at, "english")
            if moved:
                yield f"{'−' * (moved == 'shrank')}{gap}", ("gain of gap", *at, "")


def leads(text: str, firsts: Mapping[str, str]) -> Iterator[Told]:
    """“A leads with +1.2 points zero-shot [−0.3, +2.7]”, and “Put A first. It raises the zero-shot score by …”."""
    for first, name in firsts.items():
        for kind, form in LEADS:
            for value, ends in re.findall(
                form.format(re.escape(first)), text, re.IGNORECASE
            ):  # it may begin a sentence
                yield _with(value, ends), (kind, name)


def slopes(text: str, measures: Mapping[str, str], outcomes: Mapping[str, str]) -> Iterator[Told]:
    """“MMD (raw) on gap to English (worse by +1.8 [−0.6, +4.3] points per standard deviation”."""
    form = (
        rf"(?<!\w)({_any(measures)}) on ({_any(outcomes)}) \(worse by ({VALUE}) ({ENDS}) points per standard deviation"
    )
    for measure, outcome, value, ends in re.findall(form, text) if measures else ():
        yield _with(value, ends), ("effect", measures[measure], outcomes[outcome])


def verdicts(text: str) -> Iterator[tuple[str, str]]:
    """How many effects are supported and refuted: (kind, number)."""
    for kind, forms in (("supported", SUPPORTED), ("refuted", REFUTED)):
        for form in forms:
            for number in re.findall(form, text):
                yield kind, number.replace("none", "0")


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


def _with(value: str, ends: str) -> str:
    return f"{value} {ends}".strip()
