"""Claims made false on purpose: numbers changed or swapped, names swapped, negations, invented quotes.

Shared by bench/evidence.py and tests: a check that cannot fail says nothing, so checks are held to what they catch.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from isogloss.core.typing import np
from isogloss.evidence.binding import names
from isogloss.evidence.figures import COUNT, figures
from isogloss.literature.words import NUMBERS

_BACK = {value: word for word, value in NUMBERS.items()}
_VERB = re.compile(
    r"\b(is|are|was|were|can|does|do|has|have|shows?|improves?|outperforms?|achieves?|reduces?|increases?)\b"
)


def number(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:  # noqa: ARG001
    """One figure changed to another value; "" where there is none."""
    numbers = figures(text)
    if not numbers:
        return ""
    one = numbers[int(draw.integers(len(numbers)))]
    match = re.match(r"[+−–-]?[\d.,]+|[A-Za-z]+", one.text)
    if match is None:
        return ""
    value = one.value
    while abs(value - one.value) < 1e-9 or value <= 0 or any(abs(value - each.value) < 1e-9 for each in numbers):
        step = float(draw.choice([0.1, 0.5, 1, 2, 3, 7, 10])) * (1 if draw.random() < 0.5 else -1)
        value = round(one.value + (step if "." in match[0] else max(1.0, abs(step)) * (1 if step > 0 else -1)), 2)
        value = value if value > 0 else one.value + abs(step) + 1
    whole = value == int(value) and "." not in match[0]
    written = _BACK.get(int(value), str(int(value))) if whole and match[0].isalpha() else f"{value:g}"
    return text[: one.start] + written + text[one.start + len(match[0]) :]


def exchange(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:  # noqa: ARG001
    """Two different figures of one unit change places; "" where there are none."""
    numbers = figures(text)
    pairs = [
        (a, b) for at, a in enumerate(numbers) for b in numbers[at + 1 :]
        if a.alike(b) and a.unit != COUNT and abs(a.value - b.value) > 1e-9
    ]  # fmt: skip
    if not pairs:
        return ""
    a, b = pairs[int(draw.integers(len(pairs)))]
    first, second = (re.match(r"[+−–-]?[\d.,]*\d", each.text) for each in (a, b))
    if first is None or second is None:
        return ""
    middle = text[a.start + len(first[0]) : b.start]
    return text[: a.start] + second[0] + middle + first[0] + text[b.start + len(second[0]) :]


def name(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:
    """One name changed to one of another text."""
    strange = sorted({word for other in others for word in _written(other)} - set(_written(text)))
    own = sorted(set(_written(text)))
    if not own or not strange:
        return ""
    one, other = own[int(draw.integers(len(own)))], strange[int(draw.integers(len(strange)))]
    return re.sub(rf"(?<![\w-]){re.escape(one)}(?![\w-])", lambda _: other, text)


def negation(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:  # noqa: ARG001
    """A "not" put in or taken out."""
    if re.search(r"\bnot\b", text):
        return re.sub(r"\s+not\b", "", text, count=1)
    return _VERB.sub(lambda match: f"{match[0]} not", text, count=1) if _VERB.search(text) else ""


def word(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:
    """A quotation with one long word changed to another text's."""
    strange = sorted(
        {each for other in others for each in re.findall(r"[a-z]{6,}", other)} - set(re.findall(r"[a-z]{6,}", text))
    )
    own = list(re.finditer(r"[a-z]{5,}", text))
    if not own or not strange:
        return ""
    one = own[int(draw.integers(len(own)))]
    other = str(strange[int(draw.integers(len(strange)))])
    return text[: one.start()] + other + text[one.end() :]


def spliced(text: str, draw: np.random.Generator, others: Sequence[str] = ()) -> str:
    """A quotation whose second half is another text's."""
    if not others:
        return ""
    other = others[int(draw.integers(len(others)))].split()
    own = text.split()
    return " ".join(own[: len(own) // 2] + other[len(other) // 2 :])


Tamper = Callable[[str, np.random.Generator, Sequence[str]], str]
WAYS: Mapping[str, Tamper] = {
    "number": number, "exchange": exchange, "name": name, "negation": negation, "word": word, "splice": spliced,
}  # fmt: skip


def _written(text: str) -> list[str]:
    return [each for each in re.findall(r"[A-Za-z][\w]*(?:-[\w]+)*", text) if names(f"x {each}") and len(each) > 2]
