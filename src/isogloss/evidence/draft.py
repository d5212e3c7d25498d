"""A claim about tasks, intermediates and figures, put into the language of claims: a draft for a person to accept.

"SQuAD, MNLI, and HellaSwag … improvements of 8.2, 7.5, and 7.0 points" becomes Gain("squad", XTREME) = 0.082 ± 0.01 and
two more. A draft never decides a claim's status; it shows what cells would have to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from isogloss.core.errors import SpecError
from isogloss.evidence.claim import Claim
from isogloss.evidence.expression import BestGain, Combined, Fact, Gain, Prediction
from isogloss.evidence.figures import COUNT, PLAIN, POINTS, Figure, figures, uncited
from isogloss.leaderboard.averages import INTERMEDIATES, XTREME

TARGETS = tuple(XTREME.languages)
ALL = "+".join(INTERMEDIATES)
POINT = 0.01
"""How near a stated average must come, in [0, 1]."""
ALIASES: Mapping[str, str] = {
    "anli": "anli_plus", "adversarial nli": "anli_plus", "commonsense qa": "commonsenseqa", "cosmos qa": "cosmosqa",
    "multinli": "mnli", "quora": "qqp", "social iqa": "siqa", "socialiqa": "siqa", "squad v1.1": "squad",
    "paws-x": "pawsx", "pos tagging": "udpos", "part-of-speech tagging": "udpos",
    "wikiann": "panx",
    "pan-x": "panx", "tydi qa": "tydiqa", "tydiqa-goldp": "tydiqa", "bucc": "bucc2018",
}  # fmt: skip
_GAIN = re.compile(r"\b(?:improv|gain|benefit|rais|bring|increas|help|boost)\w*", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|neither|nor)\b|n't\b", re.IGNORECASE)
"""What denies a gain; "without any training data" does not."""
_BEST = re.compile(
    r"\bbest\b.{0,60}\b(?:each|every|per)\s+target|\b(?:each|every|per)\s+target\b.{0,60}\bbest\b", re.IGNORECASE | re.S
)
_MULTI = re.compile(r"\bmulti-?task\b|\ball (?:of )?(?:the )?(?:nine|9)\b|\bat once\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a claim says of cells."""

    claim: Claim
    code: str
    """A claim file, as `isogloss claims FILE` reads it."""


def draft(name: str, text: str, source: str = "", day: str = "") -> Draft | None:
    """The draft of a claim; None for one that says nothing of tasks, or nothing that could fail."""
    plain = uncited(text)
    predicts = tuple(_predictions(plain))
    if not predicts:
        return None
    try:
        claim = Claim(
            name=name_of(name), statement=text, source=source or "a claim of a search", place="", predicts=predicts,
            registered=day,
        )  # fmt: skip
    except SpecError:
        return None
    return Draft(claim=claim, code=_code(claim))


def name_of(claim: str) -> str:
    """The name of a claim's draft, by the claim's id."""
    return "draft_" + (re.sub(r"\W+", "_", claim.lower()).strip("_") or "claim")[:60]


def _predictions(text: str) -> Iterator[Prediction]:
    numbers = figures(text)
    points = [figure for figure in numbers if figure.unit in (POINTS, PLAIN) and 0 < figure.value < 100]
    tasks = _tasks(text, INTERMEDIATES)
    targets = _tasks(text, TARGETS)
    over = tuple(targets) or TARGETS
    if _BEST.search(text) and len(points) == 1:
        yield _equal(BestGain(TARGETS), points[0], "the best intermediate task per target", TARGETS)
    elif len(points) == len(tasks) > 0:
        for task, figure in zip(tasks, points, strict=True):
            yield _equal(Gain(task, over), figure, f"{task} first", over)
    elif _MULTI.search(text) and len(points) == 1 and not tasks:
        yield _equal(Gain(ALL, over), points[0], "all nine intermediate tasks at once", over)
    elif targets and not points:
        yield from _directions(text)
    yield from _facts(text, numbers)


def _equal(left: Gain | BestGain, figure: Figure, what: str, over: Sequence[str]) -> Prediction:
    where = "the average of XTREME's nine tasks" if tuple(over) == TARGETS else ", ".join(over)
    return Prediction(
        left=left, relation="=", right=round(figure.value / 100, 6), tolerance=POINT,
        says=f"{what} brings {figure.value:+g} points on {where}",
    )  # fmt: skip


def _directions(text: str) -> Iterator[Prediction]:
    """Targets that are said to gain, or not to, clause by clause.

    Who gains has some intermediate task that helps. Who does not is held against the mean over all nine: the best of
    nine runs lies above 0 by choice alone, and would refute every such claim.
    """
    for clause in re.split(r"\b(?:whereas|while|but)\b|;", text):
        targets = _tasks(clause, TARGETS)
        if not targets or not _GAIN.search(clause):
            continue
        against = bool(_NOT.search(clause))
        for target in targets:
            if against:
                parts = tuple(Gain(each, (target,)) for each in INTERMEDIATES)
                yield Prediction(
                    left=Combined(parts=parts, weights=(1 / len(parts),) * len(parts)), relation="<=", right=0.0,
                    says=f"the nine intermediate tasks do not raise {target} on average",
                )  # fmt: skip
            else:
                yield Prediction(
                    left=BestGain((target,)), relation=">", right=0.0,
                    says=f"the best intermediate task raises {target}",
                )  # fmt: skip


def _facts(text: str, numbers: Sequence[Figure]) -> Iterator[Prediction]:
    for figure in numbers:
        if figure.unit != COUNT:
            continue
        if {"phase", "stage"} & set(figure.noun):
            yield Prediction(
                left=Fact("stages"), relation="is", right=int(figure.value), says=f"{figure.value:g} stages"
            )
        elif {"intermedi"} <= set(figure.noun):
            yield Prediction(
                left=Fact("intermediate tasks"), relation="is", right=int(figure.value),
                says=f"{figure.value:g} intermediate tasks are in the record",
            )  # fmt: skip
    if re.search(r"\bXLM-R(?:oBERTa)?[- ]Large\b", text, re.IGNORECASE) and re.search(
        r"\bstart|\bencoder|\bpretrained", text, re.I
    ):
        yield Prediction(
            left=Fact("encoders"),
            relation="is",
            right=frozenset({"xlm-roberta-large"}),
            says="XLM-R Large is the encoder",
        )


def _tasks(text: str, known: Sequence[str]) -> list[str]:
    """Names of tasks in a text, in its order, each once."""
    lower = text.lower()
    places: dict[str, int] = {}
    for name in known:
        written = [name, *(alias for alias, task in ALIASES.items() if task == name)]
        if re.fullmatch(r"\w+", name):
            written.append(name.replace("_plus", ""))
        for each in written:
            match = re.search(rf"(?<![\w-]){re.escape(each)}(?![\w])", lower)
            if match and match.start() < places.get(name, len(lower)):
                places[name] = match.start()
    return sorted(places, key=lambda name: places[name])


def _code(claim: Claim) -> str:
    kinds = {type(part).__name__ for each in claim.predicts for part in (each.left, *getattr(each.left, "parts", ()))}
    predicts = "".join(f"        {each!r},\n" for each in claim.predicts)
    return (
        f'"""Draft: {_one_line(claim.statement)}"""\n\n'
        "from isogloss.evidence.claim import Claim\n"
        f"from isogloss.evidence.expression import {', '.join([*sorted(kinds), 'Prediction'])}\n\n"
        "CLAIM = Claim(\n"
        f"    name={claim.name!r},\n    statement={claim.statement!r},\n    source={claim.source!r},\n    place='',\n"
        f"    predicts=(\n{predicts}    ),\n    registered={claim.registered!r},\n)\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.replace("\\", "/").replace('"', "'").split())[:100]
