"""The verb that lists encoders: which can be used here and now, and how the others come."""

import argparse
from pathlib import Path
from typing import Any

from isogloss.report.terminal.screen import print_json, print_table, say

HEADER = ("encoder", "here", "MB", "languages", "longest", "licence", "from")


def encoders(arguments: argparse.Namespace) -> None:
    """List encoders that --encoder takes: packaged ones, well-known ones of a hub, and your own folders by path."""
    facts = [_small(), *_packaged(), *_published()]
    if arguments.json:
        print_json(facts)
        return
    rows = [[each[name] if name != "here" else _here(each) for name in HEADER] for each in facts]
    print_table(HEADER, rows, aside=("from", "longest", "licence"))
    say(
        "\nAny other hub name or a folder with config.json, model.safetensors and tokenizer.json works as well. "
        "A study builds `small` itself (docs/tutorial.md); recipes without --encoder build that, or their own."
    )


def _here(fact: dict[str, Any]) -> str:
    if fact["damaged"]:
        return f"damaged: {fact['damaged']}"
    return "yes" if fact["here"] else f"no: {fact['get']}"


def _small() -> dict[str, Any]:
    from isogloss.core import encoders

    return {
        "encoder": encoders.SMALL, "here": True, "damaged": "", "get": "", "MB": 52, "languages": "its text's",
        "longest": encoders.ARCHITECTURE.positions, "licence": "its text's", "from": "downloaded text",
        "title": "built by a study in minutes", "note": "",
    }  # fmt: skip


def _packaged() -> list[dict[str, Any]]:
    from isogloss.models import packaged

    named = [packaged.named(name) for name in packaged.names()]
    return [
        {
            "encoder": each.name, "here": each.installed and not each.damaged, "damaged": each.damaged,
            "get": each.get, "MB": each.megabytes, "languages": each.languages, "longest": each.longest,
            "licence": each.licence,
            "from": f"{next(iter(each.files)).split('/')[0]} (package)", "title": each.title, "note": each.note,
        }
        for each in named if each is not None
    ]  # fmt: skip


def _published() -> list[dict[str, Any]]:
    from isogloss.models import hub

    kept = {each.name: hub.cached(each.name) for each in hub.KNOWN}
    damaged = {name: "" if config is None else _damaged(config) for name, config in kept.items()}
    return [
        {
            "encoder": each.name, "here": kept[each.name] is not None and not damaged[each.name],
            "damaged": damaged[each.name], "get": "fetched on first use", "MB": 4 * each.millions,
            "languages": each.languages, "longest": each.longest, "licence": each.licence,
            "from": "hub", "title": "", "note": "",
        }
        for each in hub.KNOWN
    ]  # fmt: skip


def _damaged(config: Path) -> str:
    """What is wrong with what the hub's client keeps of a model, and what to do."""
    from isogloss.models import files

    wrong = files.damage(str(config.parent))
    model = config.parents[2]  # config.json of a commit, in "snapshots"
    return f"{wrong.removesuffix(files.AGAIN)}Delete the folder {model}; it is fetched again." if wrong else ""
