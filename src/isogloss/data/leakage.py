"""Test text in training text: within a task, between tasks, and in pretraining text.

Texts are the same when they are in their normal form (core/texts) and without white space, however they are encoded,
tokenised or not. A paragraph is also compared sentence by sentence. Texts of fewer than 15 characters ("Yes.") prove
nothing and are not compared, nor are answers to choose from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from isogloss.core.examples import Choice, Example
from isogloss.core.task import Task
from isogloss.core.texts import key, sentences, texts
from isogloss.data.checks import Set, identity
from isogloss.data.findings import Finding

SHORT = 15
"""Characters of a key below which two texts may be the same by chance."""
CHANCE = 0.005
"""Share of test texts that unrelated collections have in common: a few everyday sentences."""
TESTS = ("test", "dev")


@dataclass
class Index:
    """What a task's sets say, by split: whole inputs, and texts with the first place that says them."""

    task: Task
    inputs: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """(split, language) → identity of an input → its id."""
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    """split → key of a text → "language id" of the first example that holds it."""

    def add(self, part: Set) -> None:
        """Take in one set."""
        inputs = self.inputs.setdefault((part.split, part.language), {})
        held = self.texts.setdefault(part.split, {})
        for example in part.examples:
            inputs.setdefault(identity(example), example.id)
            for said in _said(example, whole=part.task.type != "text"):
                held.setdefault(said, f"{part.language} {example.id}")


def _said(example: Example, *, whole: bool) -> Iterator[str]:
    parts = texts(example)[:1] if isinstance(example, Choice) else texts(example)
    for text in parts:
        yield key(text)
        if not whole or len(text) > 300:  # a paragraph
            yield from (key(sentence) for sentence in sentences(text))


def within(index: Index) -> Iterator[Finding]:
    """The same input in two splits of one language of a task."""
    for (split, language), inputs in index.inputs.items():
        for later in index.task.splits[index.task.splits.index(split) + 1 :]:
            other = index.inputs.get((later, language), {})
            shared = inputs.keys() & other.keys()
            if shared:
                rate = len(shared) / len(other)
                first = sorted(other[same] for same in shared)[0]
                seen = f"{len(shared):,} of its {len(other):,} inputs are in {split}, too, such as {first}"
                yield Finding(
                    severity="error" if rate > 0.5 else "warning", check="leakage", task=index.task.name, split=later,
                    language=language, message=f"{seen}; scores on them are not of unseen data.", share=rate,
                )  # fmt: skip


def between(trained: Index, tested: Index, *, together: bool) -> Iterator[Finding]:
    """A tested task's texts in another task's training text or dev set.

    An error when the two are used `together`, the split is what results are given for, and more than chance is
    shared; else a warning.
    """
    for split in (split for split in TESTS if split in tested.texts):
        wanted = tested.texts[split]
        for source in ("train", "dev"):
            if source not in trained.texts or (source == "dev" and split == "dev"):
                continue
            held = trained.texts[source]
            telling = sorted(same for same in wanted.keys() & held.keys() if len(same) >= SHORT)
            if not telling:
                continue
            rate = len(telling) / len(wanted)
            results = split == "test" or (split == _final(tested) and len(tested.task.languages) > 1)
            wrong = together and source == "train" and results and rate > CHANCE
            place = "pretraining text" if trained.task.type == "text" else f"{source} set"
            seen = (
                f"{len(telling):,} of its {len(wanted):,} texts are in the {place} of {trained.task.name}, such as "
                f"{wanted[telling[0]]} ({held[telling[0]]} there)."
            )
            yield Finding(
                severity="error" if wrong else "warning", check="leakage", task=tested.task.name, split=split,
                message=f"{seen} {_advice(trained, tested, source, split)}", share=rate,
            )  # fmt: skip


def _final(tested: Index) -> str:
    """The split that results are given for: test where it is there."""
    return "test" if "test" in tested.texts else "dev"


def _advice(trained: Index, tested: Index, source: str, split: str) -> str:
    if trained.task.type == "text":
        return f"Pretrain without them: without=('{tested.task.name}/{split}',)."
    if source == "dev":
        return f"Do not train on {trained.task.name} dev; choosing a model on it sees these texts."
    return "Do not train on the one and test on the other."


def clean(trained: Sequence[Index], tested: Sequence[Index]) -> Iterator[Finding]:
    """For every target, the pretraining texts that share nothing with it: a note that is a proof."""
    for target in tested:
        split = _final(target)
        wanted = {said for said in target.texts.get(split, {}) if len(said) >= SHORT}
        apart = [index for index in trained if wanted and not wanted & index.texts.get("train", {}).keys()]
        if apart:
            size = sum(len(index.texts.get("train", {})) for index in apart)
            listed = ", ".join(index.task.name for index in apart)
            seen = f"none of its {len(wanted):,} texts of {SHORT} characters or more is among the {size:,} of {listed}."
            yield Finding(
                severity="note", check="leakage", task=target.task.name, split=split, message=seen, share=0.0
            )  # fmt: skip
