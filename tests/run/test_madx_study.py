"""A study with MAD-X's adapters, from the command line: run, verified, trained again, and swept."""

import json
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.store.store import Store

RECIPE = """
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

def grid(encoder: str = "") -> Study:
    start = RunSpec(encoder=Published(name=encoder))
    spoken = Phase(stage="intermediate", tasks=("world_text",), languages=("en", "x3"), first=20, steps=4, batch=4,
                   adapters=Bottleneck(width=8, per_language=True, invertible=True))
    stacked = Phase(stage="target", tasks=("world_nli",), limit=40, steps=4, batch=4, adapters=Bottleneck(width=4))
    runs = [start.then(stacked), start.then(spoken).then(stacked)]
    return Study(name="spoken", title="Spoken", runs=tuple(runs), evaluations=tuple(
        Evaluation(run=run, task="world_nli", languages=("en", "x3"), limit=8) for run in runs))
"""


def test_a_study_of_adapters_is_run_verified_trained_again_and_swept(
    xlmr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every verb that looks after a store knows them: nothing is amiss, what is trained again is the same to the bit,
    and gc keeps the languages' adapters for as long as a task's rest on them."""
    recipe, store = tmp_path / "spoken.py", str(tmp_path / "store")
    recipe.write_text(RECIPE)
    run = ["run", str(recipe), "--encoder", str(xlmr), "--store", store, "--workers", "1", "--quiet"]
    assert main(run) == 0
    assert main(["verify-store", "--store", store]) == 0
    opened = Store(tmp_path / "store")
    specs = {name: opened.spec(name) for name in opened.runs()}
    (spoken,) = (name for name, spec in specs.items() if spec.phases and spec.phases[-1].per_language)
    (stacked,) = (name for name, spec in specs.items() if spec.parent and spec.parent.run_id == spoken)
    for name in (spoken, stacked):
        assert main(["rerun", name, "--store", store, "--recipe", str(recipe), "--check"]) == 0
    capsys.readouterr()
    assert main(["why", stacked, "--store", store]) == 0
    assert "bottleneck 4" in capsys.readouterr().out
    assert main(["gc", "--parents", "--dry-run", "--json", "--store", store]) == 0
    names = {item["name"] for item in json.loads(capsys.readouterr().out)["items"]}
    assert names >= {stacked}
    damaged = opened.at.run(spoken) / "encoder" / "language-x3.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    assert main(["verify-store", "--store", store]) == 1
    assert "language-x3" in capsys.readouterr().out
