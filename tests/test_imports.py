"""Who may import whom (docs/architecture.md): the ranks, the desk without torch, and a quick start."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import isogloss
from loaded import after

ROOT = Path(isogloss.__file__).parent
FLOORS = (
    "core",
    "formats metrics progress stats store worlds",
    "measures models setup sources tasks",
    "analysis data evaluation leaderboard literature training translation",
    "plan",
    "advice evidence meaning measuring run",
    "claims recipes",
    "report",
    "face verbs",
    "cli",
    "__main__",
    "__init__",
)
RANKS = {room: rank for rank, rooms in enumerate(FLOORS) for room in rooms.split()}
DESK = ("store", "metrics", "stats", "analysis", "leaderboard", "plan", "evidence", "claims", "report")
DESK += ("sources", "literature", "advice")
MEASURES_THE_DEVICE = ROOT / "plan" / "probe.py"
"""The one file of the desk that trains, for a second, and is imported by whoever asks for it alone."""
LAB = {"torch", "transformers", "tokenizers", "safetensors", "ray", "accelerate", "peft"}
FILES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> list[tuple[int, str]]:
    """(line, module) of every import, those inside functions and for annotations included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: imports are written in full"
            # `from isogloss import report` names a room; `from isogloss import Task` names the root.
            named = [f"isogloss.{alias.name}" for alias in node.names if alias.name in RANKS]
            rooms = named if node.module == "isogloss" and len(named) == len(node.names) else []
            found += [(node.lineno, module) for module in rooms or [node.module or ""]]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_lower_rooms(path: Path) -> None:
    """A room imports its own files and rooms of lower rank."""
    own = room(path)
    for line, module in imported(path):
        parts = module.split(".")
        if parts[0] != "isogloss" or len(parts) == 1 or parts[1] not in RANKS:
            continue
        assert parts[1] == own or RANKS[parts[1]] < RANKS[own], f"{path}:{line}: {own} may not import {module}"


def needed(path: Path) -> set[Path]:
    """Files that a file imports, also inside functions; those for annotations alone are none."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    files = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("isogloss."):
            for alias in node.names:
                inside = ROOT.parent.joinpath(*(node.module or "").split("."))
                places = (inside / f"{alias.name}.py", inside.with_suffix(".py"), inside / "__init__.py")
                files.add(next(place for place in places if place.is_file()))
    return files


def test_files_form_no_circle() -> None:
    """They can be read one after another, each after all that it imports, at the top or in a function."""
    graph = TopologicalSorter({path: needed(path) - {path} for path in FILES})
    assert len(list(graph.static_order())) == len(FILES)


def test_one_file_speaks_http() -> None:
    """Only literature/web.py imports a client; whoever wants to know what leaves this machine reads one file."""
    clients = {"httpx2", "httpx", "requests", "aiohttp", "urllib3"}
    speak = {path for path in FILES for _, module in imported(path) if module.split(".")[0] in clients}
    assert speak == {ROOT / "literature" / "web.py"}


def test_every_room_has_a_rank() -> None:
    """A new room gets its rank here and in the architecture at once."""
    assert {room(path) for path in FILES} <= set(RANKS)


def test_nobody_inside_imports_the_face() -> None:
    """`isogloss` itself is for users: a file inside names the room that it needs."""
    for path in FILES:
        for line, module in imported(path):
            assert module != "isogloss" or path == ROOT / "__init__.py", f"{path}:{line}: it imports the root"


def test_the_architecture_names_every_rank() -> None:
    """Its table is this one."""
    text = (ROOT.parents[1] / "docs" / "architecture.md").read_text("utf-8")
    for rank in range(RANKS["__main__"]):
        rooms = sorted(name for name, of in RANKS.items() if of == rank)
        assert f"| {rank} | {' '.join(rooms)} |" in text


DESK_FILES = [path for path in FILES if room(path) in DESK and path != MEASURES_THE_DEVICE]


@pytest.mark.parametrize("path", DESK_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_desk_never_imports_the_lab(path: Path) -> None:
    """Tables and figures can be redone on a laptop: no torch, transformers or ray, inside functions either."""
    for line, module in imported(path):
        assert module.split(".")[0] not in LAB, f"{path}:{line}: the desk may not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_outgrows_a_head(path: Path) -> None:
    """400 lines at most."""
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_the_desk_can_be_imported_without_the_lab() -> None:
    """Every module of the desk, imported together in one fresh process, brings in nothing of the lab."""
    names = [
        ".".join(("isogloss", *path.relative_to(ROOT).with_suffix("").parts))
        for path in DESK_FILES
        if path.stem != "__init__"
    ]
    _, loaded = after("\n".join(f"import {name}" for name in names))
    assert not loaded & LAB


QUICK = LAB | {"scipy", "pyarrow", "altair", "jinja2", "vl_convert"}
"""What takes a tenth of a second or more to import."""


@pytest.mark.parametrize(
    ("arguments", "slow"),
    [
        ("--help", QUICK | {"numpy"}),
        ("run --help", QUICK | {"numpy"}),
        ("tasks", QUICK),
        ("show", QUICK),
        ("gc", QUICK),
        ("why 0123", QUICK),
        ("search --help", QUICK | {"numpy", "httpx2", "bm25s", "pypdf"}),
        ("report", QUICK),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_command_starts_at_once(arguments: str, slow: set[str], tmp_path: Path) -> None:
    """--help imports nothing beyond the standard library; the desk's verbs nothing that is slow to import."""
    code = (
        "import os, sys\nfrom isogloss.cli import main\n"
        f"os.chdir({str(tmp_path)!r})\n"
        f"try:\n    main({arguments.split()!r})\nexcept SystemExit:\n    pass\n"
    )
    _, loaded = after(code)
    assert "isogloss.cli" in loaded
    assert not {name.split(".")[0] for name in loaded} & slow
