"""What tasks of claim verification share: evidence is the premise, the claim the hypothesis, the labels those of NLI.

SUPPORT is entailment, REFUTE (CONTRADICT in the release) contradiction, and not enough information neutral: it is one
question, so that a head trained on MultiNLI can go on with it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import log
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.formats import scifact
from isogloss.formats.scifact import NEI, REFUTE, SUPPORT, Claim, Paper
from isogloss.tasks._nli import LABELS

MEANT = {SUPPORT: LABELS[0], NEI: LABELS[1], REFUTE: LABELS[2]}
NEAREST = 3
"""Sentences of an abstract that are read together, where it is not known which of them decide."""
UNDECIDED = 2
"""Sentences, each by itself, of an abstract that does not decide."""


def pairs(claims: Iterable[Claim], corpus: Path) -> Iterator[Classification]:
    """One example per claim and paper: the nearest sentences of the abstract, in their order, and the label."""
    papers = scifact.corpus(corpus)
    rarity = _rarity(papers)
    for claim in claims:
        for name, label in claim.pairs:
            sentences = _paper(papers, claim, name).sentences
            chosen = sorted(_nearest(claim.text, sentences, rarity)[:NEAREST])
            yield _example(claim, name, " ".join(sentences[place] for place in chosen), label)


def rationales(claims: Iterable[Claim], corpus: Path) -> Iterator[Classification]:
    """For training: the sentences that decide, as people marked them; the nearest ones of an abstract that does not."""
    papers = scifact.corpus(corpus)
    rarity = _rarity(papers)
    for claim in claims:
        for name, label in claim.pairs:
            sentences = _paper(papers, claim, name).sentences
            marked = [each.sentences for each in claim.evidence.get(name, ())]
            marked = marked or [(place,) for place in _nearest(claim.text, sentences, rarity)[:UNDECIDED]]
            for number, places in enumerate(marked):
                text = " ".join(sentences[place] for place in places if place < len(sentences))
                yield _example(claim, f"{name}/{number}", text, label)


def _paper(papers: Mapping[str, Paper], claim: Claim, name: str) -> Paper:
    if name not in papers or not any(papers[name].sentences):
        raise Classification(id=claim.id, text=claim.text, at=claim.at).wrong(f"the corpus has no abstract {name}.")
    return papers[name]


def _example(claim: Claim, name: str, premise: str, label: str) -> Classification:
    return Classification(
        id=f"{claim.id}/{name}", text=premise, text_pair=claim.text, label=MEANT[label], at=claim.at
    )  # fmt: skip


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.lower()))


def _rarity(papers: Mapping[str, Paper]) -> Mapping[str, float]:
    """Word → its inverse document frequency."""
    counts = Counter(word for paper in papers.values() for word in _words(" ".join(paper.sentences)))
    return {word: log(1 + len(papers) / count) for word, count in counts.items()}


def _nearest(claim: str, sentences: tuple[str, ...], rarity: Mapping[str, float]) -> list[int]:
    """Places of the sentences, those first that share most of the claim's words, rare ones counting more."""
    wanted = _words(claim)
    scores = [sum(rarity[word] for word in sorted(wanted & _words(sentence))) for sentence in sentences]
    return sorted(range(len(sentences)), key=lambda place: (-scores[place], place))
