"""What may be a name."""

import pytest

from isogloss.core.errors import SpecError
from isogloss.core.examples import Classification
from isogloss.core.names import LONGEST, problem, refuse
from isogloss.core.parts import MLM
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study
from isogloss.core.task import Source, Task

GOOD = ("demo", "xlm-r_base", "a.b", "étude", "学习", "my study", "82ab8762ecae", "Q", "π")
BAD = (
    "", ".", "..", "../outside", "xlm-r/base", "/etc/passwd", "a\\b", ".hidden", "-o", " a", "a ", "a\nb", "a\0b",
    "a\x1b[2J", "a\u202eb", "evil.py", "EVIL.PY", "x" * (LONGEST + 1), "学" * 40, 7, None, ["a"],
)  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_an_ordinary_name_is_one_part_of_a_path(name: str) -> None:
    """Letters of any script, digits, dots, dashes and spaces inside are names."""
    assert problem(name) == ""
    refuse("study", name)


@pytest.mark.parametrize("name", BAD, ids=repr)
def test_what_leads_elsewhere_is_no_name(name: object) -> None:
    """Paths, hidden names, options, control and bidi characters, Python files and long names are refused."""
    with pytest.raises(SpecError, match="A name is one part of a path"):
        refuse("study", name)


@pytest.mark.parametrize("name", ["xlm-r/base", "../../outside", "evil.py"])
def test_nothing_is_made_under_such_a_name(name: str) -> None:
    """Studies, tasks, phases and evaluations refuse it when they are made, before anything is written."""
    run = RunSpec(encoder=Published(name="/models/may-be-a-path"))
    source = Source(folder="f", licence="l", cite="c")

    def read(*_: object) -> list[Classification]:
        return []

    for make in (
        lambda: Study(name=name, title="?", runs=(run,)),
        lambda: Task(name=name, type="classification", title="?", languages=("en",), read=read, source=source),
        lambda: Phase(stage="target", tasks=(name,), steps=1),
        lambda: Phase(stage="target", tasks=("nli",), steps=1, mlm=MLM(share=0.5, tasks=(name,))),
        lambda: Evaluation(run=run, task=name),
    ):
        with pytest.raises(SpecError, match=r"the (study|task) name"):
            make()
