"""What runs now, at the top of a page that is written again and again while a study runs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.core import quantities
from isogloss.report.figures import curves
from isogloss.report.parts.chart import Figure
from isogloss.store import owner

LATE = 120.0
"""Seconds after which it is said that nothing was heard."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """What a page says that is not final: how far the study is, and what each run at work is at."""

    says: str
    working: tuple[str, ...]
    figure: Figure | None
    """Learning curves of the runs at work."""
    refresh: int
    """Seconds after which the page loads itself again."""


def live(ledger: Ledger, told: Mapping[str, Any] | None, colours: Mapping[str, int], refresh: int) -> Live:
    """What was told of the command that runs the study; None where none has reported."""
    if told is None or owner.alive(str(told.get("owner", ""))) is False:
        says = (
            "No running command has reported on this study. The page updates when one does."
            if told is None
            else "The command that ran this study has been stopped. The page goes on once it is run."
        )
        return Live(says=says, working=(), figure=None, refresh=refresh)
    at = float(told.get("at", 0.0))
    late = time.time() - at
    heard = f" Nothing was heard for {quantities.duration(late)}." if late > LATE else ""
    left = told.get("left")
    says = (
        f"{told.get('done', 0):,} of {told.get('jobs', 0):,} jobs are done ({100 * float(told.get('share', 0)):.0f}%)"
        + (f", about {quantities.duration(float(left))} left" if left is not None else "")
        + f", as of {time.strftime('%H:%M:%S', time.gmtime(at))} UTC.{heard}"
    )
    running = {str(run): [(int(at), float(loss)) for at, loss in points] for run, points in told["curves"].items()}
    figure = curves.figure(ledger, colours, running) if running else None
    return Live(says=says, working=tuple(map(str, told["working"])), figure=figure, refresh=refresh)


def still(html: str) -> str:
    """A live page that does not load itself again."""
    return "\n".join(line for line in html.splitlines() if not line.startswith(_REFRESH)) + "\n"


_REFRESH = '<meta http-equiv="refresh"'
