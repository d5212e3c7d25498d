"""A score and its signature: what was measured, on which weights, data, tokens and code."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from isogloss.core.way import Way


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
    """How it was tested, as `core/way.py` prints and reads it; empty for the usual test of the last weights."""
    threshold: float | None = None
    """The least score a pair may have to count, where pairs are mined; the variant says where it was chosen."""
    data: str = ""
    """Hash of the examples."""
    tokenizer: str = ""
    """Fingerprint of the tokenizer."""
    version: str = ""
    """Version of isogloss that scored."""
    precision: str = ""
    """What the model computed its answers in, where that was not float32."""

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
        parts += self.way.words
        if self.threshold is not None:
            parts.append(f"least:{self.threshold:.6g}")
        if self.precision:
            parts.append(f"precision:{self.precision}")
        return "|".join([*parts, f"version:{self.version}"])

    @property
    def way(self) -> Way:
        """How it was tested."""
        return Way.parse(self.variant)

    def tested(self, **settings: Any) -> "Score":
        """The same with some settings of its way changed."""
        return replace(self, variant=str(replace(self.way, **settings)))

    def plain(self) -> dict[str, Any]:
        """As JSON values; a precision that is not stated is left out, as in the files of earlier versions."""
        return {name: value for name, value in asdict(self).items() if name != "precision" or value}
