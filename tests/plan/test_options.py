"""A recipe's options come from the signature and docstring of its function."""

import inspect
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.core import folder
from isogloss.core.errors import SpecError
from isogloss.plan.options import meanings, options_of
from isogloss.plan.site import Site, grid_of

RECIPE = '''
def grid(languages: tuple[str, ...] = ("de",), share: float | None = None, steps: int = 5, quick: bool = False):
    """Everything at once, at 100%.

    Not this.

    Args:
        languages: what is tested;
            codes as XTREME writes them.
        share (float): how much, in %
        steps: of training
        threads: hidden by the verb's own

    Returns:
        steps: no option at all
    """
'''


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    """A user's recipe."""
    path = tmp_path / "mine.py"
    path.write_text(RECIPE)
    return str(path)


def test_options_are_read_by_their_type(site: Site) -> None:
    """Numbers, text and flags, with a space or an equals sign; what is not given is not set."""
    assert options_of(site.recipe, ["--seeds", "3", "--name=x", "--twice"]) == {"seeds": 3, "name": "x", "twice": True}
    assert options_of(site.recipe, ["--no-twice"]) == {"twice": False}
    assert options_of(site.recipe, []) == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "3"], "takes no option --seed; it takes: --seeds, --steps, --name, --twice"),
        (["--no-seeds"], "takes no option --no-seeds"),
        (["extra"], "takes no option extra"),
        (["--seeds"], "--seeds: expected one argument; it takes: --seeds"),
        (["--seeds", "many"], "--seeds: invalid int value: 'many'"),
        (["--twice=perhaps"], "--twice.*ignored explicit argument 'perhaps'"),
    ],
)
def test_other_options_are_errors(site: Site, arguments: list[str], message: str) -> None:
    """What the recipe does not take is an error that lists what it takes."""
    with pytest.raises(SpecError, match=message):
        options_of(site.recipe, arguments)


def test_lists_and_optional_values(recipe: str) -> None:
    """A tuple is written with commas, an empty one as nothing; an optional value is read as what it may be."""
    assert options_of(recipe, ["--languages", "de,fr", "--share", "0.5"]) == {"languages": ("de", "fr"), "share": 0.5}
    assert options_of(recipe, ["--languages="]) == {"languages": ()}
    assert options_of(recipe, ["--languages", "de, fr,"]) == {"languages": ("de", "fr")}
    with pytest.raises(SpecError, match=r"--languages: ',' holds no name\. Give one or more, with commas between them"):
        options_of(recipe, ["--languages", ","])
    with pytest.raises(SpecError, match="--share: invalid float value"):
        options_of(recipe, ["--share", "half"])


def test_an_option_without_a_default_must_be_given(tmp_path: Path) -> None:
    """The recipe cannot be made without it."""
    path = tmp_path / "needs.py"
    path.write_text("def grid(encoder, *, seeds=1): ...")
    with pytest.raises(SpecError, match="required: --encoder"):
        options_of(str(path), ["--seeds", "2"])
    assert options_of(str(path), ["--encoder", "x"]) == {"encoder": "x"}


def test_the_docstring_says_what_an_option_means() -> None:
    """Google's style: the section "Args:", continued lines, types in brackets; no other section."""
    doc = inspect.cleandoc(RECIPE.split('"""')[1])
    assert meanings(doc) == {
        "languages": "what is tested; codes as XTREME writes them",
        "share": "how much, in %",
        "steps": "of training",
        "threads": "hidden by the verb's own",
    }
    assert meanings("No such section.") == {}


@pytest.mark.parametrize("verb", ["plan", "run", "measure"])
def test_help_lists_a_recipes_own_options(verb: str, recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a user's file and of a recipe by name: options, what they mean, and their defaults; nothing is run."""
    for named, lines in (
        (recipe, ("options of mine.py:", "Everything at once, at 100%.", "--quick, --no-quick",
                  "--languages A,B what is tested; codes as XTREME writes them (default: de)",
                  "--share X how much, in % (default: none)")),
        ("demo", ("options of demo:", "--seeds N fine-tuning seeds", "(default: 1)")),
    ):  # fmt: skip
        with pytest.raises(SystemExit) as end:
            main([verb, named, "--seeds", "7", "--help"])
        assert not end.value.code
        out = " ".join(capsys.readouterr().out.split())
        for line in (f"usage: isogloss {verb}", *lines):
            assert line in out


def test_a_hidden_option_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A recipe whose option is also the verb's own can never be given it there."""
    path = tmp_path / "hides.py"
    path.write_text("def grid(threads: int = 1, seeds: int = 2): ...")
    with pytest.raises(SystemExit):
        main(["run", str(path), "--help"])
    out = capsys.readouterr().out
    assert "The verb takes --threads for itself." in out
    assert "default: 2" in out


def test_help_alone_and_of_no_recipe_is_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a recipe, and for a study of the store, the verb's own options are listed."""
    for words in (["run", "--help"], ["measure", "a_study", "--help"]):
        with pytest.raises(SystemExit):
            main(words)
        assert "options of" not in capsys.readouterr().out


@pytest.mark.parametrize("name", folder.names("recipes"))
def test_every_option_that_comes_with_isogloss_is_explained(name: str) -> None:
    """Each parameter of each recipe has a line in its docstring, and no line speaks of another."""
    grid = grid_of(name)
    assert set(meanings(inspect.getdoc(grid) or "")) == set(inspect.signature(grid).parameters)
