"""What was read: documents, their passages, and candidate claims before anything is said of them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text of one record that is held, or why none is."""

    record: str
    format: str
    """"abstract", "pdf", "latex", "jats", "text"; "none" where nothing is held."""
    sha256: str = ""
    """Of the file; "" where nothing is held."""
    text: str = ""
    """SHA-256 of the extracted text, which offsets point into; an abstract's is its file's."""
    bytes: int = 0
    version: str = ""
    """Such as "v2" of an arXiv paper, where it is known."""
    licence: str = ""
    extractor: str = ""
    """What turned the file into text, with its version."""
    held: bool = True
    why: str = ""
    """Why it is not held."""

    @property
    def id(self) -> str:
        """RECORD#FORMAT, unique in a lock unless one record has two files."""
        return f"{self.record}#{self.format}" + (f"#{self.sha256[:8]}" if self.format != "abstract" else "")


def record_of(document: str) -> str:
    """The record that a document of this id holds the text of; "" for none."""
    return document.split("#")[0]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A sentence of a document, by offsets into its extracted text."""

    document: str
    start: int
    end: int
    section: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A claim before anything is said of it: extracted from a passage, or given by a user."""

    id: str
    text: str
    kind: str
    document: str = ""
    """The document it was extracted from; "" for a given one."""
    start: int = 0
    end: int = 0
    cites: tuple[str, ...] = ()
    """Identifiers of the papers that are said to support it."""
    truncated: bool = False
    """Whether it breaks off."""
    cells: str = ""
    """Name or path of the claim file a person accepted for it."""
