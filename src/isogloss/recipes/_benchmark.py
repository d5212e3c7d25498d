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
        fresh_heads: begin SQuAD's and MultiNLI's heads anew before their targets
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


def study(name: str, title: str, benchmark: Benchmark, asked: Choices) -> Study:
    """Every intermediate and its variants before every target, seeds as an axis. Raises UnknownName or SpecError."""
    firsts = _chosen("intermediate task", asked.intermediates, INTERMEDIATES)
    tested = {each: folder.load("tasks", each) for each in _chosen("target", asked.targets, tuple(benchmark.languages))}
    if asked.shrink < 0 or asked.at_once < 1:
        raise SpecError(f"shrink={asked.shrink} and at_once={asked.at_once}; expected 0 or more, and 1 or more.")
    tests = tuple(
        f"{each}/{split}" for each, task in tested.items() for split in ("dev", "test") if split in task.splits
    )
    middle, own, notes = _intermediates(firsts, asked, tests)
    targets = {
        each: tuple(_tuned("target", (trained,), asked) for trained in task.trained_on)
        for each, task in tested.items()
        if task.type != "retrieval"
    }
    retrieval = tuple(each for each, task in tested.items() if task.type == "retrieval")
    runs, evaluations = cross([_start(asked, tests)], middle, targets, range(asked.seeds), retrieval)
    languages = benchmark.languages
    return Study(
        name=name,
        title=title + (f", cut to {asked.shrink} examples a task and language" if asked.shrink else ""),
        runs=runs,
        evaluations=tuple(
            dataclasses.replace(each, languages=_languages(tested[each.task], languages[each.task]), limit=asked.shrink)
            for each in evaluations
        ),
        baselines=tuple(targets),
        tasks=own,
        notes=(*notes, *((CUT,) if asked.shrink else ())),
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
    return tuple(code for code in task.languages if code in wanted or code == "en")


def _start(asked: Choices, tests: tuple[str, ...]) -> RunSpec:
    """The encoder every run starts from; "small" is built from text, without the tests' sentences."""
    if asked.encoder != "small":
        return RunSpec(encoder=Published(name=asked.encoder, revision=asked.revision))
    if not asked.shrink:
        return mini.own(seed=0)
    text = Phase(
        stage="pretrain", tasks=LITTLE, languages=(), first=max(50, asked.shrink), steps=40, tokens=1024, lr=2e-3,
        length=64, without=tests,
    )  # fmt: skip
    return RunSpec(encoder=SMALL, phases=(text,))


def _intermediates(
    names: Sequence[str], asked: Choices, tests: tuple[str, ...]
) -> tuple[dict[str, tuple[Phase, ...]], tuple[Task, ...], list[str]]:
    """Each intermediate phase by name, none first; the translated tasks; and what could not be had, in sentences."""
    found: dict[str, tuple[Phase, ...]] = {"none": ()}
    found |= {name: (_tuned("intermediate", (name,), asked),) for name in names}
    if asked.multitask and len(names) > 1:
        found["all"] = (_tuned("intermediate", tuple(names), asked),)
    if asked.mlm:
        text = MLM(share=asked.mlm, tasks=LITTLE if asked.shrink else TEXT, first=asked.shrink)
        alone = [(name, phase) for name, phases in found.items() for phase in phases]
        found |= {f"{name} beside MLM": (dataclasses.replace(phase, mlm=text, without=tests),) for name, phase in alone}
    installed, notes = _installed(asked.translate)
    own = tuple(
        translated(task, Apertium(), installed, first=asked.shrink)
        for task in (folder.load("tasks", name) for name in names if installed)
        if task.type != "tagging"  # few tagged sentences survive: every word must be followed
    )
    for task in own:
        phase = _tuned("intermediate", (task.name,), asked, like=task.name.removesuffix("_translated"))
        found[task.name] = (dataclasses.replace(phase, languages=installed, limit=0),)
    return found, own, notes


def _installed(languages: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The languages that the translator can write on this machine, and what it says of the others."""
    found, notes = [], []
    for code in languages:
        try:
            Apertium().version(code)
            found.append(code)
        except TranslationError as error:
            notes.append(f"Without translations into {code}: {error}")
    return tuple(found), notes


def _tuned(stage: str, tasks: tuple[str, ...], asked: Choices, *, like: str = "") -> Phase:
    """A phase on one task, or on several in proportion to their examples."""
    types = {folder.load("tasks", like or name).type for name in tasks}
    batch = 16 if types == {"span"} else 32
    at_once = min(asked.at_once, batch)
    settings: dict[str, Any] = {"length": 384, "stride": 128} if "span" in types else {"length": 128}
    if len(tasks) > 1:
        settings["mixture"] = Mixture(by="proportional", cap=CAP)
    if stage == "target":
        settings |= {"checkpoints": 0 if asked.shrink else asked.checkpoints}
        settings |= {"head": "fresh"} if asked.fresh_heads else {}
    return Phase(
        stage=stage,
        tasks=tasks,
        epochs=1 if asked.shrink else EPOCHS.get(tasks[0], 2),
        batch=at_once,
        accumulate=-(-batch // at_once),
        gradient_checkpointing=asked.gradient_checkpointing,
        lr=5e-4 if asked.encoder == "small" else 1e-5,
        optimizer=Optimizer(warmup=0.1),
        limit=asked.shrink,
        **settings,
    )
