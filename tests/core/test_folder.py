"""The folder is the registry."""

from pathlib import Path

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.folder import ATTRIBUTES, ROOT, given, load, names


def test_every_file_is_an_entry_under_its_own_name() -> None:
    """Each file of the rooms for tasks, metrics and recipes defines what its room asks; tasks and metrics carry the
    file's name."""
    for room in ("tasks", "metrics", "recipes"):
        assert names(room) == sorted(path.stem for path in (ROOT / room).glob("[!_]*.py"))
        for name in names(room):
            entry = load(room, name)
            if room != "recipes":
                assert entry.name == name


def test_an_unknown_entry_suggests_the_nearest() -> None:
    """A slip in a name, and a name that could leave the folder, are unknown names."""
    with pytest.raises(UnknownName, match="Did you mean 'xnli'"):
        load("tasks", "xnil")
    for name in ("_nli", "../core/task", "a.b", ""):
        with pytest.raises(UnknownName):
            load("tasks", name)


def test_a_users_folder_wins(tmp_path: Path) -> None:
    """A file of the user's is found by name before the package's, and by its path; it is loaded once."""
    (tmp_path / "xnli.py").write_text("from types import SimpleNamespace\nTASK = SimpleNamespace(name='xnli')\n")
    (tmp_path / "note.py").write_text("'''Defines nothing.'''\n")
    mine = load("tasks", "xnli", [tmp_path])
    assert mine is given("tasks", str(tmp_path / "xnli.py"))
    assert mine is not load("tasks", "xnli")
    assert "note" not in names("tasks", [tmp_path])


def own(path: Path, name: str) -> Path:
    path.write_text(f"from types import SimpleNamespace\nTASK = SimpleNamespace(name='{name}')\n")
    return path


def test_an_entrys_own_name_counts(tmp_path: Path) -> None:
    """A user's file may be called as it likes; what does not define an entry of that name is not run."""
    own(tmp_path / "customers.py", "intents")
    (tmp_path / "train.py").write_text("raise SystemExit('this was run')  # intents\nname = 'intents'\n")
    own(tmp_path / "other.py", "topics").write_text("raise SystemExit('this was run')\nTASK = 1\n")
    assert load("tasks", "intents", [tmp_path]).name == "intents"
    with pytest.raises(SpecError, match=r"customers\.py: its TASK is named 'intents'\. Ask for 'intents', or give it"):
        load("tasks", "customers", [tmp_path])
    own(tmp_path / "twin.py", "intents")
    with pytest.raises(SpecError, match=r"customers\.py and .*twin\.py both define TASK 'intents'; rename one"):
        load("tasks", "intents", [tmp_path])


def test_a_name_for_which_a_file_lies_here_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`isogloss run my_study` is answered with the path to give, and not only with all that comes with isogloss."""
    own(tmp_path / "my_study.py", "any")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UnknownName, match=r"no recipe named 'my_study'\..* A file is named by its path: \./my_study\.py"
    ):
        given("recipes", "my_study")


def test_a_users_mistake_is_told_with_its_file(tmp_path: Path) -> None:
    """A file without the entry, one that fails when imported, and one that is not there."""
    path = tmp_path / "mine_without.py"
    path.write_text("X = 1\n")
    with pytest.raises(SpecError, match=r"mine_without\.py: it defines no TASK"):
        given("tasks", str(path))
    path = tmp_path / "mine_broken.py"
    path.write_text("1 / 0\n")
    with pytest.raises(SpecError, match=r"mine_broken\.py: it fails when imported: ZeroDivisionError"):
        given("tasks", str(path))
    with pytest.raises(SpecError, match="no such file"):
        given("recipes", str(tmp_path / "gone.py"))


def test_a_name_is_never_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `load` looks up is a name, whatever it looks like and wherever it came from: no file is run for it."""
    (tmp_path / "evil.py").write_text("raise SystemExit('this was run')\n")
    monkeypatch.chdir(tmp_path)
    for name in ("evil.py", str(tmp_path / "evil.py"), "./evil", "../" + tmp_path.name + "/evil"):
        for extra in ([], [tmp_path]):
            with pytest.raises(UnknownName):
                load("tasks", name, extra)


def test_every_room_has_a_word() -> None:
    """The rooms that are registries, and what a file in each defines."""
    assert {room for room in ATTRIBUTES if (ROOT / room).is_dir()} == set(ATTRIBUTES)
