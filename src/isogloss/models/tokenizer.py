"""Load or train a sub-word tokenizer; its fingerprint; text → ids.

A small encoder's tokenizer follows XLM-R's layout: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, … `<mask>` last,
pairs as `<s> a </s></s> b </s>`. Saved as `tokenizer.json`, it loads in plain transformers.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from isogloss.core.errors import ModelError, UnknownName
from isogloss.core.shown import quoted
from isogloss.core.typing import Int, np
from isogloss.models import pieces

Ids = Int[np.ndarray, "_"]
KINDS = ("unigram", "pieces", "words")
_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]


@dataclass(frozen=True)
class Frame:
    """The special ids around one text or two: prefix a suffix, or prefix a middle b suffix."""

    prefix: tuple[int, ...]
    middle: tuple[int, ...]
    suffix: tuple[int, ...]

    @property
    def cost(self) -> tuple[int, int]:
        """Number of special ids around one text, and around a pair."""
        return len(self.prefix) + len(self.suffix), len(self.prefix) + len(self.middle) + len(self.suffix)

    def wrap(self, first: Ids, second: Ids | None = None) -> tuple[Ids, int]:
        """One input row, and where its second text starts (0 = there is none)."""
        if second is None:
            return np.concatenate([self.prefix, first, self.suffix]).astype(np.int32), 0
        row = np.concatenate([self.prefix, first, self.middle, second, self.suffix]).astype(np.int32)
        return row, len(self.prefix) + len(first) + len(self.middle)


@contextmanager
def no_panic(name: object) -> Iterator[None]:
    """Turn a panic of tokenizers' Rust code, which no `except Exception` catches, into a ModelError."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ModelError(f"{name}: its tokenizer.json cannot be used ({quoted(str(error))}).") from error


class Subwords:
    """A tokenizer as training and evaluation use it: raw ids of many texts at once, and the frame around them."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        if not getattr(tokenizer, "is_fast", False):
            raise ModelError(f"{type(tokenizer).__name__} has no fast form; isogloss needs a tokenizer.json.")
        self.tokenizer = tokenizer
        self.backend: Tokenizer = tokenizer.backend_tokenizer
        self.backend.no_truncation()
        self.backend.no_padding()
        self.frame = _frame(tokenizer)
        self.pad = _special(tokenizer, "pad_token_id")
        self.mask = tokenizer.mask_token_id
        self.unknown = tokenizer.unk_token_id
        self._words: dict[str, Ids] = {}

    def __len__(self) -> int:
        return len(self.tokenizer)

    @property
    def fingerprint(self) -> str:
        """12 hex digits that change when any text could be cut differently."""
        return hashlib.sha256(self.backend.to_str().encode()).hexdigest()[:12]

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """Ids of each text, without special tokens."""
        return [np.asarray(e.ids, dtype=np.int32) for e in self.backend.encode_batch(texts, add_special_tokens=False)]

    def ids_and_offsets(self, texts: Sequence[str]) -> list[tuple[Ids, Int[np.ndarray, "t 2"]]]:
        """Ids of each text and the characters [from, to) that each id covers."""
        found = self.backend.encode_batch(texts, add_special_tokens=False)
        return [(np.asarray(e.ids, dtype=np.int32), np.asarray(e.offsets).reshape(-1, 2)) for e in found]

    def words(self, tokens: Iterable[str]) -> list[Ids]:
        """Ids of each word of a text that is already cut into words; a word never has none (`<unk>` stands in)."""
        tokens = list(tokens)
        fresh = list(dict.fromkeys(token for token in tokens if token not in self._words))
        if fresh:
            encoded = self.backend.encode_batch(
                [[token] for token in fresh], is_pretokenized=True, add_special_tokens=False
            )
            for token, encoding in zip(fresh, encoded, strict=True):
                self._words[token] = np.asarray(encoding.ids or [self.unknown], dtype=np.int32)
        return [self._words[token] for token in tokens]


def train(texts: Iterable[str], *, kind: str, vocabulary: int, positions: int) -> PreTrainedTokenizerFast:
    """A new tokenizer of at most `vocabulary` sub-words, from text."""
    if kind == "unigram":
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(_regex(r"\s+"), " "), normalizers.Strip()]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer: Any = trainers.UnigramTrainer(
            vocab_size=vocabulary - 1, special_tokens=_SPECIALS, unk_token="<unk>", show_progress=False
        )
    elif kind == "pieces":
        return _wrapped(pieces.train(texts, vocabulary, _SPECIALS), positions)
    elif kind == "words":
        tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        trainer = trainers.WordLevelTrainer(vocab_size=vocabulary - 1, special_tokens=_SPECIALS, show_progress=False)
    else:
        raise UnknownName.of("tokenizer", kind, KINDS)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens(["<mask>"])
    return _wrapped(tokenizer, positions)


def _wrapped(tokenizer: Tokenizer, positions: int) -> PreTrainedTokenizerFast:
    """The tokenizer with XLM-R's frame around texts and pairs."""
    ends = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=positions, bos_token="<s>", cls_token="<s>", eos_token="</s>",
        sep_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>",
    )  # fmt: skip


def _frame(tokenizer: PreTrainedTokenizerFast) -> Frame:
    """Read the special ids off an encoded pair, so that every model's own layout is kept."""
    encoding = tokenizer.backend_tokenizer.encode("a", "b", add_special_tokens=True)
    ids, sides = encoding.ids, encoding.sequence_ids
    firsts = [i for i, side in enumerate(sides) if side == 0]
    seconds = [i for i, side in enumerate(sides) if side == 1]
    if not firsts or not seconds:
        raise ModelError("the tokenizer gives no ids for the letters 'a' and 'b'; it cannot be used for text pairs.")
    return Frame(
        prefix=tuple(ids[: firsts[0]]),
        middle=tuple(ids[firsts[-1] + 1 : seconds[0]]),
        suffix=tuple(ids[seconds[-1] + 1 :]),
    )


def _special(tokenizer: PreTrainedTokenizerFast, name: str) -> int:
    value = getattr(tokenizer, name)
    if value is None:
        raise ModelError(f"the tokenizer defines no {name.removesuffix('_id')}; batches cannot be padded without it.")
    return int(value)


def _regex(pattern: str) -> Any:
    from tokenizers import Regex

    return Regex(pattern)
