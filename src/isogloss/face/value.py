"""A number with what belongs to it."""

from typing import Self


class Value(float):
    """A float that knows its interval and, of a divergence, what chance gives.

    `low` and `high` bound its 95% interval; `null_high` is the 95% quantile of chance, below which a distance is
    noise. None where the examples are too few to say.
    """

    low: float | None
    high: float | None
    null: float | None
    null_high: float | None
    n: int
    about: str

    def __new__(
        cls,
        value: float,
        *,
        low: float | None = None,
        high: float | None = None,
        null: float | None = None,
        null_high: float | None = None,
        n: int = 0,
        about: str = "",
    ) -> Self:
        """A value and its parts; `n` counts examples, `about` says how it came to be."""
        made = super().__new__(cls, value)
        made.low, made.high, made.null, made.null_high, made.n, made.about = low, high, null, null_high, n, about
        return made

    def __repr__(self) -> str:
        interval = "" if self.low is None or self.high is None else f" [{self.low:.4g}, {self.high:.4g}]"
        chance = "" if self.null_high is None else f", chance up to {self.null_high:.4g}"
        return f"{float(self):.4g}{interval}{chance}"

    def __reduce__(self) -> tuple[object, ...]:
        return _made, (float(self), self.low, self.high, self.null, self.null_high, self.n, self.about)


def _made(value: float, *parts: object) -> Value:
    names = ("low", "high", "null", "null_high", "n", "about")
    return Value(value, **dict(zip(names, parts, strict=True)))  # type: ignore[arg-type]
