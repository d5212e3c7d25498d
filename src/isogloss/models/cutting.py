"""Texts → sub-words by a tokenizer's file alone: without transformers, so that it is there at once."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from isogloss.core.errors import ModelError
from isogloss.core.shown import quoted


@lru_cache(maxsize=2)
def cutter(file: Path) -> Callable[[Sequence[str]], tuple[int, int]]:
    """What counts the sub-words of texts as a `tokenizer.json` cuts them, and those among them that it does not know.

    Special tokens are not added, nor seen in a text. The last two stay in memory. Raises ModelError for a damaged file.
    """
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(f"{file}: this tokenizer.json cannot be used ({quoted(str(error))}).") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    model = json.loads(tokenizer.to_str())["model"]
    unknown: Any = model["unk_id"] if "unk_id" in model else tokenizer.token_to_id(model.get("unk_token") or "")

    def count(texts: Sequence[str]) -> tuple[int, int]:
        encoded = [each.ids for each in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        return sum(map(len, encoded)), sum(ids.count(unknown) for ids in encoded)

    return count
