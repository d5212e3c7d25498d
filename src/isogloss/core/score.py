"""A score and its signature: what was measured, on which weights, data, tokens and code."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Score:
    """One number in [0, 1] and where it comes from."""

    run: str
    task: str
    split: str
    language: str
    metric: str
    value: float
    n: int
    variant: str = ""
    """How a retrieval was done ("layer=1 pooling=mean centred=yes margin=cosine direction=xx-en"), with which weights,
    how the test was perturbed ("perturbed=typos:0.1")."""
    threshold: float | None = None
    """The least score a pair may have to count, where pairs are mined; the variant says where it was chosen."""
    data: str = ""
    """Hash of the examples."""
    tokenizer: str = ""
    """Fingerprint of the tokenizer."""
    version: str = ""
    """Version of isogloss that scored."""

    @property
    def signature(self) -> str:
        """One line to print beside the number, after sacreBLEU's habit."""
        parts = [
            f"run:{self.run}",
            f"task:{self.task}",
            f"split:{self.split}",
            f"lang:{self.language}",
            f"metric:{self.metric}",
            f"n:{self.n}",
            f"data:{self.data}",
            f"tok:{self.tokenizer}",
        ]
        if self.variant:
            parts.append(self.variant.replace(" ", "|"))
        if self.threshold is not None:
            parts.append(f"least:{self.threshold:.6g}")
        return "|".join([*parts, f"version:{self.version}"])

    @property
    def perturbation(self) -> str:
        """How the test was perturbed; empty where it was not."""
        return next((part[10:] for part in self.variant.split() if part.startswith("perturbed=")), "")

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)
