"""Runs in TensorBoard: a folder of events for each, which `tensorboard --logdir` shows."""

import re
import time
from collections.abc import Mapping
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from isogloss.progress.trackers import Followed


class Events:
    """The events of one run."""

    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """Scalars."""
        found = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self.writer.add_event(Event(wall_time=time.time(), step=at, summary=Summary(value=found)))
        self.writer.flush()

    def close(self) -> None:
        """Write what is left."""
        self.writer.close()


def follow(run: Followed) -> Events:
    """tensorboard/STUDY/TITLE-RUN in the folder, so that TensorBoard's list of runs can be read."""
    title = re.sub(r"[^\w.+-]+", "_", run.title).strip("_")[:80]
    return Events(EventFileWriter(str(run.folder / "tensorboard" / run.study / f"{title}-{run.run}")))
