"""An error says what was seen, what is allowed and what to do."""

import ast
from pathlib import Path

from isogloss.core import errors
from isogloss.core.errors import DataError, IsoglossError, UnknownName


def test_an_unknown_name_suggests_the_nearest() -> None:
    """The message holds the name, the nearest known one, all known ones sorted, and where they are."""
    error = UnknownName.of("task", "xnil", ["xquad", "xnli", "anli"], "one file each in isogloss/tasks/")
    assert str(error) == (
        "no task named 'xnil'. Did you mean 'xnli'? Known: anli, xnli, xquad (one file each in isogloss/tasks/)."
    )


def test_case_is_no_difference() -> None:
    """A code in capitals is near to itself."""
    assert "Did you mean 'de'?" in str(UnknownName.of("language", "DE", ["de", "fr"]))


def test_a_name_like_no_other_gets_no_suggestion() -> None:
    """Nothing near, nothing suggested; nothing known is said as such."""
    assert str(UnknownName.of("task", "zzz", [])) == "no task named 'zzz'. Known: none."


def test_a_data_error_names_file_and_line() -> None:
    """With a line, and for a file as a whole."""
    assert str(DataError.at(Path("a.tsv"), 812, "2 columns, expected 3.")) == (
        "a.tsv, line 812: 2 columns, expected 3. Nothing was written."
    )
    assert str(DataError.at(Path("a.tsv"), None, "it is empty.")) == "a.tsv: it is empty. Nothing was written."


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Every exception stands in the module's drawing, and is one of ours."""
    kinds = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    kinds = {name: kind for name, kind in kinds.items() if issubclass(kind, Exception)}
    assert errors.__doc__
    for name, kind in kinds.items():
        assert name in errors.__doc__
        assert issubclass(kind, IsoglossError)


def test_json_of_brackets_without_end_is_caught_wherever_json_is_read() -> None:
    """100,000 brackets are a RecursionError, not a ValueError: each `json.loads` of a file stands below NOT_JSON."""
    root = Path(errors.__file__).parents[1]
    unguarded = []
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        guarded = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.Try | ast.With)
            and "NOT_JSON" in "".join(map(ast.unparse, node.handlers if isinstance(node, ast.Try) else node.items))
            for child in node.body
            for inner in ast.walk(child)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.loads", "json.load"):
                text = ast.unparse(node.args[0])
                just_written = text.startswith("json.dumps(") or text.endswith(".to_str()")
                unguarded += [] if just_written or id(node) in guarded else [f"{path.relative_to(root)}:{node.lineno}"]
    # A part of a spec was just written by its caller; one column of predictions is parsed below its caller's handler.
    assert sorted(place.partition(":")[0] for place in unguarded) == ["core/spec.py", "store/predictions.py"]


def test_a_long_list_of_names_is_cut_and_begins_with_the_nearest() -> None:
    """Twelve of forty, and how many more there are."""
    error = str(UnknownName.of("task", "zebr", ["zebra", *(f"a{n}" for n in range(39))]))
    assert "Known: zebra, a0, " in error
    assert error.endswith(" and 28 more.")
    assert error.count(", ") == 11
