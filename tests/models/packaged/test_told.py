"""models/packaged: what a reader must know of a packaged encoder stands in studies and model cards."""

import dataclasses
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study
from isogloss.models import packaged
from isogloss.models.packaged.e5_small_enpt import PACKAGED
from isogloss.plan.plan import plan
from isogloss.report.page.card import card
from isogloss.store.store import Store


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xlmr: Path) -> str:
    """A packaged encoder's name, with a package of its own kind installed whether the real one is or not."""
    (tmp_path / "site" / "bees_at_hand").mkdir(parents=True)
    (tmp_path / "site" / "bees_at_hand" / "__init__.py").touch()
    (tmp_path / "site" / "bees_at_hand" / "bees.bin").write_bytes(b"bees")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "cache"))

    def write(_sources: Mapping[str, Path], folder: Path) -> None:
        shutil.copytree(xlmr, folder, dirs_exist_ok=True)

    here = dataclasses.replace(
        PACKAGED,
        files={"bees_at_hand/bees.bin": hashlib.sha256(b"bees").hexdigest()},
        packages={"bees_at_hand": "bees-at-hand==1.0"},
        write=write,
    )
    monkeypatch.setattr("isogloss.models.packaged.e5_small_enpt.PACKAGED", here)
    return here.name


def test_a_plan_and_a_card_say_what_a_packaged_encoder_is(tmp_path: Path, installed: str) -> None:
    """Of every recipe, whatever it says itself, and of no other encoder; its name is no model of a hub's."""
    lines = "\n".join(f"{n}\t{'travel' if n % 2 else 'health'}\tSentence {n}." for n in range(20))
    path = tmp_path / "sib200" / "eng_Latn" / "train.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(f"index_id\tcategory\ttext\n{lines}\n", "utf-8")
    store = Store(tmp_path / "store")
    for name, expected in ((installed, packaged.told(installed)), ("far/away", ())):
        run = RunSpec(encoder=Published(name=name), phases=(Phase(stage="target", tasks=("sib200",), steps=1),))
        study = Study(name="s", title="s", runs=(run,), notes=("Its own.",))
        made = plan(study, store, tmp_path, lambda task: load("tasks", task)).study
        assert made.notes == (*expected, "Its own.")
        text = card(store, run, "sib200", "")
        assert ("4-bit weights" in text) == bool(expected)
        assert ("base_model" in text) != bool(expected)
    assert "4-bit weights" in packaged.told(installed)[0]
