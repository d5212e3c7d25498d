"""Real zero-shot transfer from a published encoder on two cores: which English task should come first, and why.

The encoder is multilingual-e5-small unless another is named. An arm is what is trained between encoder and target: an
intermediate task, eight at once, the control real-or-fake, or a task with one thing held back. `mnli/slow` has a fifth
of the rate, `mnli/frozen` keeps the embeddings and the lower half of the layers (six of e5-small's twelve, and
six where an encoder's depth is not known before it is fetched), `mnli/mlm` reads multilingual text beside it (under a
fresh head where the encoder was published without one, as e5-small was). All that one seed asks stands before the next,
so that a study that is stopped holds whole tables.

Every intermediate phase is tested on its own task's English dev data, to show whether it was learned at all. Of
CommonsenseQA and HellaSwag this budget teaches nothing (docs/results/real.md), so no size has them; name them to have
them. PAWS-X needs its English training file and TyDiQA labelled tests: without them they are left out by name.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core import encoders, folder
from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.parts import MLM, Optimizer
from isogloss.core.phase import Phase
from isogloss.core.shown import some
from isogloss.core.spec import Evaluation, RunSpec, Study
from isogloss.leaderboard import averages
from isogloss.models.memory import shape_of

NAME = "e5-small"
FEW = (ENGLISH, "de", "es", "fr", "pt", "ru", "ar", "hi", "tr", "fi", "sw", "vi", "zh")
"""Languages of the quick size: a sample of families and scripts."""
PAIRED: dict[str, Any] = {"batch": 16, "lr": 1e-4, "pooling": "mean"}
TAGGED = {
    **PAIRED, "batch": 8, "optimizer": Optimizer(head_lr=4.0), "reads": "first+mean", "hidden": 128, "dropout": 0.2,
}  # fmt: skip
LENGTHS: Mapping[str, int] = {
    "mnli": 96, "cad_nli": 96, "qqp": 96, "pawsx": 96, "real_or_fake": 64, "sib200": 64, "squad": 256, "tydiqa": 256,
    "commonsenseqa": 48, "siqa": 64, "copa": 48, "cosmosqa_val": 192, "hellaswag_val": 128,
}  # fmt: skip
"""Longest input in sub-words; a SQuAD paragraph with its question fits one window."""
TRAINS: Mapping[str, tuple[str, ...]] = {
    "sib200": ("sib200",), "udpos": ("udpos",), "panx": ("panx",), "xnli": ("mnli",), "pawsx": ("pawsx",),
    "xquad": ("squad",), "mlqa": ("squad",), "tydiqa": ("tydiqa",), "xcopa": ("siqa", "copa"),
}  # fmt: skip
"""Target → the English tasks that train it, in order."""
RETRIEVAL = ("tatoeba", "lareqa")
"""Tested on the encoder as it is and straight after each intermediate phase."""
ARMS = (
    "mnli", "cad_nli", "qqp", "squad", "commonsenseqa", "siqa", "cosmosqa_val", "hellaswag_val", "real_or_fake",
)  # fmt: skip
"""Intermediate tasks with data of some size; the last is the control."""
UNLEARNED = ("commonsenseqa", "hellaswag_val")
"""Those that end at chance: 20.9 (chance 20) and 28.8 (overlap of words has 26.3) with one seed of e5-small."""
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "slow": {"lr": 2e-5},
    "frozen": {"freeze": 6},  # where the encoder's depth is not known; else half of it
    "mlm": {"mlm": MLM(share=0.2, tasks=("wiki",), first=200)},
}
SPLITS: Mapping[str, str] = {"udpos": "dev", "panx": "dev", "mlqa": "dev"}
"""XTREME hides these tests' answers: its dev files stand in. Everything else is tested on its test split."""


FIRST: Mapping[str, int] = {
    "mnli": 5000, "cad_nli": 3000, "qqp": 3000, "squad": 1500, "commonsenseqa": 3000, "siqa": 3000,
    "cosmosqa_val": 1500, "hellaswag_val": 2000, "real_or_fake": 2000,
}  # fmt: skip
"""Examples of an intermediate phase, once each; the same in every size, so that a larger one goes on from a smaller."""
LAST: Mapping[str, tuple[int, int]] = {
    "sib200": (0, 2), "udpos": (2500, 1), "panx": (10000, 1), "mnli": (5000, 3), "pawsx": (10000, 1),
    "squad": (3000, 1), "tydiqa": (0, 1), "siqa": (3000, 1), "copa": (0, 5),
}  # fmt: skip
"""English task that trains a target → examples (0 = all) and epochs. PAN-X at 3,000 sentences differs by nine points
between two seeds; parts of speech at 1,500 did not reach a lexicon's English once MultiNLI came first."""
TESTS: Mapping[str, int] = {
    "sib200": 0, "udpos": 50, "panx": 100, "xnli": 300, "pawsx": 300, "xquad": 100, "mlqa": 100, "tydiqa": 100,
    "xcopa": 200, "tatoeba": 200, "lareqa": 300,
}  # fmt: skip
"""Target → examples of each language; 0 = all. SIB-200's files are sorted by topic and stay whole."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything."""

    arms: tuple[str, ...]
    targets: tuple[str, ...]
    languages: tuple[str, ...] = ()
    """Of the tests; empty = all that are there."""
    seeds: int = 3


SIZES: Mapping[str, Size] = {
    "quick": Size(arms=("mnli",), targets=("sib200", "udpos", "tatoeba"), languages=FEW, seeds=1),
    "hour": Size(
        arms=("mnli", "squad", "real_or_fake", "mnli/slow", "qqp"),
        targets=("sib200", "udpos", "panx", "tatoeba"),
        languages=averages.XTREME.languages["panx"],  # all forty
    ),
    "full": Size(
        arms=(
            *(name for name in ARMS if name not in UNLEARNED),
            "all",
            "mnli/mlm",
            "mnli/slow",
            "mnli/frozen",
            "squad/slow",
        ),
        targets=(*TRAINS, *RETRIEVAL),
    ),
}
OF_E5 = (
    "e5-small was trained contrastively on a billion text pairs, parallel text among them, and then on labelled pairs "
    "that include NLI, SQuAD and duplicate questions: retrieval is where it begins, and MultiNLI, SQuAD and QQP are "
    "partly repeats for it.",
)
ALONE = (
    "One encoder is one observation of an encoder: intervals are over seeds and test examples, and speak of it alone."
)


def grid(
    encoder: str = NAME,
    size: str = "quick",
    seeds: int = 0,
    targets: tuple[str, ...] = (),
    arms: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
) -> Study:
    """English intermediate tasks and their controls before zero-shot targets, on a published encoder and real files.

    Args:
        encoder: a name that `isogloss encoders` lists, a hub name or a folder
        size: quick (5 minutes on two idle cores with bfloat16, 15 without), hour (75 minutes; 5 hours without), or full
            (14 hours; two days without)
        seeds: fine-tuning seeds, each with intermediate phases of its own; 0 = one in the quick size, else three
        targets: sib200, udpos, panx, xnli, pawsx, xquad, mlqa, tydiqa, xcopa, tatoeba, lareqa; left out = the size's
        arms: mnli, cad_nli, qqp, squad, commonsenseqa, siqa, cosmosqa_val, hellaswag_val, real_or_fake, all (the first
            eight at once), one of these with /slow, /frozen or /mlm, or the word none for direct transfer alone; left
            out = the size's
        languages: that are tested, beside English; left out = the size's
    """
    if size not in SIZES:
        raise UnknownName.of("size", size, SIZES)
    if seeds < 0:
        raise SpecError(f"--seeds {seeds}: expected 1 or more, or 0 for as many as the size has.")
    budget = SIZES[size]
    arms, targets, spoken = arms or budget.arms, targets or budget.targets, languages or budget.languages
    if languages and ENGLISH not in languages:
        spoken = (ENGLISH, *languages)  # the gap to it is what is asked
    for name in targets:
        if name not in (*TRAINS, *RETRIEVAL):
            raise UnknownName.of("target of this study", name, (*TRAINS, *RETRIEVAL))
    start = encoders.published(encoder)
    _check(languages, targets)
    tests = tuple(f"{name}/{SPLITS.get(name, 'test')}" for name in targets)
    middle = {name: _arm(name, tests, start) for name in arms if name != "none"}
    made = _Grid(spoken)
    made.retrieved(start, targets)
    for seed in range(seeds or budget.seeds):
        for phase in (None, *middle.values()):
            before = start if phase is None else start.then(dataclasses.replace(phase, seed=seed))
            if phase is not None:
                made.runs.append(before)
                made.retrieved(before, targets)
                made.learned(before)
            for name in (target for target in targets if target in TRAINS):
                made.trained(before, name, seed)
    return Study(
        name="real" if encoder == NAME else encoders.study_name("real", encoder),
        title=f"English intermediate tasks before zero-shot transfer, real text: {encoder}, {size}",
        runs=tuple(made.runs),
        evaluations=tuple(made.evaluations),
        baselines=(*(name for name in targets if name in TRAINS), *made.learning),
        notes=(*(OF_E5 if encoder == NAME else ()), ALONE),
        partial=True,
    )


class _Grid:
    """Runs and tests of a study as they come together."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self.runs: list[RunSpec] = []
        self.evaluations: list[Evaluation] = []
        self.learning: dict[str, None] = {}
        """Tasks that an intermediate phase is tested on."""

    def retrieved(self, run: RunSpec, targets: Sequence[str]) -> None:
        """Retrieval with this run's encoder."""
        for name in (target for target in targets if target in RETRIEVAL):
            self.evaluations.append(self._tested(run, name))

    def learned(self, run: RunSpec) -> None:
        """What an intermediate phase made of its own task, on English dev data."""
        for name in run.phases[-1].tasks:
            self.learning[name] = None
            self.evaluations.append(Evaluation(run=run, task=name, split="dev", languages=(ENGLISH,), limit=1000))

    def trained(self, before: RunSpec, target: str, seed: int) -> None:
        """A target's phases after `before`, and its test in every language."""
        run = before
        for name in TRAINS[target]:
            run = run.then(dataclasses.replace(_phase("target", (name,)), seed=seed))
        self.runs.append(run)
        self.evaluations.append(self._tested(run, target))

    def _tested(self, run: RunSpec, task: str) -> Evaluation:
        spoken = folder.load("tasks", task).languages
        languages = tuple(code for code in self.languages if code in spoken)
        split, limit = SPLITS.get(task, "test"), TESTS[task]
        return Evaluation(run=run, task=task, split=split, languages=languages, limit=limit)


def _check(languages: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """Raises UnknownName for a language that none of the targets is tested in, SpecError for a target without any."""
    if languages:
        spoken = sorted({code for name in targets for code in folder.load("tasks", name).languages})
        for code in languages:
            if code not in (ENGLISH, *spoken):  # which some files have no tests in, as all are translated from it
                raise UnknownName.of("language", code, spoken, f"tests of {', '.join(targets)}")
        for name in targets:
            tested = folder.load("tasks", name).languages
            if not set(languages) & set(tested):
                raise SpecError(
                    f"{name} has no tests in {' or '.join(languages)}. Leave it out with --targets, or add one of its "
                    f"languages to --languages: {some(tested)}."
                )


def _arm(name: str, tests: tuple[str, ...], start: RunSpec) -> Phase:
    """The intermediate phase of an arm, on this encoder. Raises UnknownName."""
    task, _, variant = name.partition("/")
    if task not in (*ARMS, "all"):
        raise UnknownName.of("intermediate task of this study", task, (*ARMS, "all"))
    if variant and variant not in VARIANTS:
        raise UnknownName.of("variant of an intermediate task", variant, VARIANTS)
    phase = _phase("intermediate", ARMS[:-1] if task == "all" else (task,))
    held: dict[str, Any] = dict(VARIANTS.get(variant, {}))
    if variant == "mlm":
        held["without"] = tests
    if variant == "frozen" and (shape := shape_of(start.encoder)):
        held["freeze"] = max(1, shape.layers // 2)
    return dataclasses.replace(phase, **held)


def _phase(stage: str, tasks: tuple[str, ...]) -> Phase:
    """A phase on one task, or on several at once in equal parts."""
    first = tasks[0]
    limit, epochs = LAST[first] if stage == "target" else (min(FIRST[name] for name in tasks), 1)
    settings: dict[str, Any] = {**(TAGGED if first in ("udpos", "panx") else PAIRED), "limit": limit, "epochs": epochs}
    settings["length"] = max(LENGTHS.get(name, 128) for name in tasks)
    return Phase(stage=stage, tasks=tasks, **settings)
