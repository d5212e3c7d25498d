"""The documentation: the site builds without a warning, and what it tells people to run runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from study_in_store import build

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
pytest.importorskip("mkdocs", reason="the site needs the extra 'docs'")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. A page that is not in the navigation, a dead link or an unknown name would end the build."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(out)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_every_task_measure_metric_and_claim_has_a_page(site: Path) -> None:
    """Made from its declaration: XNLI's page has its licence, MMD's the paper."""
    assert "CC BY-NC 4.0" in (site / "reference" / "tasks" / "xnli.html").read_text("utf-8")
    assert "Gretton" in (site / "reference" / "measures" / "mmd.html").read_text("utf-8")
    assert (site / "reference" / "metrics" / "span_f1.html").is_file()
    assert (site / "reference" / "claims" / "multitask_best.html").is_file()


def test_the_command_line_is_the_parser_s(site: Path) -> None:
    """Every verb of the parser has its part."""
    from isogloss import cli

    page = (site / "reference" / "command-line.html").read_text("utf-8")
    actions = cli.parser()._subparsers
    assert actions is not None
    verbs = [name for action in actions._group_actions for name in action.choices or ()]
    assert len(verbs) > 15
    assert [verb for verb in verbs if f'id="isogloss-{verb}"' not in page] == []


def test_the_public_face_is_explained(site: Path) -> None:
    """Arguments and examples of what users import."""
    page = (site / "reference" / "python.html").read_text("utf-8")
    for name in ("isogloss.open", "isogloss.score", "isogloss.measures", "isogloss.Task"):
        assert name in page
    assert "from_table" in page


def test_nothing_of_the_site_comes_from_elsewhere(site: Path) -> None:
    """It opens without network: no font, script or style of another host."""
    page = (site / "index.html").read_text("utf-8")
    assert not re.findall(r'<(?:script|link)[^>]*(?:src|href)="https?://', page)


def test_a_store_reads_with_common_tools_alone(tmp_path: Path) -> None:
    """The blocks of docs/how-to/store.md, one after another beside a store; all but the last need no isogloss."""

    def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:  # noqa: ARG001
        return 0.5 if intermediate == "none" else 0.6

    build(tmp_path / "store", share, targets={"sib200": ("en", "de")}, encoders=1, seeds=1, labels=7, name="example")
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "store.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 4
    assert not any("isogloss" in block for block in blocks[:3])
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # One encoder, with none, nli and qa before the target: three runs in two languages.
    assert done.stdout.splitlines()[-1] == "example 6"
    assert "accuracy 0.6" in done.stdout
