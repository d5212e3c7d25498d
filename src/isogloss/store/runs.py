"""Runs in a store: what each is, the record of its training, and its weights, checked before they are used."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import StoreError, UnknownName
from isogloss.core.names import problem
from isogloss.core.spec import RunSpec, plain
from isogloss.store import seal, shape
from isogloss.store.disk import listed, reaching, there
from isogloss.store.files import Files
from isogloss.store.layout import ABOUT, SNAPSHOTS, STATE, Weights
from isogloss.store.links import linkless
from isogloss.store.run_record import RunRecord
from isogloss.store.write import remove, replacing, settle

HASHES = "sha256"
"""In a marker: name below its folder → hash of that file."""


class Runs(Files):
    """The runs of one store."""

    def runs(self) -> list[str]:
        """Ids of all finished runs, those with freed weights included."""
        return [name for name in self.begun() if self.done(name)]

    def unfinished(self) -> list[str]:
        """Ids of runs that were begun and have no marker yet."""
        return [name for name in self.begun() if not self.done(name)]

    def begun(self) -> list[str]:
        """Ids of all runs that were begun, done or not."""
        return [name for name in listed(self.at.runs) if not problem(name) and (self.at.runs / name).is_dir()]

    def done(self, run_id: str) -> bool:
        """Whether the run is done, be its weights there or freed."""
        return there(self.at.done(run_id)) or there(self.at.freed(run_id))

    def finished(self, run_id: str) -> bool:
        """Whether the run is done and its weights are there."""
        return there(self.at.done(run_id))

    def freed(self, run_id: str) -> bool:
        """Whether the run is done and its weights were freed."""
        return there(self.at.freed(run_id)) and not self.finished(run_id)

    def state(self, run_id: str) -> str:
        """ "done", "freed" (done, weights gone), "begun" or "waiting"."""
        if self.finished(run_id):
            return "done"
        if self.freed(run_id):
            return "freed"
        return "begun" if self.at.spec(run_id).is_file() else "waiting"

    def full(self, run_id: str, known: Sequence[str] = ()) -> str:
        """The whole of a run's id that may be shortened; among the finished runs, unless others are known too."""
        among = known or self.runs()
        matches = [run for run in among if run.startswith(run_id)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownName(f"'{run_id}' begins {len(matches)} runs: {', '.join(matches)}. Give more of it.")
        raise UnknownName.of("run", run_id, among, f"{self}; `isogloss plan RECIPE` shows a recipe's runs")

    def spec(self, run_id: str) -> RunSpec:
        """What a run is. Raises UnknownName for one that is not there, StoreError for one that is not what it was."""
        path = self.at.spec(run_id)
        if there(path):
            return shape.spec(path, run_id, self._json(path))
        if self.done(run_id):
            raise self._damaged(path, seal.GONE)
        raise UnknownName.of("run", run_id, self.runs(), str(self))

    def described(self, run_id: str) -> bool:
        """Whether it is written down what a run is."""
        return there(self.at.spec(run_id))

    def record(self, run_id: str) -> RunRecord:
        """What training wrote down: steps, seconds, losses … Raises UnknownName for a run that is not done."""
        found = self.ended(run_id)
        if found is None:
            raise self._not_done(run_id)
        return found

    def ended(self, run_id: str) -> RunRecord | None:
        """The same; None for a run that is not done."""
        marker = self._marker(run_id)
        if marker is None:
            return None
        path, found = marker
        found.pop(HASHES, None)
        return shape.record(path, found)

    def marker(self, run_id: str) -> dict[str, Any]:
        """The record, and the hashes of the weights under HASHES."""
        marker = self._marker(run_id)
        if marker is None:
            raise self._not_done(run_id)
        return marker[1]

    def _marker(self, run_id: str) -> tuple[Path, dict[str, Any]] | None:
        for place in (self.at.done, self.at.freed):
            path = place(run_id)
            if there(path):
                return path, shape.table(path, self._json(path))
        return None

    def _not_done(self, run_id: str) -> UnknownName:
        return UnknownName.of("finished run", run_id, self.runs(), str(self))

    def folder(self, run_id: str, *, snapshots: bool = False) -> Path:
        """The weights of a finished run, held against their hashes, with those that its adapters belong to.

        Those of its `snapshots` are checked only where they are wanted.
        """
        if not self.finished(run_id):
            state = "its weights were freed by gc" if self.freed(run_id) else "it is not finished"
            raise StoreError(f"run {run_id} has no weights in {self}: {state}. Run its study (again).")
        for name, why in self.damaged_weights(run_id, snapshots=snapshots):
            raise self._damaged(self.at.run(run_id) / name, why)
        spec = self.spec(run_id)
        if spec.parent and spec.phases[-1].apart and self.finished(spec.parent.run_id):
            self.folder(spec.parent.run_id, snapshots=spec.phases[-1].parent_weights != "last")
        return self.at.run(run_id)

    def damaged_weights(self, run_id: str, *, snapshots: bool = True) -> list[tuple[str, str]]:
        """(name, what is wrong) of files of a finished run that are not what they were; snapshots may all be gone."""
        folder = linkless(self.at.run(run_id))
        hashes = shape.hashes(self.at.done(run_id), self.marker(run_id).get(HASHES, {}))
        if not (snapshots and self.snapshots(run_id)):
            hashes = {name: sha256 for name, sha256 in hashes.items() if not name.startswith(f"{SNAPSHOTS}/")}
        faults = list(seal.differences(folder, {name: each for name, each in hashes.items() if name not in ABOUT}))
        encoder = Weights(folder).encoder
        if hashes and encoder.is_dir():
            names = [f"{encoder.name}/{name}" for name in seal.files_of(encoder)]
            faults += [(name, "it is none of the run's own files") for name in names if name not in hashes]
        return faults

    def snapshots(self, run_id: str) -> bool:
        """Whether earlier weights of a finished run are there."""
        with reaching(self.at.run(run_id)):
            return self.at.snapshots(run_id).is_dir()

    def begin(self, spec: RunSpec) -> Path:
        """The working folder of a run in progress. It survives kills; hold the run's lock while you use it."""
        path, text = self.at.spec(spec.run_id), seal.json_text(plain(spec))
        linkless(self.at.run(spec.run_id))
        with self.writing():
            if not there(path) or self._bytes(path) != text.encode():
                with replacing(path) as temporary:
                    temporary.write_text(text, encoding="utf-8")
            # Weights without a marker may be half of what was meant, or another version's; only the state goes on, with
            # the snapshots before it.
            for path in self.at.weights(spec.run_id):
                if not self.finished(spec.run_id) and not path.name.startswith((STATE, SNAPSHOTS)):
                    remove(path)
        return self.at.run(spec.run_id)

    def keep_spec(self, spec: RunSpec) -> None:
        """Write down again what a finished run is, where somebody has deleted it."""
        if not there(self.at.spec(spec.run_id)):
            with self.landing(self.at.spec(spec.run_id)) as temporary:
                temporary.write_text(seal.json_text(plain(spec)), encoding="utf-8")

    def finish(self, spec: RunSpec, record: Mapping[str, Any]) -> None:
        """Mark a run as finished, once its weights are on the disk, and drop its optimizer state."""
        with self.writing():
            for path in self.at.weights(spec.run_id):
                settle(path)
            self._keep(self.at.done(spec.run_id), {**record, HASHES: self._hashes(spec.run_id)})
            self.at.freed(spec.run_id).unlink(missing_ok=True)
            for path in self.at.states(spec.run_id):
                remove(path)

    def _hashes(self, run_id: str) -> dict[str, str]:
        """Of the weights of a run that is being finished, and of its spec."""
        for snapshot in listed(self.at.snapshots(run_id)):
            seal.check_files(self.at.snapshots(run_id) / snapshot)
        found = seal.files_of(self.at.run(run_id))
        own = {name: path for name, path in found.items() if not name.startswith(STATE) and name not in ABOUT[1:]}
        return {name: seal.file_hash(path) for name, path in own.items()}

    def retire(self, run_id: str) -> None:
        """Take a finished run's weights out of use, in one rename; its record stays."""
        if self.finished(run_id):
            with self.writing():
                self.at.done(run_id).replace(self.at.freed(run_id))

    def free(self, run_id: str) -> int:
        """Free the weights of a finished run, its record stays; returns the bytes freed."""
        self.retire(run_id)
        return sum(remove(path) for path in self.at.weights(run_id))
