"""What all tests share: where the real files lie, and shapes checked while tests run."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import jaxtyping
import pytest
from beartype import beartype
from hypothesis import settings

if TYPE_CHECKING:
    from _kills import Killer

for name in [name for name in os.environ if name.startswith("ISOGLOSS_")]:
    del os.environ[name]  # whoever works with a store and data of their own tests what everybody tests

# Compiled files are kept, whatever the machine's habit: each of the many processes that tests start would compile the
# package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("busy", deadline=None)  # a machine that does other work as well is slow, and not wrong
settings.load_profile("busy")


def _check_shapes(function: Any) -> Any:
    """Check the array annotations of a function and no others: mypy has the rest."""
    if isinstance(function, type):
        return function
    shapes = {name: each for name, each in function.__annotations__.items() if "jaxtyping." in repr(each)}
    if not shapes:
        return function
    function.__annotations__ = shapes
    checked: Callable[..., Any] = beartype(function)
    return checked


def _has_shapes(made: Any) -> bool:
    """Whether a function, method or data class is annotated with an array, be it in a string."""
    if isinstance(made, property):
        return any(map(_has_shapes, filter(None, (made.fget, made.fset, made.fdel))))
    if isinstance(made, type):
        return _has_shapes(made.__init__)
    made = getattr(made, "__func__", made)
    notes = getattr(made, "__annotations__", {}).values()
    return any(re.search(r"jaxtyping\.|(Float|Int|Bool)\[", repr(each)) for each in notes)


def _sparing(checking: Callable[..., Any]) -> Callable[..., Any]:
    """jaxtyping's decorator where there are shapes: around all other calls it makes reading text five times slower."""
    return lambda *, typechecker: lambda made: checking(made, typechecker=typechecker) if _has_shapes(made) else made


# The shapes that annotations state are checked while tests run, so that the documentation cannot drift.
sys.modules["shape_checker"] = ModuleType("shape_checker")
sys.modules["shape_checker"].check = _check_shapes  # type: ignore[attr-defined]
jaxtyping.install_import_hook("isogloss", "shape_checker.check")
jaxtyping.jaxtyped = _sparing(jaxtyping.jaxtyped)  # what the hook puts before every definition

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real XTREME-R files beside the checkout; the test is skipped where it is not."""
    if not (REAL / "MANIFEST.md").is_file():
        pytest.skip("the real files (../shared/data) are not beside this checkout")
    return REAL


@pytest.fixture(scope="session")
def xlmr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published-looking checkpoint: XLM-R's architecture, tokenizer class and file layout, random weights."""
    from _tiny import published

    return published(tmp_path_factory.mktemp("published") / "xlmr")


@pytest.fixture(scope="session")
def killer(tmp_path_factory: pytest.TempPathFactory) -> "Killer":
    """What kills verbs, and knows what they leave undisturbed; tests that use it are in the group "kill"."""
    from _kills import Killer

    return Killer(tmp_path_factory.mktemp("kills"))
