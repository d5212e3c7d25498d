"""Write docs/map.md: every file with one line, the first sentence of its docstring."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "docs" / "map.md"
TITLE = """\
# Map

Every file with the first sentence of its docstring. Made by `python docs/tree.py`; a test keeps it true.

"""
OTHERS = {".html": "template of the page", ".css": "its style", ".js": "its behaviour: sorting and tooltips"}


def main() -> None:
    """Write the map anew."""
    MAP.write_text(tree(), encoding="utf-8")


def tree() -> str:
    """The map as Markdown: one folded block per room."""
    package = ROOT / "src" / "isogloss"
    rooms = [package, *sorted(path for path in package.rglob("*") if path.is_dir() and path.name != "__pycache__")]
    return TITLE + "".join(_room(room, package) for room in [*rooms, ROOT / "bench", ROOT / "docs"])


def _room(room: Path, package: Path) -> str:
    files = sorted(path for path in room.iterdir() if path.suffix in (".py", *OTHERS) and _line(path))
    if not files:
        return ""
    name = f"src/isogloss/{room.relative_to(package)}" if room.is_relative_to(package) else room.name
    name = name.removesuffix("/.") + "/"
    width = max(len(path.name) for path in files)
    lines = "\n".join(f"{path.name:{width}}  {_line(path)}" for path in files)
    return f"<details><summary><code>{name}</code></summary>\n\n```\n{lines}\n```\n\n</details>\n"


def _line(path: Path) -> str:
    if path.suffix in OTHERS:
        return OTHERS[path.suffix]
    doc = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split())


if __name__ == "__main__":
    main()
