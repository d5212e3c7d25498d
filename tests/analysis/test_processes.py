"""Work shared among processes."""

import subprocess
import sys
import time
from pathlib import Path


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """`kill -9` of the process that shares work out leaves no process behind."""
    script = """
import os, time
from isogloss.analysis.processes import shared

def slow(seconds):
    time.sleep(seconds)
    return os.getpid()

if __name__ == "__main__":
    with shared(2) as spread:
        print(*spread(slow, [0.1, 0.1]), flush=True)
        list(spread(slow, [60, 60]))
"""
    path = tmp_path / "parent.py"
    path.write_text(script, "utf-8")
    with subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = {int(each) for each in parent.stdout.readline().split()}
        parent.kill()
    assert workers
    deadline = time.monotonic() + 20
    while alive(workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(workers)


def alive(processes: set[int]) -> set[int]:
    """Those that still run; what is dead and waits to be asked about does not."""
    found = set()
    for each in processes:
        try:
            state = Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.add(each)
    return found
