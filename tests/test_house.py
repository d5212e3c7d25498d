"""Rules of the house that no type can hold: who joins a path of a store, who reads a variant, who formats."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import isogloss

ROOT = Path(isogloss.__file__).parent

STORE = re.compile(r"\bstore\b|\bat\.\w|\.at\b|\bWeights\(")
"""Expressions that lead into a store."""
FILES_OF_A_STORE = (
    "encoder|snapshots|head.safetensors|spec.json|done.json|freed.json|scores.json|predictions.parquet|evaluations|studies"
    "|divergences|drifts|analyses"
)
NAMES = re.compile(rf"\b(STATE|SNAPSHOTS|HELD|MARKERS)\b|['\"]({FILES_OF_A_STORE})['\"]")
"""Names of files and folders in a store."""


@cache
def files() -> dict[str, ast.Module]:
    """Each file of the package, parsed."""
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}


def nodes(*kinds: type[ast.AST], without: tuple[str, ...]) -> Iterator[tuple[str, ast.AST]]:
    """(file and line, node) of every node of these kinds in files outside some rooms."""
    for name, tree in files().items():
        if not name.startswith(without):
            yield from ((f"{name}:{node.lineno}", node) for node in ast.walk(tree) if isinstance(node, kinds))  # type: ignore[attr-defined]


def test_only_the_store_joins_its_paths() -> None:
    """Where a file lies is asked of `store/layout.py`: `at.run(…)`, `Weights(folder).head`."""
    seen = []
    for where, node in nodes(ast.BinOp, ast.Call, without=("store/",)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left, right = ast.unparse(node.left), ast.unparse(node.right)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "joinpath":
            left, right = ast.unparse(node.func.value), " ".join(map(ast.unparse, node.args))
        else:
            continue
        if STORE.search(left) or NAMES.search(right):
            seen.append(f"{where}: {ast.unparse(node)}")
    assert seen == []


def test_only_a_way_reads_a_variant() -> None:
    """Others ask `core.way` for a score's way and its parts; a variant is passed on, compared whole, or shown."""
    seen = []
    for where, node in nodes(ast.Call, ast.Compare, ast.Subscript, without=("core/way.py",)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            taken = [node.func.value]
        elif isinstance(node, ast.Compare):
            taken = [each for each in (node.left, *node.comparators) if _inside(node)]
        else:
            taken = [node.value] if isinstance(node, ast.Subscript) else []
        if any(isinstance(each, ast.Attribute) and each.attr == "variant" for each in taken):
            seen.append(f"{where}: {ast.unparse(node)}")
    assert seen == []


def _inside(node: ast.Compare) -> bool:
    return any(isinstance(each, ast.In | ast.NotIn) for each in node.ops)


PERCENT = re.compile(r"\.\d*%$")
OWN_SENTENCES = {
    "advice/rank.py": "why an arm stands where it does, kept with the advice",
    "analysis/outcomes.py": "why a transfer is left out, kept with the analysis",
    "claims/_paper.py": "a paper's own number, in the sentence of a claim",
    "data/checks.py": "what the doctor found in a file, as an error says it",
    "data/findings.py": "the same, summed up over languages",
    "evidence/mandates/confirmer.py": "a reviewer's reason, which a synthesis keeps word for word",
    "evidence/mandates/integrator.py": "the same",
    "evidence/synthesis.py": "the answer of a synthesis, kept word for word",
    "plan/captions.py": "a run in words, for the plan and for errors, which come before any report",
    "plan/estimate.py": "what an estimate rests on",
    "progress/steps.py": "how far a plan is, while it runs",
    "worlds/dials.py": "the setting of a dial, in the name of a language",
}
"""Files outside report/ that write a share as a percentage, and in what: each is a sentence that is made where it is
known and is kept, or said, as it is."""


def test_only_the_report_speaks_in_points() -> None:
    """Values lie in [0, 1]; times 100 they are for people, and people read the report. Few sentences are made below."""
    seen = set()
    for where, node in nodes(ast.FormattedValue, without=("report/",)):
        assert isinstance(node, ast.FormattedValue)
        form = ast.unparse(node.format_spec).strip("f'\"") if node.format_spec else ""
        if PERCENT.search(form) or _times_100(node.value):
            seen.add(where.split(":")[0])
    assert seen == set(OWN_SENTENCES)


def _times_100(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.BinOp)
        and isinstance(each.op, ast.Mult)
        and any(isinstance(side, ast.Constant) and side.value == 100 for side in (each.left, each.right))
        for each in ast.walk(node)
    )


KNOWS = ("core", "report", "plan", "store", "advice", "leaderboard", "progress")
"""Rooms whose results the terminal lays out."""


def test_the_terminal_computes_nothing() -> None:
    """It lays out what analysis, plan and advice have found: it imports nothing that computes from a study's scores."""
    for name, tree in files().items():
        if name.startswith("report/terminal/"):
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("isogloss."):
                    assert (node.module or "").split(".")[1] in KNOWS, f"{name}:{node.lineno}: {node.module}"
