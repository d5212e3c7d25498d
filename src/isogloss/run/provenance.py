"""What it takes to tell one training from another: code, versions, device, seeds, and the energy it took.

Nothing is invented: what cannot be known here is not in the record.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

from isogloss.core.errors import ModelError, SpecError
from isogloss.core.folder import ROOT
from isogloss.core.spec import RunSpec
from isogloss.core.version import VERSION

WATTS = "ISOGLOSS_CPU_WATTS"
"""The environment variable that states the watts of one busy core, such as the TDP divided by the cores."""
_RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")
_SAMPLE = 10.0
"""Seconds between two readings of a GPU's power."""


def facts(spec: RunSpec) -> dict[str, Any]:
    """What is known before training: seeds, code, processor or GPU."""
    return {
        "seeds": [phase.seed for phase in spec.phases],
        "device_name": device_name(),
        "system": platform.platform(),
        "code": code(),
    }


def same_tokenizer(trained: str | None, found: str | None, run_id: str) -> None:
    """Raise ModelError when a run's tokenizer does not cut text as it did in training: its ids mean other words."""
    if trained and found and trained != found:
        raise ModelError(
            f"the tokenizer of run {run_id} cuts text differently than in its training (fingerprint {found}, was "
            f"{trained}). Another version of transformers reads it in another way: install the version that "
            f"`isogloss why {run_id}` names, or train the run again. Nothing was written."
        )


@cache
def code() -> dict[str, Any]:
    """Version, hash of the package's sources, and the commit where they lie in a git checkout of ours."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    source: dict[str, Any] = {"version": VERSION, "source": digest.hexdigest()[:12]}
    # An environment may lie inside somebody's repository: only one that tracks this very file is ours.
    if _git("ls-files", "--error-unmatch", str(ROOT / "__init__.py")) is not None:
        commit, changed = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", str(ROOT))
        if commit and changed is not None:
            source |= {"commit": commit, "changed": bool(changed)}
    return source


@cache
def device_name() -> str:
    """The GPU's name, or the processor's."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


class Meter:
    """Wall and processor seconds of one sitting, and an estimate of its energy where one can be made."""

    def __init__(self) -> None:
        self.watts = stated_watts()
        self.begun, self.busy = time.monotonic(), time.process_time()
        self.readings: list[float] = []
        self.rapl = _read(_RAPL)
        self._stop = threading.Event()
        self._reader: threading.Thread | None = None
        if _uses_gpu() and shutil.which("nvidia-smi"):
            self._reader = threading.Thread(target=self._watch, daemon=True)
            self._reader.start()

    def stop(self) -> dict[str, Any]:
        """Processor seconds, and "energy": kWh and how it was estimated; absent where nothing is known."""
        self._stop.set()
        if self._reader:
            self._reader.join(timeout=5.0)
        wall, busy = time.monotonic() - self.begun, time.process_time() - self.busy
        spent: dict[str, Any] = {"processor_seconds": round(busy, 2)}
        rapl = _read(_RAPL)
        if self.readings:
            watts = sum(self.readings) / len(self.readings)
            how = f"estimate: mean of {len(self.readings)} readings of nvidia-smi ({watts:.0f} W) × wall time; GPU only"
            spent["energy"] = {"kwh": watts * wall / 3.6e6, "how": how}
        elif self.watts is not None:
            how = f"estimate: {self.watts:g} W per busy core ({WATTS}) × processor seconds; nothing else counted"
            spent["energy"] = {"kwh": self.watts * busy / 3.6e6, "how": how}
        elif self.rapl is not None and rapl is not None and rapl >= self.rapl:
            how = "estimate: RAPL counter of the processor package, whatever else ran on it included"
            spent["energy"] = {"kwh": (rapl - self.rapl) / 3.6e12, "how": how}
        return spent

    def _watch(self) -> None:
        while True:
            if (reading := _power()) is not None:
                self.readings.append(reading)
            if self._stop.wait(_SAMPLE):
                return


def stated_watts() -> float | None:
    """Watts of one busy core, as the user states them. Raises SpecError if it is not a positive number."""
    text = os.environ.get(WATTS, "")
    if not text:
        return None
    try:
        watts = float(text)
    except ValueError:
        watts = -1.0
    if not 0 < watts < 1000:
        raise SpecError(f"{WATTS}={text!r}: expected the watts of one busy core, such as 12.5.")
    return watts


def _uses_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _power() -> float | None:
    """Watts that the first GPU draws now."""
    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=power.draw", "--format=csv,noheader,nounits", "--id=0"],
            capture_output=True, text=True, timeout=5, check=True,
        ).stdout  # fmt: skip
        return float(said.split()[0])
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def _read(path: Path) -> int | None:
    try:
        return int(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _git(*words: str) -> str | None:
    try:
        found = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()
