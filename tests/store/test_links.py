"""Links in a store lead nowhere: what lies outside is neither read, nor written, nor deleted."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from _every_file import LANGUAGES, ROOTS, TUNE, _tested, build
from isogloss.cli import main
from isogloss.core.errors import StoreError
from isogloss.store.store import Store
from isogloss.store.write import replacing

LEAF = ROOTS[0].then(TUNE)
BEGUN = "begun"
PLACES = (
    "runs", "evaluations", "studies", "baselines", "divergences", "drifts", "analyses", "translations", "cache",
    "VERSION", f"runs/{LEAF.run_id}", f"runs/{LEAF.run_id}/encoder", f"runs/{LEAF.run_id}/snapshots",
    f"runs/{LEAF.run_id}/head.safetensors", f"runs/{LEAF.run_id}/spec.json", f"runs/{LEAF.run_id}/done.json",
    f"runs/{BEGUN}", f"runs/{BEGUN}/state.safetensors", f"runs/{BEGUN}/state-tokenizer", f"runs/{BEGUN}/snapshots",
    f"evaluations/{LEAF.run_id}", f"evaluations/{LEAF.run_id}/topics-test-0", "evaluations/majority",
    f"evaluations/{LEAF.run_id}/topics-test-0/predictions.parquet", "studies/one.json", "studies/.held.json",
    "baselines/topics-test-0-x.json", "divergences/one", "divergences/one/a-0.parquet", "drifts/one",
    "drifts/one/de-0.json", "analyses/one", "analyses/one/outcomes.csv", "translations/made-train-de-0.json",
    "cache/sentences", "cache/vectors", "cache/data.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("links") / "store").root


def _bytes(path: Path) -> dict[str, str]:
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def _writes(store: Store) -> list[Callable[[], object]]:
    """Every way to write to a store."""
    return [
        lambda: store.save_study("one", {}),
        lambda: store.save_evaluation("majority", "topics-test-0-x", *_tested("majority", 0)),
        lambda: store.save_evaluation(LEAF.run_id, "topics-test-0", *_tested(LEAF.run_id, 0)),
        lambda: store.save_baselines("topics-test-0-x", ["lexicon"]),
        lambda: store.save_translation("made-train-de-0", {}),
        lambda: store.save_divergences("one", "a-0", []),
        lambda: store.save_drift("one", "de-0", {}),
        lambda: store.save_analysis("one", {}, {"outcomes.csv": "a\n"}),
        lambda: store.save_vectors("0123456789abcdef", np.zeros((1, 2), np.float32)),
        lambda: store.cache("data", {}),
        lambda: store.begin(LEAF),
        lambda: [store.begin(store.spec(run)) for run in store.unfinished()],
        lambda: store.folder(LEAF.run_id, snapshots=True),
        lambda: store.free(LEAF.run_id),
    ]


@pytest.mark.parametrize("place", PLACES)
def test_a_link_in_a_store_is_never_followed(whole: Path, tmp_path: Path, place: str) -> None:
    """Wherever it stands, verify-store names it with status 2, and no verb or call changes what it leads to."""
    root, outside = tmp_path / "store", tmp_path / "outside"
    shutil.copytree(whole, root)
    path = root / place.replace(BEGUN, Store(root).unfinished()[0])
    path.rename(outside)
    path.symlink_to(outside)
    before = _bytes(outside)
    assert main(["verify-store", "--repair", "--yes", "--store", str(root)]) == 2
    for verb in (["show"], ["show", "one"], ["analyse", "one"], ["why", LEAF.run_id], ["gc", "--parents"]):
        assert main([*verb, "--store", str(root)]) in (0, 2)
    with contextlib.suppress(StoreError):
        store = Store(root)
        for write in _writes(store):
            with contextlib.suppress(StoreError):
                write()
    assert _bytes(outside) == before


@pytest.mark.parametrize("place", ["studies/one.json", f"runs/{LEAF.run_id}/encoder", "cache"])
def test_a_link_is_named_with_what_to_do(
    whole: Path, tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the link's own name."""
    shutil.copytree(whole, tmp_path / "store")
    (tmp_path / "store" / place).rename(tmp_path / "outside")
    (tmp_path / "store" / place).symlink_to(tmp_path / "outside")
    assert main(["verify-store", "--store", str(tmp_path / "store")]) == 2
    assert f"store/{place} is a link, which is not followed" in capsys.readouterr().err


def test_a_store_may_itself_be_reached_by_a_link(whole: Path, tmp_path: Path) -> None:
    """Who keeps the whole store on another disk names it by a link as by its own name."""
    (tmp_path / "link").symlink_to(whole)
    assert Store(tmp_path / "link").studies() == ["one", "two"]
    assert {score.language for score in Store(tmp_path / "link").scores(LEAF.run_id)} == {*LANGUAGES}


def test_only_files_and_folders_are_replaced(tmp_path: Path) -> None:
    """A pipe or a link stays what it is, and so does what the link leads to."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("pipe", "link"):
        with pytest.raises(StoreError, match="only files and folders are replaced"), replacing(tmp_path / name) as new:
            new.write_text("other")
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "pipe"]
