"""Pages of the reference that are made from the code when the site is built: nothing in them can go out of date.

One page per task, measure, metric and claim from its declaration, and the command line from its parser.
"""

import argparse
from collections.abc import Iterable
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

from isogloss import cli
from isogloss.core.folder import load, names

KEPT = ("title", "type", "languages", "splits", "trained_on", "labels", "metrics", "chance", "benchmarks")
MANY = 40
FIRST = (
    "open", "score", "measures", "Task", "cross", "encoder", "tuning", "Study", "Phase", "Optimizer", "Mixture", "MLM",
    "Lora", "Bottleneck", "RunSpec",
)  # fmt: skip
"""Of the public face, what most people come for."""


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made here."""
    for path, text in pages().items():
        file = File.generated(config, f"reference/{path}", content=text)
        if "/" in path:  # reached from the list of its kind
            file.inclusion = InclusionLevel.NOT_IN_NAV
        files.append(file)
    return files


def pages() -> dict[str, str]:
    """Path below reference/ → Markdown."""
    found = {"python.md": python(), "command-line.md": command_line()}
    for room, title, made in (
        ("tasks", "Tasks", task),
        ("measures", "Measures of divergence", measure),
        ("metrics", "Metrics", metric),
        ("claims", "Claims", claim),
    ):
        entries = {name: load(room, name) for name in names(room)}
        rows = [f"| [{name}]({room}/{name}.md) | {_cell(_title(entry))} |" for name, entry in entries.items()]
        found[f"{room}.md"] = "\n".join([f"# {title}", "", "| name | title |", "|---|---|", *rows, ""])
        found |= {f"{room}/{name}.md": made(entry) for name, entry in entries.items()}
    return found


def python() -> str:
    """The public face."""
    import isogloss

    parts = [
        "# Python",
        "",
        "`import isogloss` costs nothing and brings no torch along: names are looked up when used.",
        "",
    ]
    for name in (*FIRST, *(name for name in isogloss.__all__ if name not in FIRST)):
        value = getattr(isogloss, name)
        if name.startswith("__"):
            continue
        place = "isogloss.face.sentences.Measures" if name == "measures" else f"{value.__module__}.{value.__qualname__}"
        parts += [f"## `isogloss.{name}`", "", *_explained(place)]
        if name == "open":
            parts += ["## A study: `isogloss.open(…)[name]`", "", *_explained("isogloss.face.opened.OpenStudy")]
    return "\n".join(parts)


def _explained(place: str) -> list[str]:
    """What mkdocstrings says of it, under a heading of our own; where it is defined is of no use to a user."""
    options = ("show_root_heading: false", "show_root_toc_entry: false", "heading_level: 3")
    return [f"::: {place}", "    options:", *(f"      {option}" for option in options), ""]


def command_line() -> str:
    """Every verb with its options, as `--help` prints them."""
    parser = cli.parser()
    verbs = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    parts = ["# Command line", "", str(parser.description), "", str(parser.epilog), ""]
    for name, each in verbs.choices.items():
        parts += [f"## isogloss {name}", "", "```text", each.format_help().rstrip(), "```", ""]
    return "\n".join(parts)


def task(found: Any) -> str:
    """A task's page."""
    rows = [(key, getattr(found, key)) for key in KEPT]
    rows += [("licence", found.source.licence), ("cite", found.source.cite), ("folder", found.source.folder)]
    rows += [("counts", [f"{split} {language}: {n:,}" for (split, language), n in found.counts.items()])]
    return _page(found.name, f"{found.title}.", rows)


def measure(found: Any) -> str:
    """A measure's page."""
    keys = ("family", "direction", "unit", "bounds", "needs", "symmetric", "scope", "parallel", "saturates", "cite")
    text = f"{found.title}. In Python: `isogloss.measures.{found.name}(sentences_a, sentences_b)`."
    return _page(found.name, text, [(key, getattr(found, key)) for key in keys])


def metric(found: Any) -> str:
    """A metric's page."""
    keys = ("type", "columns", "by_language", "cite")
    return _page(
        found.name, f"{found.title}. In [0, 1]; higher is better.", [(key, getattr(found, key)) for key in keys]
    )


def claim(found: Any) -> str:
    """A claim's page."""
    rows = [("source", found.source), ("place", found.place), ("registered", found.registered)]
    return _page(found.name, found.statement, rows) + "\n" + "\n".join(
        f"- predicts: {each.says}" for each in found.predicts
    ) + "\n"  # fmt: skip


def _title(entry: Any) -> str:
    return str(getattr(entry, "title", "") or getattr(entry, "statement", ""))


def _page(name: str, text: str, rows: Iterable[tuple[str, Any]]) -> str:
    told = [f"| {key} | {_cell(value)} |" for key, value in rows if value not in ("", (), [], None)]
    return "\n".join([f"# {name}", "", text, "", "| field | value |", "|---|---|", *told, ""])


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        more = f" … {len(value)} in all" if len(value) > MANY else ""
        value = ", ".join(map(str, value[:MANY])) + more
    return str(value).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
