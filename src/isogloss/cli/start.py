"""Verbs about what there is to work with: tasks, encoders, and whether data is sound."""

from isogloss.cli.adding import KEPT, Verbs
from isogloss.verbs import data, encoders


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(data.tasks, "what can be trained and tested", "tasks xnli", store=False, reads=True, kept=KEPT)
    one.add_argument("name", nargs="?", help="all about one task")
    one.add_argument("--fetch", action="store_true", help="download its files first")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        encoders.encoders, "encoders that can be used here, and how the others come", "encoders", store=False
    )
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        data.doctor, "check task data or a search; exit status 1 if results would be wrong", "doctor xnli", reads=True
    )
    one.add_argument("name", nargs="*", help="tasks of one study (default: each task by itself), or one search")
    one.add_argument(
        "--encoder", metavar="NAME|FOLDER|RUN", help="also lengths and unknown sub-words under its tokenizer"
    )
    one.add_argument("--notes", action="store_true", help="also what is merely worth knowing")
    one.add_argument("--json", action="store_true")
