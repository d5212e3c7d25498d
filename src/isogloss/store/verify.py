"""Is everything in a store what it was when it was written? Every file is read, nothing is changed.

What is there is held against the hash it bears, or that its marker has of it; what should be there is told by markers,
by lists of what a folder holds, and by studies that were complete. Caches may be lost, but not be wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import IsoglossError, StoreError
from isogloss.core.names import problem
from isogloss.store import seal
from isogloss.store.disk import listed, reaching, there
from isogloss.store.layout import HELD, QUARANTINE, STATE, VERSION, Weights, place_of_state
from isogloss.store.remedy import advice, unit
from isogloss.store.runs import HASHES
from isogloss.store.store import Store

NO_LIST = "the list of a snapshot's files is not there"
Report = Callable[[int, int], None]
"""(files looked at, files in all)."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it should be."""

    what: str
    """"damaged", "gone", "unfinished" (it lacks its marker) or "unchecked" (it bears no hash)."""
    path: str
    """Below the store."""
    why: str
    advice: str
    """How it is made again by hand."""
    unit: str = ""
    """What a repair takes out of use: the file, or the run or evaluation it belongs to."""
    seconds: float | None = None
    """What making it again costs, where a record tells; 0.0 where nothing is computed."""


class Verifier:
    """Goes through a store once."""

    def __init__(self, store: Store, report: Report = lambda *_: None) -> None:
        self.store, self.at, self.report = store, store.at, report
        self.found: list[Finding] = []
        self.files: dict[str, int] = {}
        """Every file that is looked at → its bytes."""
        self._seen: set[str] = set()

    def verify(self) -> list[Finding]:
        """All there is to find, in the order of the layout."""
        seal.forget()
        self.files = self._sizes()
        self._version()
        for run_id in self.store.begun():
            self._run(run_id)
        self._evaluations()
        self._baselines()
        for name in self.store.studies():
            self._study(name)
        for name in listed(self.store.root / "translations", ".json"):
            self._readable(self.store.root / "translations" / name, self.store.translation, name.removesuffix(".json"))
        self._measured()
        self._analyses()
        self._caches()
        return self.found

    def _sizes(self) -> dict[str, int]:
        found = seal.files_of(self.store.root)
        aside = ("locks/", "live/", f"{QUARANTINE}/", "evidence/")
        own = {name: path for name, path in found.items() if not name.startswith(aside)}
        return {name: path.stat().st_size for name, path in own.items() if there(path)}

    # What is found

    def _note(self, what: str, path: Path, why: str, seconds: float | None = None) -> None:
        root = self.store.root
        self.found.append(
            Finding(
                what=what,
                path=path.relative_to(root).as_posix(),
                why=why,
                advice=advice(root, path),
                unit=unit(root, path).relative_to(root).as_posix(),
                seconds=seconds,
            )
        )

    def _looked(self, *paths: Path) -> None:
        self._seen |= {path.relative_to(self.store.root).as_posix() for path in paths}
        self.report(len(self._seen), len(self.files))

    def _readable(self, path: Path, read: Callable[..., object], *given: str, seconds: float | None = None) -> bool:
        """Whether a file can be read as a verb does; says so of one that bears no seal."""
        self._looked(path)
        try:
            read(*given)
        except IsoglossError as error:
            self._note("damaged", path, _why(error, path), seconds)
            return False
        if there(path) and seal.whole(path.read_bytes()) is None:
            self._note("unchecked", path, "it bears no hash")
        return True

    # Kinds of files

    def _version(self) -> None:
        self._looked(self.at.version)
        if there(self.at.version) and self.at.version.read_bytes() != f"{VERSION}\n".encode():
            self._note("damaged", self.at.version, f"it does not hold '{VERSION}' and the end of a line", 0.0)

    def _run(self, run_id: str) -> None:
        folder = self.at.run(run_id)
        done = self.store.finished(run_id)
        self._looked(*seal.files_of(folder).values())
        if not (done or self.store.freed(run_id)):
            self._begun(run_id)
            return
        marker = self.at.done(run_id) if done else self.at.freed(run_id)
        if not self._readable(marker, self.store.record, run_id):
            return
        record = self.store.marker(run_id)
        hashes, seconds = record.get(HASHES, {}), _seconds(record)
        for path in [] if hashes else self.at.weights(run_id):
            self._note("unchecked", path, "its run is older than hashes")
        self._spec(run_id, hashes)
        if done:
            for name, why in self.store.damaged_weights(run_id):
                self._note("gone" if why == seal.GONE else "damaged", folder / name, why, seconds)
        for name in listed(self.at.snapshots(run_id)) if hashes else []:
            snapshot = self.at.snapshots(run_id) / name
            if not there(snapshot / seal.FILES):
                self._note("gone", snapshot / seal.FILES, NO_LIST, seconds)
            elif name.startswith("mean"):  # made after the marker, which does not know it
                for each, why in seal.unlike(snapshot):
                    self._note("damaged", snapshot / each, why, 0.0)

    def _spec(self, run_id: str, hashes: dict[str, str]) -> None:
        path = self.at.spec(run_id)
        try:
            self.store.spec(run_id)
        except IsoglossError as error:
            self._note("damaged" if there(path) else "gone", path, _why(error, path), 0.0)
            return
        if hashes.get(path.name, "") not in ("", seal.file_hash(path)):
            self._note("damaged", path, "its bytes are not those that were written", 0.0)

    def _begun(self, run_id: str) -> None:
        """A run in progress: its state is what it goes on from. Its weights are made again."""
        folder = self.at.run(run_id)
        tested = [key for _, key in self.store.evaluations(run_id)]
        if tested:
            why = f"it was tested {len(tested)} times, and there is no marker that says it is finished"
            self._note("gone", self.at.done(run_id), why)
        self._spec(run_id, {})
        for path in seal.files_of(folder).values():
            if path.name == seal.FILES:
                for each, why in seal.unlike(path.parent):
                    self._note("damaged", path.parent / each, why)
            elif path.name.startswith(STATE):
                self._state(path)
        sealed = seal.seals(Weights(folder).state)
        for name in listed(self.at.snapshots(run_id)):
            snapshot = self.at.snapshots(run_id) / name
            if there(snapshot / seal.FILES):
                continue
            if sealed:
                self._note("gone", snapshot / seal.FILES, NO_LIST)
            else:
                self._note("unchecked", snapshot, "it bears no hash")

    def _state(self, path: Path) -> None:
        place = place_of_state(path)
        try:
            if path.suffix == ".json":
                seal.read_json(path.read_bytes(), place)
            elif seal.read_safetensors(path).get(seal.PLACE, place) != place:
                raise seal.Damage("it is another run's")
        except seal.Damage as error:
            self._note("damaged", path, str(error))
        else:
            if seal.whole_file(path) is None:
                self._note("unchecked", path, "it bears no hash")

    def _evaluations(self) -> None:
        for run_id in listed(self.at.evaluations):
            for key in [] if problem(run_id) else listed(self.at.tested(run_id)):
                if not problem(key):
                    self._evaluation(run_id, key)

    def _evaluation(self, run_id: str, key: str) -> None:
        scores, predictions = self.at.scores(run_id, key), self.at.predictions(run_id, key)
        self._looked(scores, predictions)
        if not self.store.evaluated(run_id, key):
            self._note("unfinished", scores, "an evaluation without its marker is none")
            return
        if not self._readable(scores, self.store.scores, run_id, key):
            return
        about = self.store.about(run_id, key)
        read = self.store.predictions
        self._readable(predictions, read, run_id, about["task"], about["split"], key, seconds=_seconds(about))
        if not (self.at.run(run_id).is_dir() or there(self.at.baselines(key))):
            marker = self.at.done(run_id) if len(run_id) == 12 else self.at.baselines(key)
            self._note("gone", marker, f"{run_id} was tested, and what says that it is there is not")

    def _baselines(self) -> None:
        tested: dict[str, set[str]] = {}
        for run_id, key in self.store.evaluations():
            tested.setdefault(key, set()).add(run_id)
        folder = self.store.root / "baselines"
        for key in (name.removesuffix(".json") for name in listed(folder, ".json")):
            path = self.at.baselines(key)
            self._looked(path)
            try:
                names = self.store.baselines(key) or []
            except StoreError as error:
                self._note("damaged", path, _why(error, path))
                continue
            data = path.read_bytes()
            older = seal.whole(data) is None  # a list, as it was written before it had a seal
            if older and data != seal.json_text(names).encode():
                self._note("damaged", path, "it is not as it is written")
            elif tested.get(key, set()) - {*names}:
                self._note("damaged", path, "it does not name the baselines that are there")
            for name in names:
                if name not in tested.get(key, set()):
                    self._note("gone", self.at.scores(name, key), f"{path.name} says that it is there")

    def _study(self, name: str) -> None:
        path = self.at.study(name)
        if not self._readable(path, self.store.study, name, seconds=0.0):
            return
        study, store = self.store.study(name), self.store
        if not study.complete:
            return
        why = f"the study {name} was complete"
        for run in study.runs:
            if not store.done(run.id):
                self._note("gone", self.at.done(run.id), why)
        for each in study.evaluations:
            if not store.evaluated(each.run, each.key):
                self._note("gone", self.at.scores(each.run, each.key), why)
        for each in study.baselines:
            if not there(self.at.baselines(each.key)):
                self._note("gone", self.at.baselines(each.key), why)
        for key in study.translations:
            if not there(self.at.translation(key)):
                self._note("gone", self.at.translation(key), why)

    def _measured(self) -> None:
        """Divergences and drifts, and the lists of what lies in folders."""
        for kind, ending in (("divergences", ".parquet"), ("drifts", ".json")):
            for study in listed(self.store.root / kind):
                folder = self.store.root / kind / study
                for name in listed(folder, ending):
                    read = self.store.drift if kind == "drifts" else self.store.divergences
                    self._readable(folder / name, read, study, name.removesuffix(ending))
                self._list(folder, ending)
                self._of_study(folder, study)
        for name in listed(self.at.advices, ".json"):
            self._readable(self.at.advices / name, self.store.advice, name.removesuffix(".json"))
        if there(self.at.advices):
            self._list(self.at.advices, ".json")
        self._list(self.at.studies, ".json")

    def _list(self, folder: Path, ending: str) -> None:
        path = folder / HELD
        held, names = self.store.held(folder), listed(folder, ending)
        if held is None and (there(path) or any(seal.whole((folder / name).read_bytes()) for name in names)):
            self._note("damaged" if there(path) else "gone", path, "it lists what lies here, and cannot be read", 0.0)
        for name in held or ():
            if name not in names:
                seconds = 0.0 if folder == self.at.studies else None
                self._note("gone", folder / name, f"{HELD} says that it was here", seconds)

    def _of_study(self, folder: Path, study: str) -> None:
        if study not in self.store.studies() and not problem(study):
            self._note("gone", self.at.study(study), f"{folder.parent.name} of it are there", 0.0)

    def _analyses(self) -> None:
        for study in listed(self.store.root / "analyses"):
            folder = self.at.analysis(study)
            marker = folder / "analysis.json"
            self._looked(*seal.files_of(folder).values())
            if not there(marker):
                self._note("unfinished", marker, "there are tables, and not what they were made from")
            elif self._readable(marker, self.store.analysis, study):
                for name, why in seal.differences(folder, self.store.tables(study)):
                    self._note("gone" if why == seal.GONE else "damaged", folder / name, why)
            self._of_study(folder, study)

    def _caches(self) -> None:
        root = self.store.root / "cache"
        for name in listed(root, ".json"):
            self._readable(root / name, self.store.table, name.removesuffix(".json"))
        for name in listed(root / "vectors", ".npy"):
            self._looked(root / "vectors" / name)
            if self.store.vectors(name.removesuffix(".npy")) is None:
                self._note("damaged", root / "vectors" / name, "its bytes are not those that were written")
        for language in listed(self.at.sentences):
            for name in listed(self.at.sentences / language, ".jsonl"):
                path = self.at.sentences / language / name
                self._looked(path)
                with reaching(path):
                    if path.stem != seal.by_content(path.read_bytes()):
                        self._note("damaged", path, "it is not what its name says")


def _seconds(record: dict[str, object]) -> float | None:
    found = record.get("seconds")
    return float(found) if isinstance(found, int | float) else None


def _why(error: IsoglossError, path: Path) -> str:
    """What an error says is wrong, without the file and the advice, which are given next to it."""
    told = str(error).removeprefix(f"{path}: ")
    return told.split("). ")[0].removeprefix("it is damaged (") if told.startswith("it is damaged (") else told
