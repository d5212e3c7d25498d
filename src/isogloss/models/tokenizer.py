"""Load or train a sub-word tokenizer; its fingerprint; text → ids.

A small encoder's tokenizer follows XLM-R's layout: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, … `<mask>` last,
pairs as `<s> a </s></s> b </s>`. Saved as `tokenizer.json`, it loads in plain transformers.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tokenizers import Encoding, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from isogloss.core.errors import ModelError, UnknownName
from isogloss.core.shown import quoted
from isogloss.core.texts import is_mark
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
    marked: bool = True
    """Whether the tokenizer gives the second text of a pair another segment than the first."""

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
        self.backend.encode_special_tokens = True  # "</s>" inside a text is four characters, not the end of it
        self.frame = _frame(tokenizer)
        self.pad = _special(tokenizer, "pad_token_id")
        self.mask = tokenizer.mask_token_id
        self.unknown = tokenizer.unk_token_id
        self.rows = max(self.backend.get_vocab(with_added_tokens=True).values()) + 1
        """Rows that a table of sub-word vectors needs: one more than the highest id."""
        self._reserved = np.zeros(self.rows, dtype=bool)
        self._reserved[[i for i in tokenizer.all_special_ids if i != self.unknown]] = True
        self._spaced = _spaced(self.backend)
        self._words: dict[tuple[str, bool], Ids] = {}

    def __len__(self) -> int:
        return len(self.tokenizer)

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits that change when any text could be cut differently."""
        return hashlib.sha256(self.backend.to_str().encode()).hexdigest()[:12]

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """Ids of each text, without special tokens."""
        return [np.asarray(found.ids, dtype=np.int32) for found in self._encoded(texts)]

    def ids_and_offsets(self, texts: Sequence[str]) -> list[tuple[Ids, Int[np.ndarray, "t 2"]]]:
        """Ids of each text and the characters [from, to) that each id covers, combining marks included."""
        return [
            (np.asarray(found.ids, dtype=np.int32), with_marks(text, np.asarray(found.offsets).reshape(-1, 2)))
            for text, found in zip(texts, self._encoded(texts), strict=True)
        ]

    def words(self, tokens: Iterable[str]) -> list[Ids]:
        """Ids of each word of a text that is already cut into words; a word never has none.

        Every word but the first has a space before it, as in the running text: byte-level tokenizers cut it otherwise
        without.
        """
        keys = [(token, self._spaced and place > 0) for place, token in enumerate(tokens)]
        fresh = list(dict.fromkeys(key for key in keys if key not in self._words))
        if fresh:
            texts: Any = [[token] for token, _ in fresh]
            if self._spaced:
                texts = [f"a {token}" if space else token for token, space in fresh]
            for key, encoding in zip(fresh, self._encoded(texts), strict=True):
                ids = _second(encoding) if key[1] else encoding.ids
                self._words[key] = np.asarray(ids or [self._stand_in], dtype=np.int32)
        return [self._words[key] for key in keys]

    @property
    def _stand_in(self) -> int:
        """What a word gets that leaves nothing, such as a control character: `<unk>`, where there is one."""
        return int(next(each for each in (self.unknown, self.mask, self.pad) if each is not None))

    def _encoded(self, texts: Sequence[str] | Sequence[list[str]]) -> list[Encoding]:
        """Texts, or lists of words, without special tokens around them and with none inside."""
        split = bool(texts) and not isinstance(texts[0], str)
        found = list(self.backend.encode_batch(texts, is_pretokenized=split, add_special_tokens=False))
        for place, encoding in enumerate(found):
            if self._reserved[encoding.ids].any():  # a vocabulary may hold "</s>" as a piece like any other
                found[place] = self._unreserved.encode(texts[place], is_pretokenized=split, add_special_tokens=False)
        return found

    @cached_property
    def _unreserved(self) -> Tokenizer:
        """The same tokenizer with its special pieces out of reach of any text."""
        state = json.loads(self.backend.to_str())
        state["added_tokens"] = [token for token in state["added_tokens"] if not token["special"]]
        state["post_processor"] = None
        vocabulary = state["model"]["vocab"]
        if isinstance(vocabulary, dict):
            hidden = {piece for piece, number in vocabulary.items() if self._reserved[number]}
            state["model"]["vocab"] = {_hidden(p) if p in hidden else p: number for p, number in vocabulary.items()}
        else:  # Unigram: a list of pieces with their scores, by id
            state["model"]["vocab"] = [
                [_hidden(piece) if self._reserved[number] else piece, score]
                for number, (piece, score) in enumerate(vocabulary)
            ]
        return Tokenizer.from_str(json.dumps(state))


def with_marks(text: str, offsets: Int[np.ndarray, "t 2"]) -> Int[np.ndarray, "t 2"]:
    """Ranges of characters extended over the combining marks after them that no range covers.

    A tokenizer that composes letters reports the letter alone. Marks, the vowels and finals of decomposed Hangul, and
    the joiner that ends words of Bengali and Malayalam belong to the character before (Unicode, grapheme clusters).
    """
    if text.isascii() or not len(offsets):
        return offsets
    edges = np.zeros(len(text) + 1, dtype=np.int64)
    np.add.at(edges, offsets[:, 0], 1)
    np.add.at(edges, offsets[:, 1], -1)
    bare = [
        place for place in np.flatnonzero(edges.cumsum()[:-1] == 0) if text[place] == "\u200d" or is_mark(text[place])
    ]
    if not bare:
        return offsets
    offsets = offsets.copy()
    for place in bare:
        offsets[(offsets[:, 1] == place) & (offsets[:, 0] < place), 1] = place + 1
    return offsets


def _hidden(piece: str) -> str:
    """A name for a special piece that no text can spell: it holds a character that is none."""
    return f"\ufdd0{piece}\ufdd0"


def _spaced(backend: Tokenizer) -> bool:
    """Whether a word in running text is cut differently than alone: byte-level tokenizers mark it by its space."""
    alone = backend.encode(["a"], is_pretokenized=True, add_special_tokens=False).ids
    running = backend.encode("a a", add_special_tokens=False)
    return running.ids != alone + alone and running.ids == alone + _second(running)


def _second(encoding: Encoding) -> list[int]:
    """The ids of the second word of "a …", with the space before it: a normalizer may strip a space that begins a
    text."""
    return [each for each, (begin, end) in zip(encoding.ids, encoding.offsets, strict=True) if begin > 0 or end > 2]


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
        marked=encoding.type_ids[seconds[0]] != encoding.type_ids[firsts[0]],
    )


def _special(tokenizer: PreTrainedTokenizerFast, name: str) -> int:
    value = getattr(tokenizer, name)
    if value is None:
        raise ModelError(f"the tokenizer defines no {name.removesuffix('_id')}; batches cannot be padded without it.")
    return int(value)


def _regex(pattern: str) -> Any:
    from tokenizers import Regex

    return Regex(pattern)
