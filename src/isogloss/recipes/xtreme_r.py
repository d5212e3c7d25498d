"""The grid of Phang et al. 2020 on the targets of XTREME-R (Ruder et al. 2021)."""

from isogloss.analysis.aggregate import XTREME_R
from isogloss.core.spec import Study
from isogloss.recipes._benchmark import Choices, study


def grid(
    encoder: str = "xlm-roberta-large",
    revision: str = "",
    seeds: int = 3,
    shrink: int = 0,
    intermediates: tuple[str, ...] = (),
    targets: tuple[str, ...] = (),
    multitask: bool = True,
    mlm: float = 0.2,
    translate: tuple[str, ...] = ("es", "ca"),
    at_once: int = 8,
    gradient_checkpointing: bool = False,
    fresh_heads: bool = False,
    checkpoints: int = 5,
) -> Study:
    """Nine intermediates, all at once, each beside multilingual MLM, and translated; before every target; per seed.

    `encoder` is a hub name (`revision` pins it), a folder, or "small": our own, made from text. `shrink` cuts every
    training set and test to so many examples. `intermediates` and `targets` choose some. `mlm` is its share of the
    steps, 0 without; `translate` the languages that intermediate tasks are translated into. A step takes `at_once`
    examples of its batch at a time, so that a large encoder fits a card of 16 GB. `fresh_heads` begins SQuAD's and
    MultiNLI's heads anew. Of `checkpoints` per target run, the best on English dev is tested.
    """
    asked = Choices(
        encoder=encoder, revision=revision, seeds=seeds, shrink=shrink, intermediates=intermediates, targets=targets,
        multitask=multitask, mlm=mlm, translate=translate, at_once=at_once,
        gradient_checkpointing=gradient_checkpointing, fresh_heads=fresh_heads, checkpoints=checkpoints,
    )  # fmt: skip
    return study("xtreme_r", "English intermediate-task training on XTREME-R", XTREME_R, asked)
