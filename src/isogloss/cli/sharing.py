"""Verbs that use a run and hand results on."""

from pathlib import Path

from isogloss.cli.adding import WHOLE, Verbs, precision
from isogloss.verbs import findings, using


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        using.predict, "label a file of yours with a run", "predict 3f2a texts.txt --out labelled.tsv", kept=WHOLE
    )
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("file", type=Path, metavar="FILE", help=".tsv, .csv, .jsonl, .parquet, or .txt with a text a line")
    one.add_argument("--task", default="", help="whose head answers, where the run has several")
    one.add_argument(
        "--language", default="", metavar="CODE",
        help="which one the file is in; needed where the run reads each language with parts of its own",
    )  # fmt: skip
    one.add_argument("--columns", default="", metavar="A,B", help="names of the columns of a file without a header")
    one.add_argument("--out", type=Path, metavar="FILE", help="write .tsv, .csv or .jsonl there (default: print)")
    precision(one)
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        using.export,
        "write a run as a plain transformers folder with a model card",
        "export 3f2a model --push me/topics-en-to-40",
        kept=WHOLE,
    )
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    one.add_argument("--task", default="", help="whose head, where the run has several")
    one.add_argument("--push", default="", metavar="OWNER/NAME", help="upload it to this repository of a hub")
    one.add_argument("--private", action="store_true", help="a repository that is new is private")
    one.add_argument("--dry-run", action="store_true", help="only say what --push would upload")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        findings.submit,
        "write predictions as the XTREME leaderboard wants them",
        "submit submission --run 3f2a --run 91bc",
        reads=True,
        kept=WHOLE,
    )
    one.add_argument("folder", type=Path, metavar="DIR")
    one.add_argument("--run", action="append", default=[], metavar="RUN", help="whose; once per run (default: all)")
    one.add_argument("--split", default="test", help="default: test")
    one.add_argument("--labels", type=Path, metavar="DIR", help="also write the labels that are known, to here")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        findings.score, "score predictions in the leaderboard's layout", "score submission --labels labels", store=False
    )
    one.add_argument("folder", type=Path, metavar="PREDICTIONS")
    one.add_argument("--labels", type=Path, metavar="LABELS", required=True)
    one.add_argument(
        "--lenient", action="store_true", help="count missing answers as wrong, as the official scripts do"
    )
    one.add_argument("--partial", action="store_true", help="also average where scores are missing, and say how many")
    one.add_argument("--json", action="store_true")
