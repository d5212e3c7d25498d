"""Which examples of a test translate each other."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from isogloss.core.examples import Choice, Classification, Example, Span, Tagging
from isogloss.core.folder import load
from isogloss.evaluation.parallel import Shared, answers, shared
from isogloss.meaning import scoring
from isogloss.measuring import corpora


def told(english: Sequence[Example], other: Sequence[Example]) -> Shared:
    return shared(answers(english), answers(other))


def topics(*labels: str | None, prefix: str = "test-") -> list[Example]:
    return [Classification(id=f"{prefix}{row}", text=f"text {row}", label=label) for row, label in enumerate(labels)]


def test_one_label_in_twenty_may_differ_and_is_counted() -> None:
    """19 of 20 agree: translations, one differs. 18 of 20: rows that are numbered alike. So it is for choices."""
    english = topics(*"aabbccddeeffgghhiijj")
    assert told(english, topics(*"xabbccddeeffgghhiijj")) == Shared(
        ids=tuple(f"test-{row}" for row in range(20)), differing=1
    )
    assert told(english, topics(*"xxbbccddeeffgghhiijj")) == Shared()
    choices = [
        [Choice(id=f"{row}", prompt="p", choices=("a", "b"), label=label) for row in range(4)] for label in (0, 1)
    ]
    assert len(told(choices[0], choices[0]).ids) == 4
    assert not told(choices[0], choices[1]).ids


def test_what_has_no_label_is_told_by_its_id() -> None:
    """Questions of SQuAD keep their ids in XQuAD; examples without labels agree; other ids are no translations."""
    asked = [Span(id=name, context="c", question="q", answers=("a",), starts=(0,)) for name in ("56be", "56bf")]
    assert told(asked, asked[1:]).ids == ("56bf",)
    assert len(told(topics(None, None), topics(None, None)).ids) == 2
    assert not told(topics("a"), topics("a", prefix="other-")).ids
    assert not told([], []).ids


@pytest.mark.parametrize(
    ("name", "tags", "others", "count"),
    [
        ("n01001011", ("NOUN",), ("DET", "NOUN"), 1),  # a sentence of UD's parallel treebanks
        ("test-7", ("NOUN",), ("DET", "NOUN"), 0),
        ("7", ("NOUN",), ("DET", "NOUN"), 0),
        ("test-7", ("DET", "NOUN"), ("DET", "NOUN"), 1),
        ("test-7", None, None, 0),  # nothing says so
        ("n01001011", None, None, 1),
    ],
)
def test_tagged_words_need_equal_tags_or_ids_that_are_names(
    name: str, tags: tuple[str, ...] | None, others: tuple[str, ...] | None, count: int
) -> None:
    """A language that says it in another order has other tags."""
    one = Tagging(id=name, tokens=("ferry",) * len(tags or "a"), tags=tags)
    two = Tagging(id=name, tokens=("Fähre",) * len(others or "a"), tags=others)
    assert len(told([one], [two]).ids) == count


DIFFER = {"de": 32, "es": 16, "fr": 3, "ja": 9, "ko": 23, "zh": 10}
"""Labels of PAWS-X's dev sets that are not those of the English, counted with `paste` and `awk` on the release."""


@pytest.mark.parametrize("language", DIFFER)
def test_pawsx_is_a_translation_with_and_without_a_limit(language: str, real: Path) -> None:
    """The same rows for alignment as for what translations mean, whichever few of them are looked at."""
    task = load("tasks", "pawsx")
    found = told(*(task.examples(real, "dev", code) for code in ("en", language)))
    assert (len(found.ids), found.differing) == (2000, DIFFER[language])
    pairs, said = scoring.of_task(task, real, "dev", language)
    assert len(pairs) > 3700  # two texts each; those that occur twice are pairs once
    assert said == f"{DIFFER[language]} of 2,000 labels differ from the English"
    for limit in (100, 500, 0):
        here, there = (corpora.tested(task, real, "dev", code, 0, limit)[code] for code in ("en", language))
        assert len(corpora.aligned(here, there)[0]) == (limit or 2000)
    first, second = (corpora.tested(task, real, "dev", code, 50, 0)[code] for code in ("en", language))
    assert len(corpora.aligned(first, second)[0]) == 50


def test_treebanks_are_no_translations_but_for_the_parallel_ones(real: Path) -> None:
    """PAN-X numbers its rows alike; of UD's test sets the 250 sentences there are of PUD translate each other."""
    names = load("tasks", "panx")
    assert not told(*(names.examples(real, "dev", code) for code in ("en", "de"))).ids
    words = load("tasks", "udpos")
    assert len(told(*(words.examples(real, "test", code) for code in ("en", "de"))).ids) == 250
