"""What people call a task or a measure: its title instead of its name in the store, the same all over the page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from isogloss.analysis.ledger import Ledger
from isogloss.report.parts.words import capital, spelled

_MEASURES = {
    "cka": "CKA", "frechet": "Fréchet distance", "h_score": "H-score", "jaccard": "Jaccard", "leep": "LEEP",
    "jensen_shannon": "Jensen–Shannon", "logme": "LogME", "mexa": "MEXA", "mmd": "MMD", "nce": "NCE", "otdd": "OTDD",
    "proxy_a_distance": "Proxy A-distance", "sinkhorn": "Sinkhorn divergence",
}  # fmt: skip
_WORLD = re.compile(r" in (a|the) [\w ]*world.*$")
MANY = 3
"""Tasks of a mixture from which on they are counted, not named: nine titles are too long for a name."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """Task → title, and label of an intermediate task → what to call it; what is not known keeps its name."""

    tasks: Mapping[str, str]
    labels: Mapping[str, str]

    def __call__(self, name: str) -> str:
        """Of a task, or of an intermediate task as a ledger labels it."""
        return self.labels.get(name) or self.tasks.get(name) or _said(name, self.tasks)

    def within(self, text: str) -> str:
        """A sentence of the analysis, with titles for the names of tasks in it."""
        known = sorted((name for name in {**self.tasks, **self.labels} if "_" in name), key=len, reverse=True)
        if not known:
            return text
        return re.sub(rf"\b({'|'.join(map(re.escape, known))})\b", lambda found: self(found.group()), text)


def measured(name: str) -> str:
    """A measure of divergence, with its version and layer: "mmd (centred)" → "MMD (centred)"."""
    base, aside, rest = name.partition(" ")
    return (_MEASURES.get(base) or capital(base.replace("_", " "))) + aside + rest


def of(ledger: Ledger) -> Names:
    """The names of a study's tasks."""
    titles = {name: str(facts.get("title") or name) for name, facts in ledger.tasks.items()}
    tasks = _unique({name: short(title) for name, title in titles.items()}, titles)
    labels = dict.fromkeys(label.intermediate for label in ledger.labels.values())
    said = {label: _said(label, tasks) for label in labels}
    return Names(tasks=tasks, labels=_unique(said, {label: _said(label, tasks, most=99) for label in labels}))


def short(title: str) -> str:
    """A title without what it explains: "MultiNLI: natural language inference" → "MultiNLI"."""
    return capital(_WORLD.sub("", title.split(": ")[0]))


def _unique(names: Mapping[str, str], longer: Mapping[str, str]) -> dict[str, str]:
    """Of two with one name both get the longer one, or, where that is shared too, their own beside it."""
    first = {key: longer[key] if _shared(name, names.values()) else name for key, name in names.items()}
    return {key: f"{name} ({key})" if _shared(name, first.values()) else name for key, name in first.items()}


def _shared(name: str, among: Iterable[str]) -> bool:
    return sum(each == name for each in among) > 1


def _said(label: str, tasks: Mapping[str, str], most: int = MANY - 1) -> str:
    """ "mnli → squad+qqp (steps=50)" with titles for names."""
    base, aside, settings = label.partition(" (")
    phases = []
    for phase in base.split(" → "):
        parts = phase.split("+")
        named = [tasks.get(part, part) for part in parts]
        phases.append(" + ".join(named) if len(parts) <= most else f"{capital(spelled(len(parts)))} tasks together")
    return " → ".join(phases) + aside + settings
