"""Whether a model's config.json describes the weights beside it, by the heads of their files: nothing of them is read.

Loading would find out as well, but a plan comes before hours of baselines, and it loads nothing. Only what holds for
every family is asked: weights carry along heads and poolers, and what they are called is each family's own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import ModelError
from isogloss.models.files import BASE, CONFIG, read_json, weights
from isogloss.models.memory import number
from isogloss.models.sizes import shapes

_NUMBERED = re.compile(r"(.*?)\.(\d+)\.")
Shapes = Mapping[str, Sequence[int]]


def check(folder: Path) -> None:
    """Raise ModelError where weights have another number of layers, sub-word vectors or units than config.json says.

    Our own adapters and changed rows have no configuration of their own.
    """
    if (folder / BASE).is_file():
        return
    config = folder / CONFIG
    there = {name: shape for path in weights(folder) for name, shape in shapes(path).items()}
    if why := strange(read_json(config), there):
        raise ModelError(
            f"{config}: {why}. The checkpoint is not whole or config.json is not its own; put there what belongs "
            "together."
        )


def strange(config: Mapping[str, Any], there: Shapes) -> str:
    """What config.json says and the weights do not have; nothing where they agree, or where it is not said."""
    rows, width, layers = (number(config, name) for name in ("vocabulary", "width", "layers"))
    tables = {tuple(shape) for shape in there.values() if len(shape) == 2}
    if rows is not None and not any(rows == tall for tall, _ in tables):
        most = max((tall for tall, _ in tables), default=0)
        return f"it says {rows:,} sub-word vectors, and no table of the weights has as many (the longest: {most:,})"
    across = {wide for tall, wide in tables if tall == rows}
    if width is not None and across and width not in across and not _leads(across, width, there):
        return f"it says a width of {width:,}, and the weights' sub-word vectors have {min(across):,}"
    groups = number(config, "groups")  # of layers that share their weights
    stated = layers if layers is None or groups is None else min(layers, groups)
    found = depth(there)
    if stated is not None and found and found != stated:
        return f"it says {stated} layers, and the weights have {found}"
    return ""


def _leads(narrow: Iterable[int], width: int, there: Shapes) -> bool:
    """Whether a matrix leads from sub-word vectors of another width to states of this one, which then have biases.

    Within a layer other matrices may have that shape. MobileBERT's takes three vectors at once.
    """
    shapes = [tuple(shape) for name, shape in there.items() if not _NUMBERED.match(name)]
    others = [sum(shape) - width for shape in shapes if len(shape) == 2 and width in shape]
    return (width,) in shapes and any(not other % each for other in others for each in narrow)


def depth(there: Iterable[str]) -> int:
    """How many layers weights of these names have: those of the stack with the most weights; 0 where none is numbered.

    A name's first number is its layer's, in every family; a head may number its parts, too, which are fewer.
    """
    layers: dict[str, set[int]] = defaultdict(set)
    weights: Counter[str] = Counter()
    for name in there:
        if found := _NUMBERED.match(name):
            layers[found[1]].add(int(found[2]))
            weights[found[1]] += 1
    return len(layers[weights.most_common(1)[0][0]]) if weights else 0
