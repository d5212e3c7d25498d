"""Work that stands in for training and testing: done at once, and it goes wrong when told to.

A module of its own, since worker processes import it by name.
"""

import json
import os
import signal
import time
from collections.abc import Callable

from isogloss.core.score import Score
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.store.predictions import Predictions


def work(job: Job, site: Site, report: Callable[[int, int], None]) -> None:
    """Does a job at once. The file `orders` beside the store says what goes wrong: job title → "die", "die once" …"""
    orders = site.store.root.parent / "orders.json"
    order = json.loads(orders.read_text()).get(job.title, "") if orders.is_file() else ""
    _note(site, job, order or "done")
    with site.store.lock(job.id):
        if order == "die" or (order == "die once" and _count(site, job) == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "sleep":
            report(1, 1000)
            time.sleep(600)
        if order == "fail":
            raise ValueError("a slip in the code")
        assert job.run
        if job.kind == "train":
            parent = site.store.folder(job.run.parent.run_id) if job.run.parent else None
            folder = site.store.begin(job.run)
            (folder / "encoder").mkdir(exist_ok=True)
            before = (parent / "encoder" / "weights").read_text() if parent else ""
            (folder / "encoder" / "weights").write_text(before + job.id)
            report(1, 1)
            site.store.finish(job.run, {"steps": job.steps, "seconds": 0.1, "seconds_per_step": 0.01})
            return
        weights = (site.store.folder(job.run.run_id) / "encoder" / "weights").read_text()
        rows = Predictions(
            language=["en", "de"], id=["1", "1"], prediction=[weights] * 2, gold=[""] * 2, confidence=[None] * 2
        )
        about = {"run": job.run.run_id, "task": job.task, "split": job.split, "metric": "accuracy", "n": 1}
        scores = [Score(language=code, value=0.75 if code == "en" else 0.5, **about) for code in ("en", "de")]
        site.store.save_evaluation(job.run.run_id, job.key, rows, scores, task=job.task, split=job.split, seconds=1.0)


def _note(site: Site, job: Job, what: str) -> None:
    with (site.store.root.parent / "log").open("a") as log:
        log.write(f"{os.getpid()}\t{job.title}\t{what}\n")


def _count(site: Site, job: Job) -> int:
    return sum(line.split("\t")[1] == job.title for line in (site.store.root.parent / "log").read_text().splitlines())
