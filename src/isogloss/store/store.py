"""What was trained, predicted and scored. Append-only; every write lands by rename, the marker last.

Any number of processes may work on one store: each locks what it writes, and the kernel frees the locks of the dead.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, StoreError, UnknownName
from isogloss.core.names import problem
from isogloss.core.score import Score
from isogloss.core.spec import RunSpec, plain
from isogloss.core.typing import Float, np
from isogloss.store import divergence, shape
from isogloss.store.divergence import Divergence
from isogloss.store.layout import SNAPSHOTS, STATE, VERSION, Layout
from isogloss.store.predictions import Predictions
from isogloss.store.write import full_disk_is_said, json_text, read_json, remove, replacing, settle, write_json


class Store:
    """One folder with everything studies leave behind. Raises StoreError for a folder it cannot use."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.at = Layout(self.root)
        if re.match(r"[a-z0-9]{2,}:/", str(self.root)):
            raise StoreError(f"{root}: this is a folder's store, not a URL's; isogloss.store.mirror.opened opens both.")
        if self.root.exists() and not self.root.is_dir():
            raise StoreError(f"{self.root} is a file, not a store; name a folder with --store.")
        if self.at.version.is_file():
            self._check_version(self.at.version.read_text("utf-8", errors="replace"))
        elif self.root.is_dir() and any(path.name in ("runs", "evaluations") for path in self.root.iterdir()):
            raise StoreError(f"{self.root} has no VERSION file, so it is no store of isogloss; name another folder.")

    def __str__(self) -> str:
        return str(self.root)

    @property
    def place(self) -> Path | str:
        """What opens this store again, in any process: its folder, or a URL."""
        return self.root.resolve()

    def _check_version(self, text: str) -> None:
        text = text.strip()
        if not text.isdigit():
            raise StoreError(f"{self}: its VERSION says {text!r}, expected a number; this is no store of isogloss.")
        if int(text) > VERSION:
            raise StoreError(
                f"{self} was written by a newer isogloss (layout {text}; this one reads up to {VERSION}). "
                "Upgrade isogloss, or name another folder with --store. Nothing was changed."
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Say what to do when the disk is full, or the store may not be written, while the block runs.

        The folder is made here, at the first write: looking at a store that is not there leaves nothing behind.
        """
        try:
            with full_disk_is_said(self.root):
                if not self.at.version.is_file():
                    with replacing(self.at.version) as temporary:
                        temporary.write_text(f"{VERSION}\n", encoding="utf-8")
                yield
        except PermissionError as error:
            raise StoreError(f"{self.root} may not be written ({error}); name another folder with --store.") from error

    @contextmanager
    def landing(self, path: Path) -> Iterator[Path]:
        """A temporary path to save one thing at; it takes the name `path` when the block ends well."""
        with self.writing(), replacing(path) as temporary:
            yield temporary

    def _keep(self, path: Path, value: Any) -> None:
        with self.landing(path) as temporary:
            temporary.write_text(json_text(value), encoding="utf-8")

    # What a mirror of a store at a URL does (mirror.py); a folder has nothing to fetch or to send.

    def sync(self) -> None:
        """See what others have left since the last time."""

    def look(self, *paths: Path) -> None:
        """The same for a few files or folders."""

    def share(self, folder: Path) -> None:
        """Let others see files that were written to a folder of the store by its path."""

    @contextmanager
    def lock(self, key: str, *, wait: bool = True) -> Iterator[bool]:
        """Hold `key` against all other processes; gives False, without waiting, when `wait` is off and it is taken."""
        path = self.at.lock(key)
        with self.writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    # Runs

    def runs(self) -> list[str]:
        """Ids of all finished runs, those with freed weights included."""
        return [name for name in self._begun() if self.finished(name) or self.freed(name)]

    def _begun(self) -> list[str]:
        if not self.at.runs.is_dir():
            return []
        return sorted(path.name for path in self.at.runs.iterdir() if path.is_dir() and not problem(path.name))

    def unfinished(self) -> list[str]:
        """Ids of runs that were begun and have no marker yet."""
        return sorted({*self._begun()} - {*self.runs()})

    def finished(self, run_id: str) -> bool:
        """Whether the run is done and its weights are there."""
        return self.at.done(run_id).is_file()

    def freed(self, run_id: str) -> bool:
        """Whether the run is done and its weights were freed."""
        return self.at.freed(run_id).is_file() and not self.finished(run_id)

    def spec(self, run_id: str) -> RunSpec:
        """What a run is. Raises UnknownName for one that is not there."""
        path = self.at.spec(run_id)
        if not path.is_file():
            raise UnknownName.of("run", run_id, self.runs(), str(self))
        return shape.spec(path, run_id, read_json(path))

    def record(self, run_id: str) -> dict[str, Any]:
        """What training wrote down: steps, seconds, losses …"""
        for path in (self.at.done(run_id), self.at.freed(run_id)):
            if path.is_file():
                return shape.table(path, read_json(path))
        raise UnknownName.of("finished run", run_id, self.runs(), str(self))

    def folder(self, run_id: str) -> Path:
        """The weights of a finished run."""
        if not self.finished(run_id):
            state = "its weights were freed by gc" if self.freed(run_id) else "it is not finished"
            raise StoreError(f"run {run_id} has no weights in {self}: {state}. Run its study (again).")
        return self.at.run(run_id)

    def snapshots(self, run_id: str) -> bool:
        """Whether earlier weights of a finished run are there."""
        return self.at.snapshots(run_id).is_dir()

    def begin(self, spec: RunSpec) -> Path:
        """The working folder of a run in progress. It survives kills; hold the run's lock while you use it."""
        with self.writing():
            if not self.at.spec(spec.run_id).is_file():
                write_json(self.at.spec(spec.run_id), plain(spec))
            # Weights without a marker may be half of what was meant, or another version's; only the state goes on, with
            # the snapshots before it.
            for path in self.at.weights(spec.run_id):
                if not self.finished(spec.run_id) and not path.name.startswith((STATE, SNAPSHOTS)):
                    remove(path)
        return self.at.run(spec.run_id)

    def finish(self, spec: RunSpec, record: Mapping[str, Any]) -> None:
        """Mark a run as finished, once its weights are on the disk, and drop its optimizer state."""
        with self.writing():
            for path in self.at.weights(spec.run_id):
                settle(path)
            self._keep(self.at.done(spec.run_id), dict(record))
            self.at.freed(spec.run_id).unlink(missing_ok=True)
            for path in self.at.states(spec.run_id):
                remove(path)

    def retire(self, run_id: str) -> None:
        """Take a finished run's weights out of use, in one rename; its record stays."""
        if self.finished(run_id):
            self.at.done(run_id).replace(self.at.freed(run_id))

    def free(self, run_id: str) -> int:
        """Free the weights of a finished run, its record stays; returns the bytes freed."""
        self.retire(run_id)
        return sum(remove(path) for path in self.at.weights(run_id))

    # Evaluations

    def save_evaluation(
        self,
        run_id: str,
        key: str,
        predictions: Predictions,
        scores: Sequence[Score],
        *,
        task: str = "",
        split: str = "",
        seconds: float = 0.0,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep one evaluation: predictions and scores appear together. `task`, `split` default to those of a score.

        `about` is what else is known of it, such as which weights were tested and how they were chosen.
        """
        about = {
            **(about or {}),
            "task": task or scores[0].task,
            "split": split or scores[0].split,
            "seconds": seconds,
            "examples": len(predictions),
        }
        with self.landing(self.at.evaluation(run_id, key)) as temporary:
            temporary.mkdir()
            predictions.write(temporary / "predictions.parquet")
            body = {**about, "scores": [score.plain() for score in scores]}
            (temporary / "scores.json").write_text(json.dumps(body, ensure_ascii=False) + "\n", encoding="utf-8")

    def save_baselines(self, key: str, names: Sequence[str]) -> None:
        """Say that the evaluations `key` of these baselines are all there."""
        self._keep(self.at.baselines(key), list(names))

    def baselines(self, key: str) -> list[str] | None:
        """Names of the baselines that `key` has; None when they have not all been scored."""
        path = self.at.baselines(key)
        return shape.names(path, read_json(path)) if path.is_file() else None

    def evaluated(self, run_id: str, key: str) -> bool:
        """Whether this evaluation is there."""
        return self.at.scores(run_id, key).is_file()

    def evaluations(self, run_id: str | None = None) -> list[tuple[str, str]]:
        """(run, key) of every evaluation, of one run or of all, baselines included."""
        there = sorted(path.name for path in self.at.evaluations.glob("[!.]*") if not problem(path.name))
        return [
            (run, path.parent.name)
            for run in (there if run_id is None else [run_id])
            for path in sorted(self.at.tested(run).glob("[!.]*/scores.json"))
            if not problem(path.parent.name)
        ]

    def about(self, run_id: str, key: str) -> dict[str, Any]:
        """What was evaluated ("task", "split"), how long it took ("seconds"), and the scores as JSON values."""
        path = self.at.scores(run_id, key)
        return shape.table(path, read_json(path))

    def scores(self, run_id: str | None = None, key: str | None = None) -> list[Score]:
        """Scores of one evaluation, of one run, or of all."""
        pairs = self.evaluations(run_id) if key is None or run_id is None else [(run_id, key)]
        return [
            score
            for run, each in pairs
            for score in shape.scores(self.at.scores(run, each), run, self.about(run, each))
        ]

    def predictions(self, run_id: str, task: str, split: str, key: str | None = None) -> Predictions:
        """Predictions of one evaluation; `key` (a study names it) is needed when a task was tested in several ways."""
        if key is None:
            keys = [each for _, each in self.evaluations(run_id) if self._is(run_id, each, task, split)]
            if not keys:
                raise UnknownName(f"run {run_id} was not evaluated on {task} ({split}) in {self}; run its study.")
            if len(keys) > 1:
                raise StoreError(
                    f"run {run_id} was evaluated on {task} ({split}) in {len(keys)} ways; pass one key of its study: "
                    f"{', '.join(keys)}."
                )
            key = keys[0]
        return Predictions.read(self.at.predictions(run_id, key))

    def _is(self, run_id: str, key: str, task: str, split: str) -> bool:
        about = self.about(run_id, key)
        return bool(about["task"] == task and about["split"] == split)

    # Translations

    def save_translation(self, key: str, record: Mapping[str, Any]) -> None:
        """Say that the sentences of a translated split are there, and what became of its examples."""
        self._keep(self.at.translation(key), dict(record))

    def translation(self, key: str) -> dict[str, Any] | None:
        """What became of the examples of a translated split; None when it has not been made."""
        path = self.at.translation(key)
        return shape.table(path, read_json(path)) if path.is_file() else None

    # Studies

    def save_study(self, name: str, study: Mapping[str, Any]) -> None:
        """Keep a resolved study, so that the desk needs neither its recipe nor its data."""
        self._keep(self.at.study(name), dict(study))

    def studies(self) -> list[str]:
        """Names of all saved studies."""
        return sorted(path.stem for path in self.at.studies.glob("[!.]*.json") if not problem(path.stem))

    def study(self, name: str) -> dict[str, Any]:
        """A resolved study. Raises UnknownName."""
        if name not in self.studies():
            raise UnknownName.of("study", name, self.studies(), f"studies in {self}; `isogloss run` makes one")
        path = self.at.study(name)
        return shape.study(path, name, read_json(path))

    def study_scores(self, name: str) -> list[Score]:
        """The scores of exactly one study's evaluations and baselines that are done."""
        study = self.study(name)
        wanted = [(each["run"], each["key"]) for each in study["evaluations"]]
        wanted += [(run, each["key"]) for each in study["baselines"] for run in self.baselines(each["key"]) or ()]
        return [score for run, key in wanted if self.evaluated(run, key) for score in self.scores(run, key)]

    # Divergences

    def save_divergences(self, study: str, part: str, rows: Sequence[Divergence]) -> None:
        """Keep the rows of one part of a study, instead of those it had. Hold the part's lock while you work on it."""
        with self.landing(self.at.divergence(study, part)) as temporary:
            divergence.write(rows, temporary)

    def divergences(self, study: str, part: str = "") -> list[Divergence]:
        """All rows of a study, or of one part; none where nothing was measured."""
        found = sorted(self.at.divergences(study).glob("[!.]*.parquet"))
        paths = [self.at.divergence(study, part)] if part else found
        return [row for path in paths if path.is_file() for row in divergence.read(path)]

    # Meaning kept in translation

    def save_drift(self, study: str, part: str, found: Mapping[str, Any]) -> None:
        """Keep what share of one task's translations has drifted, instead of what was found before."""
        self._keep(self.at.drift(study, part), dict(found))

    def drifts(self, study: str) -> dict[str, dict[str, Any]]:
        """Part → what was found; empty where nothing was scored."""
        found = sorted(self.at.drifts(study).glob("[!.]*.json"))
        return {path.stem: shape.table(path, read_json(path)) for path in found}

    # Analyses

    def save_analysis(self, study: str, analysis: Mapping[str, Any]) -> Path:
        """Keep what was concluded from a study, instead of what was before; gives its folder, for tables."""
        folder = self.at.analysis(study)
        self._keep(folder / "analysis.json", dict(analysis))
        return folder

    def analysis(self, study: str) -> dict[str, Any] | None:
        """What was concluded from a study; None where it was not analysed."""
        path = self.at.analysis(study) / "analysis.json"
        return shape.table(path, read_json(path)) if path.is_file() else None

    # Cached vectors and tables

    def save_vectors(self, key: str, vectors: Float[np.ndarray, "n d"]) -> None:
        """Keep the vectors of one corpus for whoever asks next."""
        with self.writing(), replacing(self.at.vectors(key)) as temporary, temporary.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)

    def vectors(self, key: str) -> Float[np.ndarray, "n d"] | None:
        """Cached vectors as a memory map; None where they are not there or damaged."""
        try:
            found: Float[np.ndarray, "n d"] = np.load(self.at.vectors(key), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return found

    def cached(self, name: str) -> dict[str, Any]:
        """A table the plan keeps between calls; empty when it is missing or damaged."""
        try:
            return dict(json.loads(self.at.cache(name).read_text("utf-8")))
        except (OSError, TypeError, *NOT_JSON):
            return {}

    def cache(self, name: str, table: Mapping[str, Any]) -> None:
        """Keep a table for the next call."""
        with self.writing():
            write_json(self.at.cache(name), dict(table))
