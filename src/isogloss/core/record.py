"""A record: what a database or a file says of one paper. Merges, screening decisions and queries are rows beside it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from isogloss.core.texts import normal

KINDS = ("paper", "preprint", "survey", "machine-made", "other")
REASONS = (
    "retracted", "machine-made synthesis", "outside the years", "no title", "no word of the question",
    "not among the nearest",
)  # fmt: skip
"""Why a record is left out when titles and abstracts are screened: a closed list, first match wins."""
RELATIONS = ("same", "version of")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What one database is asked."""

    database: str
    terms: str
    years: tuple[int, ...] = ()
    """First and last year; empty = all."""
    most: int = 200
    """So many records at most."""


@dataclass(frozen=True, kw_only=True)
class Retraction:
    """What became of a paper after it was published."""

    status: str
    """"retracted", "corrected" or "concern"."""
    source: str
    """Who says so."""
    date: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One paper as one source describes it, normalised; the body it was read from stays beside it."""

    id: str
    """SOURCE:KEY, unique in a lock."""
    source: str
    """The database, or the format of the file."""
    title: str
    answer: str = ""
    """SHA-256 of the body it was read from."""
    place: str = ""
    """Where in that body."""
    authors: tuple[str, ...] = ()
    """Given name first."""
    year: int | None = None
    venue: str = ""
    abstract: str = ""
    sentences: tuple[str, ...] = ()
    """The abstract in sentences, where the source splits it itself."""
    kind: str = "paper"
    ids: Mapping[str, str] = field(default_factory=dict)
    """doi, arxiv, arxiv_version, acl, s2, openalex, file: lower case where their owners ignore case."""
    related: Mapping[str, str] = field(default_factory=dict)
    """A stated relation → a DOI: "is-preprint-of", "has-preprint", "is-version-of"."""
    retracted: Retraction | None = None
    licence: str = ""
    url: str = ""

    def marks(self) -> list[str]:
        """What it lacks, in words."""
        named = (
            ("no id", any(key != "file" for key in self.ids)), ("no title", self.title), ("no author", self.authors),
            ("no year", self.year), ("no abstract", self.abstract),
        )  # fmt: skip
        return [name for name, there in named if not there]


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Two records that are one paper, or two versions of one. Records are never deleted, so it can be undone."""

    kept: str
    other: str
    rule: str
    relation: str = "same"


@dataclass(frozen=True, kw_only=True)
class Screening:
    """Whether a merged record goes on, by title and abstract."""

    record: str
    included: bool
    reason: str = ""
    """One of REASONS for one that does not."""
    by: str = "rules"
    rank: int = 0
    """Place among all records by nearness to the question; 0 where it has none of its words."""


def doi(text: str) -> str:
    """A DOI in lower case without its resolver; "" for anything else."""
    text = re.sub(r"^(https?://)?(dx\.)?doi\.org/|^doi:\s*", "", text.strip(), flags=re.IGNORECASE)
    text = text.strip().rstrip(".,;").lower()
    return text if re.fullmatch(r"10\.\d{4,9}/\S+", text) else ""


def arxiv(text: str) -> tuple[str, str]:
    """(identifier, version such as "v2" or "") of an arXiv identifier, link or DOI; ("", "") for anything else."""
    text = re.sub(
        r"^(https?://)?(www\.|export\.)?arxiv\.org/(abs|pdf)/|^arxiv:\s*", "", text.strip(), flags=re.IGNORECASE
    )
    text = re.sub(r"^10\.48550/arxiv\.", "", doi(text) or text, flags=re.IGNORECASE).removesuffix(".pdf")
    found = re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(v\d+)?", text, flags=re.IGNORECASE)
    return (found[1].lower(), (found[2] or "").lower()) if found else ("", "")


def identifiers(**given: str | None) -> dict[str, str]:
    """What is known of doi, arxiv, acl, s2, openalex …, normalised; an arXiv DOI counts as an arXiv identifier too."""
    found = {name: value.strip() for name, value in given.items() if value and value.strip()}
    found["doi"] = doi(found.get("doi", ""))
    name, version = arxiv(found.get("arxiv", "") or found["doi"])
    found["arxiv"], found["arxiv_version"] = name, version
    return {name: value for name, value in sorted(found.items()) if value}


def simple(text: str) -> str:
    """Letters and digits of a title in lower case without accents, one space between words: what titles compare by."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", normal(text)) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain.casefold()))


def family(author: str) -> str:
    """The family name as authors compare by it: before the comma, else the last word."""
    name = author.split(",")[0] if "," in author else author
    words = simple(name).split()
    words = [word for word in words if word not in ("jr", "sr", "ii", "iii")] or words
    return " ".join(words) if "," in author and words else (words[-1] if words else "")
