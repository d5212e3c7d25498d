"""A Dockerfile as its instructions, in order."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def instructions(path: Path = ROOT / "Dockerfile") -> list[tuple[str, str]]:
    """(instruction, what follows it) of each, with continued lines joined and comments left out."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(name, " ".join(rest.split())) for name, rest in found]


def commands(text: str) -> list[str]:
    """The commands of a line of the shell that are joined by &&."""
    return [each.strip() for each in text.split("&&")]
