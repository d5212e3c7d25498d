"""A study's divergences in a table of one line per measure, and what to know when reading it."""

from collections.abc import Mapping, Sequence

from isogloss.store.divergence import Divergence

HEADER = ("family", "measure", "vectors", "larger is", "rows", "mean", "by chance", "above chance")


def rows(found: Sequence[Divergence]) -> list[tuple[str, ...]]:
    """Per measure and kind of vectors: the mean over encoders, tasks and languages but English, and its noise floor."""
    groups: dict[tuple[str, str, str], list[Divergence]] = {}
    for row in found:
        if row.language != "en":
            groups.setdefault((row.family, row.measure, row.version), []).append(row)
    lines: list[tuple[str, ...]] = []
    for (family, measure, version), each in sorted(groups.items()):
        nulls = [row.null for row in each if row.null is not None]
        known = [row.noise for row in each if row.noise is not None]
        lines.append(
            (
                family,
                measure,
                version,
                "farther" if each[0].direction == "distance" else "closer",
                f"{len(each)}",
                f"{sum(row.value for row in each) / len(each):.4g}",
                f"{sum(nulls) / len(nulls):.4g}" if nulls else "",
                f"{len(known) - sum(known)}/{len(known)}" if known else "",
            )
        )
    return lines


def notes(found: Sequence[Divergence], undefined: Mapping[str, str]) -> list[str]:
    """What the table cannot say in numbers."""
    lines = [
        "Means over encoders, tasks and languages other than English. By chance: between halves of one corpus; with "
        "permuted labels or shuffled translations where those count. Above chance: rows beyond its 95% quantile."
    ]
    for measure in dict.fromkeys(row.measure for row in found):
        raw = [row for row in found if row.measure == measure and row.version == "raw" and row.language != "en"]
        full = [row for row in raw if row.note.startswith("saturated") or "; saturated" in row.note]
        if full:
            lines.append(
                f"{measure}, raw: saturated in {len(full)} of {len(raw)} rows. A linear classifier tells those corpora "
                "apart, as it does nearly any two languages: no finding about how far they lie. Read the centred rows."
            )
    views = sorted({f"layer {row.layer}, {row.pooling}" for row in found if row.layer is not None})
    sizes = [count for row in found for count in (row.n, row.m) if count]
    if views and sizes:
        lines.append(f"Vectors: {'; '.join(views)}. Examples per corpus: {min(sizes)} to {max(sizes)}.")
    reasons: dict[str, list[str]] = {}
    for name, why in undefined.items():
        reasons.setdefault(why.removeprefix(f"{name}: "), []).append(name)
    lines += [f"Without a row where undefined: {', '.join(names)} ({why})" for why, names in reasons.items()]
    return lines
