"""models/packaged: what a reader must know of a packaged encoder stands in studies and model cards."""

from pathlib import Path

from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study
from isogloss.models import packaged
from isogloss.plan.plan import plan
from isogloss.report.page.card import card
from isogloss.store.store import Store


def test_a_plan_and_a_card_say_what_a_packaged_encoder_is(tmp_path: Path) -> None:
    """Of every recipe, whatever it says itself, and of no other encoder; its name is no model of a hub's."""
    lines = "\n".join(f"{n}\t{'travel' if n % 2 else 'health'}\tSentence {n}." for n in range(20))
    path = tmp_path / "sib200" / "eng_Latn" / "train.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(f"index_id\tcategory\ttext\n{lines}\n", "utf-8")
    store = Store(tmp_path / "store")
    for name, expected in (("e5-small-enpt", packaged.told("e5-small-enpt")), ("far/away", ())):
        run = RunSpec(encoder=Published(name=name), phases=(Phase(stage="target", tasks=("sib200",), steps=1),))
        study = Study(name="s", title="s", runs=(run,), notes=("Its own.",))
        made = plan(study, store, tmp_path, lambda task: load("tasks", task)).study
        assert made.notes == (*expected, "Its own.")
        text = card(store, run, "sib200", "")
        assert ("4-bit weights" in text) == bool(expected)
        assert ("base_model" in text) != bool(expected)
    assert "4-bit weights" in packaged.told("e5-small-enpt")[0]
