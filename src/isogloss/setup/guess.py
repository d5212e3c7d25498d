"""What a table asks: its task type and which column is which field, guessed from names and from what columns hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.formats.table import FIELDS, Columns, fields
from isogloss.setup import words
from isogloss.setup.table import Seen

MANY = 200
"""Labels that are believed of a column whose name does not say that it holds labels."""
LONG = 40
"""Characters of a label, of such a column."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A type, the column or columns of each field, and how a choice's label is written."""

    kind: str
    columns: Columns
    answers: tuple[str, ...] = ()
    """Of a choice: what the label's column writes for the first, the second … choice; empty = numbers from 0."""

    def named(self, numbers: Sequence[str]) -> tuple[tuple[str, ...], Columns]:
        """Header and columns as `Task.from_table` takes them; `numbers` are the columns of a file without a header.

        There a column gets the name of its field.
        """
        if not numbers:
            return (), {field: column for field, column in self.columns.items() if column != field}
        names: dict[str, str] = {number: f"column{number}" for number in numbers}
        columns: dict[str, tuple[str, ...]] = {}
        for field, column in self.columns.items():
            if isinstance(column, str):
                names[column] = field
            else:
                columns[field] = tuple(f"choice{place}" for place in range(1, len(column) + 1))
                names |= dict(zip(column, columns[field], strict=True))
        return tuple(names.values()), columns


def guess(seen: Seen, kind: str = "", given: Mapping[str, str] | None = None) -> Guess:
    """What a table asks. `kind` and `given` (field → column) are what the user said.

    Raises SpecError, with the option that answers it, for what cannot be told.
    """
    said = _checked(seen, kind, given or {})
    kind = kind or ("tagging" if seen.layout in ("conll", "conllu") else "")
    if kind:
        return _GUESSES[kind](seen, said)
    fits = [each for each in ("tagging", "span", "choice", "classification") if set(said) <= set(fields(each))]
    if not fits:
        have = "; ".join(f"{each} has {', '.join(fields(each))}" for each in FIELDS)
        raise SpecError(f"--columns: no type has all of {', '.join(said)}. {have}.")
    for each in fits[:-1]:
        try:
            return _GUESSES[each](seen, said)
        except SpecError:
            continue
    return _GUESSES[fits[-1]](seen, said)


def _checked(seen: Seen, kind: str, given: Mapping[str, str]) -> dict[str, str]:
    known = {field for each in ([kind] if kind else FIELDS) for field in fields(each)}
    for field, column in given.items():
        if field not in known:
            raise SpecError(f"--columns {field}={column}: no such field; the fields are {', '.join(sorted(known))}.")
        absent = [name for name in column.split("+") if name not in seen.columns]
        if absent:
            raise SpecError(f"--columns {field}={column}: {seen.path} has no column '{absent[0]}'; its columns are "
                            f"{_listed(seen)}.")  # fmt: skip
    return dict(given)


def _tagging(seen: Seen, given: Mapping[str, str]) -> Guess:
    """Two columns whose cells have equally many parts, the tags being the less various."""
    if seen.layout == "conllu":
        return Guess(kind="tagging", columns={"tokens": "tokens", "tags": "tags"})
    parts = {column: [_parts(value) for value in seen.values(column)] for column in seen.columns}
    tokens = given.get("tokens") or words.called(seen.columns, words.TOKENS)
    tags = given.get("tags") or words.called(tuple(c for c in seen.columns if c != tokens), words.TAGS)
    if seen.layout == "conll":
        numbered = all(each[0] == "1" for each in parts[seen.columns[0]])
        tokens = tokens or seen.columns[1 if numbered and len(seen.columns) > 2 else 0]
        others = [column for column in seen.columns if column != tokens]
        spans = [column for column in others if any(tag[:2] in ("B-", "I-") for each in parts[column] for tag in each)]
        tags = tags or (others[0] if len(others) == 1 else spans[-1] if spans else "")
        if not tags:
            raise SpecError(f"{seen.path}: which of its {len(seen.columns)} columns holds the tags? Say it with "
                            f"`--columns tags=NUMBER`; line {seen.rows[0][0]} has {_cells(seen)}.")  # fmt: skip
    if not (tokens and tags):
        alike = [column for column in seen.columns if column not in (tokens, tags)]
        either = [(a, b) for a in ([tokens] if tokens else alike) for b in ([tags] if tags else alike) if a != b]
        fits = [(a, b) for a, b in either
                if _same_lengths(parts[a], parts[b]) and _various(parts[a]) > _various(parts[b])]  # fmt: skip
        if len(fits) != 1:
            raise _asked(seen, "which columns hold the tokens and the tags", "tokens=COLUMN,tags=COLUMN")
        tokens, tags = fits[0]
    if not _same_lengths(parts[tokens], parts[tags], least=0):
        raise _asked(seen, "which columns hold as many tokens as tags", "tokens=COLUMN,tags=COLUMN")
    return Guess(kind="tagging", columns={"tokens": tokens, "tags": tags})


def _span(seen: Seen, given: Mapping[str, str]) -> Guess:
    """A text that holds the answer, the answer, and a question."""
    context = given.get("context") or words.called(seen.columns, words.CONTEXT)
    answers = given.get("answers") or words.called(seen.columns, words.ANSWERS)
    question = given.get("question") or words.called(tuple(c for c in seen.columns if c != context), words.QUESTION)
    if not (context and answers and question):
        raise _asked(seen, "which columns hold question, context and answers",
                     "question=COLUMN,context=COLUMN,answers=COLUMN")  # fmt: skip
    held = zip(seen.values(context), seen.values(answers), strict=True)
    if not all(all(text in str(whole) for text in _answers(answer)) for whole, answer in held):
        raise _asked(seen, f"which column holds answers that stand in '{context}'", "answers=COLUMN")
    starts = given.get("starts") or words.called(seen.columns, words.STARTS)
    return Guess(kind="span", columns={"question": question, "context": context, "answers": answers}
                 | ({"starts": starts} if starts else {}))  # fmt: skip


def _choice(seen: Seen, given: Mapping[str, str]) -> Guess:
    """A prompt, two choices or more in one column or several, and which of them is right."""
    label = given.get("label") or words.called(seen.columns, words.LABEL)
    choices = given.get("choices", "")
    columns = tuple(choices.split("+")) if "+" in choices else () if choices else _numbered(seen, label)
    column = choices or next((c for c in seen.columns if words.plain(c) in words.CHOICES.split()
                              and all(isinstance(value, list) for value in seen.values(c))), "")  # fmt: skip
    rest = tuple(each for each in seen.columns if each not in (*columns, column, label))
    prompt = given.get("prompt") or words.called(rest, words.PROMPT)
    if not (prompt and label and (columns or column)):
        raise _asked(seen, "which columns hold prompt, choices and the right one",
                     "prompt=COLUMN,choices=COLUMN+COLUMN,label=COLUMN")  # fmt: skip
    count = len(columns) or min((len(_parts(each)) for each in seen.values(column) if each is not None), default=0)
    written = sorted({str(value).strip() for value in seen.values(label) if value not in (None, "")})
    from_zero = [str(each) for each in range(max(count, 2))]
    answers = next(
        (way for way in (from_zero, [str(n) for n in range(1, count + 1)], [*"ABCDE"[:count]], [*"abcde"[:count]])
         if set(written) <= set(way)), None,
    )  # fmt: skip
    if answers is None or len(columns) == 1:
        raise _asked(seen, f"which column says, by a number or a letter, which of {count} choices is right",
                     "label=COLUMN")  # fmt: skip
    return Guess(kind="choice", columns={"prompt": prompt, "choices": columns or column, "label": label},
                 answers=() if answers == from_zero else tuple(answers))  # fmt: skip


def _numbered(seen: Seen, label: str) -> tuple[str, ...]:
    """Columns such as choice1, choice2."""
    stems: dict[str, list[str]] = {}
    for column in seen.columns:
        found = words.CHOICE.fullmatch(words.plain(column))
        if found and found["stem"].rstrip("_") in words.CHOICES.split() and column != label:
            stems.setdefault(found["stem"], []).append(column)
    most: list[str] = max(stems.values(), key=len, default=[])
    return tuple(most)


def _classification(seen: Seen, given: Mapping[str, str]) -> Guess:
    """A column of labels, and one text or two."""
    pair = () if "text" in given else next(
        (both for first, second in map(str.split, words.PAIRS)
         if all(both := (words.called(seen.columns, first), words.called(seen.columns, second)))), ())  # fmt: skip
    label = given.get("label") or words.called(tuple(c for c in seen.columns if c not in pair), words.LABEL)
    label = label or _label(seen, (*given.values(), *pair))
    kinds = {str(value) for value in seen.values(label) if value not in (None, "")}
    if len(kinds) < 2:
        raise _asked(seen, f"which column holds two labels or more ('{label}' has {len(kinds)})", "label=COLUMN")
    if len(kinds) > 20 and all("." in kind and kind.replace(".", "", 1).lstrip("-").isdigit() for kind in kinds):
        raise _asked(seen, f"which column holds labels ('{label}' holds numbers such as {min(kinds)})", "label=COLUMN")
    if pair:
        return Guess(kind="classification", columns={"text": pair[0], "text_pair": pair[1], "label": label})
    text = given.get("text") or words.called(tuple(c for c in seen.columns if c != label), words.TEXT)
    second = given.get("text_pair", "")
    if not text:
        texts = [c for c in seen.columns if c not in (label, second) and _is_text(seen.values(c)) and not _is_id(c)]
        if not 1 <= len(texts) <= (1 if second else 2):
            raise _asked(seen, "which column holds the text", "text=COLUMN")
        text, second = texts[0], second or (texts[1] if len(texts) == 2 else "")
    return Guess(kind="classification", columns={"text": text, **({"text_pair": second} if second else {}),
                                                 "label": label})  # fmt: skip


def _label(seen: Seen, taken: Sequence[str]) -> str:
    """The one column of few short values that come again; of several the one that has half as many as any other."""
    fits = [c for c in seen.columns if c not in taken and not _is_id(c) and _is_label(seen.values(c))]
    various = {column: len(set(map(str, seen.values(column)))) for column in fits}  # as text: a cell may be a list
    fits.sort(key=lambda column: various[column])
    kinds = [various[column] for column in fits]
    if not fits or (len(fits) > 1 and 2 * kinds[0] > kinds[1]):
        many = f"{' and '.join(map(repr, fits))} may" if fits else "none has few values that come again"
        raise _asked(seen, f"which column holds the label ({many})", "label=COLUMN")
    return fits[0]


def _is_label(values: Sequence[Any]) -> bool:
    held = [str(value) for value in values if value not in (None, "") and not isinstance(value, list | dict)]
    kinds = set(held)
    return 1 < len(kinds) <= min(MANY, len(held) // 2) and max(map(len, kinds)) <= LONG


def _is_text(values: Sequence[Any]) -> bool:
    held = [value for value in values if isinstance(value, str)]
    return len(held) == len(values) and len(set(held)) > 1 and max(len(value.split()) for value in held) > 1


def _is_id(column: str) -> bool:
    return words.plain(column) in words.ID.split()


def _parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return () if value is None or isinstance(value, Mapping) else tuple(str(value).split())


def _same_lengths(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]], least: int = 2) -> bool:
    """Whether each row has as many parts in both, and some row at least `least`."""
    pairs = [(len(a), len(b)) for a, b in zip(one, other, strict=True)]
    return all(a == b for a, b in pairs) and max((a for a, _ in pairs), default=0) >= least


def _various(parts: Sequence[Sequence[str]]) -> int:
    return len({part for each in parts for part in each})


def _answers(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("text", ())
    return tuple(map(str, value)) if isinstance(value, list | tuple) else () if value is None else (str(value),)


def _asked(seen: Seen, what: str, option: str) -> SpecError:
    return SpecError(f"{seen.path}: {what}? Say it with `--columns {option}`; the columns are {_listed(seen)}.")


def _listed(seen: Seen) -> str:
    return f"{', '.join(seen.columns)}; line {seen.rows[0][0]} has {_cells(seen)}"


def _cells(seen: Seen) -> str:
    return " | ".join(str(value)[:30] for value in seen.rows[0][1].values())


_GUESSES: Mapping[str, Callable[[Seen, Mapping[str, str]], Guess]] = {
    "classification": _classification, "tagging": _tagging, "span": _span, "choice": _choice,
}  # fmt: skip
