"""A plan as JSON values."""

from dataclasses import asdict
from typing import Any

from isogloss.core.spec import plain
from isogloss.plan import memory
from isogloss.plan.cost import cost
from isogloss.plan.job import Job, Plan


def facts(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    jobs = [
        {
            "kind": job.kind,
            "id": job.id,
            "title": job.title,
            "needs": list(job.needs),
            "cached": job.cached,
            "steps": job.steps,
            "seconds": job.seconds,
            "bytes": job.bytes,
        }
        | (
            {"spec": plain(job.run), "memory": _memory(job)} | ({"same_as": job.twin} if job.twin else {})
            if job.kind == "train"
            else {"task": job.task, "languages": list(job.languages)}
        )
        for job in plan.jobs
    ]
    takes = cost(plan, workers=1)
    return {
        "study": plan.study.name,
        "title": plan.study.title,
        "jobs": jobs,
        "absent": {task: list(languages) for task, languages in plan.absent.items()},
        "remarks": list(plan.remarks),
        "missing": len(plan.missing),
        "steps": takes.steps,
        "seconds": takes.seconds,
        "bytes": takes.bytes,
        "bytes_needed": takes.needed,
    }


def _memory(job: Job) -> dict[str, int] | None:
    """Bytes of a device's memory that training takes, by what they are for."""
    found = memory.needed(job)
    return None if found is None else asdict(found)
