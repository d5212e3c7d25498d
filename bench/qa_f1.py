"""Exact match and F1 of 20,000 answers: ours against the straightforward reading of SQuAD's and MLQA's rules.

The straightforward reading normalises both texts for every comparison, as the official scripts do.
"""

import json
import re
import string
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable

import numpy as np

from isogloss.core.metric import find

QUESTIONS, REPEATS = 20_000, 3
PUNCTUATION = set(string.punctuation)
UNICODE = {chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "P"} | PUNCTUATION
TEXT = "the a river Paris, 1492 U.S. of Zürich won't mayor Готика город в الملك البيت في नदी और शहर 北京 大学 上海市"
WORDS = TEXT.split(" ")


def normal(text: str, punctuation: set[str], articles: str) -> str:
    kept = "".join(letter for letter in text.lower() if letter not in punctuation)
    return " ".join(re.sub(rf"\b({articles})\b", " ", kept).split())


def official(found: list[str], golds: list[list[str]], rule: Callable[[str], str]) -> tuple[float, float]:
    exact = total = 0.0
    for text, accepted in zip(found, golds, strict=True):
        exact += max(float(rule(text) == rule(gold)) for gold in accepted)
        total += max(overlap(rule(text).split(), rule(gold).split()) for gold in accepted)
    return exact / len(golds), total / len(golds)


def overlap(found: list[str], gold: list[str]) -> float:
    same = sum((Counter(found) & Counter(gold)).values())
    if not same:
        return 0.0
    precision, recall = same / len(found), same / len(gold)
    return 2 * precision * recall / (precision + recall)


def answers(seed: int) -> tuple[list[str], list[list[str]]]:
    rng = np.random.default_rng(seed)
    found, golds = [], []
    for _ in range(QUESTIONS):
        accepted = [" ".join(rng.choice(WORDS, size)) for size in rng.integers(1, 8, rng.integers(1, 4))]
        golds.append(accepted)
        found.append(accepted[0] if rng.random() < 0.5 else " ".join(rng.choice(WORDS, rng.integers(1, 8))))
    return found, golds


def main() -> None:
    rules = {
        "exact_match+answer_f1": lambda text: normal(text, PUNCTUATION, "a|an|the"),
        "mlqa_exact_match+mlqa_answer_f1": lambda text: normal(
            text, UNICODE, "ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des"
        ),
    }
    print(f"{QUESTIONS} questions with 1 to 3 accepted answers, new ones every turn", flush=True)
    ours, peer = dict.fromkeys(rules, float("inf")), dict.fromkeys(rules, float("inf"))
    for turn in range(1, REPEATS + 1):
        found, golds = answers(turn)
        for name, rule in rules.items():
            metric = find(name)
            metric(found[:1], golds[:1], ["de"])
            start = time.perf_counter()
            mine = metric(found, golds, ["de"] * QUESTIONS)
            took = time.perf_counter() - start
            start = time.perf_counter()
            theirs = sum(official(found, golds, rule)) / 2
            other = time.perf_counter() - start
            if abs(mine - theirs) > 1e-12:
                raise SystemExit(f"{name}: the numbers differ: ours {mine!r}, straightforward {theirs!r}")
            print(f"{name}, turn {turn}: ours {took:.3f} s, straightforward {other:.3f} s", flush=True)
            ours[name], peer[name] = min(ours[name], took), min(peer[name], other)
    ratio = min(peer[name] / ours[name] for name in rules)
    figures = {"ours": sum(ours.values()), "peer": sum(peer.values()), "ratio": ratio, "unit": "s"}
    print(json.dumps({"name": "qa_f1", **figures}))


if __name__ == "__main__":
    main()
