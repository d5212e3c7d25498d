"""MultiCheckList: what a question answering model can do, by capability, in fifty languages. Its templates make it.

    context   Anton is taller than Martin.
    question  Who is less tall?
    answer    Martin (starts at character 21)

Six tests of two capabilities (Vocabulary, Taxonomy). The id is capability/test/draw/question: each capability and test
is also scored by itself, and its error rate is 1 - exact match. A draw is the same in every language. The official
suites (pickles on a server) are not read: these cases are drawn from the same templates with names of our own, 100
draws a test. A question that a language's templates cannot say, whose answer is not in its context as it stands, or
that was asked before, is left out. Names inflect in Georgian, which keeps 684 of 1,200; every other language keeps over
950.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Place, Span
from isogloss.core.languages import ENGLISH, codes, find
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.checklist import Cell, templates
from isogloss.tasks._checklist import Test

LANGUAGES = codes(
    "en af ar az bg bn de el es et eu fa fi fr gu ha he hi ht hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt qu ru "
    "sw ta te th tl tr uk ur vi wo yo zh"
)
DRAWS = 100
SHORT = {
    "A is COMP than B. Who is more / less COMP?": "comparison",
    "Intensifiers (very, super, extremely) and reducers (somewhat, kinda, etc)?": "intensifiers",
    "size, shape, age, color": "properties",
    "Profession vs nationality": "profession",
    "Animal vs Vehicle": "animal",
    "Animal vs Vehicle v2": "animal2",
}
"""The six tests, and what their ids call them."""
CAPABILITIES = {
    "Vocabulary": ("comparison", "intensifiers"),
    "Taxonomy": ("properties", "profession", "animal", "animal2"),
}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """checklist_templates.tsv."""
    del split, language  # one table
    return [(home / "checklist_templates.tsv",) for home in (folder, folder / "multichecklist")]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """All tests in one language. Raises DataError."""
    (path,) = SOURCE.find("multichecklist", places(folder, split, language))
    english, own = templates(path, ENGLISH), templates(path, language)
    values: tuple[dict[str, list[Cell]], dict[str, list[Cell]]] = ({}, {})
    for test, original in zip(own, english, strict=True):
        if original.name not in SHORT:
            raise DataError.at(path, None, f"the test {quoted(original.name)} is not one of: {', '.join(SHORT)}.")
        if not original.values:  # the second animal test is filled with the first one's values
            original.values, test.values = values
        values = (original.values, test.values)
        filled = Test(test, original, find(language).script).fill(DRAWS)
        for case in filled.cases:
            yield Span(
                id=f"{original.capability}/{SHORT[original.name]}/{case.number}/{case.question}",
                context=case.context,
                question=case.text,
                answers=(case.answer,),
                starts=(case.start,),
                at=Place(path, f"test {original.name}"),
            )


SOURCE = Source(
    folder="multichecklist",
    urls=("https://raw.githubusercontent.com/google-research/xtreme/master/multichecklist/checklist_templates.tsv",),
    licence="Apache-2.0",
    cite="Ruder et al. 2021, XTREME-R (MultiCheckList); Ribeiro et al. 2020, Beyond Accuracy: CheckList",
)
TASK = Task(
    name="multichecklist",
    type="span",
    title="MultiCheckList: question answering by capability",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad",),
    metrics=("exact_match", "answer_f1"),
    splits=("test",),
    parts=tuple(part for name, tests in CAPABILITIES.items() for part in (name, *(f"{name}/{test}" for test in tests))),
    benchmarks=("xtreme_r",),
)
