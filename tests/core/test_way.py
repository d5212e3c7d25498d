"""What tells one way of testing from another, and the one that stands for all."""

import ast
import re
from pathlib import Path

import pytest

import isogloss
from isogloss.core.way import Way, ordered, reference_layer, standing

# As stores of the first versions hold them; today's tests print the same.
WRITTEN = (
    "",
    "layer=1 pooling=mean centred=yes margin=cosine direction=xx-en",
    "layer=0 pooling=idf centred=no margin=ratio threshold=best",
    "layer=12 pooling=first centred=no margin=ratio threshold=dev",
    "weights=oracle",
    "weights=best layer=7 pooling=mean centred=no margin=cosine",
    "perturbed=typos:0.1",
    "perturbed=words:0.3:panx weights=mean",
    "part=Vocabulary/comparison",
    "weights=best part=Rare words, and = signs",
)


@pytest.mark.parametrize("variant", WRITTEN)
def test_what_a_store_holds_is_read_and_printed_alike(variant: str) -> None:
    """Not a letter changes, so old stores open and new ones are read by old versions."""
    assert str(Way.parse(variant)) == variant


def test_words_of_another_version_still_tell_ways_apart() -> None:
    """An unknown setting, a value that is none, and a setting said twice are kept as they are."""
    variant = "layer=two whitened=yes centred=maybe"
    assert Way.parse(variant) != Way.parse("layer=two whitened=no centred=maybe")
    assert Way.parse(variant).layer is None
    assert str(Way.parse(variant)) == variant
    assert Way.parse("pooling=mean pooling=first").rest == ("pooling=first",)


@pytest.mark.parametrize(("layers", "layer"), [(24, 14), (12, 7), (2, 1)])
def test_the_layer_is_the_papers_at_any_depth(layers: int, layer: int) -> None:
    """Hidden layer 14 of 24 (jiant's xtreme_runconfig_writer.py), and the same share of other depths."""
    assert reference_layer(layers) == layer


def sweep(layers: int, poolings: tuple[str, ...] = ("first", "idf", "mean")) -> list[Way]:
    return [
        Way(layer=layer, pooling=pooling, centred=centred, margin=margin, direction=direction)
        for layer in range(layers + 1)
        for pooling in poolings
        for centred in (True, False)
        for margin in ("ratio", "cosine")
        for direction in ("xx-en", "en-xx")
    ]


def test_retrieval_stands_as_the_paper_reads_it() -> None:
    """Mean of layer 14 of 24, raw, nearest by cosine (Phang et al. 2020), English asks (XTREME's utils_retrieve.py)."""
    assert str(standing(sweep(24))) == "layer=14 pooling=mean centred=no margin=cosine direction=en-xx"


def test_what_was_not_tried_cannot_stand() -> None:
    """Mining has the ratio margin alone, and where memory allowed one layer alone it is that one."""
    mined = [
        Way(layer=layer, pooling="mean", centred=centred, margin="ratio")
        for layer in (1, 2)
        for centred in (True, False)
    ]
    assert (standing(mined).layer, standing(mined).centred) == (1, False)
    assert standing(Way(layer=14, pooling="idf", centred=centred) for centred in (True, False)).centred is False


def test_weights_chosen_on_english_dev_stand_and_a_peek_never_before_others() -> None:
    """Best on English dev, then the last, then their mean; perturbed tests, parts and the oracle come after all."""
    ways = [Way(weights=name) for name in ("oracle", "mean", "", "best")]
    ways += [Way(perturbed="typos:0.1", weights="best"), Way(part="Vocabulary")]
    assert [str(way) for way in ordered(ways)[:3]] == ["weights=best", "", "weights=mean"]
    assert [way.aside for way in ordered(ways)] == [False] * 3 + [True] * 3


def test_the_order_of_what_was_tried_does_not_matter() -> None:
    """Two stores that hold the same scores in another order speak of the same one."""
    ways = sweep(3)
    assert ordered(ways) == ordered(reversed(ways))


WORD = re.compile(r"\b(layer|pooling|centred|margin|direction|weights|perturbed|part|threshold)=(?![\"'])")


def test_nobody_else_takes_a_variant_apart_or_glues_one() -> None:
    """`score.variant` is compared and passed on whole, or read through `Way`; what is written is a printed `Way`."""
    root = Path(isogloss.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path == root / "core" / "way.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                assert not WORD.search(node.value), f"{where}: a variant's word in a text"
            if isinstance(node, ast.keyword) and node.arg == "variant":
                assert not isinstance(node.value, ast.JoinedStr | ast.BinOp | ast.Constant), where
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Attribute) and child.attr == "variant":
                    assert not isinstance(node, ast.Attribute | ast.Subscript | ast.BinOp | ast.FormattedValue), where
                    inside = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn)
                    assert not inside or child is node.left, where  # type: ignore[attr-defined]
