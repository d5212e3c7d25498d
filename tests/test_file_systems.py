"""Verbs on file systems that refuse: read-only, full, with a limit of size. Each works or ends with one StoreError.

The mounts are real, in a namespace of their own, and the store is one that models were trained for.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from _kills import Killer

pytestmark = pytest.mark.xdist_group("kill")  # one process: undisturbed results are had once

SCRIPT = """
import contextlib, hashlib, io, json, os, resource, signal, subprocess, sys
from pathlib import Path
from isogloss.cli import main
whole, recipe, data, scratch = map(Path, sys.argv[1:])
root, out = scratch / "m" / "store", scratch / "out"
measure = ["measure", str(recipe), "--data", str(data), "--limit", "16", "--quiet", "--measures"]
run_id = sorted(each.name for each in (whole / "runs").iterdir())[0]
VERBS = {
    "show": ["show", "killed"], "why": ["why", run_id], "verify-store": ["verify-store"],
    "gc --dry-run": ["gc", "--parents", "--dry-run"], "measured": [*measure, "energy,jaccard"],
    "run": ["run", str(recipe), "--data", str(data), "--workers", "1", "--quiet"],
    "report": ["report", "killed", "--out", str(out / "page.html")],
    "analyse": ["analyse", "killed"], "measure": [*measure, "mmd"],
    "semdiv": ["semdiv", "killed", "--recipe", str(recipe), "--data", str(data), "--limit", "10"],
}
def sh(*words):
    subprocess.run(words, check=True)
def files():
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(root.rglob("*"))
            if path.is_file() and "locks" not in path.parts}
def trial(where):
    told = {}
    for name, words in VERBS.items():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
            status = main([*words, "--store", str(root)])
        lines = [line for line in err.getvalue().splitlines() if "Error" in line or "Traceback" in line]
        told[name] = [status, *lines]
    print(json.dumps([where, told, files() == before]), flush=True)
os.makedirs(scratch / "m")
os.makedirs(out)
sh("mount", "-t", "tmpfs", "-o", "size=100m", "none", str(scratch / "m"))
sh("cp", "-a", str(whole), str(root))
before = files()
used = subprocess.run(["df", "-k", "--output=used", str(root)], capture_output=True, text=True, check=True)
sh("mount", "-o", f"remount,size={int(used.stdout.split()[-1])}k", str(scratch / "m"))
trial("full")
sh("mount", "-o", "remount,ro", str(scratch / "m"))
trial("read-only")
sh("mount", "-o", "remount,rw,size=100m", str(scratch / "m"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
del VERBS["report"]  # it writes elsewhere, where the limit holds, too
resource.setrlimit(resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
trial("limited")
"""
READ = {"show", "why", "verify-store", "gc --dry-run", "measured", "run", "report"}
"""Those that have nothing to write into the store: "run" and "measured" find all that they would make."""


SAID = {"full": "is full", "read-only": "is read-only", "limited": "larger than a file may be"}


def test_each_verb_works_or_says_why_not(killer: Killer, tmp_path: Path) -> None:
    """On a full, a read-only and a limited file system what only reads ends well, all else with one line and status 2;
    no file of the store is another one afterwards."""
    mount = ["unshare", "--mount", "sh", "-c"]
    tried = f"mkdir -p {tmp_path}/t && mount -t tmpfs none {tmp_path}/t"
    if shutil.which("unshare") is None or subprocess.run([*mount, tried], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    whole = killer.whole("analyse").place
    given = [str(whole.store), str(killer.root / "plain.py"), str(killer.root / "data"), str(tmp_path / "scratch")]
    command = ["unshare", "--mount", sys.executable, "-c", SCRIPT, *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = {where: (verbs, same) for where, verbs, same in map(json.loads, done.stdout.splitlines())}
    assert set(told) == set(SAID)
    for where, (verbs, same) in told.items():
        assert same, where
        for name, (status, *lines) in verbs.items():
            if name in READ or (name, where) == ("analyse", "read-only"):
                assert (status, lines) == (0, []), (where, name)
            else:
                assert (status, len(lines)) == (2, 1), (where, name)
                assert lines[0].startswith("StoreError: "), (where, name)
                assert SAID[where] in lines[0], (where, name)
