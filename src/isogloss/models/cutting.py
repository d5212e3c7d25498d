"""Words → sub-words by a tokenizer's file alone: without transformers, so that it is there at once."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

from isogloss.core.errors import ModelError
from isogloss.core.shown import quoted


@lru_cache(maxsize=2)
def cutter(file: Path) -> Callable[[Sequence[str]], list[list[str]]]:
    """What cuts words as a `tokenizer.json` says, without special tokens. Raises ModelError for a damaged file.

    The last two stay in memory.
    """
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(f"{file}: this tokenizer.json cannot be used ({quoted(str(error))}).") from error
    return lambda words: [each.tokens for each in tokenizer.encode_batch(list(words), add_special_tokens=False)]
