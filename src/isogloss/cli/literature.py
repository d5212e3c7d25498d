"""Verbs that search the literature and hold claims against it."""

import argparse
from pathlib import Path

from isogloss.cli.adding import KEPT, Verbs
from isogloss.verbs import literature, synthesis


def add(verbs: Verbs) -> None:
    """Add them to the parser."""
    one = verbs.add(
        literature.search,
        "search the literature for what bears on a question; all answers are kept",
        "search 'does intermediate training help zero-shot transfer' --in papers.bib",
        kept=KEPT,
    )
    _searched(one)
    one.add_argument("--again", action="store_true", help="ask the same now, in a new search, and say what changed")
    one.add_argument("--dry-run", action="store_true", help="write the question down and say what it would cost")
    one.add_argument("--figure", type=Path, metavar="FILE.svg", help="draw the flow of records there, as PRISMA does")
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        literature.read,
        "hold the texts of what a search included, and find the claims in them",
        "read transfer --documents papers",
        kept=KEPT,
    )
    one.add_argument("name", metavar="NAME")
    _documents(one)
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        literature.verify,
        "hold claims against texts, published cells and a study",
        "verify transfer --claims claims.txt --study demo",
        reads=True,
        kept=KEPT,
    )
    one.add_argument("name", metavar="NAME")
    one.add_argument("--claims", type=Path, metavar="FILE", help="one claim a line, or JSON lines in SciFact's layout")
    _measured(one)
    one.add_argument("--check", action="append", default=[], metavar="NAME", help="this check only; once per check")
    one.add_argument("--drafts", type=Path, metavar="DIR", help="write claims about cells there as claim files")
    one.add_argument(
        "--accept", action="append", default=[], type=Path, metavar="FILE",
        help="a draft you have read and accept: its cells may decide; once per file",
    )  # fmt: skip
    _judged(one)
    one.add_argument("--json", action="store_true")

    one = verbs.add(
        synthesis.synthesis,
        "answer a question from the literature: claims, a panel, one page",
        "synthesis 'does intermediate training help zero-shot transfer' --in papers.bib",
        reads=True,
        kept=KEPT,
    )
    _searched(one)
    _documents(one)
    one.add_argument("--claims", type=Path, metavar="FILE", help="as for verify (default: those found in the papers)")
    _measured(one)
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


def _documents(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--documents", type=Path, metavar="DIR", help="PDF, LaTeX, JATS or text, named by identifier or title"
    )


def _measured(one: argparse.ArgumentParser) -> None:
    one.add_argument("--study", metavar="STUDY", help="also against the cells of this study of the store")


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
