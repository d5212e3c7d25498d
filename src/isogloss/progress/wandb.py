"""Runs in Weights & Biases: project isogloss, a group for each study. WANDB_MODE=offline writes files alone."""

from collections.abc import Mapping
from typing import Any

import wandb

from isogloss.progress.trackers import Followed


class Logged:
    """One run there."""

    def __init__(self, run: Any) -> None:
        self.run = run

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """A point of its history."""
        self.run.log(dict(values), step=at)

    def close(self) -> None:
        """Send what is left."""
        self.run.finish()


def follow(run: Followed) -> Logged:
    """A run by its own id: after an interruption it goes on as the same one. Several may be open at once."""
    run.folder.mkdir(parents=True, exist_ok=True)
    found = wandb.init(
        project="isogloss", group=run.study, id=run.run, name=run.title, config=dict(run.facts), dir=str(run.folder),
        resume="allow", reinit="create_new", settings=wandb.Settings(silent=True, console="off"),
    )  # fmt: skip
    return Logged(found)
