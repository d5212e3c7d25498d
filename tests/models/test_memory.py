"""models/memory: what training is said to take is what it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.core.errors import ModelError
from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published
from isogloss.models import packaged
from isogloss.models.memory import Shape, layer_activations, shape_of, training

TARGET = Phase(stage="target", tasks=("t",), steps=1)
LARGE = Shape(vocabulary=250_002, width=1024, layers=24, heads=16, hidden=4096, positions=514)

MEASURED = """
import re, torch
from pathlib import Path
from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture
from isogloss.models.memory import Shape
from transformers import XLMRobertaConfig, XLMRobertaModel

torch.set_num_threads(1)
config = XLMRobertaConfig(vocab_size=4000, hidden_size=256, num_hidden_layers=6, num_attention_heads=4,
                          intermediate_size=1024, max_position_embeddings=130, type_vocab_size=1)
model = XLMRobertaModel(config, add_pooling_layer=False)
model.train()
if {again}:
    model.activation_checkpointing_enable({{"use_reentrant": False}})
optimizer = torch.optim.AdamW(model.parameters(), fused=True)

def step(rows):
    out = model(torch.randint(4, 4000, (rows, 128))).last_hidden_state
    out.square().mean().backward()
    optimizer.step()
    optimizer.zero_grad()

def held():
    # Of this process alone: ru_maxrss would begin with what the process that started this one had taken.
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) * 1024

step(1)  # what the framework takes once
before = held()
step(64)
print(held() - before)
"""


@pytest.mark.parametrize("again", [False, True])
def test_activations_are_as_large_as_the_arithmetic_says(again: bool) -> None:
    """Peak memory of a process grows by the estimate when a batch of 8,192 sub-words is trained, within a fifth."""
    out = subprocess.run(
        [sys.executable, "-c", MEASURED.format(again=again)], capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": "65536"},
    )  # fmt: skip
    shape = Shape(vocabulary=4000, width=256, layers=6, heads=4, hidden=1024, positions=130)
    phase = Phase(stage="target", tasks=("t",), steps=1, gradient_checkpointing=again)
    expected = training(shape, phase, subwords=64 * 128).activations
    assert int(out.stdout) == pytest.approx(expected, rel=0.2)


def test_parameters_are_transformers_count() -> None:
    """XLM-R Large has 559.9 million parameters without its pooler (counted on an empty model)."""
    from accelerate import init_empty_weights
    from transformers import XLMRobertaConfig, XLMRobertaModel

    config = XLMRobertaConfig(
        vocab_size=250_002, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
        max_position_embeddings=514, type_vocab_size=1,
    )  # fmt: skip
    with init_empty_weights():
        model = XLMRobertaModel(config, add_pooling_layer=False)
    assert LARGE.table + LARGE.body == sum(each.numel() for each in model.parameters())


def test_a_layer_keeps_what_korthikanti_counts() -> None:
    """34 bytes per sub-word and unit of width at 2 bytes a number (arXiv 2205.05198, equation 1, without the matrices
    of attention); here 2 more for the copy of its output and 4 for two norms whose inputs autocast keeps in float32."""
    assert layer_activations(LARGE, 128, 1000, half=True) == (34 + 2 + 4) * 1000 * LARGE.width


def test_large_fits_a_16_gb_card() -> None:
    """XLM-R Large, batch 32 of 128 sub-words: too much with every activation kept and the whole table, and 16 GB are
    enough with gradient checkpointing or, trimmed to 50,000 rows, with batches of 8 accumulated."""
    card, batch = 16e9 - 1e9, 32 * 512  # a gigabyte is the driver's, the framework's and fragmentation's
    again = Phase(stage="target", tasks=("t",), steps=1, length=512, gradient_checkpointing=True)
    plain = Phase(stage="target", tasks=("t",), steps=1, length=512)
    assert training(LARGE, plain, subwords=batch, half=True).total > card
    assert training(LARGE, again, subwords=batch, rows=50_000, half=True).total < card
    assert training(LARGE, again, subwords=batch // 4, half=True).total < card
    assert training(LARGE, plain, subwords=batch // 4, rows=50_000, half=True).total < card


def test_what_is_not_trained_takes_no_gradients() -> None:
    """Frozen layers and adapters leave weights; a trimmed table leaves rows out of everything."""
    whole = training(LARGE, TARGET, subwords=1)
    frozen = training(LARGE, Phase(stage="target", tasks=("t",), steps=1, freeze=24), subwords=1)
    adapted = training(LARGE, Phase(stage="target", tasks=("t",), steps=1, adapters=Lora(rank=8)), subwords=1)
    trimmed = training(LARGE, TARGET, subwords=1, rows=30_000)
    assert frozen.gradients < 0.001 * whole.gradients
    assert adapted.weights == whole.weights
    assert adapted.optimizer == 0
    assert whole.optimizer - trimmed.optimizer == 8 * (250_002 - 30_000) * 1024


@pytest.mark.parametrize("name", packaged.names())
def test_a_packaged_shape_is_that_of_its_files(name: str) -> None:
    """It is listed, so that nothing need be installed or made to know it."""
    listed = shape_of(Published(name=name))
    assert listed is not None
    try:
        folder = packaged.located(name)
    except ModelError:
        pytest.skip("its package is not installed")
    assert listed == shape_of(Published(name=folder))


def test_layers_that_share_their_weights_are_counted(tmp_path: Path) -> None:
    """ALBERT's config.json states groups of layers; as many groups as layers are layers of their own."""
    for groups, expected in ((1, 1), (12, 0)):
        config = {
            "vocab_size": 30_000, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
            "num_hidden_groups": groups,
        }  # fmt: skip
        (tmp_path / str(groups)).mkdir()
        (tmp_path / str(groups) / "config.json").write_text(json.dumps(config), "utf-8")
        shape = shape_of(Published(name=str(tmp_path / str(groups))))
        assert shape is not None
        assert shape.groups == expected


def test_a_published_shape_is_read_off_its_folder(tmp_path: Path) -> None:
    """config.json says it; where there is none, nothing is guessed."""
    config = {
        "vocab_size": 250_002, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
        "intermediate_size": 4096, "max_position_embeddings": 514,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    assert shape_of(Published(name=str(tmp_path))) == LARGE
    assert shape_of(Published(name=str(tmp_path / "nowhere"))) is None
    assert shape_of(Published(name="FacebookAI/xlm-roberta-large")) == LARGE
    assert shape_of(Architecture(width=64, layers=3)) is not None
