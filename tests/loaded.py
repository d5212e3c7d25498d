"""What a fresh process prints, and has imported, after some code."""

import subprocess
import sys


def after(code: str) -> tuple[str, set[str]]:
    """What it prints, and the names of all modules that are loaded then. It must end well."""
    code += "\nimport sys\nprint('LOADED', *sys.modules)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, _, modules = done.stdout.rpartition("LOADED")
    return said, set(modules.split())
