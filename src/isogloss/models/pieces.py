"""A Unigram tokenizer for many languages in about a minute: BPE proposes the sub-words, hard EM scores them.

The trainer of `tokenizers` needs many times as long on text of fifty languages. Words are cut at white space and
punctuation first, digits stand alone; every word begins with "▁".
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SPARE = 1.25
"""So many times the vocabulary is proposed."""
LONGEST = 12
"""Characters of a sub-word."""
RAREST = 3
CHARACTERS = 3500
"""Characters in BPE's alphabet, at most."""


def train(texts: Iterable[str], vocabulary: int, specials: Sequence[str]) -> Tokenizer:
    """A tokenizer of at most `vocabulary` sub-words, `specials` first and `<mask>` last."""
    texts = list(texts)
    proposed = _dressed(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=int(vocabulary * SPARE), max_token_length=LONGEST, min_frequency=RAREST,
        limit_alphabet=CHARACTERS, show_progress=False,
    )  # fmt: skip
    proposed.train_from_iterator(texts, trainer)
    words: Counter[str] = Counter()
    for text in texts:
        normal = proposed.normalizer.normalize_str(text)
        words.update(word for word, _ in proposed.pre_tokenizer.pre_tokenize_str(normal))
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    single = {character for character, count in characters.items() if count >= RAREST}
    single |= {piece for piece in proposed.get_vocab() if len(piece) == 1}
    longer = {piece for piece in proposed.get_vocab() if len(piece) > 1}
    counts = _counts(proposed, words)
    counts = _counts(_scored(single | longer, counts, specials), words)
    room = max(0, vocabulary - len(specials) - 1 - len(single))
    kept = sorted(longer, key=lambda piece: (-counts[piece], piece))[:room]
    return _scored(single | set(kept), counts, specials)


def _dressed(model: models.Model) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Metaspace(prepend_scheme="always"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def _scored(pieces: set[str], counts: Counter[str], specials: Sequence[str]) -> Tokenizer:
    """Unigram over `pieces`: each one's log-probability, from how often the tokenizer before this one used it."""
    total = math.log(sum(counts.values()) + 0.1 * len(pieces))
    ordered = sorted(pieces, key=lambda piece: (-counts[piece], piece))
    table = [(name, 0.0) for name in specials] + [(piece, math.log(counts[piece] + 0.1) - total) for piece in ordered]
    tokenizer = _dressed(models.Unigram([*table, ("<mask>", 0.0)], unk_id=specials.index("<unk>")))
    tokenizer.add_special_tokens([*specials, "<mask>"])
    return tokenizer


def _counts(tokenizer: Tokenizer, words: Counter[str]) -> Counter[str]:
    """How often a tokenizer uses each piece. Words carry the "▁" that it would add itself."""
    counts: Counter[str] = Counter()
    encoded = tokenizer.encode_batch([word.removeprefix("▁") for word in words], add_special_tokens=False)
    for encoding, count in zip(encoded, words.values(), strict=True):
        for piece in encoding.tokens:
            counts[piece] += count
    return counts
