"""A study's page leads to the syntheses that held claims against its cells."""

from pathlib import Path

from isogloss.literature.lock import Lock
from isogloss.report.sections import syntheses
from isogloss.store.store import Store


def test_a_synthesis_of_the_study_is_linked(tmp_path: Path) -> None:
    """One line with its question and counts; those of other studies, and of none, are left out."""
    store = Store(tmp_path)
    for name, study in (("mine", "demo"), ("other", "else"), ("none", "")):
        lock = Lock(store, name)
        lock.write_json(lock.at.question, {"question": "Does it <help>?"})
        row = {"claim": "1", "check": "claim", "status": "undecided", **({"study": study} if study else {})}
        lock.write("outcomes", [row, {**row, "claim": "2", "status": "refuted"}])
    found = syntheses.section(store, "demo")
    assert found is not None
    assert found.links == (("mine.html", "Does it <help>? (1 refuted, 1 undecided)"),)
    assert syntheses.section(store, "third") is None
