"""SciFact's layout: claims with their evidence, and a corpus of abstracts in sentences, each as JSON lines.

claims   {"id": 2, "claim": "…", "evidence": {"1373": [{"sentences": [4], "label": "REFUTE"}]}, "cited_doc_ids": […]}
corpus   {"doc_id": 1373, "title": "…", "abstract": ["…", "…"]}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isogloss.core.errors import DataError
from isogloss.core.examples import Place
from isogloss.formats.json_text import objects

SUPPORT, REFUTE, NEI = "SUPPORT", "REFUTE", "NEI"
MEANT = {"CONTRADICT": REFUTE, "SUPPORTS": SUPPORT, "REFUTES": REFUTE}
"""The release says CONTRADICT; its copies say otherwise."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Sentences of one abstract that together decide a claim."""

    sentences: tuple[int, ...]
    label: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim; a paper it cites that has no evidence does not decide it."""

    id: str
    text: str
    evidence: Mapping[str, tuple[Evidence, ...]]
    cites: tuple[str, ...]
    at: Place
    kind: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(paper, label) of every paper it cites or that decides it; NEI for one that does not."""
        papers = dict.fromkeys((*self.cites, *self.evidence))
        return tuple((paper, self.label(paper)) for paper in papers)

    def label(self, paper: str) -> str:
        """What a paper says of it: SUPPORT, REFUTE or NEI."""
        return self.evidence[paper][0].label if self.evidence.get(paper) else NEI


@dataclass(frozen=True, kw_only=True)
class Paper:
    """An abstract in sentences."""

    id: str
    title: str
    sentences: tuple[str, ...] = field(default=())


def claims(path: Path) -> Iterator[Claim]:
    """The claims of a file. Raises DataError naming the line."""
    for line, values in objects(path):
        at = Place(path, line)
        try:
            evidence = {str(paper): tuple(map(_evidence, sets)) for paper, sets in values["evidence"].items()}
            cites = tuple(str(each) for each in values.get("cited_doc_ids") or evidence)
            yield Claim(
                id=str(values["id"]), text=str(values["claim"]), evidence=evidence, cites=cites, at=at,
                kind=str(values.get("kind", "")),
            )  # fmt: skip
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DataError.at(path, line, f"no claim in SciFact's layout ({error!r}).") from None


def corpus(path: Path) -> dict[str, Paper]:
    """Id → paper. Raises DataError naming the line."""
    found = {}
    for line, values in objects(path):
        try:
            sentences = tuple(" ".join(str(each).split()) for each in values["abstract"])
            paper = Paper(id=str(values["doc_id"]), title=str(values["title"] or ""), sentences=sentences)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError.at(path, line, f"no abstract in SciFact's layout ({error!r}).") from None
        found[paper.id] = paper
    return found


def _evidence(values: Any) -> Evidence:
    label = MEANT.get(values["label"], values["label"])
    if label not in (SUPPORT, REFUTE):
        raise ValueError(f"label {values['label']!r}, expected SUPPORT or CONTRADICT")
    return Evidence(sentences=tuple(int(each) for each in values["sentences"]), label=label)
