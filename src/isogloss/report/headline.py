"""The study in two sentences, written from its numbers: what was done, and what can be told from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isogloss.analysis.ledger import NONE, Ledger
from isogloss.analysis.statistics import ENCODERS_NEEDED, LEVEL, Estimate
from isogloss.analysis.transfer import Board, Condition
from isogloss.report.words import count, interval, listed, points


@dataclass(frozen=True, kw_only=True)
class Headline:
    """Two sentences, and what a reader must know before quoting them."""

    done: str
    found: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One intermediate task against none, on one target."""

    board: Board
    condition: Condition

    @property
    def name(self) -> str:
        """Intermediate before target."""
        return f"{self.condition.intermediate} before {self.board.task}"

    def gain(self, level: float = LEVEL) -> Estimate:
        """Zero-shot."""
        return self.condition.outcomes["gain others"].estimate(level)


def write(ledger: Ledger, boards: Sequence[Board]) -> Headline:
    """The headline of a study; `boards` are those of its target tasks, retrieval aside."""
    comparisons = [
        Comparison(board=board, condition=condition)
        for board in boards
        for condition in board.conditions
        if "gain others" in condition.outcomes and not condition.same_task
    ]
    learned = [each for each in comparisons if each.condition.competent and each.board.conditions[0].competent]
    return Headline(
        done=_done(ledger, boards), found=_found(comparisons, learned), cautions=tuple(_cautions(ledger, boards))
    )


def compared(boards: Sequence[Board]) -> Sequence[Board]:
    """The boards on which an intermediate task stands beside none; all where there is no such board."""
    return [board for board in boards if len(board.conditions) > 1] or boards


def _done(ledger: Ledger, boards: Sequence[Board]) -> str:
    labels = list(ledger.labels.values())
    # Encoders that no intermediate task was tried on are controls: they have tables, and no part in this sentence.
    compared = {label.encoder for label in labels if label.intermediate != NONE}
    labels = [label for label in labels if not compared or label.encoder in compared]
    kinds = list(dict.fromkeys(label.encoder for label in labels))
    copies = len({(label.encoder, label.replicate) for label in labels})
    between = [name for name in dict.fromkeys(label.intermediate for label in labels) if name != NONE]
    targets = list(dict.fromkeys(label.target for label in labels if label.target))
    seeds = len({label.seed for label in labels if label.target})
    tested = list(dict.fromkeys(board.task for board in boards))
    others = {language for board in boards for language in board.others}
    own = all(kind.startswith("own encoder") for kind in kinds)
    who = count(copies, "pretrained encoder" if own else "encoder") + ("" if own else f" ({listed(kinds, 3)})")
    was = "was" if copies == 1 else "were"
    first = f"{who} {was} trained in English on {listed(between)} or on no intermediate task" if between else who
    if not targets:
        return f"{first[0].upper()}{first[1:]}{'' if between else f' {was} tested as they are'}."
    then = "then" if between else f"{was} trained"
    task = f"on the target {'task' if len(targets) == 1 else 'tasks'} {listed(targets)}"
    aims = "" if set(tested) <= set(targets) else f" (tests: {listed(tested)})"
    where = f"tested in {count(len(others), 'language')} whose labels no run has seen" if others else "tested"
    return f"{first[0].upper()}{first[1:]}, {then} {task}{aims} with {count(seeds, 'seed')}, and {where}."


def _found(comparisons: Sequence[Comparison], learned: Sequence[Comparison]) -> str:
    if not comparisons:
        return "Nothing can be told about transfer: no intermediate task stands beside a run without one."
    if not learned:
        return (
            "Nothing can be told about transfer: English itself did not get beyond the strongest trivial baseline on "
            "any target task, so there was nothing to transfer."
        )
    pairs = count(len(learned), "pair")
    strict = 1 - (1 - LEVEL) / len(learned)
    ups = [each for each in learned if each.gain(strict).low > 0]
    downs = [each for each in learned if each.gain(strict).high < 0]
    top = max(ups + downs or learned, key=lambda each: abs(each.gain().value))
    gain = top.gain()
    figure = f"{points(gain.value, True)} points, 95% interval {interval(gain, True)}"
    if not ups and not downs:
        alone = sum(each.gain().decided for each in learned)
        taken = f" ({alone} of them would, taken alone)" if alone else ""
        whole = (
            f"of {pairs} of an intermediate and a target task none has a gain that stands once all are looked at "
            f"together{taken}, the largest being {top.name} ({figure})"
        )
        verdict = "whether an intermediate task helps zero-shot transfer cannot be told from these runs: " + (
            whole if len(learned) > 1 else f"the gain of {top.name} is within the uncertainty ({figure})"
        )
    else:
        moved = listed(
            [f"raised the mean over the other languages in {len(ups)}"] * bool(ups)
            + [f"lowered {'it' if ups else 'the mean over the other languages'} in {len(downs)}"] * bool(downs)
        )
        verdict = (
            f"of {pairs} of an intermediate and a target task, the intermediate {moved} by more than the uncertainty, "
            f"most for {top.name} ({figure}){_english(top)}"
        )
    return f"{_scope(learned)}{verdict}."


def _english(top: Comparison) -> str:
    outcomes = top.condition.outcomes
    if "gain english" not in outcomes or "gain gap" not in outcomes:
        return ""
    english, gap = outcomes["gain english"].estimate(), outcomes["gain gap"].estimate()
    said = f", where English itself changed by {points(english.value, True)}"
    if not gap.decided:
        return f"{said}, so nothing shows that the transfer changed and not only the task's mastery"
    return f"{said} and its gap to the others {'grew' if gap.value > 0 else 'shrank'} by {points(abs(gap.value))}"


def _scope(learned: Sequence[Comparison]) -> str:
    fewest = min(each.gain().encoders for each in learned)
    if fewest >= ENCODERS_NEEDED:
        return f"Over {count(fewest, 'pretrained encoder')}, "
    return "For this one encoder, " if fewest == 1 else f"For these {count(fewest, 'encoder')}, "


def _cautions(ledger: Ledger, boards: Sequence[Board]) -> Iterable[str]:
    read = (c.encoders for board in compared(boards) for c in board.conditions if c.competent is not False)
    encoders = min(read, default=0)
    if 0 < encoders < ENCODERS_NEEDED:
        yield (
            f"The pretrained encoder is the unit of replication, and there {'is' if encoders == 1 else 'are'} "
            f"{count(encoders, 'encoder')} here: the intervals hold for {'it' if encoders == 1 else 'them'}, and say "
            "nothing about other encoders."
        )
    failed = [
        f"{c.intermediate} before {board.task}" for board in boards for c in board.conditions if c.competent is False
    ]
    if failed:
        yield (
            f"English was not learned beyond the strongest trivial baseline in {count(len(failed), 'condition')} "
            f"({listed(failed, 4)}); they are shown, marked, and left out of the sentence above."
        )
    near = sum(len(c.near_chance - {board.source}) for board in boards for c in board.conditions)
    cells = sum(len(board.others) for board in boards for c in board.conditions)
    if near:
        yield (
            f"{near:,} of {cells:,} zero-shot cells are near chance: they do not clear the strongest trivial baseline "
            "of their language. They are marked ◦ in the tables."
        )
    out = sorted({language for board in boards for language in board.left_out})
    if out:
        yield f"Not every run has a score in {listed(out, 8)}; these languages are in no mean."
    yield from ledger.study.get("remarks", ())
    lost = [c for board in boards for c in board.conditions if c.collapsed]
    if lost:
        whole = sum(c.collapsed for c in lost if c.all_collapsed)
        kept = f", except for {whole} where all runs of a condition did" if whole else ""
        yield (
            f"{count(sum(c.collapsed for c in lost), 'run')} collapsed (one answer for everything, or a loss like a "
            f"blind guess): they are marked, listed, and in no mean{kept}."
        )
    if unlearned := _unlearned(ledger):
        yield (
            f"The intermediate task itself was not learned in {listed(unlearned, 6)}: the loss ended where a blind "
            "guess's does. What is seen after these runs is no transfer of that task."
        )
    if ledger.missing:
        still = "is" if ledger.missing == 1 else "are"
        yield f"{count(ledger.missing, 'evaluation')} of the study {still} not done yet."


def _unlearned(ledger: Ledger) -> list[str]:
    """Intermediate tasks whose own training collapsed, with how many of their runs."""
    runs: dict[str, list[bool]] = {}
    for run, record in ledger.records.items():
        label = ledger.labels[run]
        if label.intermediate != NONE and not label.target:
            runs.setdefault(label.intermediate, []).append(bool(record.get("collapsed")))
    return [f"{sum(found)} of {len(found)} runs of {name}" for name, found in runs.items() if any(found)]
