"""The layout of a store: the only file that knows a path, outside a run's folder and inside it."""

import ast
from pathlib import Path

import isogloss
from isogloss.store.layout import Layout, Weights

ROOT = Path(isogloss.__file__).parent
FOLDERS = {"runs", "evaluations", "studies", "baselines", "translations", "divergences", "drifts", "analyses",
           "locks", "encoder", "snapshots"}  # fmt: skip
FILES = {"spec.json", "done.json", "freed.json", "scores.json", "predictions.parquet", "head.safetensors",
         "state.safetensors", "state-tokenizer", "analysis.json"}  # fmt: skip


def test_a_runs_folder_is_laid_out_as_it_always_was(tmp_path: Path) -> None:
    """Stores of earlier versions hold these names."""
    run = Layout(tmp_path).run("0123456789ab")
    names = {
        "encoder": Weights(run).encoder, "head.safetensors": Weights(run).head,
        "state.safetensors": Weights(run).state, "state-tokenizer": Weights(run).tokenizer,
        "state-aligned-x.safetensors": Weights(run).start("x"), "snapshots": Weights(run).snapshots,
        "snapshots/0000012": Weights(run).snapshot(12), "snapshots/mean-3": Weights(run).mean(3),
        "snapshots/0000012/encoder": Weights(Weights(run).snapshot(12)).encoder,
    }  # fmt: skip
    assert {name: path.relative_to(run).as_posix() for name, path in names.items()} == {name: name for name in names}
    assert Layout(tmp_path).snapshots("0123456789ab") == Weights(run).snapshots


def test_nobody_else_knows_a_name_of_a_store() -> None:
    """No other file joins a name of a store to a path, or names one of its files."""
    for path in (path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] != "store"):
        tree = ast.parse(path.read_text("utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant):
                assert node.right.value not in FOLDERS, where
            if isinstance(node, ast.Constant) and id(node) not in prose:
                assert node.value not in FILES, where
