"""Which script a text is in, by Unicode's blocks."""

from collections.abc import Iterable
from functools import cache

from isogloss.core.typing import Int, np

BLOCKS = {
    "Latn": "41-5A 61-7A C0-D6 D8-F6 F8-2AF 1E00-1EFF 2C60-2C7F A720-A7FF FF21-FF3A FF41-FF5A",
    "Grek": "370-3FF 1F00-1FFF",
    "Cyrl": "400-52F 1C80-1C8F A640-A69F",
    "Armn": "530-58F",
    "Hebr": "590-5FF FB1D-FB4F",
    "Arab": "600-6FF 750-77F 8A0-8FF FB50-FDFF FE70-FEFF",
    "Deva": "900-97F A8E0-A8FF",
    "Beng": "980-9FF",
    "Guru": "A00-A7F",
    "Gujr": "A80-AFF",
    "Syrc": "700-74F 860-86F",
    "Orya": "B00-B7F",
    "Taml": "B80-BFF",
    "Telu": "C00-C7F",
    "Knda": "C80-CFF",
    "Mlym": "D00-D7F",
    "Sinh": "D80-DFF",
    "Thai": "E00-E7F",
    "Laoo": "E80-EFF",
    "Mymr": "1000-109F A9E0-A9FF AA60-AA7F",
    "Geor": "10A0-10FF 1C90-1CBF 2D00-2D2F",
    "Ethi": "1200-139F 2D80-2DDF AB00-AB2F",
    "Khmr": "1780-17FF",
    "Hang": "1100-11FF 3130-318F AC00-D7AF",
    "Kana": "3040-30FF 31F0-31FF FF66-FF9F",
    "Hani": "3400-4DBF 4E00-9FFF F900-FAFF 20000-3134F",
}
MIXED = {"Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
"""ISO 15924 codes of writing systems that are one or more blocks' scripts together."""
NAMES = tuple(BLOCKS)


def letters(texts: Iterable[str]) -> dict[str, int]:
    """Script → how many letters of it the texts have; what is in no block above (digits, marks) is not counted."""
    starts, ends, owners = _table()
    points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    place = np.searchsorted(starts, points, side="right") - 1
    inside = (place >= 0) & (points <= ends[place])
    counts = np.bincount(owners[place[inside]], minlength=len(NAMES))
    return {name: int(count) for name, count in zip(NAMES, counts, strict=True) if count}


def share(counts: dict[str, int], script: str) -> float:
    """The share of letters that belong to a writing system, such as Jpan. There must be some letters."""
    return sum(counts.get(name, 0) for name in MIXED.get(script, (script,))) / sum(counts.values())


@cache
def _table() -> "tuple[Int[np.ndarray, 'n'], Int[np.ndarray, 'n'], Int[np.ndarray, 'n']]":
    rows = sorted(
        (*(int(edge, 16) for edge in block.split("-")), NAMES.index(name))
        for name, blocks in BLOCKS.items()
        for block in blocks.split()
    )
    starts, ends, owners = (np.array(column) for column in zip(*rows, strict=True))
    return starts, ends, owners
