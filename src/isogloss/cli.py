"""The command line: verbs and their options. What they do is in verbs/."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from isogloss.core.version import VERSION
from isogloss.report.terminal.screen import say, uncaught
from isogloss.verbs import advice, data, encoders, findings, literature, places, study, synthesis, upkeep, using

INTERRUPTED, TERMINATED = 130, 143
KEPT = "What is finished is kept; the same command goes on from there."
WHOLE = "Every file is the old one or the new one, whole; give the same command again."
SAME = "The store is as it was; give the same command again."
NEEDED = "What is needed is there; the same command frees the rest."
READ = "Nothing was written; give the same command again."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0, 2 for an error the user can mend, 130 for Ctrl-C, 143 for SIGTERM."""
    from isogloss.core import signals
    from isogloss.core.errors import IsoglossError

    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        sys.excepthook = uncaught
    asked = argparse.Namespace(debug="--debug" in words, kept=READ)
    try:
        with signals.answered():
            _, rest = parser().parse_known_args(words, asked)
            status = _do(asked, rest)
            sys.stdout.flush()  # here, where an error is still told
            return status
    except IsoglossError as error:
        if asked.debug:
            raise
        say(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as request:
        terminated = isinstance(request, signals.Terminated)
        begin = "\n" if sys.stderr.isatty() else ""  # after the terminal's ^C
        say(f"{begin}{'Stopped by SIGTERM' if terminated else 'Interrupted'}. {asked.kept}", file=sys.stderr)
        return TERMINATED if terminated else INTERRUPTED
    except BrokenPipeError:  # `isogloss show | head`
        _print_no_more()
    except OSError as error:
        if asked.debug:
            raise
        from isogloss.store.disk import told_of

        with suppress(OSError):
            say(f"StoreError: {told_of(error)}", file=sys.stderr)
        _print_no_more()
        return 2
    return 0


def _print_no_more() -> None:
    """Python prints the rest when it ends, and would fail once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Help(argparse.Action):
    """Help of a verb and, after a RECIPE, of the recipe's own options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "nargs": 0, "default": argparse.SUPPRESS})

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: Any) -> None:
        """Print it and end."""
        if named := getattr(namespace, "recipe", None):
            places.describe(parser, named)
        parser.print_help()
        parser.exit()


def _do(asked: argparse.Namespace, rest: list[str]) -> int:
    from isogloss.core.errors import SpecError

    if rest and not asked.follows:
        raise SpecError(f"`isogloss {asked.verb}` takes no {' '.join(rest)}; see `isogloss {asked.verb} --help`.")
    asked.rest = rest
    return int(asked.do(asked) or 0)


def _precision(verb: argparse.ArgumentParser) -> None:
    """What published encoders compute in; models/device.py has the same names, and imports torch."""
    verb.add_argument(
        "--precision", choices=("auto", "float32", "bfloat16"), default="auto",
        help="of published encoders' products (default: bfloat16 where the device does it natively and it pays)",
    )  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The parser of the command line, with every verb."""
    parser = argparse.ArgumentParser(
        prog="isogloss",
        description="English intermediate tasks and zero-shot cross-lingual transfer: run it, measure divergence, "
        "say where it breaks.",
        epilog="Start with `isogloss run demo`, then `isogloss report demo`. A RECIPE is a name or the path of a file "
        "of yours; options it takes (see `isogloss plan RECIPE --help`) follow it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"isogloss {VERSION}")
    listed = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(
        do: Any, summary: str, *, store: bool = True, reads: bool = False, kept: str = READ, recipe: str = ""
    ) -> argparse.ArgumentParser:
        """`kept` says, to whoever stops it, what is kept and how to go on; `recipe` names one whose options follow."""
        name = do.__name__.rstrip("_").replace("_", "-")
        made = listed.add_parser(name, help=summary, description=do.__doc__, allow_abbrev=False, add_help=not recipe)
        made.set_defaults(do=do, kept=kept, follows=bool(recipe))
        if recipe:
            made.add_argument(
                "recipe", metavar=recipe, help=f"its own options follow it; `isogloss {name} RECIPE --help` lists them"
            )
            made.add_argument("-h", "--help", action=_Help, help="show this and, after a RECIPE, its own options")
        made.add_argument("--debug", action="store_true", help="show where an error comes from")
        if store:
            made.add_argument(
                "--store", type=places.place, metavar="DIR|URL", help="default: $ISOGLOSS_STORE, else ./store"
            )
        if reads:
            made.add_argument(
                "--data", type=Path, metavar="DIR", help="default: $ISOGLOSS_DATA, else ../shared/data, else ./data"
            )
        return made

    one = verb(data.tasks, "what can be trained and tested", store=False, reads=True, kept=KEPT)
    one.add_argument("name", nargs="?", help="all about one task")
    one.add_argument("--fetch", action="store_true", help="download its files first")
    one.add_argument("--json", action="store_true")

    one = verb(encoders.encoders, "encoders that can be used here, and how the others come", store=False, kept=READ)
    one.add_argument("--json", action="store_true")

    one = verb(data.doctor, "check task data or a search; exit status 1 if results would be wrong", reads=True)
    one.add_argument("name", nargs="*", help="tasks of one study (default: each task by itself), or one search")
    one.add_argument(
        "--encoder", metavar="NAME|FOLDER|RUN", help="also lengths and unknown sub-words under its tokenizer"
    )
    one.add_argument("--notes", action="store_true", help="also what is merely worth knowing")
    one.add_argument("--json", action="store_true")

    one = verb(study.plan, "what a recipe would do, and what it costs", reads=True, recipe="RECIPE|SEARCH")
    one.add_argument("--device-tflops", type=float, default=0.0, metavar="N", help="estimate for a device of this rate")
    _precision(one)
    one.add_argument("--json", action="store_true")

    one = verb(study.run, "do what a recipe asks and the store lacks", reads=True, kept=KEPT, recipe="RECIPE")
    one.add_argument("--workers", type=int, metavar="N", help="processes at once (default: as many as fit)")
    one.add_argument("--threads", type=int, default=1, metavar="N", help="threads per process; changes last digits")
    one.add_argument(
        "--on", choices=("local", "pool", "ray"), default="pool",
        help="one process; all cores, or one process per GPU (default); a Ray cluster",
    )  # fmt: skip
    one.add_argument("--address", default="", help="of the Ray cluster (default: one on this machine)")
    one.add_argument("--processes", type=int, default=1, metavar="N", help="share each run's batches among N processes")
    _precision(one)
    one.add_argument(
        "--keep", choices=("all", "needed", "none"), default="all",
        help="weights that stay when their tests are done: all (default), those that runs start from, none",
    )  # fmt: skip
    one.add_argument("--quiet", action="store_true", help="no progress (also: ISOGLOSS_QUIET=1)")

    one = verb(study.show, "studies, runs and scores in the store")
    one.add_argument("study", nargs="?")
    one.add_argument("--json", action="store_true")

    one = verb(study.why, "what a run is, what it depends on, why it is (not) cached")
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("--json", action="store_true")

    one = verb(study.rerun, "train a run again and compare, to the bit", reads=True, kept=SAME)
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("--check", action="store_true", help="exit status 1 on any difference")
    one.add_argument("--recipe", default="", metavar="FILE", help="of the run, where it brings tasks of its own")
    one.add_argument("--json", action="store_true")

    one = verb(study.gc, "free weights that no saved study needs any more", kept=NEEDED)
    one.add_argument("--dry-run", action="store_true", help="only show what would go")
    one.add_argument("--parents", action="store_true", help="also weights that finished runs started from")
    one.add_argument("--abandoned", action="store_true", help="also unfinished runs that no saved study names")
    one.add_argument("--json", action="store_true")

    one = verb(upkeep.verify_store, "is everything in the store what it was? exit status 1 if not", kept=WHOLE)
    one.add_argument("--repair", action="store_true", help="show what would be taken out of use, and what it costs")
    one.add_argument("--yes", action="store_true", help="do it")
    one.add_argument("--json", action="store_true")

    one = verb(
        findings.measure, "how far intermediate and target tasks lie apart, by language", reads=True, kept=KEPT,
        recipe="RECIPE|STUDY",
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

    one = verb(findings.analyse, "what divergence does to transfer: outcomes, effects and verdicts", kept=WHOLE)
    one.add_argument("study")
    one.add_argument("--json", action="store_true")

    one = verb(findings.report, "write a study's page", kept=WHOLE)
    one.add_argument("study", nargs="?")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: STUDY.html here")

    one = verb(data.semdiv, "how far translations mean what the English says", reads=True, kept=KEPT)
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
        help="at most N pairs (default: all); of a study, N of each task (default: 500); 0 = all",
    )  # fmt: skip
    one.add_argument("--recipe", dest="tasks_of", default="", metavar="FILE", help="what brings a study's own tasks")
    one.add_argument("--json", action="store_true", help="with the scores of every pair; of a study, every share")

    one = verb(findings.claims, "hold claims against published scores and against a study")
    one.add_argument("name", nargs="*", help="names, or paths of your own; all that come with isogloss when left out")
    one.add_argument("--study", help="also against this study of the store")
    one.add_argument("--json", action="store_true", help="print JSON, with the cells behind every verdict")
    one = verb(findings.submit, "write predictions as the XTREME leaderboard wants them", reads=True, kept=WHOLE)
    one.add_argument("folder", type=Path, metavar="DIR")
    one.add_argument("--run", action="append", default=[], metavar="RUN", help="whose; once per run (default: all)")
    one.add_argument("--split", default="test", help="default: test")
    one.add_argument("--labels", type=Path, metavar="DIR", help="also write the labels that are known, to here")
    one.add_argument("--json", action="store_true")

    one = verb(findings.score, "score predictions in the leaderboard's layout", store=False)
    one.add_argument("folder", type=Path, metavar="PREDICTIONS")
    one.add_argument("--labels", type=Path, metavar="LABELS", required=True)
    one.add_argument(
        "--lenient", action="store_true", help="count missing answers as wrong, as the official scripts do"
    )
    one.add_argument("--partial", action="store_true", help="also average where scores are missing, and say how many")
    one.add_argument("--json", action="store_true")

    one = verb(using.predict, "label a file of yours with a run", kept=READ)
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("file", type=Path, metavar="FILE", help=".tsv, .csv, .jsonl, .parquet, or .txt with a text a line")
    one.add_argument("--task", default="", help="whose head answers, where the run has several")
    one.add_argument("--columns", default="", metavar="A,B", help="names of the columns of a file without a header")
    one.add_argument("--out", type=Path, metavar="FILE", help="write .tsv, .csv or .jsonl there (default: print)")
    _precision(one)
    one.add_argument("--json", action="store_true")

    one = verb(using.export, "write a run as a plain transformers folder with a model card", kept=WHOLE)
    one.add_argument("run", help="a run's id, or how it begins")
    one.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    one.add_argument("--task", default="", help="whose head, where the run has several")
    one.add_argument("--json", action="store_true")

    _advice(verb)
    _literature(verb)
    return parser


def _advice(verb: Any) -> None:
    one = verb(advice.rank, "which intermediate task to run first, before any is paid for", kept=WHOLE)
    one.add_argument("task", nargs="?", metavar="TASK|FILE", help="the target")
    one.add_argument("--encoder", default="", metavar="NAME", help="default: the only one of the store")
    one.add_argument("--languages", default="", metavar="A,B", help="default: all but English")
    one.add_argument("--arms", default="", metavar="A,B", help="intermediate tasks or files (default: all known)")
    most = one.add_mutually_exclusive_group()
    most.add_argument("--hours", type=float, metavar="H", help="advise runs for so many hours")
    most.add_argument("--runs", type=int, metavar="N", help="advise so many runs (default: 6)")
    one.add_argument(
        "--study", action="append", default=[], metavar="STUDY", help="learn from this one; once per study"
    )
    one.add_argument("--device-tflops", type=float, default=0.0, metavar="N", help="estimate for a device of this rate")
    one.add_argument("--record", action="store_true", help="how past advice did")
    one.add_argument("--json", action="store_true")

    one = verb(advice.forecast, "scores to expect in languages that were not measured", reads=True, kept=WHOLE)
    one.add_argument("task", metavar="STUDY|TASK|FILE")
    one.add_argument("--encoder", default="", metavar="NAME", help="default: the only one of the store")
    one.add_argument("--languages", default="", metavar="A,B", help="default: all that the task has")
    one.add_argument("--after", default="", metavar="ARM", help="the intermediate task (default: none)")
    one.add_argument(
        "--study", action="append", default=[], metavar="STUDY", help="learn from this one; once per study"
    )
    one.add_argument("--json", action="store_true")

    one = verb(advice.next_, "which runs and labels would bring a study most, and when to stop", kept=WHOLE)
    one.add_argument("study")
    one.add_argument("--cells", type=int, default=3, metavar="N", help="runs to name (default: 3)")
    one.add_argument("--hours", type=float, metavar="H", help="that they may take together")
    one.add_argument("--languages", default="", metavar="A,B", help="that count (default: all but English)")
    one.add_argument("--write", type=Path, metavar="FILE.py", help="leave a recipe of the runs")
    one.add_argument("--json", action="store_true")


def _literature(verb: Any) -> None:
    one = verb(literature.search, "search the literature for what bears on a question; all answers are kept", kept=KEPT)
    _searched(one)
    one.add_argument("--again", action="store_true", help="ask the same now, in a new search, and say what changed")
    one.add_argument("--dry-run", action="store_true", help="write the question down and say what it would cost")
    one.add_argument("--figure", type=Path, metavar="FILE.svg", help="draw the flow of records there, as PRISMA does")
    one.add_argument("--json", action="store_true")

    one = verb(literature.read, "hold the texts of what a search included, and find the claims in them", kept=KEPT)
    one.add_argument("name", metavar="NAME")
    one.add_argument(
        "--documents", type=Path, metavar="DIR", help="PDF, LaTeX, JATS or text, named by identifier or title"
    )
    one.add_argument("--json", action="store_true")

    one = verb(literature.verify, "hold claims against texts, published cells and a study", reads=True, kept=KEPT)
    one.add_argument("name", metavar="NAME")
    one.add_argument("--claims", type=Path, metavar="FILE", help="one claim a line, or JSON lines in SciFact's layout")
    one.add_argument("--study", metavar="STUDY", help="also against the cells of this study of the store")
    one.add_argument("--check", action="append", default=[], metavar="NAME", help="this check only; once per check")
    one.add_argument("--drafts", type=Path, metavar="DIR", help="write claims about cells there as claim files")
    one.add_argument(
        "--accept", action="append", default=[], type=Path, metavar="FILE",
        help="a draft you have read and accept: its cells may decide; once per file",
    )  # fmt: skip
    _judged(one)
    one.add_argument("--json", action="store_true")

    one = verb(
        synthesis.synthesis, "answer a question from the literature: claims, a panel, one page", reads=True, kept=KEPT
    )
    _searched(one)
    one.add_argument(
        "--documents", type=Path, metavar="DIR", help="PDF, LaTeX, JATS or text, named by identifier or title"
    )
    one.add_argument("--claims", type=Path, metavar="FILE", help="as for verify (default: those found in the papers)")
    one.add_argument("--study", metavar="STUDY", help="also against the cells of this study of the store")
    one.add_argument(
        "--accept", action="append", default=[], type=Path, metavar="FILE", help="as for verify; once per file"
    )
    one.add_argument(
        "--ratings", action="append", default=[], type=Path, metavar="CSV",
        help="people's ratings: reviewer, criterion, claim, score, reason; once per file",
    )  # fmt: skip
    _judged(one)
    one.add_argument("--out", type=Path, metavar="FILE", help="of the page (default: NAME.html here)")
    one.add_argument("--json", action="store_true", help="print JSON; the page is written only to --out")


def _judged(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--verifier", default="", metavar="NAME",
        help="words (default), words+minilm, or a study of the recipe verifier",
    )  # fmt: skip
    one.add_argument("--reader", default="", metavar="URL", help="a language model's server with OpenAI's interface")
    one.add_argument(
        "--model", default="", help="its model; without --reader, answers that the search has kept are used"
    )


def _searched(one: argparse.ArgumentParser) -> None:
    one.add_argument("question", metavar="QUESTION|NAME", help="a question, or the name of a search to go on with")
    one.add_argument(
        "--in", dest="places", nargs="+", type=Path, default=[], metavar="DIR|FILE",
        help="ACL Anthology XML, BibTeX, RIS, exported JSON or CSV, PDFs",
    )  # fmt: skip
    one.add_argument(
        "--databases", default="", metavar="A,B", help="openalex, crossref, semanticscholar, arxiv, unpaywall"
    )
    one.add_argument("--name", default="", help="default: the first words of the question")
    one.add_argument(
        "--terms", action="append", default=[], metavar="WORDS", help="for databases, instead of the question's"
    )
    one.add_argument("--years", default="", metavar="A-B")
    one.add_argument("--limit", type=int, default=200, metavar="N", help="records of each database (default: 200)")
    one.add_argument("--most", type=int, default=40, metavar="N", help="keep the N nearest (default: 40)")
    one.add_argument("--patience", type=float, default=60.0, metavar="SECONDS", help="for one request (default: 60)")
