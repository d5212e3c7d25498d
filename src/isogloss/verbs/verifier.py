"""Which verifier and which language model a command names."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.core.spec import RunSpec
    from isogloss.core.task import Task
    from isogloss.core.typing import Float, Int, np
    from isogloss.evidence.calibrate import Model
    from isogloss.evidence.endpoint import Kept
    from isogloss.evidence.verifier import Verifier
    from isogloss.formats.scifact import Claim, Paper
    from isogloss.literature.lock import Lock
    from isogloss.literature.passages import Nearest
    from isogloss.store.store import Store

COSINES = "minilm"
SET = "SciFact's training claims, each by a run that did not see it"


def verifier_of(arguments: argparse.Namespace, store: "Store") -> "Verifier":
    """The verifier of --verifier: "words", "words+minilm", or a study's name. Raises UnknownName."""
    from isogloss.evidence import verifier

    if arguments.verifier in ("", verifier.WORDS):
        return verifier.words()
    if arguments.verifier == verifier.MINILM:
        from isogloss.evaluation.entailment import Cosines

        return verifier.with_cosines(Cosines(COSINES))
    return trained(store, arguments.verifier, lambda: places.data(arguments))


def reader_of(arguments: argparse.Namespace, lock: "Lock", opened: ExitStack) -> "Kept | None":
    """The language model of --reader and --model, its answers kept in the lock; None where none is named.

    With --model alone, what the lock keeps of that model's answers is used, and nothing is asked.
    """
    if not arguments.reader and not arguments.model:
        return None
    from isogloss.evidence.endpoint import Endpoint, Kept
    from isogloss.literature.web import Web

    if not arguments.reader:
        return Kept(lock=lock, reader=None, name=arguments.model)
    web = Web(patience=getattr(arguments, "patience", 60.0))
    opened.callback(web.close)
    return Kept(lock=lock, reader=Endpoint(url=arguments.reader, model=arguments.model, web=web), name=arguments.model)


def trained(store: "Store", study: str, data: Any) -> "Verifier":
    """The runs of a verifier study that came after inference, calibrated on the claims that each of them did not see.

    The first time, those claims are read again, which takes a minute or two; the store keeps what comes of it.
    """
    from isogloss.evaluation.entailment import Reader, Readers
    from isogloss.evidence import calibrate
    from isogloss.evidence.verifier import Verifier

    runs = runs_of(store, study)
    readers = {fold: Reader(spec, store.folder(spec.run_id), task) for fold, (spec, task) in runs.items()}
    encoder = Readers(COSINES, list(readers.values()))
    key = "verifier-" + "-".join(spec.run_id for spec, _ in runs.values())
    known = store.cached(key)
    if known:
        model = calibrate.model_of(known, key)
    else:
        model = calibrated(study, encoder, readers, data())
        store.cache(key, model.plain())
    return Verifier(name=study, level=2, model=model, domain=calibrate.domain(), encoder=encoder)


def runs_of(store: "Store", study: str) -> "dict[int, tuple[RunSpec, Task]]":
    """Third of the claims that was kept → the finished run. Raises SpecError where one of them is not there."""
    from isogloss.core.errors import SpecError
    from isogloss.models.place import here
    from isogloss.tasks import scifact

    folds = {scifact.fold(number).name: number for number in range(scifact.FOLDS)}
    found = {}
    for spec in store.study(study).specs.values():
        name = spec.phases[-1].tasks[0] if spec.phases else ""
        if (
            name in folds
            and any(phase.stage == "intermediate" for phase in spec.phases)
            and store.finished(spec.run_id)
        ):
            found[folds[name]] = here(spec, store), scifact.fold(folds[name])
    if len(found) < scifact.FOLDS:
        raise SpecError(
            f"the study '{study}' has {len(found)} finished runs of SciFact after inference; a verifier needs "
            f"{scifact.FOLDS}, one per third of the claims. `isogloss run verifier` makes them."
        )
    return dict(sorted(found.items()))


def calibrated(study: str, encoder: Any, readers: Any, data: Path) -> "Model":
    """The model of signs in which each claim is read by the run that did not see it."""
    from isogloss.evidence import calibrate, signs

    rows, labels, groups = training(encoder, readers, data)
    names = signs.names(cosines=True, inferred=True)
    return calibrate.fitted(study, names, rows, labels, groups, calibrated_on=SET)[0]


def training(
    encoder: Any, readers: Any, data: Path
) -> "tuple[Float[np.ndarray, 'n s'], Int[np.ndarray, 'n'], list[str]]":
    """(signs, labels, claims) of SciFact's training claims beside the papers they cite, each read unseen."""
    from isogloss.core.languages import ENGLISH
    from isogloss.core.typing import np
    from isogloss.evidence import calibrate
    from isogloss.formats import scifact as layout
    from isogloss.literature.passages import Nearest
    from isogloss.tasks import scifact

    claims, corpus = scifact.SOURCE.find("scifact", scifact.places(data / scifact.SOURCE.folder, "train", ENGLISH))
    papers = layout.corpus(corpus)
    nearest = Nearest.of([f"{paper.title}\n{' '.join(paper.sentences)}" for paper in papers.values()])
    pairs = [(claim, papers[name], label) for claim in layout.claims(claims) for name, label in claim.pairs]
    rows = unseen(encoder, readers, [(claim, paper) for claim, paper, _ in pairs], nearest)
    return rows, np.array([calibrate.LABELS.index(label) for _, _, label in pairs]), [claim.id for claim, _, _ in pairs]


def unseen(
    encoder: Any, readers: Any, pairs: "Sequence[tuple[Claim, Paper]]", nearest: "Nearest"
) -> "Float[np.ndarray, 'n s']":
    """Signs of claims beside papers, each claim read by the run that did not see it; all at once, which is faster."""
    from isogloss.core.typing import np
    from isogloss.evidence.verifier import MOST, signs_of
    from isogloss.tasks import scifact

    read = [
        [paper.sentences[place] for place in sorted(nearest.ranked(claim.text, paper.sentences)[:MOST])]
        for claim, paper in pairs
    ]
    encoder.learn([text for (claim, paper), chosen in zip(pairs, read, strict=True)
                   for text in (claim.text, paper.title, *chosen)])  # fmt: skip
    for fold, reader in readers.items():
        texts = [
            (text, claim.text) for (claim, _), chosen in zip(pairs, read, strict=True)
            if scifact.part(claim.id) == fold for text in chosen
        ]  # fmt: skip
        encoder.read_ahead(texts, [reader])
    rows = [
        signs_of(claim.text, chosen, paper.title, nearest, encoder)
        for (claim, paper), chosen in zip(pairs, read, strict=True)
    ]
    encoder.known.clear()  # other claims are read by all runs
    return np.array(rows)
