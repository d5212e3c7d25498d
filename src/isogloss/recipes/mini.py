"""The study on real text: an own small encoder of fifty languages, or a published one, in under an hour on two cores.

The encoder starts from aligned sub-word vectors and is trained by masked language modelling with those vectors held;
no test sentence is in its text. It has two controls: the aligned start alone, and random weights.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from isogloss.core import encoders
from isogloss.core.cross import cross
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

TESTS = ("tatoeba/test", "xnli/test", "udpos/dev", "udpos/test", "panx/dev", "sib200/test", "xquad/test")
"""Whose sentences leave the pretraining text."""
TEXT = ("wiki", "ntrex", "udhr", "xnli_text", "translated_text", "english_text")
RETRIEVAL = ("de", "es", "fr", "pt", "ru", "ar", "hi", "tr", "fi", "sw", "vi")
"""Tatoeba's languages: a sample of families and scripts."""
SHOWN: Mapping[tuple[str, str], int] = {
    ("udpos", "dev"): 60, ("udpos", "test"): 60, ("panx", "dev"): 100, ("xnli", "test"): 120, ("sib200", "test"): 0,
    ("xquad", "test"): 40,
}  # fmt: skip
"""What is tested, and the first how many examples; 0 = all. XTREME hides the test tags of UDPOS and PAN-X,
so its dev files stand in, beside the treebanks' own test sets."""
INTERMEDIATES = ("squad", "mnli", "commonsenseqa")


def grid(encoder: str = encoders.SMALL, seeds: int = 1, pretrain_seeds: int = 3) -> Study:
    """None and three intermediates before four targets, per pretrained copy and seed; retrieval before and after.

    Args:
        encoder: "small", our own; or a published one: "e5-small" or another that `isogloss encoders` lists, a hub name
            or a folder
        seeds: fine-tuning seeds of each encoder
        pretrain_seeds: how many small encoders are built
    """
    encoder = "" if encoder == encoders.SMALL else encoder
    tune = tuning(published=bool(encoder))
    targets: dict[str, tuple[Phase, ...]] = {
        task: (Phase(stage="target", **tune[trained]),) for task, trained in TARGETS.items()
    }
    intermediates: dict[str, tuple[Phase, ...]] = {
        name: (Phase(stage="intermediate", **tune[name]),) for name in INTERMEDIATES
    }
    intermediates = {"none": ()} | intermediates
    bases = [RunSpec(encoder=Published(name=encoder))] if encoder else [own(seed) for seed in range(pretrain_seeds)]
    runs: list[RunSpec] = []
    evaluations: list[Evaluation] = []
    # One copy after the other, so that an early look at the page shows one that is whole.
    for base in bases:
        more, tests = cross([base], intermediates, targets, range(seeds), retrieval=("tatoeba",))
        runs += more
        evaluations += shown(tests, 50 if encoder else 0)
    for control in () if encoder else _controls():
        direct = {task: targets[task] for task in ("sib200", "udpos")}
        if control.phases[0].start == "random":  # it knows no word frequencies
            direct = {task: tuple(_plainly(phase) for phase in phases) for task, phases in direct.items()}
        more, tests = cross([control], {"none": ()}, direct, range(1), retrieval=("tatoeba",))
        runs += more
        evaluations += shown(tests)
    return Study(
        name="mini" if not encoder else "mini-published",
        title="English intermediate tasks before zero-shot transfer, on real text"
        + (f": {encoder}" if encoder else ""),
        runs=tuple(runs),
        evaluations=tuple(evaluations),
        baselines=("udpos", "xnli", "sib200", "xquad"),
        notes=() if encoder else NOTES,
    )


TARGETS: Mapping[str, str] = {"udpos": "udpos", "sib200": "sib200", "xnli": "mnli", "xquad": "squad"}
"""Target → the English task that trains it."""
NOTES = (
    "The encoder is small and young: 13 million parameters, of which 11 million are word vectors, minutes of training.",
    "What so small an encoder cannot learn is marked against its trivial baselines; a gain there says nothing about "
    "intermediate tasks.",
    "The rows with start=aligned and steps=0, and with start=random, show what is owed to the aligned word vectors "
    "alone, and to nothing.",
)


def own(seed: int) -> RunSpec:
    """The small encoder, made of all the text there is."""
    return encoders.named(encoders.SMALL, text=TEXT, without=TESTS, seed=seed)


def _controls() -> tuple[RunSpec, ...]:
    """The aligned start before any training, and an encoder that learned nothing (a step at rate 0)."""
    start = own(0)
    untrained = dataclasses.replace(start.phases[0], start="random", steps=1, lr=0.0, first=1)
    return dataclasses.replace(start, phases=start.phases[:1]), dataclasses.replace(start, phases=(untrained,))


def tuning(*, published: bool) -> dict[str, dict[str, Any]]:
    """Settings of each English task, as target or intermediate."""
    optimizer = Optimizer(embedding_lr=1.0 if published else 0.0)
    pair: dict[str, Any] = {
        "batch": 16,
        "epochs": 1,
        "pooling": "mean" if published else "idf",
        "optimizer": optimizer,
    }
    rate = {"lr": 1e-4} if published else {"lr": 5e-4}
    small: dict[str, Any] = {
        "mnli": {"tasks": ("mnli",), "limit": 3000, "length": 96},
        "squad": {"tasks": ("squad",), "limit": 1000, "length": 192, "stride": 64},
        "commonsenseqa": {"tasks": ("commonsenseqa",), "limit": 1000, "length": 48},
        "qqp": {"tasks": ("qqp",), "limit": 3000, "length": 96},
        "real_or_fake": {"tasks": ("real_or_fake",), "limit": 3000, "length": 64},
    }
    if published:  # five times the arithmetic per sub-word
        small = {name: {**own, "limit": own["limit"] // 2} for name, own in small.items()}
    settings = {name: {**pair, **rate, **own} for name, own in small.items()}
    for tagging in ("udpos", "panx"):
        settings[tagging] = {
            **pair, **rate, "tasks": (tagging,), "limit": 1200 if published else 2500, "epochs": 2, "batch": 8,
            "optimizer": dataclasses.replace(optimizer, head_lr=4.0), "reads": "first+mean", "hidden": 128,
            "dropout": 0.2,
        }  # fmt: skip
    # 701 sentences: an own encoder's body would learn them by heart, and forget what other languages share.
    frozen = {"epochs": 2} if published else {"epochs": 8, "lr": 3e-3, "freeze": encoders.ARCHITECTURE.layers}
    settings["sib200"] = {**pair, **rate, "tasks": ("sib200",), "length": 64, **frozen}
    return settings


def shown(tests: Iterable[Evaluation], most: int = 0) -> list[Evaluation]:
    """The evaluations with their splits, sizes (`most` examples per language unless it is 0) and languages.

    What is tested whole stays whole: SIB-200's files are sorted by topic.
    """
    cut = []
    for test in tests:
        if test.task == "tatoeba":
            cut.append(dataclasses.replace(test, languages=RETRIEVAL))
        for (task, split), limit in SHOWN.items():
            if task == test.task:
                size = min(limit, most) if most else limit
                cut.append(dataclasses.replace(test, split=split, limit=size))
    return cut


def _plainly(phase: Phase) -> Phase:
    return dataclasses.replace(phase, pooling="mean")
