"""The study in sentences, written from its numbers: what was done, what was found pair by pair, what to beware of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isogloss.analysis.candidates import UNLEARNED, unread
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.standing import OPEN
from isogloss.analysis.transfer import Board, Condition
from isogloss.core.controls import NONE
from isogloss.report.parts import names
from isogloss.report.parts.names import Names
from isogloss.report.parts.words import capital, count, interval, listed, points, spelled
from isogloss.stats.intervals import ENCODERS_NEEDED, LEVEL, Estimate


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

    def said(self, called: Names) -> str:
        """Intermediate before target, with its gain."""
        gain = self.gain()
        held = f"95% interval {interval(gain, True)}" if gain.replicated else "one run each, not repeated"
        pair = f"{called(self.condition.intermediate)} before {called(self.board.task)}"
        return f"{pair} ({points(gain.value, True)} points, {held})"

    def gain(self, level: float = LEVEL) -> Estimate:
        """Zero-shot."""
        return self.condition.outcomes["gain others"].estimate(level)


def write(ledger: Ledger, boards: Sequence[Board]) -> Headline:
    """The headline of a study; `boards` are those of its target tasks, retrieval aside."""
    comparisons = [
        Comparison(board=board, condition=condition)
        for board in boards
        for condition in board.conditions
        if ("gain others" if board.others else "gain english") in condition.outcomes and not condition.same_task
    ]
    read = [each for each in comparisons if not unread(each.board, each.condition)]
    called = names.of(ledger)
    return Headline(
        done=_done(ledger, boards, called),
        found=_found(comparisons, read, called),
        cautions=tuple(_cautions(ledger, boards, called)),
    )


def compared(boards: Sequence[Board]) -> Sequence[Board]:
    """The boards on which an intermediate task is compared with none; all where there is no such board."""
    return [board for board in boards if len(board.conditions) > 1] or boards


def _done(ledger: Ledger, boards: Sequence[Board], called: Names) -> str:
    labels = list(ledger.labels.values())
    # Encoders that no intermediate task was tried on are controls: they have tables, and no part in this sentence.
    compared = {label.encoder for label in labels if label.intermediate != NONE}
    labels = [label for label in labels if not compared or label.encoder in compared]
    kinds = list(dict.fromkeys(label.encoder for label in labels))
    copies = len({(label.encoder, label.replicate) for label in labels})
    between = [called(name) for name in dict.fromkeys(label.intermediate for label in labels) if name != NONE]
    targets = list(dict.fromkeys(label.target for label in labels if label.target))
    seeds = len({label.seed for label in labels if label.target})
    tested = list(dict.fromkeys(board.task for board in boards))
    others = {language for board in boards for language in board.others}
    own = all(kind.startswith("own encoder") for kind in kinds)
    who = count(copies, "pretrained encoder" if own else "encoder") + ("" if own else f" ({listed(kinds, 3)})")
    was = "was" if copies == 1 else "were"
    either = f"{listed(between)} or on no intermediate task"
    first = f"{who} {was} trained in English on {either}," if between else f"{who} {was} trained"
    if not targets:
        done = first.rstrip(",") if between else f"{who} {was} tested without further training"
        return f"{capital(done)}."
    then = "then " if between else ""
    task = f"on the target {'task' if len(targets) == 1 else 'tasks'} {listed([called(each) for each in targets])}"
    aims = "" if set(tested) <= set(targets) else f" (tests: {listed([called(each) for each in tested])})"
    where = f"tested in {count(len(others), 'language')} whose labels no run has seen" if others else "tested"
    return f"{capital(first)} {then}{task}{aims} with {count(seeds, 'seed')}, and {where}."


def _found(comparisons: Sequence[Comparison], read: Sequence[Comparison], called: Names) -> str:
    if not comparisons:
        return "Nothing can be told about transfer: no intermediate task is compared with a run without one."
    if not read:
        reasons = dict.fromkeys(unread(each.board, each.condition) for each in comparisons)
        return (
            "Nothing can be told about transfer: no pair of an intermediate and a target task can be read "
            f"({'; '.join(reasons)})."
        )
    pairs = f"{count(len(read), 'pair')} of an intermediate and a target task"
    strict = 1 - (1 - LEVEL) / len(read)
    ups = [each for each in read if each.gain(strict).decided and each.gain().value > 0]
    downs = [each for each in read if each.gain(strict).decided and each.gain().value < 0]
    top = max(ups + downs or read, key=lambda each: abs(each.gain().value))
    it = "it" if ups else "the mean over the other languages"
    if len(read) == 1:
        moved = f"{'raised' if ups else 'lowered'} the mean over the other languages{_english(top)}"
        verdict = f"{top.said(called)} {moved if ups or downs else 'shows no gain that can be told from 0'}"
    elif not ups and not downs:
        alone = sum(each.gain().decided for each in read)
        taken = f" ({spelled(alone)} would, taken alone)" if alone else ""
        verdict = (
            f"none of {pairs} has a gain that remains significant after correction for testing all of them{taken}; the "
            f"largest change is {top.said(called)}"
        )
    else:
        moves = [f"raised the mean over the other languages in {spelled(len(ups))}"] * bool(ups)
        moves += [f"lowered {it} in {spelled(len(downs))}"] * bool(downs)
        verdict = (
            f"of {pairs}, the intermediate task {listed(moves)} by more than the uncertainty of all of them together, "
            f"most for {top.said(called)}{_english(top)}"
        )
    return f"{_scope(read)}{verdict}."


def _english(top: Comparison) -> str:
    outcomes = top.condition.outcomes
    if "gain english" not in outcomes or "gain gap" not in outcomes:
        return ""
    english, gap = outcomes["gain english"].estimate(), outcomes["gain gap"].estimate()
    said = f", where English itself changed by {points(english.value, True)}"
    if not gap.decided:
        return f"{said}, so the change may be mastery of the task rather than better transfer"
    return f"{said} and its gap to the others {'grew' if gap.value > 0 else 'shrank'} by {points(abs(gap.value))}"


def _scope(read: Sequence[Comparison]) -> str:
    fewest, most = (pick(each.gain().encoders for each in read) for pick in (min, max))
    if fewest >= ENCODERS_NEEDED:
        return f"Over {count(fewest, 'pretrained encoder')}, "
    if most >= ENCODERS_NEEDED:
        return f"Over {spelled(fewest)} to {count(most, 'pretrained encoder')}, "
    return "For this one encoder, " if fewest == 1 else f"For these {count(fewest, 'encoder')}, "


def _cautions(ledger: Ledger, boards: Sequence[Board], called: Names) -> Iterable[str]:
    if ledger.missing:
        still = "has" if ledger.missing == 1 else "have"
        yield f"{capital(count(ledger.missing, 'evaluation'))} of the study {still} not been done yet."
    read = [c.encoders for board in compared(boards) for c in board.conditions if c.competent is not False]
    encoders = min(read, default=0)
    if 0 < encoders < ENCODERS_NEEDED:
        some = max(read) >= ENCODERS_NEEDED
        has, its = ("some gains rest on", "their") if some else ("this study has", "its")
        yield (
            f"The pretrained encoder is the unit of replication, and {has} only {spelled(encoders)}: {its} intervals "
            f"hold for {'that encoder' if encoders == 1 else 'those encoders'} and say nothing about others."
        )
    failed = [
        f"{called(c.intermediate)} before {called(board.task)}"
        for board in boards for c in board.conditions if c.competent is False
    ]  # fmt: skip
    if failed:
        yield (
            f"{capital(UNLEARNED)} beyond the strongest trivial baseline in {count(len(failed), 'condition')} "
            f"({listed(failed, 4)}); they are shown, marked, and left out of every verdict."
        )
    near = sum(len(c.near_chance - {board.source}) for board in boards for c in board.conditions)
    cells = sum(len(board.others) for board in boards for c in board.conditions)
    if near:
        yield (
            f"{near:,} of {cells:,} zero-shot cells are near chance: they do not clear the strongest trivial baseline "
            "of their language. They are marked ◦ in the tables."
        )
    open_ = sum(
        c.standings[code].verdict == OPEN for board in boards for c in board.conditions for code in board.others
    )
    if open_:
        yield (
            f"{open_:,} of {cells:,} zero-shot cells are not told from the strongest trivial baseline of their "
            "language: their interval, with the spread over runs, holds it."
        )
    out = sorted({language for board in boards for language in board.left_out})
    if out:
        yield f"Not every run has a score in {listed(out, 8)}; these languages are left out of every mean."
    yield from ledger.study.remarks
    yield from _lost(ledger, boards, called)


def _lost(ledger: Ledger, boards: Sequence[Board], called: Names) -> Iterable[str]:
    """Collapsed runs, and intermediate tasks that were not learned."""
    lost = [c for board in boards for c in board.conditions if c.collapsed]
    if lost:
        whole = sum(c.collapsed for c in lost if c.all_collapsed)
        kept = f", except {whole} where every run of a condition did" if whole else ""
        yield (
            f"{capital(count(sum(c.collapsed for c in lost), 'run'))} collapsed (one answer for everything, or a loss "
            f"no better than a blind guess) or followed an intermediate task that did: they are marked, listed, and "
            f"left out of every mean{kept}."
        )
    if unlearned := _unlearned(ledger, called):
        yield (
            f"The intermediate task itself was not learned in {listed(unlearned, 6)}: the loss ended where a blind "
            "guess's does, so the results say nothing about transfer from that task."
        )


def _unlearned(ledger: Ledger, called: Names) -> list[str]:
    """Intermediate tasks whose own training collapsed, with how many of their runs."""
    runs: dict[str, list[bool]] = {}
    for run, record in ledger.records.items():
        label = ledger.labels[run]
        if label.intermediate != NONE and not label.target:
            runs.setdefault(label.intermediate, []).append(bool(record.collapsed))
    return [f"{spelled(sum(of))} of {count(len(of), 'run')} of {called(name)}" for name, of in runs.items() if any(of)]
