"""Semantic divergence in a table and sentences, values in points (×100)."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core.shown import amount, quoted
from isogloss.report.parts.words import listed, number, points, spanned


def table(scored: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row per scorer of which something can be said: AUC over all and by class, F1 of both classes, the share below
    the threshold."""
    labels = list(dict.fromkeys(label for each in scored["scorers"] for label in each.get("by_class", {})))
    judged = any("auc" in each for each in scored["scorers"])
    shares = any("drift" in each for each in scored["scorers"])
    header = ["scorer"]
    header += ["AUC", *(f"against {label.replace('_', ' ')}" for label in labels)] if judged else []
    header += ["F1 equivalent", "F1 divergent"] if judged else []
    header += ["below threshold", "were all equivalent", "drifted"] if shares else []
    rows = []
    for scorer in filter(_says, scored["scorers"]):
        row = [scorer["name"]]
        if judged:
            f1 = scorer.get("f1", {})
            row += [_value(scorer.get("auc")), *(_value(scorer.get("by_class", {}).get(label)) for label in labels)]
            row += [_value(f1.get("equivalent")), _value(f1.get("divergent"))]
        if shares:
            drift = scorer.get("drift") or {}
            expected = drift.get("expected")
            row += [_value(drift.get("below")), "–" if expected is None else points(expected)]
            row.append(_value(drift.get("drifted")))
        rows.append(tuple(row))
    return tuple(header), rows


def notes(scored: Mapping[str, Any]) -> Sequence[str]:
    """What the table rests on."""
    counts = ", ".join(
        (f"{count} {label.replace('_', ' ')}" if label else amount(count, "pair"))
        for label, count in scored["counts"].items()
    )
    bare = [each["name"] for each in scored["scorers"] if not _says(each)]
    said = "" if len(bare) == len(scored["scorers"]) else "Points (x 100) with 95% intervals; "
    higher = "higher scores are more equivalent."
    lines = [f"{scored['name']}: {counts}. {said + higher if said else higher.capitalize()}"]
    if bare:
        lines.append(
            f"No threshold for {listed(bare)}: labels of both classes in the file, or a labelled --dev FILE, give one. "
            "--json has the scores of every pair."
        )
    if flat := _flat(scored):
        lines.append(
            f"{'Its one pair scores' if len(scored['pairs']) == 1 else 'All pairs score'} {flat}: none is lowest."
        )
    if scored["training"]:
        ranked = ", ".join(f"{100 * share:.0f}% {kind}" for kind, share in scored["training"]["ranked_right"].items())
        lines.append(
            f"trained: on {amount(scored['training']['pairs'], 'pair')} of parallel text under {scored['encoder']} "
            f"({scored['view']}); held-out synthetic divergences ranked right: {ranked}."
        )
    return [*lines, *scored["notes"]]


def lowest(
    scorer: str, pairs: Sequence[tuple[int, float, str, str]], counted: str
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row per pair (line, score, English, translation), texts shortened; `counted` is what its number counts."""
    header = (counted, f"lowest by {scorer}", "English", "translation")
    return header, [(f"{line}", number(score, ".3f"), *map(quoted, sides)) for line, score, *sides in pairs]


def _flat(scored: Mapping[str, Any]) -> str:
    """What all pairs score alike, by every scorer; empty where one tells pairs apart, or labels judge them."""
    every = [pair["scores"] for pair in scored["pairs"]]
    if any(scores != every[0] for scores in every) or any("auc" in each for each in scored["scorers"]):
        return ""
    return ", ".join(f"{number(score, '.3f')} by {name}" for name, score in every[0].items()) if every else ""


def _says(scorer: Mapping[str, Any]) -> bool:
    """Whether there is anything to say of a scorer but each pair's score."""
    return "auc" in scorer or "drift" in scorer


def _value(value: Mapping[str, float] | None) -> str:
    return "–" if value is None else spanned(value["value"], value["low"], value["high"], signed=False)
