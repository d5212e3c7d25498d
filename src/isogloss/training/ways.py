"""The fastest way for an encoder to compute on this device, found by measuring each one once.

What was measured is kept per device, version and encoder, so that a phase that was killed goes on as it began. On a
processor nothing is measured, so results do not depend on how busy it was.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from isogloss.core import caches
from isogloss.core.errors import NOT_JSON
from isogloss.models import packing
from isogloss.models.device import Ways, usual
from isogloss.models.encoder import Encoder
from isogloss.models.halved import suited, ways_of
from isogloss.store.write import replacing, sweep_dead

REPEATS = 5
"""Steps timed of each way; their median counts."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a way was seen to cost."""

    begin: float
    """Seconds of the first step: compiling, above all."""
    step: float
    """Seconds of every further one."""


def candidates(encoder: Encoder, where: torch.device, precision: str = "auto") -> list[Ways]:
    """Every way worth measuring in the precision that was asked for; the plainest first."""
    best_known = suited(encoder, usual(where, precision), precision)
    found = [Ways()] if precision == "auto" or not best_known.half else []
    if best_known.half:
        found.append(best_known)
    last = asdict(found[-1])
    if packing.can_pack(encoder.model):
        found.append(Ways(**(last | {"packed": True})))
    found.append(Ways(**(last | {"compiled": True})))
    return found


def best(measured: Mapping[Ways, Measured], steps: int) -> Ways:
    """The way that has `steps` steps done first; of equals, the plainer."""
    return min(measured, key=lambda ways: measured[ways].begin + measured[ways].step * max(0, steps - 1))


def choose(
    encoder: Encoder,
    step: Callable[[], None],
    steps: int,
    budget: int,
    precision: str = "auto",
) -> Ways:
    """How `encoder` best takes `steps` steps where it is. `step` takes one, on a batch of `budget` sub-words."""
    where = encoder.model.device
    if where.type != "cuda":
        return ways_of(encoder, where, precision)
    path = cache() / f"{_name(encoder, where, budget)}{'' if precision == 'auto' else f'-{precision}'}.json"
    known = read(path)
    if known is None:
        known = measure(encoder, step, candidates(encoder, where, precision))
        write(path, known)
    return best(known, steps)


def measure(encoder: Encoder, step: Callable[[], None], to_try: list[Ways]) -> dict[Ways, Measured]:
    """Seconds of a step under each way; one that the device refuses is left out, the first never."""
    measured: dict[Ways, Measured] = {}
    for ways in to_try:
        try:
            encoder.compute(ways)
            begin = _timed(step, encoder.model.device)
            taken = sorted(_timed(step, encoder.model.device) for _ in range(REPEATS))
        except (RuntimeError, NotImplementedError):
            if not measured:
                raise
            continue
        finally:
            encoder.compute(Ways())
        measured[ways] = Measured(begin=begin, step=taken[REPEATS // 2])
    return measured


def cache() -> Path:
    """Where measurements are kept."""
    return caches.home() / "ways"


def read(path: Path) -> dict[Ways, Measured] | None:
    """What was measured before; None when nothing was, or by a version that knew other ways."""
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {Ways(**row["ways"]): Measured(**row["measured"]) for row in rows} or None
    except (OSError, *NOT_JSON, TypeError, KeyError):
        return None


def write(path: Path, measured: Mapping[Ways, Measured]) -> None:
    """Keep measurements."""
    sweep_dead(path.parent)
    rows = [{"ways": asdict(ways), "measured": asdict(each)} for ways, each in measured.items()]
    with replacing(path) as draft:
        draft.write_text(json.dumps(rows, indent=1), "utf-8")


def _name(encoder: Encoder, where: torch.device, budget: int) -> str:
    """What a measurement holds for: within a factor of two in the size of a batch."""
    config = encoder.model.config
    shape = f"{config.model_type}-{encoder.layers}x{encoder.width}-{2 ** budget.bit_length()}"
    text = f"{torch.cuda.get_device_name(where)}-torch{torch.__version__}-{shape}"
    return "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in text)


def _timed(step: Callable[[], None], where: torch.device) -> float:
    begin = time.perf_counter()
    step()
    if where.type == "cuda":
        torch.cuda.synchronize(where)
    return time.perf_counter() - begin
