"""Verbs about what there is to work with: tasks, encoders, and whether data is sound."""

from pathlib import Path

from isogloss.cli.adding import KEPT, WHOLE, Verbs
from isogloss.verbs import data, encoders, new


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        new.new, "write the two files of a study of your own tables",
        "new my_task --train train-en.tsv --test en=test-en.tsv --test de=test-de.tsv", store=False, kept=WHOLE,
    )  # fmt: skip
    one.add_argument("name", metavar="NAME", help="what the task is called: letters, digits and _")
    one.add_argument(
        "--train", type=Path, metavar="FILE", required=True, help="English: TSV, CSV, JSON lines, Parquet, CoNLL(-U)"
    )
    one.add_argument("--dev", type=Path, metavar="FILE", help="English; chooses the best checkpoint")
    one.add_argument(
        "--test", action="append", default=[], metavar="LANG=FILE",
        help="labelled, as en=test-en.tsv; once per language (default: those beside the training file)",
    )  # fmt: skip
    one.add_argument(
        "--type", choices=("classification", "tagging", "span", "choice"), default="", help="default: guessed"
    )
    one.add_argument(
        "--columns", default="", metavar="FIELD=COLUMN,…",
        help="fields: text, text_pair, label; tokens, tags; question, context, answers, starts; prompt, choices "
        "(A+B for several columns). Columns by name, or by number in a file that does not name them",
    )  # fmt: skip
    one.add_argument(
        "--header", choices=("yes", "no"), help="whether the first row names the columns (default: guessed)"
    )

    one = verbs.add(data.tasks, "what can be trained and tested", "tasks xnli", store=False, reads=True, kept=KEPT)
    one.add_argument("name", metavar="TASK", nargs="?", help="all about one task")
    one.add_argument("--fetch", action="store_true", help="download its files first")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        encoders.encoders, "encoders that can be used here, and how the others come", "encoders", store=False
    )
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        data.doctor, "check task data or a search; exit status 1 if results would be wrong", "doctor xnli", reads=True
    )
    one.add_argument(
        "name",
        metavar="RECIPE|TASK",
        nargs="*",
        help="tasks of one study (default: each task by itself), or one search",
    )
    one.add_argument(
        "--encoder", metavar="NAME|FOLDER|RUN", help="also lengths and unknown sub-words under its tokenizer"
    )
    one.add_argument("--notes", action="store_true", help="also what is merely worth knowing")
    one.add_argument("--json", action="store_true")
