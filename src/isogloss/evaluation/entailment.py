"""What encoders read for claims: cosines of sentences, and the probabilities of runs trained on inference and SciFact.

The desk never loads an encoder: evidence/verifier.py gets one of these as an object. Claims and papers are English, and
read as such, also by a run that was trained in another language.
"""

from collections.abc import Sequence
from pathlib import Path

import torch

from isogloss.core.errors import SpecError
from isogloss.core.examples import Classification
from isogloss.core.languages import ENGLISH
from isogloss.core.spec import RunSpec
from isogloss.core.task import Task
from isogloss.core.typing import Float, np
from isogloss.models.device import usual
from isogloss.models.embedding import View, embed
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch
from isogloss.models.halved import suited
from isogloss.models.heads import Head, restored, saved
from isogloss.models.inference import numbers, per_feature
from isogloss.models.open import encoder_of, load
from isogloss.store.layout import Weights

ORDER = ("neutral", "entailment", "contradiction")
"""Labels in the order of the verifier's: neither, supported, refuted."""


class Cosines:
    """Cosines by a published encoder, the last layer's mean, as it was made to be read; each sentence once."""

    def __init__(self, name: str) -> None:
        self.encoder = load(name)
        self.encoder.speak(ENGLISH)
        self.view = View(layer=self.encoder.layers, pooling="mean")
        self.vectors: dict[str, Float[np.ndarray, "d"]] = {}

    def learn(self, texts: Sequence[str]) -> None:
        """Read texts ahead, all at once, which is faster."""
        new = [text for text in dict.fromkeys(texts) if text.strip() and text not in self.vectors]
        if new:
            found = embed(self.encoder, new, [self.view], lambda *_: None)[self.view]
            norms = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
            self.vectors |= dict(zip(new, found / norms, strict=True))

    def cosines(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The cosine of the claim with each text; 0 for an empty one."""
        self.learn([claim, *texts])
        mine = self.vectors[claim]
        return [float(mine @ self.vectors[text]) if text in self.vectors else 0.0 for text in texts]

    def inferred(self, claim: str, texts: Sequence[str]) -> None:
        """Nothing: it was not trained for it."""


class Reader:
    """One run's encoder and head: what it infers from a premise to a claim."""

    def __init__(self, spec: RunSpec, folder: Path, task: Task) -> None:
        heads = saved.labels(Weights(folder).head)
        if set(heads.get(task.name, ())) != set(ORDER):
            known = ", ".join(heads) or "none"
            raise SpecError(f"run {spec.run_id} has no head for inference; its heads: {known}. Name a verifier study.")
        self.encoder: Encoder = encoder_of(spec, folder)
        self.head: Head = restored(Weights(folder).head, task.name, task.type, self.encoder, spec.phases[-1])
        self.places = [heads[task.name].index(label) for label in ORDER]
        self.encoder.speak(ENGLISH)
        self.encoder.model.eval()
        self.head.eval()
        self.encoder.ways = suited(self.encoder, usual(self.encoder.model.device))

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> Float[np.ndarray, "n 3"]:
        """For each (premise, claim), probabilities in the order of ORDER."""
        examples = [
            Classification(id=str(place), text=premise, text_pair=claim)
            for place, (premise, claim) in enumerate(pairs)
        ]  # fmt: skip
        features = self.head.encode(examples, self.encoder.subwords, labelled=False)

        def compute(batch: Batch) -> list[Float[np.ndarray, "3"]]:
            with self.encoder.ways.precision(self.encoder.model.device):
                states = self.encoder.states(batch.ids, batch.mask, batch.segments, self.head.layer)
                logits = self.head(states, batch)
            return list(numbers(torch.softmax(logits.float(), dim=-1))[:, self.places])

        return np.array(per_feature(self.encoder, features, compute, lambda *_: None))


class Readers(Cosines):
    """Several runs, each trained on other claims, averaged; and a published encoder's cosines."""

    def __init__(self, name: str, readers: Sequence[Reader]) -> None:
        super().__init__(name)
        self.readers = readers
        self.known: dict[tuple[str, str], Float[np.ndarray, "3"]] = {}

    def read_ahead(self, pairs: Sequence[tuple[str, str]], readers: Sequence[Reader] = ()) -> None:
        """Read (premise, claim) pairs at once, by these readers instead of all where they are given."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.known]
        if new:
            found = np.mean([reader.probabilities(new) for reader in readers or self.readers], axis=0)
            self.known |= dict(zip(new, found, strict=True))

    def inferred(self, claim: str, texts: Sequence[str]) -> Float[np.ndarray, "n 3"]:  # type: ignore[override]
        """Probabilities for each text by itself."""
        pairs = [(text, claim) for text in texts]
        self.read_ahead(pairs)
        return np.array([self.known[pair] for pair in pairs])
