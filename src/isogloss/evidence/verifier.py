"""A verifier: what a calibrated model says of a claim beside a text. It has no opinion outside its domain.

words           signs of words alone; needs nothing
words+minilm    and cosines of a published encoder (the extra `minilm`)
a study's name  and what its runs, trained on inference and SciFact, make of each sentence
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from isogloss.core.check import Outcome
from isogloss.core.typing import Float, np
from isogloss.evidence import signs
from isogloss.evidence.calibrate import LABELS, Domain, Model, domain, shipped
from isogloss.literature.passages import Nearest

MOST = 30
"""How many passages of a text are read, the nearest first."""
WORDS, MINILM = "words", "words+minilm"
LEANS = {"SUPPORT": "supported", "REFUTE": "refuted", "NEI": "undecided"}


class Encoder(Protocol):
    """What the lab reads for the desk."""

    def cosines(self, claim: str, texts: Sequence[str]) -> Sequence[float]:
        """The cosine of the claim with each text."""

    def inferred(self, claim: str, texts: Sequence[str]) -> Float[np.ndarray, "n 3"] | None:
        """Rows of probabilities of LABELS for each text by itself; None where nothing was trained for it."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a verifier says of one claim beside one text."""

    p: Float[np.ndarray, "3"]
    """In the order of LABELS; only worth its name where `inside`."""
    inside: bool
    """Whether claim and text are like those it was calibrated on."""
    decided: str
    """One of LABELS above its threshold, inside; else ""."""

    @property
    def label(self) -> str:
        """The most probable label."""
        return LABELS[int(self.p.argmax())]


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """A model of signs, the domain it holds for, and what reads for it."""

    name: str
    level: int
    """1: words and cosines; 2: entailment."""
    model: Model
    domain: Domain
    encoder: Encoder | None = None

    @property
    def told(self) -> str:
        """Which it is, what it is calibrated on, and what that allows, in one sentence."""
        made = self.model.calibration
        does = "decides where it is sure" if self.level > 1 else "leans and never decides"
        return (
            f"{self.name}, calibrated on {made.set} (n {made.n:,}, ECE {made.ece:.3f}; a perfect one shows up to "
            f"{made.null:.3f}); it {does}, and gives no probability to texts unlike those."
        )

    def read(self, claim: str, passages: Sequence[str], title: str, nearest: Nearest) -> Said:
        """What it says of a claim beside a text."""
        chosen = [passages[place] for place in sorted(nearest.ranked(claim, passages)[:MOST])]
        p = self.model.probabilities(self.signs(claim, chosen, title, nearest)[None])[0]
        inside = self.domain.holds(" ".join((claim, title, *chosen)))
        return Said(p=p, inside=inside, decided=self.model.decided(p) if inside else "")

    def signs(self, claim: str, passages: Sequence[str], title: str, nearest: Nearest) -> Float[np.ndarray, "s"]:
        """The signs it reads."""
        return signs_of(claim, passages, title, nearest, self.encoder)

    def outcome(self, check: str, said: Said, document: str, spans: tuple[tuple[int, int], ...]) -> Outcome:
        """As a check's outcome. Only entailment decides; words lean."""
        if not said.inside:
            return Outcome(
                check=check, level=self.level, status="undecided", says="out of domain", document=document,
                reason=f"{self.name} is calibrated on {self.domain.set}, and this text is unlike it: no probability",
            )  # fmt: skip
        status = LEANS[said.decided] if said.decided and self.level > 1 else "undecided"
        told = f"{said.p.max():.2f} for {LEANS[said.label]}"
        if said.decided:
            says = LEANS[said.decided] if self.level > 1 else f"leans {LEANS[said.decided]}"
            reason = f"{self.name}: {told}; as sure as that, it is right 9 times in 10 on {self.domain.set}"
        else:
            says, reason = "abstains", f"{self.name}: {told}, which is not sure enough"
        return Outcome(
            check=check, level=self.level, status=status, says=says, reason=reason, document=document, spans=spans,
            p=round(float(said.p.max()), 4), calibration=self.model.calibration,
            data={"verifier": self.name} | {LEANS[name]: round(float(said.p[at]), 4) for at, name in enumerate(LABELS)},
        )  # fmt: skip


def signs_of(
    claim: str, passages: Sequence[str], title: str, nearest: Nearest, encoder: Encoder | None
) -> Float[np.ndarray, "s"]:
    """The signs of words, and those of an encoder where there is one."""
    if encoder is None:
        return signs.signs(claim, passages, title, nearest)
    return signs.signs(
        claim, passages, title, nearest, encoder.cosines(claim, (*passages, title)), encoder.inferred(claim, passages)
    )


def words() -> Verifier:
    """The one that needs nothing but what comes with isogloss."""
    return Verifier(name=WORDS, level=1, model=shipped("words"), domain=domain())


def with_cosines(encoder: Encoder) -> Verifier:
    """Words and the cosines of a published encoder."""
    return Verifier(name=MINILM, level=1, model=shipped("words_minilm"), domain=domain(), encoder=encoder)
