"""Runs in MLflow: an experiment for each study, at MLFLOW_TRACKING_URI or in files in the folder."""

import os
import re
import time
from collections.abc import Mapping
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

from isogloss.progress.trackers import Followed

_REFUSED = re.compile(r"[^\w.\-:/ ]")
"""What the name of a metric may not hold there, such as the plus of two metrics that are one score."""
TAG = "isogloss.run"
"""The tag that says which run of isogloss one of MLflow's is."""


class Logged:
    """One run there."""

    def __init__(self, client: Any, run_id: str) -> None:
        self.client, self.run_id = client, run_id

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """A value of each metric."""
        now = int(time.time() * 1000)
        metrics = [Metric(_REFUSED.sub("-", name), value, now, at) for name, value in values.items()]
        self.client.log_batch(self.run_id, metrics=metrics)

    def close(self) -> None:
        """Say that it has ended."""
        self.client.set_terminated(self.run_id)


def follow(run: Followed) -> Logged:
    """The run of MLflow that has this run's tag, which goes on after an interruption; else a new one."""
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        uri = (run.folder / "mlflow").absolute().as_uri()
    client = MlflowClient(tracking_uri=uri)
    existing = client.get_experiment_by_name(run.study)
    experiment = existing.experiment_id if existing else client.create_experiment(run.study)
    known = client.search_runs([experiment], filter_string=f"tags.`{TAG}` = '{run.run}'", max_results=1)
    if known:
        return Logged(client, known[0].info.run_id)
    made = client.create_run(experiment, run_name=run.title).info.run_id
    params = [Param(name, value[:500]) for name, value in run.facts.items()]
    client.log_batch(made, params=params, tags=[RunTag(TAG, run.run)])
    return Logged(client, made)
