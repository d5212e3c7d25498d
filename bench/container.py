"""The Dockerfile's steps in an empty root, without a container engine: needs root, debootstrap and bubblewrap.

    python bench/container.py [--keep FOLDER] [--no-demo]

FROM is Debian's own Python of the same version in a root that debootstrap makes: there is no image here, nor an engine.
COPY, RUN, USER, WORKDIR and CMD are the file's own. RUN sees that root alone; the last command runs as the user that
USER names, without rights and without network. PIP_* settings of this shell and /etc/pip.conf are handed on to RUN, as
--build-arg would. Prints one JSON object last.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _dockerfile import ROOT, commands, instructions
from _needs import needs

PYTHON = "/opt/python"
PATH = f"{PYTHON}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
BASE = "python3,python3-venv,ca-certificates"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--keep", type=Path, help="make the root here, and leave it")
    asked.add_argument("--no-demo", action="store_true", help="of the last command only `isogloss --version`")
    given = asked.parse_args()
    absent = [name for name in ("debootstrap", "bwrap", "setpriv") if shutil.which(name) is None]
    if absent or os.geteuid() != 0:
        needs(f"root and {', '.join(absent) or 'debootstrap'}")
    with tempfile.TemporaryDirectory(prefix="isogloss-root-") as scratch:
        found = build(given.keep or Path(scratch) / "root", demo=not given.no_demo)
    print(json.dumps({"bench": "container", **found}))
    return int(not found["ok"])


def build(root: Path, *, demo: bool) -> dict[str, Any]:
    """Every step in turn; what each took in seconds."""
    place, user, env = Path("/"), "", {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
    took: dict[str, float] = {}
    for name, rest in instructions():
        began = time.monotonic()
        match name:
            case "FROM":
                first(root, rest)
            case "ENV":
                env |= dict(each.split("=", 1) for each in rest.split())
            case "WORKDIR":
                place = Path(rest)
                (root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                copy(root / str(place).lstrip("/"), rest.split())
            case "USER":
                user = rest
            case "RUN":
                inside(root, place, env, rest, pip=True)
            case "CMD":
                env["HOME"] = f"/home/{user}"
                for command in commands(rest) if demo else ["isogloss --version"]:
                    inside(root, place, env, f"test $(id -u) != 0 && {command}", user=user)
        took[f"{name} {rest[:40]}"] = round(time.monotonic() - began, 1)
        print(f"{took[f'{name} {rest[:40]}']:8.1f} s  {name} {rest[:80]}", file=sys.stderr, flush=True)
    page = root / "work" / "demo.html"
    return {
        "ok": not demo or page.stat().st_size > 100_000,
        "page_bytes": page.stat().st_size if demo else 0,
        "seconds": took,
    }


def first(root: Path, image: str) -> None:
    """Debian of the image's name with its own Python, which must be of the image's version."""
    release = image.rsplit("-", 1)[1]
    sites = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=True
    )
    mirror = next(each for each in sites.stdout.split() if "security" not in each and "debian" in each)
    command = ["debootstrap", "--variant=minbase", f"--include={BASE}", release, str(root), mirror]
    subprocess.run(command, check=True, stdout=sys.stderr)
    inside(root, Path("/"), {"PATH": PATH}, f"/usr/bin/python3 -m venv {PYTHON}")
    wanted = re.search(r"python:(\d+\.\d+)", image)
    assert wanted is not None
    inside(root, Path("/"), {"PATH": PATH}, f"python -c 'import sys; assert sys.version.startswith(\"{wanted[1]}.\")'")


def copy(place: Path, words: list[str]) -> None:
    """COPY: files into a folder, a folder as another."""
    *sources, target = words
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place / source)


def inside(root: Path, place: Path, env: dict[str, str], line: str, *, user: str = "", pip: bool = False) -> None:
    """A line of the shell in that root: with pip's settings and the network, or as a user without either."""
    bound = ["--bind", str(root), "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--cap-add", "ALL"]
    if pip:
        env = env | {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        shared = ["/etc/resolv.conf", "/etc/pip.conf", *(value for value in env.values() if Path(value).exists())]
        shared += re.findall(r"= (/\S+)", Path("/etc/pip.conf").read_text()) if Path("/etc/pip.conf").exists() else []
        bound += [word for path in dict.fromkeys(shared) if path.count("/") > 1 and Path(path).exists()
                  for word in ("--ro-bind", path, path)]  # fmt: skip
    else:
        bound += ["--unshare-net"]
    settings = [word for name, value in env.items() for word in ("--setenv", name, value)]
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--no-new-privs", "--inh-caps=-all"]
    command = [
        "bwrap",
        *bound,
        "--clearenv",
        *settings,
        "--chdir",
        str(place),
        *(become if user else []),
        "sh",
        "-c",
        line,
    ]
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
