"""Shared by benchmarks: claims in SciFact's layout beside their papers, as a verifier reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isogloss.core.errors import DataError, SourceError
from isogloss.core.record import Record
from isogloss.evidence.calibrate import LABELS
from isogloss.formats import acl_xml, scifact
from isogloss.formats.scifact import Claim, Paper
from isogloss.literature.passages import Nearest, spans_of


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A claim, one of the papers it cites, and what that paper says of it."""

    claim: Claim
    paper: Paper
    label: int


def papers(files: Sequence[Path]) -> dict[str, Paper]:
    """Papers of SciFact's corpus.jsonl, or of ACL Anthology collections, by id. Ends with one sentence for neither."""
    found: dict[str, Paper] = {}
    for path in files:
        try:
            if path.suffix == ".xml":
                for record in acl_xml.page(path.read_bytes(), path.name).records:
                    found[record.ids.get("acl", record.id)] = _paper(record)
            else:
                found |= scifact.corpus(path)
        except (DataError, SourceError, OSError) as error:
            raise SystemExit(f"--corpus: {error}") from None
    if not found:
        raise SystemExit("--corpus: no paper in it; name a corpus.jsonl in SciFact's layout, or Anthology XML.")
    return found


def _paper(record: Record) -> Paper:
    text = record.abstract
    return Paper(
        id=record.ids.get("acl", record.id), title=record.title,
        sentences=tuple(text[start:end] for start, end in spans_of(text, record.sentences)),
    )  # fmt: skip


def claims(path: Path) -> list[Claim]:
    """The claims of a file. Ends with one sentence for a file in another layout."""
    try:
        return list(scifact.claims(path))
    except (DataError, OSError) as error:
        raise SystemExit(f"--claims: {error}") from None


def pairs(given: Sequence[Claim], corpus: Mapping[str, Paper]) -> list[Pair]:
    """Each claim with each of its papers. Ends with one sentence where none is in the corpus."""
    found = [
        Pair(claim=claim, paper=corpus[name], label=LABELS.index(label))
        for claim in given for name, label in claim.pairs if name in corpus and any(corpus[name].sentences)
    ]  # fmt: skip
    if not found:
        raise SystemExit("None of the papers that the claims cite is in the corpus.")
    return found


def nearest(corpus: Mapping[str, Paper]) -> Nearest:
    """Word weights of the corpus."""
    return Nearest.of([f"{paper.title}\n{' '.join(paper.sentences)}" for paper in corpus.values()])


def labels(found: Sequence[Pair]) -> "np.ndarray":
    """Places of the labels in LABELS."""
    return np.array([pair.label for pair in found])
