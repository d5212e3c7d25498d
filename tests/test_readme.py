"""README.md: what it shows is run, and what it lists is there."""

import importlib.util
import random
import re
from pathlib import Path
from types import ModuleType

import pytest

from isogloss.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
ENGLISH = {
    "card": ["my card is lost", "the card was stolen", "send a new card please", "this card does not work"],
    "transfer": ["where is my transfer", "the money was not sent", "cancel the payment now", "send money abroad"],
}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_map_lists_every_file_with_its_first_sentence() -> None:
    """The map is what `python docs/tree.py` writes today."""
    assert (ROOT / "docs" / "map.md").read_text("utf-8") == load(ROOT / "docs" / "tree.py").tree()


def test_every_verb_is_in_the_readme() -> None:
    """A verb that the command line has is shown, and a verb that is shown exists."""
    source = (ROOT / "src" / "isogloss" / "cli.py").read_text("utf-8")
    verbs = set(re.findall(r"one = verb\((?:data|study|findings|literature)\.(\w+),", source))
    assert len(verbs) > 6
    assert verbs == set(re.findall(r"^isogloss ([a-z]+)", "\n".join(_blocks("sh")), flags=re.MULTILINE))


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def write_data(folder: Path) -> None:
    """Labelled English, tests in three languages, and a little MultiNLI in its published layout."""
    draw = random.Random(0)
    (folder / "my_task").mkdir(parents=True)
    for name in ("train-en", "dev-en", "test-en", "test-de", "test-sw"):
        rows = [f"{draw.choice(ENGLISH[label])}\t{label}" for label in draw.choices(list(ENGLISH), k=24)]
        (folder / "my_task" / f"{name}.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "mnli").mkdir()
    labels = ["entailment", "neutral", "contradictory"]
    lines = [f"The ferry left at {n}.\tIt left.\t{labels[n % 3]}" for n in range(30)]
    (folder / "mnli" / "multinli.train.en.tsv").write_text("premise\thypo\tlabel\n" + "\n".join(lines) + "\n", "utf-8")


def test_a_users_own_task_and_study_run_as_the_readme_shows(
    xlmr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two files of the README, saved as they stand, run to a page; only the encoder is a small one."""
    for block in _blocks("python"):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name is not None
        (tmp_path / name[1]).write_text(block, "utf-8")
    write_data(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    options = ["--store", str(tmp_path / "store")]
    study = ["./my_study.py", *options, "--data", str(tmp_path / "data"), "--encoder", str(xlmr), "--seeds", "2"]
    assert main(["run", *study, "--workers", "1"]) == 0
    assert main(["report", "my_study", *options, "--out", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "Does MultiNLI help?" in page
    assert "Swahili" in page or ">sw<" in page
    capsys.readouterr()
    assert main(["run", *study, "--workers", "1"]) == 0  # a second time there is nothing to do
    shown = capsys.readouterr()
    assert re.search(r"(\d+) runs \(\1 cached\)", shown.out + shown.err)
