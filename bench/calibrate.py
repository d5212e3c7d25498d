"""Make the calibrated models that come with isogloss again: python bench/calibrate.py --claims FILE --corpus FILE …

    --claims claims_train.jsonl --corpus corpus.jsonl   SciFact's training claims and its corpus
    --others XML|JSONL…                                 texts of other domains: the domain's marks are rare in them
    --out DIR                                           default: src/isogloss/evidence/verifiers

Written are words.json, words_minilm.json (where the extra `minilm` is installed) and domain_scifact.json. What is
printed is measured by cross-validation over claims, ten parts. SciFact's dev set is never read.

    --trained STUDY --store DIR --data DIR              what runs of the recipe `verifier` add; writes nothing

Then what is printed is for what the runs infer alone, for words and cosines, and for all of it, on the same claims,
each read by the run that did not see it.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from _claims import Pair, claims, labels, nearest, pairs, papers
from _needs import needs
from isogloss.evidence import calibrate
from isogloss.evidence.calibrate import HERE, LABELS, PRECISION, ece, fitted, macro_f1
from isogloss.evidence.signs import INFERENCE, names
from isogloss.evidence.verifier import signs_of
from isogloss.formats.scifact import Paper
from isogloss.literature.retrieve import Index
from isogloss.literature.words import stems
from isogloss.store.store import Store

SET = "SciFact's training claims"
PARTS = 10
MARKS, USUAL, OUTSIDE = 500, 0.01, 0.01
"""So many marks, each in at least this share of the abstracts; the share of pairs that the domain leaves out."""


def main() -> None:
    if not sys.argv[1:]:
        needs("claims and a corpus")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trained", default="", metavar="STUDY")
    parser.add_argument("--store", type=Path, metavar="DIR")
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--claims", type=Path, metavar="FILE")
    parser.add_argument("--corpus", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--others", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR")
    asked = parser.parse_args()
    if asked.trained:
        _trained(asked.trained, asked.store, asked.data)
        return
    if not (asked.claims and asked.corpus):
        needs("claims and a corpus")
    corpus = papers(asked.corpus)
    found = pairs(claims(asked.claims), corpus)
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.others:
        _write(asked.out / "domain_scifact.json", domain(found, corpus, papers(asked.others)))
    weights, gold = nearest(corpus), labels(found)
    groups = [pair.claim.id for pair in found]
    encoders = {"words": None, "words_minilm": _minilm(found)}
    for name, encoder in encoders.items():
        if name != "words" and encoder is None:
            continue
        x = np.array([
            signs_of(pair.claim.text, pair.paper.sentences, pair.paper.title, weights, encoder) for pair in found
        ])  # fmt: skip
        model, held = fitted(name, names(cosines=encoder is not None), x, gold, groups, calibrated_on=SET)
        _write(asked.out / f"{name}.json", model.plain())
        _say(name, held, gold, model.thresholds)


def _trained(study: str, store: Path, data: Path) -> None:
    """What the runs of a study infer is worth alone, and beside words and cosines."""
    from isogloss.evaluation.entailment import Reader, Readers
    from isogloss.verbs import verifier

    place = Store(store)
    readers = {
        fold: Reader(spec, place.folder(spec.run_id), task)
        for fold, (spec, task) in verifier.runs_of(place, study).items()
    }
    encoder = Readers(verifier.COSINES, list(readers.values()))
    x, gold, groups = verifier.training(encoder, readers, data)
    every = names(cosines=True, inferred=True)
    for name, chosen in (("inferred", INFERENCE), ("words and cosines", names(cosines=True)), ("all", every)):
        columns = [every.index(sign) for sign in chosen]
        model, held = fitted(name, chosen, x[:, columns], gold, groups, calibrated_on=SET)
        _say(name, held, gold, model.thresholds)
    told = _open(encoder, readers, data, x, gold, groups)
    print(f"all, on the nearest paper that search gives for each claim: label-only F1 {told:.3f}")


def _open(encoder: Any, readers: Any, data: Path, x: np.ndarray, gold: np.ndarray, groups: Sequence[str]) -> float:
    """Abstract-level label-only F1 of the paper that search gives for each claim, by models that saw no such claim."""
    from isogloss.tasks import scifact
    from isogloss.verbs import verifier

    where = scifact.places(data / scifact.SOURCE.folder, "train", "en")
    told, texts = scifact.SOURCE.find("scifact", where)
    corpus = {name: paper for name, paper in papers([texts]).items() if any(paper.sentences)}
    asked = claims(told)
    index = Index([_text(paper) for paper in corpus.values()])
    known = [*corpus]
    pairs = [(claim, corpus[known[index.ranked(claim.text, 1)[0]]]) for claim in asked]
    rows = verifier.unseen(encoder, readers, pairs, nearest(corpus))
    wanted = {(claim.id, name): claim.label(name) for claim in asked for name in claim.evidence if name in corpus}
    right = named = 0
    place = np.array([crc32(group.encode()) % PARTS for group in groups])
    every = names(cosines=True, inferred=True)
    for part in range(PARTS):
        kept = place != part
        model, _ = fitted("all", every, x[kept], gold[kept], [*np.array(groups)[kept]], calibrated_on=SET)
        for (claim, paper), row in zip(pairs, rows, strict=True):
            if crc32(claim.id.encode()) % PARTS == part:
                label = LABELS[int(model.probabilities(row[None]).argmax())]
                named += label != "NEI"
                right += label != "NEI" and wanted.get((claim.id, paper.id)) == label
    return 2 * right / max(1, named + len(wanted))


def domain(found: Sequence[Pair], corpus: Mapping[str, Paper], others: Mapping[str, Paper]) -> dict[str, object]:
    """The stems that mark the corpus off from other texts, and the share that all but a few of its pairs have."""
    here, there = (
        Counter(word for paper in each.values() for word in set(stems(_text(paper)))) for each in (corpus, others)
    )
    odds = {
        word: np.log((count + 1) / len(corpus)) - np.log((there[word] + 5) / len(others))
        for word, count in here.items() if word.isalpha() and count >= USUAL * len(corpus)
    }  # fmt: skip
    marks = sorted(sorted(odds, key=lambda word: (-odds[word], word))[:MARKS])
    whole = calibrate.Domain(set=SET, marks=frozenset(marks), least=0.0)
    shares = [whole.share(f"{pair.claim.text} {_text(pair.paper)}") for pair in found]
    return {"set": SET, "least": round(float(np.quantile(shares, OUTSIDE)), 4), "marks": marks}


def _text(paper: Paper) -> str:
    return f"{paper.title} {' '.join(paper.sentences)}"


def _minilm(found: Sequence[Pair]) -> Any:
    from isogloss.core.errors import IsoglossError

    try:
        from isogloss.evaluation.entailment import Cosines

        encoder = Cosines("minilm")
    except IsoglossError as error:
        print(f"words_minilm is left out: {error}")
        return None
    encoder.learn([text for pair in found for text in (pair.claim.text, pair.paper.title, *pair.paper.sentences)])
    return encoder


def _say(name: str, held: np.ndarray, gold: np.ndarray, thresholds: Mapping[str, float]) -> None:
    mean, each = macro_f1(held.argmax(axis=1), gold)
    right = held.argmax(axis=1) == gold
    most = np.argsort(-held.max(axis=1), kind="stable")[: int(0.3 * len(gold))]
    told = ", ".join(f"{label} {value:.2f}" for label, value in each.items())
    print(f"{name}: n {len(gold)}, macro F1 {mean:.3f} ({told}), accuracy {right.mean():.3f}, "
          f"ECE {ece(held, gold):.3f}, most confident 30% right {right[most].mean():.3f}")  # fmt: skip
    for place, label in enumerate(LABELS):
        if label in thresholds:
            above = (held.argmax(axis=1) == place) & (held[:, place] >= thresholds[label])
            print(f"  {label} from {thresholds[label]}: {above.sum()} called so, {right[above].mean():.3f} right "
                  f"(wanted {PRECISION})")  # fmt: skip


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
