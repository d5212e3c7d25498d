"""Which published encoders begin masked language modelling beside a task without the head they were pretrained with."""

from collections.abc import Iterable
from pathlib import Path

from isogloss.core.spec import Published, RunSpec
from isogloss.models import hub
from isogloss.models.masked import found
from isogloss.models.place import place


def fresh(specs: Iterable[RunSpec]) -> list[str]:
    """A sentence for each of their encoders; of a hub's that is not on this disk, nothing is known yet."""
    asked = dict.fromkeys(spec.encoder for spec in specs if _begins(spec))
    return [said for encoder in asked if isinstance(encoder, Published) and (said := _said(encoder))]


def _begins(spec: RunSpec) -> bool:
    """Whether text is learned beside the last phase's task, and no phase right before has left a head for it."""
    *_, before, last = (None, None, *spec.phases)
    return bool(last and last.text and not (before and (before.stage == "pretrain" or before.text)))


def _said(encoder: Published) -> str:
    folder = Path(place(encoder)).expanduser()
    if not folder.is_dir():
        config = hub.cached(encoder.name, encoder.revision)
        if config is None:
            return ""
        folder = config.parent
    why = found(str(folder)).why
    return f"Text beside a task begins with a fresh language-model head on {encoder.title}: {why}." if why else ""
