"""The Dockerfile: it runs what `make demo` runs, from the lock, as a user without rights."""

import fnmatch
import re
import tomllib
from pathlib import Path

from _dockerfile import ROOT, commands, instructions

STEPS = instructions()


def of(name: str) -> list[str]:
    return [rest for each, rest in STEPS if each == name]


def test_it_runs_the_commands_of_make_demo() -> None:
    """Each command of the Makefile's demo, in its order; lines that only print are left out."""
    recipe = re.search(r"^demo: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    lines = [line.strip() for line in recipe[1].splitlines() if not line.strip().startswith("@echo")]
    (last,) = of("CMD")
    assert commands(last) == [line.replace("$(BIN)/", "") for line in lines]


def test_it_ends_as_a_user_without_rights() -> None:
    """One that a step before it makes, and no step after it installs anything."""
    names = [name for name, _ in STEPS]
    (user,) = of("USER")
    assert any(re.search(rf"useradd .*\b{user}\b", rest) for rest in of("RUN"))
    assert "RUN" not in names[names.index("USER") :]
    assert user not in ("root", "0")


def test_it_installs_the_pinned_versions() -> None:
    """With constraints.txt, and nothing beside it."""
    installs = [rest for rest in of("RUN") if "pip install" in rest]
    assert installs
    assert all("--constraint constraints.txt" in rest for rest in installs)


def test_its_python_is_one_that_the_package_takes() -> None:
    """A version among the classifiers, and no image that may change its version."""
    (image,) = of("FROM")
    version = re.fullmatch(r"python:(3\.\d+)-slim-\w+", image)
    assert version is not None
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    assert f"Programming Language :: Python :: {version[1]}" in classifiers


def test_what_it_copies_is_there_and_is_all_that_is_sent() -> None:
    """.dockerignore lets those files through, and what pyproject.toml builds from is among them."""
    sources = {source for rest in of("COPY") for source in rest.split()[:-1]}
    assert all((ROOT / source).exists() for source in sources)
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in lines if line.startswith("!")} == sources
    assert any(fnmatch.fnmatch("tests", line) for line in lines if not line.startswith(("!", "#")))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {project["readme"], *project["license-files"], "src"} <= sources
    assert Path("pyproject.toml").name in sources
