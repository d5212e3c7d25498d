"""Checks of one split of one language: count, labels, repetitions, encoding, script, lengths, unknown sub-tokens."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text, labelled
from isogloss.core.languages import find, table
from isogloss.core.shown import amount
from isogloss.core.task import Task
from isogloss.core.texts import key, texts
from isogloss.core.typing import np
from isogloss.data.findings import Finding, Row
from isogloss.data.scripts import letters, share

Tokenize = Callable[[str], Sequence[str | int]]
"""A text → its sub-tokens, or their numbers, without special ones."""
OTHER_SCRIPT = 0.6
"""Below this share of letters in a language's script, the text is worth a look; Korean PAWS-X has two thirds."""
WRONG_SCRIPT = 0.05
"""Below this one, it is another language's file."""
REPEATED = 0.01
UNKNOWN, UNREADABLE = 0.01, 0.2
"""Shares of unknown sub-tokens from which a language suffers, and from which it is not read at all."""


@dataclass(frozen=True, kw_only=True)
class Tokenizer:
    """What lengths are measured with: a callable, the token it gives for what it does not know, the longest input."""

    tokenize: Tokenize
    unknown: str | int = "<unk>"
    length: int = 128
    sample: int = 300
    """How many examples to measure per split and language, evenly spread; 0 = all."""


@dataclass(frozen=True, kw_only=True)
class Set:
    """One split of one language, read."""

    task: Task
    split: str
    language: str
    examples: list[Example]

    def finding(self, severity: str, check: str, message: str, share: float | None = None) -> Finding:
        """A finding about this set."""
        return Finding(
            severity=severity, check=check, task=self.task.name, split=self.split, language=self.language,
            message=message, share=share,
        )  # fmt: skip


def check(data: Set, tokenizer: Tokenizer | None) -> tuple[Row, list[Finding]]:
    """The set in numbers, and what is to be said about it."""
    published = data.task.counts.get((data.split, data.language))
    labels = _labels(data)
    repeated, about_repeated = _repetitions(data)
    script, about_script = _script(data)
    measured, about_length = _lengths(data, tokenizer) if tokenizer else ({}, [])
    findings = [
        *_count(data, published), *_balance(data, labels), *about_repeated, *_encoding(data), *about_script,
        *about_length,
    ]  # fmt: skip
    row = Row(
        task=data.task.name, split=data.split, language=data.language, count=len(data.examples),
        published=published, labels=labels if len(labels) <= 40 else {}, duplicates=repeated, script=script, **measured,
    )  # fmt: skip
    return row, findings


def _count(data: Set, published: int | None) -> Iterator[Finding]:
    count = len(data.examples)
    if published is not None and count != published:
        seen = f"{count:,} examples, published are {published:,}"
        more = "; it is a part" if count < published else "; it is not the published set"
        yield data.finding("warning", "count", f"{seen}{more}: scores do not compare with published ones.")


def _labels(data: Set) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for example in data.examples:
        match example:
            case Classification() | Choice():
                counts.update([] if example.label is None else [str(example.label)])
            case Tagging():
                counts.update(example.tags or ())
            case Span():
                counts.update(["answer" if example.answerable else "no answer"] * labelled(example))
            case Passage() | Text():
                pass
            case _:
                assert_never(example)
    return dict(counts)


def _balance(data: Set, labels: dict[str, int]) -> Iterator[Finding]:
    if data.task.type in ("text", "retrieval"):
        if data.task.type == "retrieval" and not any(isinstance(e, Passage) and e.keys for e in data.examples):
            yield data.finding("warning", "labels", "no gold pairs: it can be predicted, not scored.")
        return
    bare = sum(not labelled(example) for example in data.examples)
    size = len(data.examples)
    if bare == size:
        severity = "error" if data.split == "train" else "note"
        yield data.finding(severity, "labels", "no gold labels: it can be predicted, not scored.", 1.0)
        return
    if bare:
        yield data.finding(
            "warning", "labels", f"{bare:,} of {size:,} have no gold label and are not scored.", bare / size
        )
    expected = set(data.task.labels)
    absent = sorted(expected - set(labels))
    if data.task.type == "classification" and len(labels) == 1:
        yield data.finding("error", "labels", f"every example is '{next(iter(labels))}'; any answer scores 0 or 1.")
    elif absent and data.split == "train":
        yield data.finding("warning", "labels", f"never seen in training: {', '.join(absent)}.")


def _repetitions(data: Set) -> tuple[int, list[Finding]]:
    golds: dict[str, set[str]] = defaultdict(set)
    for example in data.examples:
        golds[identity(example)].add(_gold(example))
    repeated = len(data.examples) - len(golds)
    if data.task.type == "retrieval":
        sides = [identity(e) for e in data.examples if isinstance(e, Passage) and e.side == "candidate"]
        repeated = len(sides) - len(set(sides))
    if not repeated:
        return 0, []
    rate = repeated / len(data.examples)
    torn = sum(len(gold) > 1 for gold in golds.values()) if data.task.type in ("classification", "choice") else 0
    findings = []
    if torn:
        seen = f"{amount(torn, 'input')} with different gold labels; no answer can be right for both."
        findings.append(data.finding("warning", "duplicates", seen, torn / len(data.examples)))
    severity = "warning" if rate > REPEATED and data.task.type != "text" else "note"
    findings.append(data.finding(severity, "duplicates", f"{repeated:,} repeat an earlier example.", rate))
    return repeated, findings


def identity(example: Example) -> str:
    """What makes an input the same as another: all its texts, in their normal form, without white space."""
    side = (example.side,) if isinstance(example, Passage) else ()
    return "\n".join((*side, *(key(text) for text in texts(example))))


def _gold(example: Example) -> str:
    return repr(getattr(example, "label", None))


def _encoding(data: Set) -> Iterator[Finding]:
    damaged = sum(any("\ufffd" in text or _is_twice(text) for text in texts(example)) for example in data.examples)
    if damaged:
        seen = f"{amount(damaged, 'example')} with U+FFFD or UTF-8 read as Latin-1 (Ã¤): damaged before."
        yield data.finding("warning", "encoding", seen, damaged / len(data.examples))
    empty = sum(any(not key(text) for text in texts(example)) for example in data.examples)
    if empty:
        yield data.finding(
            "warning", "encoding", f"{amount(empty, 'example')} with an empty text.", empty / len(data.examples)
        )


def _is_twice(text: str) -> bool:
    return any(mark in text for mark in ("Ã¤", "Ã¶", "Ã¼", "Ã©", "Ã¨", "â€™", "â€œ"))


def by_language(data: Set) -> dict[str, list[str]]:
    """language → the texts that should be in it; "de-fr" has the first text in de, the second in fr."""
    spoken: dict[str, list[str]] = defaultdict(list)
    first, _, second = data.language.partition("-")
    for example in data.examples:
        match example:
            case Passage():
                spoken[example.language or first].append(example.text)
            case Classification() | Text():
                spoken[first].append(example.text)
                spoken[second or first] += [example.text_pair] if example.text_pair else []
            case Span():
                spoken[first].append(example.context)
                spoken[second or first].append(example.question)
            case Choice():
                spoken[first] += example.choices  # a prompt may ask its question in English (XCOPA)
            case Tagging():
                spoken[first] += texts(example)
            case _:
                assert_never(example)
    return spoken


def _script(data: Set) -> tuple[float | None, list[Finding]]:
    worst, findings = None, []
    for language, spoken in by_language(data).items():
        counts = letters(spoken) if language in table() else {}
        if not counts:
            continue
        script = find(language).script
        here = share(counts, script)
        worst = here if worst is None else min(worst, here)
        if here < OTHER_SCRIPT:
            most = max(counts, key=lambda name: counts[name])
            severity = "error" if here < WRONG_SCRIPT else "warning"
            seen = f"{here:.0%} of the letters are {script}, the script of {find(language).name}; most are {most}."
            findings.append(data.finding(severity, "script", seen, here))
    return worst, findings


def _lengths(data: Set, tokenizer: Tokenizer) -> tuple[dict[str, Any], list[Finding]]:
    step = max(1, len(data.examples) // tokenizer.sample) if tokenizer.sample else 1
    lengths, unknown, total = [], 0, 0
    for example in data.examples[::step]:
        spoken = [texts(example)] if not isinstance(example, Choice) else [(example.prompt, c) for c in example.choices]
        longest = 0
        for parts in spoken:
            tokens = [token for part in parts for token in tokenizer.tokenize(part)]
            longest = max(longest, len(tokens) + len(parts) + 1)  # the special tokens around and between
            unknown += tokens.count(tokenizer.unknown)
            total += len(tokens)
        lengths.append(longest)
    cut = float(np.mean(np.array(lengths) > tokenizer.length))
    measured: dict[str, Any] = {"length": float(np.median(lengths)), "longest": max(lengths), "cut": cut}
    findings = []
    if cut > 0:
        windows = {"span": "read in windows", "tagging": "split in parts", "text": "cut into parts"}
        fate = windows.get(data.task.type)
        severity = "note" if fate or cut < REPEATED else "warning"
        seen = f"{cut:.1%} are longer than {tokenizer.length} sub-tokens and are {fate or 'cut off'}."
        findings.append(data.finding(severity, "length", seen, cut))
    if total:
        rate = measured["unknown"] = unknown / total
        if rate > UNKNOWN:
            severity = "error" if rate > UNREADABLE else "warning"
            seen = f"{rate:.1%} of the sub-tokens are unknown to the tokenizer."
            findings.append(data.finding(severity, "unknown", seen, rate))
    return measured, findings
