"""A scored submission in words: per task and language under both rules, the averages, and why the rules differ."""

from collections.abc import Mapping
from typing import Any

from isogloss.analysis.aggregate import BENCHMARKS, RULES

HEADER = ("task", "language", "n", *RULES)


def rows(found: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Cells below `HEADER`, each task followed by its mean; None where there is no score."""
    made: list[tuple[Any, ...]] = []
    for task, facts in found["tasks"].items():
        for code, cell in facts["languages"].items():
            made.append((task, code, cell["n"], *(cell["scores"].get(metrics[task]) for metrics in RULES.values())))
        total = sum(cell["n"] for cell in facts["languages"].values())
        made.append((task, "mean", total, *(facts.get(rule, {}).get("mean") for rule in RULES)))
    return made


def notes(found: Mapping[str, Any]) -> list[str]:
    """Sentences below the table: each benchmark's average or why there is none, the rules, what was not scored."""
    made = []
    for name, rules in found["averages"].items():
        for rule, each in rules.items():
            if "refused" in each:
                made.append(each["refused"])
                continue
            total = each["total"]
            lacking = f", without {total['missing']} cells: no official figure" if total["missing"] else ""
            made.append(f"{BENCHMARKS[name].title}, {rule}: {total['value']:.3f} over {total['cells']} cells{lacking}.")
    made += [f"{task}: {why}" for task, why in found["why"].items()]
    made += [f"Not scored: {' '.join(found['ignored'])}"] if found["ignored"] else []
    return list(dict.fromkeys(made))


def order(written: Mapping[str, Any]) -> list[str]:
    """What to know about a submission just written."""
    facts = written.get("tatoeba", {"languages": (), "in_official_order": ()})
    others = sorted(set(facts["languages"]) - set(facts["in_official_order"]))
    return [f"tatoeba {' '.join(others)}: in the release's order, as its files are not on disk."] if others else []
