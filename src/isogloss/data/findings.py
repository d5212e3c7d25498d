"""What a data check found: a row per split and language, findings by severity, and the table to print."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from isogloss.core.shown import amount, some

SEVERITIES = ("error", "warning", "note")
"""error: results would be wrong. warning: results mean less than they seem to. note: good to know."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to know about one task's data."""

    severity: str
    check: str
    """"reading", "count", "labels", "duplicates", "leakage", "script", "encoding", "length", "unknown", "missing" or
    "changed"."""
    task: str
    message: str
    split: str = ""
    language: str = ""
    share: float | None = None
    """The share of examples concerned, in [0, 1], where the check counts some."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One split of one language in numbers; None where a number is not defined or was not asked for."""

    task: str
    split: str
    language: str
    count: int
    published: int | None = None
    labels: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    script: float | None = None
    """Share of letters in the script of the language."""
    length: float | None = None
    """Median length in sub-tokens."""
    longest: int | None = None
    cut: float | None = None
    """Share of examples longer than the input."""
    unknown: float | None = None
    """Share of sub-tokens that the tokenizer does not know."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All rows and findings of an examination."""

    rows: Sequence[Row]
    findings: Sequence[Finding]

    @property
    def failed(self) -> bool:
        """Whether something would make results wrong."""
        return any(finding.severity == "error" for finding in self.findings)

    def of(self, severity: str) -> list[Finding]:
        """The findings of one severity, in order."""
        return [finding for finding in self.findings if finding.severity == severity]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "failed": self.failed,
            "rows": [asdict(row) for row in self.rows],
            "findings": [asdict(finding) for finding in self.findings],
        }

    def lines(self, *, notes: bool = True) -> list[str]:
        """A table of the rows, then the findings, errors first."""
        titles = ("task", "split", "language", "examples", "published", "labels", "repeated", "script", "sub-tokens",
                  "longest", "cut", "unknown")  # fmt: skip
        cells = [titles, *(_cells(row) for row in self.rows)]
        kept = [i for i in range(len(titles)) if i < 4 or any(row[i] for row in cells[1:])]
        widths = {i: max(len(row[i]) for row in cells) for i in kept}
        table = [
            "  ".join(row[i].ljust(widths[i]) if i in (0, 1, 2, 5) else row[i].rjust(widths[i]) for i in kept).rstrip()
            for row in cells
        ]
        shown = [severity for severity in SEVERITIES if notes or severity != "note"]
        sentences = [line for severity in shown for line in _sentences(self.of(severity))]
        numbers = {severity: len(self.of(severity)) for severity in SEVERITIES}
        counts = ", ".join(amount(number, severity) for severity, number in numbers.items())
        return [*table, "", *sentences, *([""] if sentences else []), counts]


def _cells(row: Row) -> tuple[str, ...]:
    total = sum(row.labels.values())
    labels = [f"{label} {count / total:.0%}" for label, count in sorted(row.labels.items(), key=lambda each: -each[1])]
    return (
        row.task,
        row.split,
        row.language,
        f"{row.count:,}",
        f"{row.published:,}" if row.published is not None else "",
        some(labels, 4),
        f"{row.duplicates:,}" if row.duplicates else "",
        f"{row.script:.0%}" if row.script is not None else "",
        f"{row.length:.0f}" if row.length is not None else "",
        f"{row.longest:,}" if row.longest is not None else "",
        f"{row.cut:.1%}" if row.cut is not None else "",
        f"{row.unknown:.1%}" if row.unknown is not None else "",
    )


def _sentences(findings: Sequence[Finding]) -> list[str]:
    """One line per finding; languages of which the same is said stand together, many of one kind in one line."""
    kinds: dict[tuple[str, str, str], dict[str, list[Finding]]] = {}
    for finding in findings:
        kind = kinds.setdefault((finding.task, finding.split, finding.check), {})
        kind.setdefault(finding.message, []).append(finding)
    lines = []
    for (task, split, _), said in kinds.items():
        where = f"{findings[0].severity}: {task} {split}".rstrip()
        if len(said) > 3 and all(finding.language for group in said.values() for finding in group):
            everyone = [finding for group in said.values() for finding in group]
            worst = max(everyone, key=lambda finding: finding.share or 0.0)
            languages = len({finding.language for finding in everyone})
            lines.append(f"{where}: in {languages} languages, most in {worst.language}: {worst.message}")
            continue
        for message, group in said.items():
            named = " ".join(finding.language for finding in group if finding.language)
            lines.append(f"{where}{' ' if named else ''}{named}: {message}")
    return lines
