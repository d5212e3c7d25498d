"""What a store has measured, read study by study."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from isogloss.advice.divergences import distances
from isogloss.advice.files import alignment
from isogloss.advice.measured import cells, planned
from isogloss.core.errors import StoreError
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from study_in_store import build


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two studies of one target; nothing of the second can be read."""
    for name in ("made", "spoilt"):
        made = build(tmp_path / "store", lambda *_: 0.6, targets={"xnli": ("en", "de")}, intermediates=("qa",),
                     encoders=1, name=name)  # fmt: skip
        (encoder,) = (spec.run_id for spec in made.study(name).specs.values() if spec.parent is None)
        far = Divergence(
            encoder=encoder, measure="jaccard", family="lexical", direction="distance", version="", intermediate="qa",
            target="xnli", split="test", language="de", value=0.5,
        )  # fmt: skip
        made.save_divergences(name, "p", [far])
    made.at.study("spoilt").write_text("[")
    for part in made.at.divergences("spoilt").iterdir():
        part.write_bytes(b"spoilt")
    return made


@pytest.mark.parametrize("read", [cells, planned, distances])
def test_a_study_that_cannot_be_read_stops_only_those_who_named_it(
    store: Store, read: Callable[[Store, Sequence[str]], list[object]]
) -> None:
    """Advice from a whole store rests on what can be read; of a study that was asked for, damage is an error."""
    assert read(store, ()) == read(store, ["made"])
    assert len(read(store, ())) > 0
    with pytest.raises(StoreError, match="spoilt"):
        read(store, ["made", "spoilt"])


def test_alignment_is_that_of_the_studies_that_can_be_read(store: Store) -> None:
    """Another study's damage does not stop a page."""
    assert alignment(store, "xnli") == {}
