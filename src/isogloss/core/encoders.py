"""Which encoder a study starts from: a published one by its name, or "small", our own, built from text in minutes.

The small one is of XLM-R's architecture, 13 million parameters at most. It begins with sub-word vectors that parallel
text has aligned across languages, and is then trained a little by masked language modelling with those vectors held.
It knows nothing of the world: it shows what transfers by words alone, and that a study is set up right.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.names import LONGEST
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec, as_name

SMALL = "small"
SENTENCES = ("e5-small", "e5-small-enpt", "minilm")
"""Encoders of sentences that come in packages."""
ARCHITECTURE = Architecture(
    vocabulary=28000, tokenizer="pieces", width=384, layers=2, heads=6, hidden=512, positions=256,
    activation="gelu", dropout=0.1,
)  # fmt: skip
MODELLING: dict[str, Any] = {
    "first": 150, "steps": 250, "tokens": 1024, "lr": 5e-4, "optimizer": Optimizer(embedding_lr=0.0, body_lr=0.25),
    "length": 64,
}  # fmt: skip
"""The vectors are held and the body moves slowly: at full rate the upper layers lose a third of Tatoeba."""


def named(
    name: str | Path,
    *,
    languages: tuple[str, ...] = (),
    text: tuple[str, ...] = ("ntrex", "udhr"),
    without: tuple[str, ...] = (),
    seed: int = 0,
) -> RunSpec:
    """The encoder of this name, as the run that a study's runs go on from.

    Args:
        name: a hub name, a folder (a path is always one), or "small"; all that follows is for the small one alone
        languages: what it reads, English among them; empty = every language that the text has here
        text: text tasks it is built from, at least one of them parallel; `isogloss tasks ntrex --fetch` gets one
        without: tests whose sentences are taken out of that text first, as "task/split"
        seed: two small encoders of other seeds are two encoders: the unit of replication

    Returns:
        a run without fine-tuning; `.then(phase)` adds to it

    Examples:
        >>> import isogloss
        >>> isogloss.encoder("xlm-roberta-base").encoder.name
        'xlm-roberta-base'
        >>> small = isogloss.encoder("small", languages=("en", "de"), seed=1)
        >>> [phase.start for phase in small.phases]
        ['aligned', 'random']
    """
    if name != SMALL:
        return published(name)
    shared: dict[str, Any] = {"stage": "pretrain", "languages": languages, "without": without, "tasks": text}
    start = Phase(**shared, start="aligned", seed=seed)
    return RunSpec(encoder=ARCHITECTURE, phases=(start, Phase(**shared, **MODELLING, seed=seed)))


def published(name: str | Path) -> RunSpec:
    """The published encoder of this name, as it is. Raises SpecError for "small"."""
    if name == SMALL:
        raise SpecError(
            f"encoder={SMALL}: this study starts from a published encoder: e5-small or another that `isogloss "
            f"encoders` lists, a hub name or a folder. mini, phang2020 and xtreme_r build '{SMALL}' themselves."
        )
    return RunSpec(encoder=Published(name=as_name(name)))


def meant(name: str) -> str:
    """A question after the encoder of ours that a name is a slip of; empty for a name that may well be a hub's.

    Hubs have names without an owner, such as "xlm-roberta-base" and "t5-small": a slip begins as what was meant does.
    """
    ours = [each for each in (SMALL, *SENTENCES) if each[0] == name[:1].lower()]
    near = [] if "/" in name else get_close_matches(name.lower(), ours, n=1, cutoff=0.8)
    return f" Did you mean '{near[0]}'?" if near and near[0] != name else ""


def study_name(study: str, encoder: str) -> str:
    """The name of a study of another encoder than its usual one: with the last part of the encoder's."""
    last = Path(encoder).expanduser().resolve().name if encoder.startswith((".", "~")) else Path(encoder).name
    kept = (letter if letter.isalnum() or letter in "-_." else "-" for letter in last)
    return f"{study}-{''.join(kept)}"[:LONGEST]


def tuning(name: str | Path) -> dict[str, Any]:
    """Settings of a Phase that fit this encoder: a published one moves slowly, the small one's vectors are held.

    Learning rates are those of the paper's code for XLM-R, of the study `mini` for the small encoder, and of `real` for
    encoders of sentences, which are narrow and were trained to be read by their mean.

    Args:
        name: as in `encoder`

    Returns:
        fields of `Phase`

    Examples:
        >>> import isogloss
        >>> isogloss.tuning("xlm-roberta-base")
        {'lr': 1e-05}
        >>> nli = isogloss.Phase(stage="intermediate", tasks=("mnli",), epochs=2, **isogloss.tuning("e5-small"))
        >>> nli.pooling
        'mean'
    """
    if name in SENTENCES:
        return {"lr": 1e-4, "pooling": "mean", "batch": 16}
    if name != SMALL:
        return {"lr": 1e-5}
    return {"lr": 5e-4, "optimizer": Optimizer(embedding_lr=0.0), "pooling": "idf", "batch": 16}
