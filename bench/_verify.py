"""What verifying claims is worth: a verifier over claims in SciFact's layout, beside what needs no text at all.

macro_f1, accuracy, ece … over pairs of a claim and a paper it cites; label_only_f1 from the claim alone to papers found
by search, as SciFact scores abstracts; precision_of_supported of what is called supported, by the same rules as
`isogloss verify` has, the verifier above its threshold and in its domain included.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from _claims import Pair, labels, nearest, pairs
from isogloss.core.reading import Candidate
from isogloss.core.record import Record
from isogloss.evidence import corpus as corpora
from isogloss.evidence.calibrate import LABELS, ece, held_out, macro_f1, null_of
from isogloss.evidence.checks import direction, figures, strength, verbatim
from isogloss.evidence.verifier import Verifier
from isogloss.formats.scifact import Claim, Paper
from isogloss.literature.candidates import breaks_off
from isogloss.literature.retrieve import Index

OPEN = 1
"""Papers that search gives for a claim, of which those are named that the verifier does not find open: with the second
and third, which are seldom about the claim, the score on SciFact's training claims fell from .43 to .36 and .32."""
WORDS = 2000
"""Most frequent words of claims that the claim-only baseline reads."""


def verify(claims: Sequence[Claim], corpus: Mapping[str, Paper], verifier: Verifier) -> dict[str, Any]:
    """All figures of one verifier on some claims."""
    found, weights = pairs(claims, corpus), nearest(corpus)
    gold = labels(found)
    _learn(verifier, found)
    said = [verifier.read(pair.claim.text, pair.paper.sentences, pair.paper.title, weights) for pair in found]
    p, inside = np.array([each.p for each in said]), np.array([each.inside for each in said])
    mean, each = macro_f1(p.argmax(axis=1), gold)
    right = p.argmax(axis=1) == gold
    told: dict[str, Any] = {
        "macro_f1": mean,
        "accuracy": float(right.mean()),
        **{f"f1_{name.lower()}": f for name, f in each.items()},
    }
    if inside.any():
        most = np.argsort(-p[inside].max(axis=1), kind="stable")[: max(1, int(0.3 * inside.sum()))]
        told |= {"ece": ece(p[inside], gold[inside]), "ece_null_95": null_of(p[inside]),
                 "most_confident_30": float(right[inside][most].mean())}  # fmt: skip
    decided = np.array([each.decided for each in said])
    for name in ("SUPPORT", "REFUTE"):
        chosen = decided == name
        share = float(right[chosen].mean()) if chosen.any() else None
        told |= {f"{name.lower()}_above": int(chosen.sum()), f"{name.lower()}_above_right": share}
    rows = _supported(found, decided, weights)
    return {
        "verifier": verifier.name, "pairs": len(found), "in_domain": int(inside.sum()),
        "labels": dict(Counter(LABELS[label] for label in gold)), **_rounded(told), **_rounded(rows),
        "claim_only_f1": round(_claim_only(found), 4), **_rounded(_open(claims, corpus, verifier, weights)),
    }  # fmt: skip


def _learn(verifier: Verifier, found: Sequence[Pair]) -> None:
    """Let an encoder read everything at once, which is faster."""
    learn = getattr(verifier.encoder, "learn", None)
    if learn is not None:
        learn([text for pair in found for text in (pair.claim.text, pair.paper.title, *pair.paper.sentences)])


def _supported(found: Sequence[Pair], decided: np.ndarray, weights: Any) -> dict[str, Any]:
    """Claims called supported: quoted whole with figures that agree, or by the verifier; where no rule objects."""
    calls = []
    for pair, by in zip(found, decided, strict=True):
        text = " ".join(pair.paper.sentences)
        record = Record(
            id=pair.paper.id, source="bench", title=pair.paper.title, abstract=text, sentences=pair.paper.sentences
        )  # fmt: skip
        held = corpora.Corpus(records=(record,))
        object.__setattr__(held, "nearest", weights)
        cut = bool(breaks_off(pair.claim.text))
        one = Candidate(id=pair.claim.id, text=pair.claim.text, kind="given", cites=(pair.paper.id,), truncated=cut)
        says = {check.CHECK.name: check.run(one, held, {}).says for check in (verbatim, figures, strength, direction)}
        objects = cut or says["strength"] == "weaker in the source" or says["direction"] == "conflict"
        objects = objects or says["figures"] in ("differ", "unclear")
        quoted = says["verbatim"] == "quoted" and says["figures"] == "agree"
        if not objects and (quoted or by == "SUPPORT"):
            calls.append(pair.label)
    right = sum(label == LABELS.index("SUPPORT") for label in calls)
    return {"called_supported": len(calls), "precision_of_supported": right / len(calls) if calls else None,
            "refuted_called_supported": sum(label == LABELS.index("REFUTE") for label in calls)}  # fmt: skip


def _claim_only(found: Sequence[Pair]) -> float:
    """Macro F1 of a model that sees the claim's words and not the text, by cross-validation."""
    from isogloss.literature.words import stems

    words = [set(stems(pair.claim.text)) | _form(pair.claim.text) for pair in found]
    counts = Counter(word for each in words for word in each)
    known = [word for word, count in counts.most_common(WORDS) if count > 1]
    x = np.array([[float(word in each) for word in known] for each in words])
    gold = labels(found)
    p = held_out(x, gold, [pair.claim.id for pair in found], parts=5)
    return macro_f1(p.argmax(axis=1), gold)[0]


def _form(claim: str) -> set[str]:
    """What its form gives away."""
    low = f" {claim.lower()} "
    return {f"form:{word.strip()}" for word in (" not ", " no ", " does ", " lower ", " higher ") if word in low}


def _open(claims: Sequence[Claim], corpus: Mapping[str, Paper], verifier: Verifier, weights: Any) -> dict[str, Any]:
    """Abstract-level label-only F1 of the whole pipeline, and of the nearest paper always called SUPPORT."""
    names = [name for name, paper in corpus.items() if any(paper.sentences)]
    index = Index([f"{corpus[name].title}\n{' '.join(corpus[name].sentences)}" for name in names])
    wanted = {(claim.id, name): claim.label(name) for claim in claims for name in claim.evidence if name in corpus}
    named: dict[tuple[str, str], str] = {}
    always: dict[tuple[str, str], str] = {}
    for claim in claims:
        ranked = [names[place] for place in index.ranked(claim.text, OPEN)]
        always |= {(claim.id, name): "SUPPORT" for name in ranked[:1]}
        for name in ranked:
            said = verifier.read(claim.text, corpus[name].sentences, corpus[name].title, weights)
            if said.label != "NEI":
                named[claim.id, name] = said.label
    return {"label_only_f1": _f1(named, wanted), "always_support_f1": _f1(always, wanted)}


def _f1(named: Mapping[Any, str], wanted: Mapping[Any, str]) -> float:
    right = sum(wanted.get(key) == label for key, label in named.items())
    return 2 * right / max(1, len(named) + len(wanted))


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()}
