"""Real or fake: is this an English sentence, or one made up? A control without content (after Chang & Lu 2021).

    text   the on ferry morning left in the late
    label  fake

Made from any English text: the lines of Wikipedia text (../text). Every other sentence is faked, by shuffling its words
or by replacing half of them with words drawn from the whole text as often as they occur there, by turns. Sentences of
fewer than four words, or that come out of the shuffling unchanged, are left out. Every twentieth sentence is dev.
Chang & Lu let a language model write the fakes; these need none and are easier.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.seeds import rng
from isogloss.core.task import Source, Task
from isogloss.tasks import wiki

KEY = "real_or_fake"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The English text, whole."""
    del split  # dev is cut out of the same text
    return wiki.places(folder, "train", language)


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """Train or dev; the same sentences are fake in every run. Raises DataError."""
    sentences = [text.text.split() for text in wiki.read(folder, "train", language)]
    everything = [word for sentence in sentences for word in sentence]
    for number, words in enumerate(sentences):
        if (number % 20 == 19) != (split == "dev") or len(words) < 4:
            continue
        made = words
        if number // 20 % 2 == number % 2:  # so that dev, too, is half fake
            random = rng(KEY, str(number))
            if number // 40 % 2:
                made = [words[place] for place in random.permutation(len(words))]
            else:
                drawn = random.integers(len(everything), size=len(words))
                replaced = set(random.permutation(len(words))[: len(words) // 2].tolist())
                made = [everything[drawn[i]] if i in replaced else word for i, word in enumerate(words)]
            if made == words:
                continue
        yield Classification(id=str(number), text=" ".join(made), label="real" if made is words else "fake")


TASK = Task(
    name="real_or_fake",
    type="classification",
    title="Real or fake sentence (control)",
    languages=("en",),
    read=read,
    places=places,
    source=Source(
        folder="text",
        licence=wiki.SOURCE.licence,
        cite="Chang & Lu 2021, Rethinking Why Intermediate-Task Fine-Tuning Works",
        by_hand=wiki.SOURCE.by_hand,
    ),
    trained_on=("real_or_fake",),
    labels=("real", "fake"),
    metrics=("accuracy",),
    chance=0.5,
    splits=("train", "dev"),
    benchmarks=("intermediate",),
)
