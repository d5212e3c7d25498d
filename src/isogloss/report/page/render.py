"""How a page is made of a template, and written: foreign text escaped, its files inside it, each write in one step."""

import base64
import gzip
import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from isogloss.core.errors import StoreError
from isogloss.core.shown import visible
from isogloss.report.parts.words import minus
from isogloss.store.write import replacing

HERE = Path(__file__).parent


def rendered(template: str, **values: object) -> str:
    """A template of this room with its values. All is escaped, and what cannot be seen is made visible.

    A table's cells share their notes: `noted` gives the place of one in `notes`, which the end of a page lists.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: visible(value) if type(value) is str else value,
    )  # fmt: skip
    environment.filters |= {"breakable": breakable, "minus": minus, "address": address, "shell": shlex.quote}
    notes: dict[str, int] = {}
    environment.globals |= {"notes": notes, "noted": lambda text: notes.setdefault(visible(text), len(notes))}
    style = (HERE / "style.css").read_text("utf-8")
    return str(environment.get_template(template).render(style=style, **values))


def packed(files: Mapping[str, str]) -> str:
    """Files as text that a page can carry: JSON, compressed, in base64; the same for the same files."""
    return base64.b64encode(gzip.compress(json.dumps(dict(files), ensure_ascii=False).encode(), mtime=0)).decode()


def address(path: str) -> str:
    """The address of a file beside the page, or in a folder beside it: "a#b.html" is a name, not a place in a page."""
    return f"./{quote(path)}"


def breakable(text: str) -> str:
    """HTML with room for a line break after each task of a mixture: nine in one word are wider than a page."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<=\w)\+(?=\w)", "+<wbr>", str(escape(visible(text)))))


def put(folder: Path, name: str, content: bytes) -> None:
    """The one way a file of the page is written. Raises StoreError for a name that leads out of the folder."""
    if Path(name).name != name or name in ("", "..") or "\\" in name:
        raise StoreError(f"{folder}: a file of the page would be called {name!r}, which leads out of this folder.")
    with replacing(folder / name) as temporary:
        temporary.write_bytes(content)
