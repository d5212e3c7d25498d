"""Work shared among processes."""

import subprocess
import sys
import time
from pathlib import Path

KILLS = """
import os, signal, sys
from isogloss.stats.processes import shared
from isogloss.core.errors import WorkerDied

def half(number, folder):
    try:
        mark = os.open(f"{folder}/{number if number else os.getpid()}", os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return number / 2
    os.close(mark)
    if number in (0, 3):  # 3 is lost once, 0 every time
        os.kill(os.getpid(), signal.SIGKILL)
    return number / 2

if __name__ == "__main__":
    folder = sys.argv[1]
    with shared(2) as spread:
        print(*spread(half, range(1, 7), [folder] * 6))
    try:
        with shared(2) as spread:
            print(*spread(half, range(3), [folder] * 3))
    except WorkerDied as error:
        print(error)
"""


def test_what_a_worker_that_dies_was_at_is_done_once_more(tmp_path: Path) -> None:
    """Killed once, the results are all there and in order; killed each time, one error says what it may have been."""
    path = tmp_path / "parent.py"
    path.write_text(KILLS, "utf-8")
    (tmp_path / "marks").mkdir()
    told = subprocess.run([sys.executable, path, tmp_path / "marks"], capture_output=True, text=True, check=True)
    results, error = told.stdout.splitlines()
    assert results == "0.5 1.0 1.5 2.0 2.5 3.0"
    assert error.startswith("a process that shared the work died, 2 times.")
    assert told.stderr == ""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """`kill -9` of the process that shares work out leaves no process behind."""
    script = """
import os, time
from isogloss.stats.processes import shared

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


def test_an_interruption_ends_the_work_without_a_traceback(tmp_path: Path) -> None:
    """Of workers that are ended with work waiting, the pool's own thread says nothing."""
    script = """
import time
from isogloss.stats.processes import shared

if __name__ == "__main__":
    try:
        with shared(2) as spread:
            for _ in spread(time.sleep, [0.01, *[60] * 20]):
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        print("interrupted")
"""
    path = tmp_path / "parent.py"
    path.write_text(script, "utf-8")
    told = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, timeout=60)
    assert (told.stdout, told.stderr) == ("interrupted\n", "")


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
