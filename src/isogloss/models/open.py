"""Open the encoder of a run: its own, whole or as adapters, or the published one that it is."""

from pathlib import Path

from isogloss.core.errors import SpecError
from isogloss.core.spec import Published, RunSpec
from isogloss.models.encoder import Encoder, load
from isogloss.store.layout import Weights


def encoder_of(spec: RunSpec, folder: Path | None) -> Encoder:
    """The encoder of a finished run, or a published one as it is."""
    if folder is not None:
        return load(Weights(folder).encoder)
    if isinstance(spec.encoder, Published) and not spec.phases:
        return load(spec.encoder.name, spec.encoder.revision)
    raise SpecError(f"run {spec.run_id} is not there to be tested; run its study first.")
