"""Freed memory stays with the process while it computes."""

import subprocess
import sys

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
