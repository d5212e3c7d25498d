"""Freed memory stays with the process while it computes."""

import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.models import heap

STEPS = """
import resource
import numpy as np
from isogloss.models import heap

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    step = [np.ones(1 << 20) for _ in range(8)]
    del step
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = [faults() for _ in range(4)]
heap.keep()
print(before[-1], [faults() for _ in range(4)][-1])
"""


def test_a_step_that_frees_its_memory_maps_no_new_pages_for_the_next() -> None:
    """Eight arrays of 8 MiB at a time are thousands of new pages each time, and none once memory is kept."""
    if not heap.keep():
        pytest.skip("another allocator than glibc's")
    told = subprocess.run([sys.executable, "-c", STEPS], check=True, capture_output=True, text=True).stdout
    before, after = map(int, told.split())
    assert before > 1000 > 64 > after


HELD = """
from pathlib import Path
import numpy as np
from isogloss.models import heap

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

heap.keep()
blocks = [np.ones(1 << 17) for _ in range(256)]
before = resident()
kept = blocks[1::2]
del blocks
between = resident()
heap.release()
print(before - between, between - resident(), all(each.all() for each in kept))
"""


def test_what_is_free_between_blocks_in_use_goes_back_when_it_is_released() -> None:
    """Of 256 MiB every second one is freed: all stay with the process until they are handed back, half of it then."""
    if not heap.keep() or not Path("/proc/self/statm").is_file():
        pytest.skip("another allocator than glibc's, or another system than Linux")
    told = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True).stdout
    freed, released, whole = told.split()
    assert int(freed) < 8
    assert 120 < int(released) < 136
    assert whole == "True"
