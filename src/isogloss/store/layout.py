"""Where everything lies in a store. The only file that knows a path.

STORE/
  VERSION                          the layout's version
  runs/RUN/
    spec.json                      what the run is
    encoder/  head.safetensors     its weights (Hugging Face layout, or models/rows: what it changed)
    snapshots/STEP/                the same at earlier steps, where they are kept; mean-N/ of the last N
    state…                         optimizer state of a phase in progress; gone once the run is finished
    done.json                      the record; written last, so its existence means the run is finished
    freed.json                     the record of a finished run whose weights `gc` has freed
  evaluations/RUN/KEY/
    predictions.parquet            one row per example
    scores.json                    the scores and what was evaluated
  studies/NAME.json                a resolved study: which runs and evaluations it is made of
  translations/KEY.json            what became of a task's examples in translation: kept, dropped and why
  divergences/NAME/PART.parquet    a study's divergences: one part per encoder, intermediate and target task
  drifts/NAME/PART.json            what share of a study's translated texts has drifted in meaning
  analyses/NAME/                   what was concluded from a study: analysis.json, and tables as CSV
  advice/KEY.json                  what was advised before runs were made, and which runs it knew
  evidence/NAME/                   a search of the literature: what was asked, answered, read, checked; lock.json last
                                   beside studies, advice, divergences and drifts: .held.json, a list of what lies there
  live/STUDY.json                  how far a command is that runs a study; gone once it has ended
  cache/                           translated sentences, vectors, hashes of data files; may be deleted at any time
  quarantine/TIME/                 damaged files that `verify-store --repair` took out of use, by where they lay
  locks/                           empty files that processes lock while they write
"""

import hashlib
import re
from pathlib import Path, PurePosixPath

from isogloss.core.errors import StoreError
from isogloss.core.names import RULE, WHOLE, problem
from isogloss.core.shown import quoted
from isogloss.store.links import own

VERSION = 1
_VERSION = re.compile(r"[1-9][0-9]{0,8}\s*", re.ASCII)
STATE = "state"
"""Files and folders of a run that begin so are its optimizer state."""
SNAPSHOTS = "snapshots"
"""The folder of a run's earlier weights, each of which lands whole."""
PARTIAL = ".partial-"
"""Names that begin so are what a killed writer left; nobody reads them."""

QUARANTINE = "quarantine"
"""Where damaged files go that `verify-store --repair` takes out of use."""

ABOUT = ("spec.json", "done.json", "freed.json")
"""What is known of a run, beside its weights."""
MARKERS = ("done.json", "freed.json", "scores.json")
"""Files that are written last of their folder."""
LOCK = "lock.json"
"""The file of a search that says what is in it; written last."""
HELD = ".held.json"
"""The list of the files that a folder holds, so that one that is lost is missed."""
FIXED = ("runs", "evaluations", "baselines", "translations", "cache")
"""Folders whose files are written once; those elsewhere may be written again."""


def version_of(text: str) -> int | None:
    """The layout that a store's VERSION names; None for what is not a store's, such as a project's "1.2.0"."""
    return int(text) if _VERSION.fullmatch(text) else None


def place_of_state(path: Path) -> str:
    """Where a file of a state belongs, as its seal says it: to which run, or to which attempt of one."""
    above = path.parent
    of = f"{above.parent.name}/{above.name}" if above.name.startswith(STATE) else above.name
    return f"{of}/{path.name}"


def light(path: PurePosixPath) -> bool:
    """Whether a file of a store, by its path below the root, is neither weights nor one machine's own."""
    first, *rest = path.parts
    if not rest or first in ("locks", QUARANTINE) or any(part.startswith(PARTIAL) for part in rest):
        return False
    if first == "runs":
        return len(rest) == 2 and rest[1] in ABOUT
    return first != "cache" or rest[0] == "sentences"


class Weights:
    """Names inside the folder of a run, or of one of its earlier steps, which is laid out alike; makes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.encoder = folder / "encoder"
        self.head = folder / "head.safetensors"
        self.state = folder / f"{STATE}.safetensors"
        """Weights, optimizer and step of a phase in progress."""
        self.tokenizer = folder / f"{STATE}-tokenizer"
        """The tokenizer of an encoder that is being made."""
        self.snapshots = folder / SNAPSHOTS
        self.attempts = folder / f"{STATE}-attempts.json"
        """What became of earlier attempts at a phase that may be repeated."""

    def attempt(self, number: int) -> Path:
        """Where an attempt is made: the run's own folder for the first."""
        return self.folder / f"{STATE}-attempt-{number}" if number else self.folder

    def start(self, part: str) -> Path:
        """A part of an aligned start that is being made."""
        return self.folder / f"{STATE}-aligned-{part}.safetensors"

    def snapshot(self, step: int) -> Path:
        """The weights at an earlier step."""
        return self.snapshots / f"{step:07d}"

    def mean(self, count: int) -> Path:
        """The mean of the last few of them."""
        return self.snapshots / f"mean-{count}"


class Layout:
    """Paths below a store's root; makes nothing. Raises StoreError for a name that would lead elsewhere.

    Names come from specs and from what others left in a store, so each is held against `core.names` here, once; a link
    on the way is refused.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.version = root / "VERSION"
        self.runs = root / "runs"
        self.evaluations = root / "evaluations"
        self.studies = root / "studies"
        self.locks = root / "locks"

    def run(self, run_id: str) -> Path:
        """A run's folder, in progress or finished."""
        return self._at("runs", run_id)

    def spec(self, run_id: str) -> Path:
        """What the run is."""
        return self._at("runs", run_id, end="/spec.json")

    def done(self, run_id: str) -> Path:
        """The marker of a finished run whose weights are there."""
        return self._at("runs", run_id, end="/done.json")

    def freed(self, run_id: str) -> Path:
        """The marker of a finished run whose weights were freed."""
        return self._at("runs", run_id, end="/freed.json")

    def weights(self, run_id: str) -> list[Path]:
        """What `gc` may free of a run: everything that is neither its spec nor a marker."""
        folder = self.run(run_id)
        return sorted(path for path in folder.iterdir() if path.name not in ABOUT) if folder.is_dir() else []

    def states(self, run_id: str) -> list[Path]:
        """Optimizer states of a run, and what killed writers left in it."""
        return [path for path in self.weights(run_id) if path.name.startswith((STATE, PARTIAL))]

    def snapshots(self, run_id: str) -> Path:
        """A run's weights at earlier steps."""
        return self._at("runs", run_id, end=f"/{SNAPSHOTS}")

    def tested(self, run_id: str) -> Path:
        """The folder of one run's evaluations."""
        return self._at("evaluations", run_id)

    def evaluation(self, run_id: str, key: str) -> Path:
        """The folder of one evaluation."""
        return self._at("evaluations", run_id, key)

    def predictions(self, run_id: str, key: str) -> Path:
        """One row per example."""
        return self._at("evaluations", run_id, key, end="/predictions.parquet")

    def scores(self, run_id: str, key: str) -> Path:
        """Scores and what was evaluated."""
        return self._at("evaluations", run_id, key, end="/scores.json")

    def baselines(self, key: str) -> Path:
        """Names of the baselines of one evaluation; written when all of them are there."""
        return self._at("baselines", key, end=".json")

    def study(self, name: str) -> Path:
        """A resolved study."""
        return self._at("studies", name, end=".json")

    @property
    def lives(self) -> Path:
        """The folder of how far commands are."""
        return own(self.root / "live", self.root)

    def live(self, study: str) -> Path:
        """How far a command is that runs a study."""
        return self._at("live", study, end=".json")

    def translation(self, key: str) -> Path:
        """What became of the examples of one split in one language."""
        return self._at("translations", key, end=".json")

    @property
    def sentences(self) -> Path:
        """Translated sentences, by content."""
        return self._at("cache", "sentences")

    def analysis(self, study: str) -> Path:
        """The folder of a study's analysis."""
        return self._at("analyses", study)

    @property
    def advices(self) -> Path:
        """The folder of what was advised."""
        return own(self.root / "advice", self.root)

    def advice(self, key: str) -> Path:
        """One piece of advice."""
        return self._at("advice", key, end=".json")

    def divergences(self, study: str) -> Path:
        """The folder of a study's divergences."""
        return self._at("divergences", study)

    def divergence(self, study: str, part: str) -> Path:
        """One part of them."""
        return self._at("divergences", study, part, end=".parquet")

    def drifts(self, study: str) -> Path:
        """The folder of what has drifted in meaning."""
        return self._at("drifts", study)

    def drift(self, study: str, part: str) -> Path:
        """What has drifted of one encoder, task and language."""
        return self._at("drifts", study, part, end=".json")

    @property
    def searches(self) -> Path:
        """The folder of all searches of the literature."""
        return self.root / "evidence"

    def search(self, name: str) -> "SearchLayout":
        """The files of one search."""
        return SearchLayout(self._at("evidence", name))

    @property
    def copy(self) -> Path:
        """Beside which the copy of a store at a URL is made that is checked, weights included."""
        return self.root / "verify"

    def vectors(self, key: str) -> Path:
        """Cached vectors of one corpus under one view of one encoder."""
        return self._at("cache", "vectors", key, end=".npy")

    def cache(self, name: str) -> Path:
        """A cached table of the plan."""
        return self._at("cache", name, end=".json")

    def lock(self, key: str) -> Path:
        """The file a process locks while it works on `key`."""
        name = key.replace("/", "_")
        if len(name.encode()) > WHOLE:
            name = hashlib.sha256(name.encode()).hexdigest()
        return self._at("locks", name)

    def _at(self, *names: str, end: str = "") -> Path:
        """The path of names, each in the folder before it, with an ending of ours."""
        for name in names:
            if why := problem(name):
                raise StoreError(f"{self.root}: the name {quoted(name)} {why}, so nothing in a store has it. {RULE}")
        return own(self.root.joinpath(*names[:-1], names[-1] + end), self.root)


class SearchLayout:
    """Files of one search of the literature; whoever has the folder has the search."""

    ROWS = (
        "answers",
        "records",
        "merges",
        "conflicts",
        "screening",
        "documents",
        "passages",
        "candidates",
        "claims",
        "outcomes",
        "ratings",
    )
    """Tables of JSON rows, in the order they are made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.question = root / "question.json"
        self.lock = root / LOCK
        self.here = root / "here.json"
        """Where local files lay on this machine; no part of what is locked."""
        self.answers = root / "answers"
        self.documents = root / "documents"
        self.asked = root / "asked"
        """What a language model was asked, and answered."""

    def rows(self, table: str) -> Path:
        """One of ROWS."""
        return self.root / f"{table}.jsonl"

    def answer(self, sha256: str) -> Path:
        """A body, as received."""
        return self.answers / sha256

    def exchange(self, sha256: str) -> Path:
        """One question to a language model, and its answer."""
        return self.asked / sha256

    def file(self, name: str) -> Path:
        """A file that a lock names: below the folder, or below one of those in it."""
        return self.root / name

    def document(self, sha256: str) -> Path:
        """A file that was held, or the text extracted from it."""
        return self.documents / sha256
