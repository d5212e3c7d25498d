"""Verbs that advise before a grid is paid for: which intermediate task first, where it will break, what to run next."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.core.names import listed
from isogloss.report.terminal.screen import print_json, print_table, say
from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.advice.divergences import Distance
    from isogloss.advice.measured import Cell
    from isogloss.advice.next import Steps
    from isogloss.core.task import Task
    from isogloss.store.store import Store


def rank(arguments: argparse.Namespace) -> None:
    """Rank English intermediate tasks before a target: expected gain, P(best), P(harm), cost, and what to run first.

    From published tables and every run in the store; nothing is trained. --record: how past advice did.
    """
    from isogloss.advice import kept
    from isogloss.advice.cost import costs
    from isogloss.advice.divergences import distances
    from isogloss.advice.measured import cells, planned
    from isogloss.advice.rank import rank as ranked
    from isogloss.core.errors import SpecError
    from isogloss.report.terminal import advice as said

    if (arguments.runs or 0) < 0 or (arguments.hours or 0) < 0:
        raise SpecError("--runs and --hours limit what is advised; give 0 or more.")
    store = places.store(arguments)
    measured = cells(store, arguments.study)
    if arguments.record:
        _record(store, measured, arguments.json)
        return
    task, question = _question(arguments, measured)
    arms, own, sizes = _arms(arguments, task, measured, planned(store, arguments.study))
    price = costs(question.encoder, question.target, task, arms, sizes, measured, arguments.device_tflops)
    answer = ranked(
        question, arms, measured, sizes=sizes, hours=price.hours, own=own, most_runs=arguments.runs,
        most_hours=arguments.hours, far=distances(store, arguments.study),
    )  # fmt: skip
    plain = kept.of_ranking(answer)
    _keep(store, plain)
    if arguments.json:
        print_json({**said.ranked_plain(answer), "cost": price.basis, "key": kept.key(plain)})
        return
    languages = ", ".join(question.languages) if question.languages else "every language but English"
    say(f"Before {question.target} ({question.kind}) on {question.encoder}, in {languages}:\n")
    print_table(said.RANKED, said.ranked_rows(answer))
    say("\nGains over no intermediate task, in points (x 100); time is that of one run.")
    say(f"Beside it: {'; '.join(said.beside(answer))}.")
    if answer.control:
        say(f"Left out: {', '.join(answer.control)}, the target's own task, which is a control.")
    say("", *answer.notes, *said.last_lines(answer, price.basis), sep="\n")


def forecast(arguments: argparse.Namespace) -> None:
    """Forecast scores in languages that were not measured, with intervals, or say "do not know" and what to label.

    From what a store has measured, published scores, and what is known of languages; measured scores as measured.
    """
    from isogloss.advice import kept
    from isogloss.advice.files import alignment, tokenizer_of
    from isogloss.advice.forecast import forecast as foretold
    from isogloss.advice.measured import cells
    from isogloss.core.controls import NONE
    from isogloss.report.terminal import advice as said

    store = places.store(arguments)
    name = arguments.task if arguments.task.endswith(".py") else places.study(arguments.task)
    for_study = name in store.studies()
    measured = cells(store, [name] if for_study else arguments.study)
    answers = []
    for question, task in _forecasts(arguments, for_study, measured):
        files = _files(arguments, task, question.languages, tokenizer_of(store, measured, question.encoder))
        for code, value in alignment(store, question.target).items():
            files.setdefault(code, {})["alignment"] = value
        answer = foretold(question, measured, files)
        _keep(store, kept.of_forecast(answer))
        answers.append(answer)
    if arguments.json:
        print_json([said.forecast_plain(answer) for answer in answers])
        return
    for answer in answers:
        one = answer.asked
        after = "" if one.arm == NONE else f" after {one.arm}"
        say(f"{one.target} on {one.encoder}{after}; English {said.score(answer.english)}:\n")
        print_table(said.FORECAST, said.forecast_rows(answer))
        if rows := said.file_rows(answer):
            say("\nTest files without their labels; shown and not used, for they lowered no error (docs/advice.md):\n")
            print_table(said.FILES, rows)
        say("", *said.forecast_notes(answer), "", sep="\n")


def _forecasts(
    arguments: argparse.Namespace, for_study: bool, measured: "Sequence[Cell]"
) -> "list[tuple[Any, Task | None]]":
    """What is forecast: each target and encoder of a study without an intermediate task, or one task."""
    from isogloss.advice.forecast import Asked
    from isogloss.advice.rank import same_encoder
    from isogloss.core.controls import NONE
    from isogloss.core.errors import SpecError
    from isogloss.core.languages import ENGLISH

    def of(task: "Task | None", encoder: str, target: str, chance: float) -> "tuple[Any, Task | None]":
        spoken = tuple(code for code in (task.languages if task else ()) if code != ENGLISH)
        languages = listed(arguments.languages, "--languages") or spoken
        return Asked(
            target=target, encoder=encoder, chance=chance, arm=arguments.after or NONE, languages=languages
        ), task  # fmt: skip

    if not for_study:
        task, question = _question(arguments, measured)
        chance = task.chance if task else next(each.chance for each in measured if each.target == question.target)
        return [of(task, question.encoder, question.target, chance)]
    chances = {(each.encoder, each.target): each.chance for each in reversed(measured)}  # the first cell's stands
    boards = dict.fromkeys(
        (each.encoder, each.target)
        for each in measured if not arguments.encoder or same_encoder(each.encoder, arguments.encoder)
    )  # fmt: skip
    if measured and not boards:
        ran = ", ".join(sorted({each.encoder for each in measured}))
        raise SpecError(
            f"the study has no run of {arguments.encoder}, only of {ran}; `isogloss forecast TASK --encoder "
            f"{arguments.encoder}` forecasts for an encoder that was not run."
        )
    return [of(_known(target), encoder, target, chances[encoder, target]) for encoder, target in boards]


def _known(task: str) -> "Task | None":
    """A task of the package; None for a user's own, whose code no store holds."""
    from isogloss.core import folder
    from isogloss.core.errors import IsoglossError

    try:
        loaded: Task = folder.load("tasks", task)
    except IsoglossError:
        return None
    return loaded


def _files(
    arguments: argparse.Namespace, task: "Task | None", languages: "Sequence[str]", tokenizer: Path | None
) -> dict[str, dict[str, float]]:
    """What test files say without their labels, by language; nothing where none is here."""
    from isogloss.advice.files import of_task
    from isogloss.core.errors import IsoglossError

    if task is None:
        return {}
    try:
        cut = None
        if tokenizer is not None:
            from isogloss.models.cutting import cutter

            cut = cutter(tokenizer)
        return of_task(task, places.data(arguments), languages, cut)
    except IsoglossError:
        return {}


def next_(arguments: argparse.Namespace) -> None:
    """Say which runs and which labels would bring a study most, what each is expected to change, and when to stop.

    --write leaves a recipe of the runs that `isogloss run` takes.
    """
    from isogloss.advice import kept
    from isogloss.advice.divergences import distances
    from isogloss.advice.kinds import kind_of
    from isogloss.advice.measured import cells, merged, planned
    from isogloss.advice.next import merged_steps
    from isogloss.advice.recipe import after
    from isogloss.core.controls import NONE
    from isogloss.core.errors import SpecError
    from isogloss.report.terminal import advice as said

    if arguments.cells < 0:
        raise SpecError(f"--cells {arguments.cells}; give a number of runs, 0 or more.")
    store = places.store(arguments)
    name = places.study(arguments.study)
    study = store.study(name)
    earlier = after(name) if after(name) in store.studies() else None
    measured = merged(cells(store, [name, *([earlier] if earlier else [])]))
    if not measured:
        raise SpecError(f"the study {name} has tested nothing yet; `isogloss rank TASK` needs no run.")
    far, waiting = distances(store, [name]), planned(store, [name])
    every = []
    for encoder, target in dict.fromkeys((each.encoder, each.target) for each in measured):
        here = [each for each in measured if (each.encoder, each.target) == (encoder, target)]
        own = [each.arm for each in here if each.control]
        arms = {arm: kind_of(arm) for arm in (*(each.arm for each in here), *waiting) if arm != NONE}
        if set(arms) - {*own}:
            every.append(((encoder, target), _steps(arguments, here, arms, own, measured, far)))
    answer = merged_steps(every, arguments.cells, arguments.hours)
    _keep(store, kept.of_steps(name, answer, [run for each in measured for run in each.runs]))
    wanted = [(at[0], at[1], step.name) for at, step in answer.runs]
    if arguments.write is not None and wanted:
        from isogloss.advice.recipe import text
        from isogloss.store.write import write_text

        write_text(arguments.write, text(study, wanted, store.study(earlier) if earlier else None))
    if arguments.json:
        print_json(said.steps_plain(answer))
        return
    if answer.runs or answer.labels:
        print_table(said.STEPS, said.step_rows(answer))
        say()
    say(*said.step_notes(answer), sep="\n")
    if arguments.write is not None:
        say(*said.written(arguments.write, len(wanted), own=study.own), sep="\n")


def _steps(
    arguments: argparse.Namespace, here: "Sequence[Cell]", arms: Mapping[str, str], own: Sequence[str],
    measured: "Sequence[Cell]", far: "Sequence[Distance]",
) -> "Steps":  # fmt: skip
    """What more runs and labels would bring on one target with one encoder, whose cells are `here`."""
    from isogloss.advice.cost import costs
    from isogloss.advice.forecast import Asked
    from isogloss.advice.forecast import forecast as foretold
    from isogloss.advice.kinds import kind_of
    from isogloss.advice.next import steps
    from isogloss.advice.rank import Question, known

    encoder, target = here[0].encoder, here[0].target
    languages, task = listed(arguments.languages, "--languages"), _known(target)
    question = Question(target=target, encoder=encoder, languages=languages, kind=kind_of(target))
    ground = known(question, arms, measured, own, far)
    told = foretold(
        Asked(target=target, encoder=encoder, languages=languages or (task.languages if task else ()),
              chance=here[0].chance), measured,
    )  # fmt: skip
    return steps(
        ground.prior, ground.seen, ground.noise, cells=arguments.cells, most_hours=arguments.hours, forecast=told,
        hours=costs(encoder, target, task, arms, {}, here).hours,
    )  # fmt: skip


def _record(store: "Store", measured: "Sequence[Cell]", as_json: bool) -> None:
    from isogloss.advice.kept import scored
    from isogloss.report.terminal import advice as said

    advices = store.advices()
    came = scored(advices, measured)
    if as_json:
        print_json({"advices": len(advices), "came": [said.vars_of(each) for each in came]})
        return
    if came:
        print_table(said.CAME, said.came_rows(came))
    say(said.came_summary(came, len(advices)))


def _question(arguments: argparse.Namespace, measured: "Sequence[Cell]") -> "tuple[Task | None, Any]":
    """The target and what is asked of it. Raises SpecError or UnknownName."""
    from isogloss.advice.kinds import kind_of, kind_of_task
    from isogloss.advice.rank import Question
    from isogloss.core import folder
    from isogloss.core.errors import SpecError, UnknownName

    if not arguments.task:
        raise SpecError("name the target task, or its file: `isogloss rank xnli --encoder xlm-roberta-base`.")
    task: Task | None
    try:
        task = folder.given("tasks", arguments.task)
    except UnknownName:
        if arguments.task not in {each.target for each in measured}:
            raise
        task = None  # a user's own, which the store has tested and brings no code for
    name = task.name if task else arguments.task
    encoders = sorted({each.encoder for each in measured})
    encoder = arguments.encoder or (encoders[0] if len(encoders) == 1 else "")
    if not encoder:
        known = f"this store has run {', '.join(encoders)}" if encoders else "such as xlm-roberta-base"
        raise SpecError(f"name the encoder with --encoder NAME; {known}.")
    languages = listed(arguments.languages, "--languages")
    kind = kind_of_task(task) if task else kind_of(name)
    return task, Question(target=name, encoder=encoder, languages=languages, kind=kind)


def _arms(
    arguments: argparse.Namespace, task: "Task | None", measured: "Sequence[Cell]", waiting: "Sequence[str]"
) -> tuple[dict[str, str], list[str], dict[str, int]]:
    """Name → kind of what could come before the target; which are its own task; and their training examples.

    Without --arms: those that the store has run, those `waiting` in its studies, and the package's intermediate tasks.
    """
    from isogloss.advice.kinds import kind_of, kind_of_task
    from isogloss.core import folder
    from isogloss.core.controls import NONE
    from isogloss.core.languages import ENGLISH

    named = listed(arguments.arms, "--arms")
    tasks = {(each := folder.given("tasks", name)).name: each for name in named}
    seen = [*(each.arm for each in measured), *waiting] if not named else []
    world = bool(task and task.name.startswith("world_")) or any(name.startswith("world_") for name in seen)
    if not named and not world:
        every = (folder.load("tasks", name) for name in folder.names("tasks"))
        tasks |= {each.name: each for each in every if "intermediate" in each.benchmarks}
    elif not named and not seen:
        every = (folder.load("tasks", name) for name in folder.names("tasks") if name.startswith("world_"))
        tasks |= {each.name: each for each in every if each.teachers == (each.name,)}
    kinds = {name: kind_of_task(each) for name, each in tasks.items()}
    kinds = {name: kind_of(name) for name in seen if name != NONE} | kinds
    own = {*((task.name, *task.trained_on) if task else (arguments.task,))}
    controls = {each.arm for each in measured if each.control and task and each.target == task.name}
    same = sorted(name for name in kinds if name in own or name in controls)
    sizes = {name: each.counts[split] for name, each in tasks.items() if (split := ("train", ENGLISH)) in each.counts}
    return kinds, same, sizes


def _keep(store: "Store", plain: Mapping[str, Any]) -> None:
    """Keep advice where the store may be written; where that fails, the answer stands and the failure is said."""
    from isogloss.advice.kept import key
    from isogloss.core.errors import StoreError

    if store.writable:
        try:
            store.save_advice(key(plain), plain)
        except StoreError as error:
            say(f"This advice was not kept: {error}", file=sys.stderr)
