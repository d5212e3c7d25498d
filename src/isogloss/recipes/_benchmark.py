"""The grid of Phang et al. 2020 on any benchmark: what the recipes phang2020 and xtreme_r share.

Settings are those of the paper's code (jiant) for its targets: learning rate 1e-5, batches of 32 (16 for questions
about a text), 10% warm-up, 2 to 10 epochs. Its settings for intermediate tasks are not written down there: they get
those of XNLI and SQuAD. Longest inputs are those of XTREME's scripts.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from isogloss.core import folder
from isogloss.core.cross import cross
from isogloss.core.errors import SpecError, TranslationError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.parts import MLM, Mixture, Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec, Study
from isogloss.core.task import Task
from isogloss.leaderboard.averages import INTERMEDIATES, Benchmark
from isogloss.recipes import mini
from isogloss.translation.apertium import Apertium
from isogloss.translation.translated import translated

EPOCHS: Mapping[str, float] = {"pawsx": 5, "udpos": 10, "panx": 10, "copa": 10}
"""English task → epochs where they are not 2. COPA's, which the paper's code does not train, are our choice."""
CAP = 100_000
"""Examples a task counts at most for its share of the multi-task mixture: our choice."""
TEXT = ("wiki", "ntrex")
"""Multilingual text for masked language modelling beside a task."""
LITTLE = ("udhr",)
"""The same for a cut study: a megabyte; to compare the other text with the tests takes a minute a run."""
SMALL = Architecture(
    vocabulary=8000, tokenizer="pieces", width=64, layers=2, heads=2, hidden=128, positions=512, activation="gelu"
)
"""The small encoder of a cut study: it is made in seconds, and knows next to nothing."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Choices:
    """Nine intermediate tasks, all at once, beside multilingual MLM and translated, before every target.

    Args:
        encoder: a hub name, a folder, or "small": our own, made from text
        revision: pins a hub name
        seeds: fine-tuning seeds
        shrink: examples that every training set and test is cut to; 0 = all
        intermediates: some of the nine; none named = all
        targets: some of the benchmark's; none named = all
        multitask: also all intermediate tasks at once
        mlm: share of the steps that multilingual MLM takes beside each intermediate task; 0 = none beside it
        translate: languages that intermediate tasks are translated into
        at_once: examples of its batch that a step takes at a time, so that a large encoder fits a card of 16 GB
        gradient_checkpointing: compute activations twice, to hold fewer of them in memory
        fresh_heads: begin SQuAD's and MultiNLI's heads fresh before their targets
        checkpoints: how many are kept per target run; the best on English dev is tested
    """

    encoder: str = "xlm-roberta-large"
    revision: str = ""
    seeds: int = 3
    shrink: int = 0
    intermediates: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    multitask: bool = True
    mlm: float = 0.2
    translate: tuple[str, ...] = ("es", "ca")
    at_once: int = 8
    gradient_checkpointing: bool = False
    fresh_heads: bool = False
    checkpoints: int = 5


def grid(name: str, title: str, benchmark: Benchmark) -> Callable[..., Study]:
    """The `grid` of a recipe; its parameters, to the command line too, are the fields of Choices."""

    @functools.wraps(Choices, updated=())
    def made(**options: Any) -> Study:
        return study(name, title, benchmark, Choices(**options))

    return made


def study(name: str, title: str, benchmark: Benchmark, choices: Choices) -> Study:
    """Every intermediate and its variants before every target, seeds as an axis. Raises UnknownName or SpecError."""
    firsts = _chosen("intermediate task", choices.intermediates, INTERMEDIATES)
    names = _chosen("target", choices.targets, tuple(benchmark.languages))
    tested = {name: folder.load("tasks", name) for name in names}
    if choices.shrink < 0 or choices.at_once < 1:
        raise SpecError(f"shrink={choices.shrink} and at_once={choices.at_once}; expected 0 or more, and 1 or more.")
    tests = tuple(
        f"{target}/{split}" for target, task in tested.items() for split in ("dev", "test") if split in task.splits
    )
    middle, own, notes = _intermediates(firsts, choices, tests)
    targets = {
        target: tuple(_tuned("target", (trained,), choices) for trained in task.trained_on)
        for target, task in tested.items()
        if task.type != "retrieval"
    }
    retrieval = tuple(target for target, task in tested.items() if task.type == "retrieval")
    runs, evaluations = cross([_start(choices, tests)], middle, targets, range(choices.seeds), retrieval)
    languages = benchmark.languages
    return Study(
        name=name,
        title=title + (f", cut to {choices.shrink} examples a task and language" if choices.shrink else ""),
        runs=runs,
        evaluations=tuple(
            dataclasses.replace(
                test, languages=_languages(tested[test.task], languages[test.task]), limit=choices.shrink
            )
            for test in evaluations
        ),
        baselines=tuple(targets),
        tasks=own,
        notes=(*notes, *((CUT,) if choices.shrink else ())),
        partial=True,
    )


CUT = "Cut by --shrink: it shows that every stage runs, and nothing about intermediate tasks."


def _chosen(kind: str, names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise UnknownName.of(kind, name, known)
    return tuple(names) or tuple(known)


def _languages(task: Task, wanted: Sequence[str]) -> tuple[str, ...]:
    """The benchmark's languages, and English where the task has it: the gap to it is what is asked."""
    return tuple(code for code in task.languages if code in wanted or code == ENGLISH)


def _start(choices: Choices, tests: tuple[str, ...]) -> RunSpec:
    """The encoder every run starts from; "small" is built from text, without the tests' sentences."""
    if choices.encoder != "small":
        return RunSpec(encoder=Published(name=choices.encoder, revision=choices.revision))
    if not choices.shrink:
        return mini.own(seed=0)
    text = Phase(
        stage="pretrain", tasks=LITTLE, languages=(), first=max(50, choices.shrink), steps=40, tokens=1024, lr=2e-3,
        length=64, without=tests,
    )  # fmt: skip
    return RunSpec(encoder=SMALL, phases=(text,))


def _intermediates(
    names: Sequence[str], choices: Choices, tests: tuple[str, ...]
) -> tuple[dict[str, tuple[Phase, ...]], tuple[Task, ...], list[str]]:
    """Each intermediate phase by name, none first; the translated tasks; and what is not available, in sentences."""
    middle: dict[str, tuple[Phase, ...]] = {"none": ()}
    middle |= {name: (_tuned("intermediate", (name,), choices),) for name in names}
    if choices.multitask and len(names) > 1:
        middle["all"] = (_tuned("intermediate", tuple(names), choices),)
    if choices.mlm:
        text = MLM(share=choices.mlm, tasks=LITTLE if choices.shrink else TEXT, first=choices.shrink)
        middle |= {
            f"{name} beside MLM": (dataclasses.replace(phase, mlm=text, without=tests),)
            for name, phases in middle.items()
            for phase in phases
        }
    installed, notes = _installed(choices.translate)
    own = tuple(
        translated(task, Apertium(), installed, first=choices.shrink)
        for task in (folder.load("tasks", name) for name in names if installed)
        if task.type != "tagging"  # few tagged sentences survive: every word must be followed
    )
    for task in own:
        phase = _tuned("intermediate", (task.name,), choices, like=task.name.removesuffix("_translated"))
        middle[task.name] = (dataclasses.replace(phase, languages=installed, limit=0),)
    return middle, own, notes


def _installed(languages: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The languages that the translator can write on this machine, and what it says of the others."""
    installed, notes = [], []
    for code in languages:
        try:
            Apertium().version(code)
            installed.append(code)
        except TranslationError as error:
            notes.append(f"Without translations into {code}: {error}")
    return tuple(installed), notes


def _tuned(stage: str, tasks: tuple[str, ...], choices: Choices, *, like: str = "") -> Phase:
    """A phase on one task, or on several in proportion to their examples."""
    types = {folder.load("tasks", like or name).type for name in tasks}
    batch = 16 if types == {"span"} else 32
    at_once = min(choices.at_once, batch)
    settings: dict[str, Any] = {"length": 384, "stride": 128} if "span" in types else {"length": 128}
    if len(tasks) > 1:
        settings["mixture"] = Mixture(by="proportional", cap=CAP)
    if stage == "target":
        settings |= {"checkpoints": 0 if choices.shrink else choices.checkpoints}
        settings |= {"head": "fresh"} if choices.fresh_heads else {}
    return Phase(
        stage=stage,
        tasks=tasks,
        epochs=1 if choices.shrink else EPOCHS.get(tasks[0], 2),
        batch=at_once,
        accumulate=-(-batch // at_once),
        gradient_checkpointing=choices.gradient_checkpointing,
        lr=5e-4 if choices.encoder == "small" else 1e-5,
        optimizer=Optimizer(warmup=0.1),
        limit=choices.shrink,
        **settings,
    )
