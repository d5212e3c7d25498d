"""What a run is, what it depends on, and why it is (not) cached, in words."""

from typing import Any

from isogloss.core import quantities
from isogloss.plan import captions
from isogloss.store.run_record import RunRecord, read


def text(facts: dict[str, Any]) -> str:
    """What plan/explained.py found, for a person."""
    record = read(facts["record"])
    spent = "" if record.seconds is None else f" It took {quantities.duration(record.seconds)}."
    lines = [f"{facts['run']}: {facts['title']}", "", f"Starts from {facts['encoder']}."]
    lines += [f"{number}. {phase}" for number, phase in enumerate(facts["phases"], 1)]
    if facts["data"]:
        lines.append("Training data: " + ", ".join(f"{task} {digest}" for task, digest in facts["data"].items()) + ".")
    lines += captions.trained(record)
    lines += ["", facts["why"] + spent, *_provenance(record), ""]
    chain = " → ".join(f"{each['run']} ({each['state']})" for each in facts["lineage"])
    lines.append(f"Depends on: {chain or 'no other run'}.")
    lines.append(f"Runs that start from it: {', '.join(facts['children']) or 'none'}.")
    lines.append(f"Tested on: {', '.join(facts['tested']) or 'nothing yet'}.")
    lines.append(f"In studies: {', '.join(facts['studies']) or 'none'}.")
    return "\n".join(lines)


def _provenance(record: RunRecord) -> list[str]:
    """With what it was trained, as far as that was recorded."""
    lines = []
    if record.versions:
        versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
        changed = " with changes" if record.code.get("changed") else ""
        commit = f", commit {record.code['commit'][:12]}{changed}" if "commit" in record.code else ""
        where = record.device_name or record.device or "?"
        half = " in bfloat16" if record.precision == "bfloat16" else ""
        lines.append(f"Trained with {versions}{commit}; on {where}{half}.")
    if record.energy:
        lines.append(f"Energy: {record.energy['kwh']:.3g} kWh ({record.energy['how']}).")
    lines += [f"Seed {each.seed} collapsed: {each.collapsed}." for each in record.attempts]
    if record.collapsed:
        lines.append(f"Collapsed: {record.collapsed}.")
    return lines
