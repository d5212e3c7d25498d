"""Verbs that say what came out of a study."""

from pathlib import Path

from isogloss.cli.adding import KEPT, WHOLE, Verbs
from isogloss.verbs import data, findings


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        findings.measure, "how far intermediate and target tasks lie apart, by language",
        "measure demo --measures jaccard,mmd --limit 100", reads=True, kept=KEPT, recipe="RECIPE|STUDY",
    )  # fmt: skip
    one.add_argument("--measures", default="", metavar="A,B", help="default: all (isogloss/measures/)")
    one.add_argument("--layer", type=int, metavar="N", help="hidden layer (default: at 14/24 of the depth)")
    one.add_argument(
        "--pooling",
        default="",
        help="mean, first or idf (default: idf if the encoder has word frequencies)",
    )
    one.add_argument("--limit", type=int, default=500, metavar="N", help="examples of each corpus; 0 = all")
    one.add_argument("--quiet", action="store_true", help="no progress (also: ISOGLOSS_QUIET=1)")
    one.add_argument("--json", action="store_true", help="every row, as the store keeps it")

    one = verbs.add(
        findings.analyse, "what divergence does to transfer: outcomes, effects and verdicts", "analyse demo", kept=WHOLE
    )
    one.add_argument("study")
    one.add_argument("--json", action="store_true")

    one = verbs.add(findings.report, "write a study's page", "report demo --out page.html", kept=WHOLE)
    one.add_argument("study", nargs="?")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: STUDY.html here")

    one = verbs.add(
        data.semdiv,
        "how far translations mean what the English says",
        "semdiv xnli/test --language de",
        reads=True,
        kept=KEPT,
    )
    one.add_argument(
        "file", metavar="FILE|STUDY", help="in REFreSD's sentence-label layout; TASK/SPLIT, as xnli/test; or "
        "a study: its translated tests and training data, kept in the store",
    )  # fmt: skip
    one.add_argument(
        "--encoder", default="", metavar="NAME|FOLDER|RUN",
        help="default: e5-small where it is installed; none: baselines alone; of a study, its first pretrained one "
        "(small: the first it built)",
    )  # fmt: skip
    one.add_argument("--language", default="", help="of the translations (default: fr; of a study, all; A,B)")
    one.add_argument("--dev", type=Path, metavar="FILE", help="labelled pairs that thresholds are chosen on")
    one.add_argument("--parallel", default="", metavar="A,B", help="text to train on (default: all that is there)")
    one.add_argument(
        "--limit", type=int, metavar="N",
        help="at most N pairs, drawn at random but always the same (default: all); of a study, of each task "
        "(default: 500); 0 = all",
    )  # fmt: skip
    one.add_argument("--recipe", dest="tasks_of", default="", metavar="FILE", help="what brings a study's own tasks")
    one.add_argument("--json", action="store_true", help="with the scores of every pair; of a study, every share")

    one = verbs.add(findings.claims, "hold claims against published scores and against a study", "claims --study demo")
    one.add_argument(
        "name",
        metavar="CLAIM",
        nargs="*",
        help="names, or paths of your own; all that come with isogloss when left out",
    )
    one.add_argument("--study", help="also against this study of the store")
    one.add_argument("--json", action="store_true", help="print JSON, with the cells behind every verdict")
