"""What was trained, predicted and scored. Append-only; every write lands by rename, the marker last.

Any number of processes may work on one store: each locks what it writes, and the kernel frees the locks of the dead.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from isogloss.core.errors import StoreError, UnknownName
from isogloss.core.names import problem
from isogloss.core.score import Score
from isogloss.core.typing import Float, np
from isogloss.store import divergence, seal, shape
from isogloss.store.disk import listed, there
from isogloss.store.divergence import Divergence
from isogloss.store.predictions import Predictions
from isogloss.store.runs import HASHES, Runs
from isogloss.store.study import SavedStudy
from isogloss.store.write import replacing


class Store(Runs):
    """One folder with everything studies leave behind. Raises StoreError for a folder it cannot use."""

    # What a mirror of a store at a URL does (mirror.py); a folder has nothing to fetch or to send.

    def sync(self) -> None:
        """See what others have left since the last time."""

    def look(self, *paths: Path) -> None:
        """The same for a few files or folders."""

    def share(self, folder: Path) -> None:
        """Let others see files that were written to a folder of the store by its path."""

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
        scored, answers = self.at.scores(run_id, key), self.at.predictions(run_id, key).name
        with self.landing(scored.parent, marker=scored.name) as temporary:
            temporary.mkdir()
            predictions.write(temporary / answers)
            about |= {HASHES: {answers: seal.file_hash(temporary / answers)}}
            body = {**about, "scores": [score.plain() for score in scores]}
            (temporary / scored.name).write_bytes(seal.sealed_json(body, self._place(scored), indent=None))

    def save_baselines(self, key: str, names: Sequence[str]) -> None:
        """Say that the evaluations `key` of these baselines are all there."""
        self._keep(self.at.baselines(key), {"names": list(names)})

    def baselines(self, key: str) -> list[str] | None:
        """Names of the baselines that `key` has; None when they have not all been scored."""
        path = self.at.baselines(key)
        return shape.baselines(path, self._json(path)) if there(path) else None

    def scored(self, key: str) -> bool:
        """Whether all baselines of `key` are there."""
        found = self.baselines(key)
        return found is not None and all(self.evaluated(name, key) for name in found)

    def evaluated(self, run_id: str, key: str) -> bool:
        """Whether this evaluation is there."""
        return there(self.at.scores(run_id, key))

    def evaluations(self, run_id: str | None = None) -> list[tuple[str, str]]:
        """(run, key) of every evaluation, of one run or of all, baselines included."""
        runs = [run_id] if run_id is not None else [run for run in listed(self.at.evaluations) if not problem(run)]
        every = [(run, key) for run in runs for key in listed(self.at.tested(run)) if not problem(key)]
        return [(run, key) for run, key in every if self.evaluated(run, key)]

    def about(self, run_id: str, key: str) -> dict[str, Any]:
        """What was evaluated ("task", "split"), how long it took ("seconds"), and the scores as JSON values."""
        found = self._tested(run_id, key)
        found.pop(HASHES, None)
        return found

    def tested(self, run_id: str, key: str) -> tuple[dict[str, Any], list[Score]] | None:
        """`about` and `scores` of one evaluation, which is read once; None where it is not there."""
        if not self.evaluated(run_id, key):
            return None
        found = self.about(run_id, key)
        return found, shape.scores(self.at.scores(run_id, key), run_id, found)

    def _tested(self, run_id: str, key: str) -> dict[str, Any]:
        path = self.at.scores(run_id, key)
        return shape.about(path, self._json(path))

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
        path = self.at.predictions(run_id, key)
        hashes = shape.hashes(self.at.scores(run_id, key), self._tested(run_id, key).get(HASHES, {}))
        return Predictions.read(path, hashes.get(path.name, ""))

    def _is(self, run_id: str, key: str, task: str, split: str) -> bool:
        about = self.about(run_id, key)
        return bool(about["task"] == task and about["split"] == split)

    # Translations

    def save_translation(self, key: str, record: Mapping[str, Any]) -> None:
        """Say that the sentences of a translated split are there, and what became of its examples."""
        self._keep(self.at.translation(key), record)

    def translation(self, key: str) -> dict[str, Any] | None:
        """What became of the examples of a translated split; None when it has not been made."""
        path = self.at.translation(key)
        return shape.table(path, self._json(path)) if there(path) else None

    # Studies

    def save_study(self, name: str, study: Mapping[str, Any]) -> None:
        """Keep a resolved study, so that the desk needs neither its recipe nor its data."""
        self._keep(self.at.study(name), study)
        self._hold(self.at.study(name))

    def studies(self) -> list[str]:
        """Names of all saved studies."""
        names = [name.removesuffix(".json") for name in listed(self.at.studies, ".json")]
        return [name for name in names if not problem(name)]

    def study(self, name: str) -> SavedStudy:
        """A resolved study. Raises UnknownName."""
        if name not in self.studies():
            self._missed(self.at.studies, f"{name}.json")
            raise UnknownName.of("study", name, self.studies(), f"studies in {self}; `isogloss run` makes one")
        path = self.at.study(name)
        return shape.study(path, name, self._json(path))

    def save_live(self, study: str, state: Mapping[str, Any]) -> None:
        """Say how far this process is with a study, for whoever watches it."""
        self._keep(self.at.live(study), state)

    def live(self, study: str) -> dict[str, Any] | None:
        """What was said last; None where no command reports on the study, or it cannot be read."""
        path = self.at.live(study)
        try:
            return shape.live(path, self._json(path)) if there(path) else None
        except StoreError:  # only a picture is lost
            return None

    def end_live(self, study: str) -> None:
        """Nobody runs the study any more."""
        with suppress(OSError):
            self.at.live(study).unlink(missing_ok=True)
        self.close_live()

    def close_live(self) -> None:
        """Take away the folder of what commands said of themselves, if nothing is left in it."""
        with suppress(OSError):
            self.at.lives.rmdir()

    # Divergences

    def save_divergences(self, study: str, part: str, rows: Sequence[Divergence]) -> None:
        """Keep the rows of one part of a study, instead of those it had. Hold the part's lock while you work on it."""
        path = self.at.divergence(study, part)
        with self.landing(path) as temporary:
            divergence.write(rows, temporary, self._place(path))
        self._hold(path)

    def measured(self, study: str) -> list[str]:
        """The parts of a study that were measured, under any of its shapes (analysis.measured)."""
        folder = self.at.divergences(study)
        self._missed(folder)
        return [Path(name).stem for name in listed(folder, ".parquet")]

    def divergences(self, study: str, part: str = "") -> list[Divergence]:
        """All rows of a study's folder, or of one part; none where nothing was measured."""
        paths = [self.at.divergence(study, name) for name in ([part] if part else self.measured(study))]
        return [row for path in paths if there(path) for row in self._divergences(path)]

    def _divergences(self, path: Path) -> list[Divergence]:
        try:
            return divergence.read(path, self._place(path))
        except seal.Damage as error:
            raise self._damaged(path, str(error)) from error

    # Meaning kept in translation

    def save_drift(self, study: str, part: str, drift: Mapping[str, Any]) -> None:
        """Keep what share of one task's translations has drifted, instead of what was found before."""
        self._keep(self.at.drift(study, part), drift)
        self._hold(self.at.drift(study, part))

    def drifts(self, study: str) -> dict[str, dict[str, Any]]:
        """Part → what was found; empty where nothing was scored."""
        self._missed(self.at.drifts(study))
        parts = [name.removesuffix(".json") for name in listed(self.at.drifts(study), ".json")]
        return {part: self.drift(study, part) for part in parts}

    def drift(self, study: str, part: str) -> dict[str, Any]:
        """What was found in one part."""
        path = self.at.drift(study, part)
        return shape.drift(path, self._json(path))

    # Advice

    def save_advice(self, key: str, advice: Mapping[str, Any]) -> None:
        """Keep one piece of advice; the same advice from the same runs has the same key, and is kept once."""
        if not there(self.at.advice(key)):
            self._keep(self.at.advice(key), advice)
        self.complete(self.at.advices)  # also what a kill left off the list

    def advices(self) -> dict[str, dict[str, Any]]:
        """Key → what was advised."""
        self._missed(self.at.advices)
        keys = [name.removesuffix(".json") for name in listed(self.at.advices, ".json")]
        return {key: self.advice(key) for key in keys}

    def advice(self, key: str) -> dict[str, Any]:
        """One piece of advice."""
        path = self.at.advice(key)
        return shape.table(path, self._json(path))

    # Analyses

    def save_analysis(self, study: str, analysis: Mapping[str, Any], tables: Mapping[str, str] | None = None) -> Path:
        """Keep what was concluded from a study, and `tables` (name → text), instead of what was; gives its folder.

        All files are written before any takes its name, so that a full disk leaves the last analysis whole.
        """
        folder, hashes = self.at.analysis(study), {}
        marker = folder / "analysis.json"
        with ExitStack() as landings:
            told = landings.enter_context(self.landing(marker))  # the first to be entered takes its name last
            for name, text in (tables or {}).items():
                table = landings.enter_context(self.landing(folder / name))
                table.write_text(text, encoding="utf-8", newline="")
                hashes[name] = seal.file_hash(table)
            body = {**analysis, **({HASHES: hashes} if hashes else {})}
            told.write_bytes(seal.sealed_json(body, self._place(marker)))
        return folder

    def analysis(self, study: str) -> dict[str, Any] | None:
        """What was concluded from a study; None where it was not analysed."""
        path = self.at.analysis(study) / "analysis.json"
        found = shape.table(path, self._json(path)) if there(path) else None
        return {name: value for name, value in found.items() if name != HASHES} if found is not None else None

    def tables(self, study: str) -> dict[str, str]:
        """The hashes of the tables of a study's analysis, by their names."""
        path = self.at.analysis(study) / "analysis.json"
        return shape.hashes(path, shape.table(path, self._json(path)).get(HASHES, {}))

    # Cached vectors and tables

    def save_vectors(self, key: str, vectors: Float[np.ndarray, "n d"]) -> None:
        """Keep the vectors of one corpus for the next caller, where that can be done."""
        with suppress(StoreError), self.writing(), replacing(self.at.vectors(key)) as temporary:
            with temporary.open("wb") as file:
                np.save(file, vectors, allow_pickle=False)
            seal.append(temporary, self.at.vectors(key).name)

    def vectors(self, key: str) -> Float[np.ndarray, "n d"] | None:
        """Cached vectors as a memory map; None where they are not there or damaged."""
        path = self.at.vectors(key)
        try:
            found: Any = np.load(path, mmap_mode="r", allow_pickle=False)
            return found if seal.appended(path, found.offset + found.nbytes) else None
        except Exception:  # numpy reads the head of the file as Python, so damage to it is any error of Python's
            return None

    def cached(self, name: str) -> dict[str, Any]:
        """A table the plan keeps between calls; empty when it is missing or damaged."""
        try:
            return self.table(name)
        except StoreError:
            return {}

    def table(self, name: str) -> dict[str, Any]:
        """The same; raises StoreError for a table that is missing or damaged."""
        path = self.at.cache(name)
        return shape.table(path, self._json(path))

    def cache(self, name: str, table: Mapping[str, Any]) -> None:
        """Keep a table for the next call, where that can be done."""
        path = self.at.cache(name)
        with suppress(StoreError), self.writing(), replacing(path) as temporary:
            temporary.write_bytes(seal.sealed_json(table, self._place(path)))
