"""Shared by benchmarks: XNLI's English development set, or texts with lengths like its where the files are not here."""

from pathlib import Path

from _needs import needs
from isogloss.core.examples import Classification
from isogloss.core.folder import load
from isogloss.core.seeds import rng
from isogloss.models.tokenizer import Subwords, train

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BATCH, LENGTH = 32, 128
LABELS = ("contradiction", "entailment", "neutral")


def real(folder: str) -> Path:
    """The folder of the real files, for a benchmark that has nothing to say without those of a task."""
    if not (DATA / folder).is_dir():
        needs(f"real texts and their lengths in {DATA / folder}")
    return DATA


def examples() -> tuple[list[Classification], str]:
    """XNLI's English development set, or texts with lengths like its."""
    if (DATA / "xnli").is_dir():
        found = load("tasks", "xnli").examples(DATA, "dev", "en")
        return [example for example in found if isinstance(example, Classification)], "XNLI dev, English"
    random = rng("bench", "lengths")
    words = [f"w{index}" for index in range(3000)]

    def text(mean: float) -> str:
        return " ".join(random.choice(words, size=max(2, int(random.lognormal(mean, 0.55)))))

    made = [Classification(id=str(n), text=text(2.9), text_pair=text(2.3), label=LABELS[n % 3]) for n in range(2490)]
    return made, "made texts with lengths like XNLI's (../shared/data is not there)"


def subwords_of(found: list[Classification]) -> Subwords:
    """A tokenizer trained on the very texts."""
    texts = [text for example in found for text in (example.text, example.text_pair or "")]
    return Subwords(train(texts, kind="unigram", vocabulary=8000, positions=LENGTH))
