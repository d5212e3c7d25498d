"""Semantic divergence in a table and sentences, values in points (×100)."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core.shown import amount
from isogloss.report.parts.words import points, spanned


def table(scored: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row per scorer: AUC over all and by class, F1 of both classes, the share below the threshold."""
    labels = list(dict.fromkeys(label for each in scored["scorers"] for label in each.get("by_class", {})))
    judged = any("auc" in each for each in scored["scorers"])
    shares = any("drift" in each for each in scored["scorers"])
    header = ["scorer"]
    header += ["AUC", *(f"against {label.replace('_', ' ')}" for label in labels)] if judged else []
    header += ["F1 equivalent", "F1 divergent"] if judged else []
    header += ["below threshold", "were all equivalent", "drifted"] if shares else []
    rows = []
    for scorer in scored["scorers"]:
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
    lines = [f"{scored['name']}: {counts}. Points (x 100) with 95% intervals; higher scores are more equivalent."]
    if scored["training"]:
        ranked = ", ".join(f"{100 * share:.0f}% {kind}" for kind, share in scored["training"]["ranked_right"].items())
        lines.append(
            f"trained: on {amount(scored['training']['pairs'], 'pair')} of parallel text under {scored['encoder']} "
            f"({scored['view']}); held-out synthetic divergences ranked right: {ranked}."
        )
    return [*lines, *scored["notes"]]


def _value(value: Mapping[str, float] | None) -> str:
    return "–" if value is None else spanned(value["value"], value["low"], value["high"], signed=False)
