"""What is known of languages before anything is run: features in groups, kin, and the size of pretraining text.

Groups: text (pretraining bytes, sub-words shared with English), kin and typology (URIEL's distances from English where
they are at hand, family and branch in any case), script; and of the user's own test file, which needs no labels, how
far translations are from each other. Characters and sub-words per token and the share of unknown sub-words are shown
and kept, and not used: they lower no error (docs/advice.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10, nan

from isogloss.core import folder
from isogloss.core.errors import MetricError
from isogloss.core.languages import ENGLISH, known
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float, np
from isogloss.models import pretraining

URIEL = ("syntactic", "genetic", "geographic", "phonological")
CHARACTERS = ("Thai", "Jpan", "Hans", "Hant")
"""Scripts whose texts data sets cut into characters for want of spaces."""
UNREAD = 6.0
"""log10 of the bytes that a language counts as having which the encoder has not read: below the least of CC-100."""
SHOWN = ("characters per token", "subwords per token", "unknown")
"""What a test file says without labels."""
USED = ("alignment",)
"""Features of a test file that needs no labels."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """Of some languages."""

    languages: tuple[str, ...]
    features: Float[np.ndarray, "l f"]
    groups: tuple[tuple[int, ...], ...]
    kin: Mapping[str, tuple[str, str]]
    """Language → family and script."""
    size: Mapping[str, float]
    """Language → log10 of its pretraining bytes."""


def of(languages: Sequence[str], encoder: str, files: Mapping[str, Mapping[str, float]] | None = None) -> Known:
    """The features of languages for one encoder; `files` has USED by language. What is not known is NaN."""
    text = pretraining.of(encoder)
    size = {code: log10(told.bytes) for code in languages if (told := text.get(code)) is not None and told.bytes}
    size |= {code: UNREAD for code in languages if text and not (code in text and text[code].read)}
    rows = []
    for code in languages:
        about, found = known(code), text.get(code)
        family, branch = (about.family, about.branch) if about else ("", "")
        rows.append(
            [
                size.get(code, nan),
                found.overlap if found and found.overlap is not None else nan,
                *(_uriel(kind, code) for kind in URIEL),
                nan if about is None else 0.0 if branch == "Germanic" else 0.5 if family == "Indo-European" else 1.0,
                nan if about is None else float(about.script == "Latn"),
                nan if about is None else float(about.script in CHARACTERS),
            ]
        )
    features = np.array(rows, dtype=np.float64).reshape(len(languages), 9)
    groups: list[tuple[int, ...]] = [tuple(range(9))]
    if files:
        more = np.array([[files.get(code, {}).get(name, nan) for name in USED] for code in languages])
        kept = [place for place in range(more.shape[1]) if not np.isnan(more[:, place]).all()]
        features = np.hstack([features, more[:, kept]])
        groups += [(9 + place,) for place in range(len(kept))]
    kin = {code: (about.family, about.script) for code in languages if (about := known(code))}
    return Known(languages=tuple(languages), features=features, groups=tuple(groups), kin=kin, size=size)


def _uriel(kind: str, language: str) -> float:
    """The distance from English; NaN where URIEL has none, or its package is not here."""
    try:
        found: float = folder.load("measures", f"uriel_{kind}")(Corpus(language=ENGLISH), Corpus(language=language))
    except MetricError:
        return nan
    return found
