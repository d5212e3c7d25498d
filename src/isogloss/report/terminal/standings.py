"""A scored submission in words: per task and language under both rules, the averages, and why the rules differ."""

from collections.abc import Mapping
from typing import Any

from isogloss.core.shown import amount
from isogloss.leaderboard.averages import BENCHMARKS, RULES

PARTS = ("EM", "F1")
"""Of a task whose score is the mean of two metrics: the columns of each."""


def header(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns: what counts under each rule, followed by its parts where a task has them."""
    return ("task", "language", "n", *(column for rule in RULES for column in (rule, *_columns(answer))))


def rows(answer: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Cells below `header`, each task followed by its means; None where there is no score."""
    made: list[tuple[Any, ...]] = []
    columns = len(_columns(answer))
    for task, facts in answer["tasks"].items():
        names = [(metrics[task], *_parts(metrics[task], columns)) for metrics in RULES.values()]
        for code, cell in facts["languages"].items():
            made.append((task, code, cell["n"], *(cell["scores"].get(name) for each in names for name in each)))
        total = sum(cell["n"] for cell in facts["languages"].values())
        means: list[float | None] = []
        for rule, (_, *parts) in zip(RULES, names, strict=True):
            of = facts.get(rule, {})
            means += [of.get("mean"), *(of.get("parts", {}).get(part) for part in parts)]
        made.append((task, "mean", total, *means))
    return made


def _columns(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return PARTS if any("+" in metrics[task] for task in answer["tasks"] for metrics in RULES.values()) else ()


def _parts(name: str, columns: int) -> tuple[str, ...]:
    """The metrics of the columns beside what counts; none of that name where it is one metric."""
    return tuple(name.split("+")) if "+" in name and columns else ("",) * columns


def notes(answer: Mapping[str, Any]) -> list[str]:
    """Sentences below the table: each benchmark's average or why there is none, the rules, what was not scored."""
    made = []
    for name, rules in answer["averages"].items():
        for rule, each in rules.items():
            if "refused" in each:
                made.append(each["refused"])
                continue
            total = each["total"]
            lacking = f", without {amount(total['missing'], 'cell')}: no official figure" if total["missing"] else ""
            over = amount(total["cells"], "cell") + lacking
            made.append(f"{BENCHMARKS[name].title}, {rule}: {total['value']:.3f} over {over}.")
    made += [f"{task}: {why}" for task, why in answer["why"].items()]
    made += [f"Not scored: {' '.join(answer['ignored'])}"] if answer["ignored"] else []
    return list(dict.fromkeys(made))


def order(written: Mapping[str, Any]) -> list[str]:
    """What to know about a submission just written."""
    facts = written.get("tatoeba", {"languages": (), "in_official_order": ()})
    others = sorted(set(facts["languages"]) - set(facts["in_official_order"]))
    return [f"tatoeba {' '.join(others)}: in the release's order, as its files are not on disk."] if others else []
