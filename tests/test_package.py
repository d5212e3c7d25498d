"""The package as users get it: built, installed into an empty environment, and run."""

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
pytest.importorskip("build", reason="building needs the extra 'dev'")


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a command, outside this checkout: neither its path nor its settings are handed on."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ISOGLOSS_"))}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source distribution, as `python -m build` makes them."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, source


def test_the_wheel_holds_every_file_of_the_package(built: tuple[Path, Path]) -> None:
    """Code, the page's template, style and script, tables and the marker for type checkers; nothing else."""
    here = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "isogloss").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(zipfile.ZipFile(built[0]).namelist())
    assert {name for name in names if ".dist-info/" not in name} == here
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_builds_on_its_own(built: tuple[Path, Path]) -> None:
    """It has what the build reads, and the tests."""
    with tarfile.open(built[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/isogloss/cli/parser.py", "tests/test_package.py"} <= names


def test_an_installed_wheel_runs_a_study(built: tuple[Path, Path], tmp_path: Path) -> None:
    """In an empty environment, from another folder: `run smoke`, then the page.

    What isogloss depends on is not installed a second time: its folder is named on the path of the environment.
    """
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    python, isogloss = home / "bin" / "python", home / "bin" / "isogloss"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--no-index", built[0], cwd=tmp_path)
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    where = run(python, "-c", "import isogloss; print(isogloss.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(home)
    told = run(isogloss, "run", "smoke", "--threads", "1", cwd=tmp_path)
    assert "Smoke: every stage once" in told
    run(isogloss, "report", "smoke", cwd=tmp_path)
    assert "<header>" in (tmp_path / "smoke.html").read_text("utf-8")


def test_what_is_pinned_installs_on_the_oldest_python_that_is_promised() -> None:
    """3.11.0: a version that asks for a later patch release would stop `make` on a system's own Python."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    oldest = f"{tools['project']['requires-python'].removeprefix('>=')}.0"
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line.partition("==")[0] for line in lines if "==" in line and not line.startswith("#")]
    here = {dist.metadata["Name"].lower().replace("_", "-"): dist for dist in importlib.metadata.distributions()}
    asked = {
        name: found.metadata["Requires-Python"]
        for name in pinned
        if (found := here.get(name.lower().replace("_", "-"))) and found.metadata["Requires-Python"]
    }
    assert len(asked) > 50
    assert {name: wanted for name, wanted in asked.items() if not SpecifierSet(wanted).contains(oldest)} == {}
