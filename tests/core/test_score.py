"""A score carries where it comes from."""

from isogloss.core.score import Score

SCORE = Score(
    run="0123456789ab", task="xnli", split="test", language="sw", metric="accuracy", value=0.5, n=1200,
    data="aaaa", tokenizer="bbbb", version="0.1.0",
)  # fmt: skip


def test_the_signature_names_everything_but_the_value() -> None:
    """One line, parts joined by bars."""
    assert SCORE.signature == (
        "run:0123456789ab|task:xnli|split:test|lang:sw|metric:accuracy|n:1200|data:aaaa|tok:bbbb|version:0.1.0"
    )


def test_a_variant_stands_in_the_signature() -> None:
    """Its settings become parts of their own."""
    import dataclasses

    shown = dataclasses.replace(SCORE, variant="layer=7 pooling=mean").signature
    assert "|layer=7|pooling=mean|version:0.1.0" in shown


def test_json_and_back() -> None:
    """The plain values make the same score."""
    assert Score(**SCORE.plain()) == SCORE
