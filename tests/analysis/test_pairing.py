"""Outcomes beside divergences: which value meets which."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from isogloss.analysis.outcomes import Outcome, Outcomes
from isogloss.analysis.pairing import heeded, named, table
from isogloss.core.errors import MetricError
from isogloss.stats.intervals import Estimate
from isogloss.store.divergence import CHANGE, Divergence

TASKS, TARGETS, LANGUAGES, COPIES = ("nli", "qa"), ("topics", "names"), ("de", "ru", "sw"), ("0", "1")
ESTIMATE = Estimate(value=0.0, low=0.0, high=0.0, unit="encoders", method="", encoders=2, runs=2)


def outcomes() -> Outcomes:
    """Gains whose value tells where they come from."""
    found = [
        Outcome(
            encoder="own", intermediate=task, target=target, language=language, name="gain", estimate=ESTIMATE,
            values={copy: 0.1 * TASKS.index(task) + 0.01 * LANGUAGES.index(language) for copy in COPIES},
        )
        for task in TASKS for target in TARGETS for language in LANGUAGES
    ]  # fmt: skip
    return Outcomes(rows=tuple(found), left_out=(), pretrained={("own", copy): f"run{copy}" for copy in COPIES})


def far(intermediates: Sequence[str], targets: Sequence[str]) -> list[Divergence]:
    """Divergences that grow from language to language, and a little by the length of the target's name."""
    return [
        Divergence(
            encoder=f"run{copy}", measure="far", family="distributional", direction="distance", version="",
            intermediate=task, target=target, split="test", language=language,
            value=LANGUAGES.index(language) + 0.1 * int(copy) + 0.01 * len(target),
        )
        for copy in COPIES for task in intermediates for target in targets for language in LANGUAGES
    ]  # fmt: skip


def test_a_divergence_of_a_task_meets_every_outcome() -> None:
    """Two copies, two intermediate tasks, two targets, three languages: a row each."""
    every = outcomes()
    made = table(every.rows, every, far(TASKS, TARGETS), ())
    assert len(made.outcome) == 24
    assert set(made.factors) == {"encoder", "intermediate", "target", "language"}


def test_a_divergence_that_knows_no_task_meets_the_mean_over_tasks() -> None:
    """Alignment is the same before any task: a row per copy, target and language, and no intermediate task to count."""
    every = outcomes()
    made = table(every.rows, every, far([""], TARGETS), ())
    assert len(made.outcome) == 12
    assert set(made.factors) == {"encoder", "target", "language"}
    by_language = dict(zip(made.factors["language"], made.outcome, strict=True))
    assert by_language == pytest.approx({"de": 0.05, "ru": 0.06, "sw": 0.07})


def test_what_names_no_target_holds_for_those_without_their_own() -> None:
    """A target's own divergence comes first; the others take the one that is lent."""
    every = outcomes()
    made = table(every.rows, every, [*far([""], [""]), *far([""], ["topics"])], ())
    cells = zip(made.factors["encoder"], made.factors["target"], made.factors["language"], strict=True)
    of = dict(zip(cells, made.divergence, strict=True))
    apart = {copy: of[f"own/{copy}", "topics", "de"] - of[f"own/{copy}", "names", "de"] for copy in COPIES}
    step = of["own/0", "names", "ru"] - of["own/0", "names", "de"]
    assert apart == pytest.approx(dict.fromkeys(COPIES, 0.06 * step))


def test_too_few_rows_are_refused() -> None:
    """Fewer than twelve rows say nothing of four factors."""
    every = outcomes()
    with pytest.raises(MetricError, match="12 are needed"):
        table(every.rows[:2], every, far(TASKS, TARGETS), ())


def test_layers_are_named_only_where_several_are() -> None:
    """A measure at one layer is called by its name; at two, by its name and layer."""
    rows = far([""], [""])
    assert list(named(rows)) == ["far"]
    deeper = [replace(row, layer=layer, pooling="mean") for layer in (1, 2) for row in rows]
    assert list(named(deeper)) == ["far at layer 1, mean", "far at layer 2, mean"]


def test_changes_of_alignment_are_heeded_at_two_layers() -> None:
    """Of 12 layers and the embeddings: 7, which is 14/24 of the depth, and 12; everything else stays as it is."""
    change = replace(far(("nli",), ("",))[0], version=CHANGE, direction="similarity")
    deep = [replace(change, layer=layer) for layer in range(13)]
    plain = far(("nli",), ("names",))
    kept = heeded([*plain, *deep])
    assert [row.layer for row in kept if row.version == CHANGE] == [7, 12]
    assert [row for row in kept if row.version != CHANGE] == plain


def test_lost_alignment_counts_as_farther() -> None:
    """A change of -.2 after one task meets that task's outcomes, in every target, with the sign of a distance."""
    every = outcomes()
    rows = [
        replace(row, version=CHANGE, direction="similarity", layer=12, value=-0.1 * LANGUAGES.index(row.language))
        for row in far(TASKS, ("",))
    ]
    made = table(every.rows, every, rows, ())
    assert len(made.outcome) == 24
    far_of = dict(zip(made.factors["language"], made.divergence.tolist(), strict=True))
    assert far_of["de"] < far_of["ru"] < far_of["sw"]
