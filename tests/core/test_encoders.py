"""Which encoder a name stands for, and the settings that fit it."""

from isogloss.core import encoders
from isogloss.core.phase import Phase
from isogloss.core.spec import Published
from isogloss.recipes import mini


def test_small_is_built_from_text_and_any_other_name_is_published() -> None:
    """An aligned start, then masked language modelling on the same text, in the languages that were asked for."""
    assert encoders.named("xlm-roberta-base", languages=("en", "de"), seed=3).encoder == Published(
        name="xlm-roberta-base"
    )
    run = encoders.named("small", languages=("en", "de"), text=("ntrex",), without=("my_task/test",), seed=3)
    start, modelling = run.phases
    assert (start.start, start.steps, modelling.start) == ("aligned", 0, "random")
    assert modelling.steps > 0
    for phase in run.phases:
        assert (phase.tasks, phase.languages, phase.without, phase.seed) == (
            ("ntrex",), ("en", "de"), ("my_task/test",), 3,
        )  # fmt: skip


def test_the_small_encoder_of_mini_is_the_run_it_always_was() -> None:
    """Its id, noted before the settings moved here: stores hold hours of computing under it."""
    assert [mini.own(seed).run_id for seed in (0, 1)] == ["23def30d7d7b", "2abe42bfe093"]


def test_the_settings_are_a_phases_own() -> None:
    """A published encoder is tuned at the paper's rate; the small one's vectors are held and words weighed."""
    phases = {name: Phase(stage="target", tasks=("t",), epochs=1, **encoders.tuning(name)) for name in ("small", "any")}
    assert phases["any"].lr == 1e-5
    assert (phases["small"].optimizer.embedding_lr, phases["small"].pooling) == (0.0, "idf")
