"""Semantic divergence of translation pairs: score a file or a translated task, and say what share has drifted.

Thresholds never come from the pairs they are applied to: F1 on a labelled file is cross-fitted, and a share below a
threshold rests on a labelled dev file, or on held-out synthetic divergences where there is none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from isogloss.core.errors import DataError, MetricError, SpecError, UnknownName
from isogloss.core.examples import Example
from isogloss.core.languages import ENGLISH
from isogloss.core.seeds import rng
from isogloss.core.shown import amount
from isogloss.core.spec import RunSpec
from isogloss.core.task import Find, Task
from isogloss.core.texts import key, texts
from isogloss.core.typing import Bool, Float, np
from isogloss.evaluation.dictionary import pairs as parallel_pairs
from isogloss.evaluation.parallel import Shared, answers, shared
from isogloss.formats.sentence_labels import Pair
from isogloss.meaning import scorers
from isogloss.models import packaged
from isogloss.models.encoder import Encoder
from isogloss.models.files import fingerprint
from isogloss.models.open import kept_encoder, kept_subwords, load, load_subwords, placed
from isogloss.models.tokenizer import Subwords
from isogloss.stats import detection
from isogloss.stats.detection import Calibration, Drift, Value
from isogloss.store.store import Store

PARALLEL = ("ntrex", "xnli_text", "translated_text", "udhr")
"""Parallel texts a ranking model learns from, those that are there."""
LINES = 500
"""Lines read of each."""
MOST = 1000
LOWEST = 10
"""Pairs to look at first, where no labels say which ones differ."""
USUAL = "e5-small"
ENGLISH_WORDS = frozenset(("the", "and", "that", "this", "with", "from", "which", "they", "their", "were", "have"))
MOSTLY = 0.5
"""Share of a column's sentences with one of these words from which on it looks English."""
FILE = "file"
"""What the random stream of a user's file is called: whatever the file's name is, the same pairs of it are drawn."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """One way to score, what it gave each pair, and what that says."""

    name: str
    scores: Float[np.ndarray, "n"]
    auc: Value | None = None
    """All equivalent against all divergent pairs; None without labels."""
    by_class: Mapping[str, Value] | None = None
    """Label → AUC of the equivalent pairs against those of this label."""
    f1: Mapping[str, Value] | None = None
    """"equivalent", "divergent", and "mean" of both."""
    calibration: Calibration | None = None
    drift: Drift | None = None


@dataclass(frozen=True, kw_only=True)
class Semdiv:
    """What `isogloss semdiv` found."""

    name: str
    pairs: tuple[Pair, ...]
    scorers: tuple[Scorer, ...]
    encoder: str
    view: str
    training: Mapping[str, Any]
    """Of the ranking model: pairs it was made from, and how well it ranks held-out divergences of each kind."""
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Label → pairs."""
        labels = [pair.label for pair in self.pairs]
        return {label: labels.count(label) for label in dict.fromkeys(labels)}

    def lowest(self) -> tuple[str, list[tuple[int, float, str, str]]]:
        """The best scorer there is, which is the last, and the pairs it puts lowest: line, score, English, other.

        None where labels judge the scorers. One that gives all pairs the same score puts none lowest.
        """
        telling = [each for each in self.scorers if each.scores.min() < each.scores.max()]
        if not telling or any(each.auc for each in self.scorers):
            return "", []
        scores = telling[-1].scores
        found = [(self.pairs[place], float(scores[place])) for place in scores.argsort(kind="stable")[:LOWEST]]
        return telling[-1].name, [(pair.line, score, pair.english, pair.other) for pair, score in found]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "name": self.name,
            "encoder": self.encoder,
            "view": self.view,
            "counts": self.counts,
            "training": dict(self.training),
            "notes": list(self.notes),
            "scorers": [_plain(each) for each in self.scorers],
            "pairs": [
                {
                    "line": pair.line,
                    "label": pair.label,
                    "scores": {each.name: float(each.scores[place]) for each in self.scorers},
                }
                for place, pair in enumerate(self.pairs)
            ],
        }


def score(
    name: str,
    pairs: Sequence[Pair],
    *,
    language: str,
    encoder: Encoder | None = None,
    said: str = "",
    parallel: scorers.Pairs = (),
    dev: Sequence[Pair] = (),
    told: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Semdiv:
    """Score pairs in every way there is: baselines alone without an encoder, no ranking model without parallel text.

    `language` is that of the translations. `told` is what there is to say of the pairs beforehand; an empty text says
    nothing.
    """
    notes = [f"{each}." for each in told if each]
    held = {key(text) for pair in (*pairs, *dev) for text in (pair.english, pair.other)}
    clean = [each for each in parallel if not {key(text) for text in each} & held]
    if len(clean) < len(parallel):
        notes.append(
            f"Left out of the parallel text: {amount(len(parallel) - len(clean), 'pair')} that the file has too."
        )
    if encoder is not None and (said_of := encoder.stands_in(language)):
        notes.append(said_of)
    ranker = None
    if encoder is None:
        notes.append("Baselines alone: name an encoder with --encoder for the margin and the trained scorer.")
    elif clean:
        ranker = scorers.train(encoder, clean, language, say)
    else:
        notes.append("No parallel text in this language, so there is no trained scorer.")
    here, there = (_scored(each, encoder, ranker, language, notes) for each in (pairs, dev))
    judged = []
    for way, scores in here.items():
        known = labels(dev) if way in there else None
        try:
            by = detection.calibrate(there[way], known) if known is not None else None
            if by is None and way == "trained" and ranker is not None:
                by = synthetic_threshold(ranker)
            judged.append(_judged(way, scores, pairs, by, dev_known=known is not None))
        except MetricError as error:  # such as texts in two scripts, which share no trigram at all
            notes.append(f"No {way}: {error}")
    if not dev and ranker is not None:
        notes.append(
            "Shares rest on a threshold between held-out parallel text and synthetic divergences of it: no --dev file."
        )
    return Semdiv(
        name=name,
        pairs=tuple(pairs),
        scorers=tuple(judged),
        encoder=said,
        view="" if ranker is None else str(ranker.view),
        training={} if ranker is None else {"pairs": ranker.seeds, "ranked_right": dict(ranker.ranked)},
        notes=tuple(notes),
    )


def synthetic_threshold(ranker: scorers.Ranker) -> Calibration:
    """A threshold from the ranking model's own held-out pairs; every kind of divergence counts as it comes."""
    bad = [scores for kind, scores in ranker.held.items() if kind != "equivalent"]
    good = ranker.held["equivalent"]
    scores = np.concatenate([good, *bad])
    return detection.calibrate(scores, np.arange(len(scores)) < len(good))


def misplaced(pairs: Sequence[Pair]) -> str:
    """In words, that a file's columns do not look as they are read, English first; empty where they do.

    By words that hardly any other language writes: most sentences of a file have one of them where they are English.
    """
    if not pairs:
        return ""
    one, two = (
        float(np.mean([not ENGLISH_WORDS.isdisjoint(text.casefold().split()) for text in side]))
        for side in zip(*((pair.english, pair.other) for pair in pairs), strict=True)
    )
    if two < MOSTLY:
        return ""
    if one >= MOSTLY:
        return "Both columns look English: the last should be the translation"
    return "The columns look swapped, English is the last: it should come before the translation" * (one < two / 2)


def check_limit(limit: int) -> None:
    """Raises SpecError for a number of pairs below 0."""
    if limit < 0:
        raise SpecError(f"--limit {limit}: expected a number of pairs, or 0 for all.")


def drawn(pairs: Sequence[T], limit: int, key: str) -> list[T]:
    """At most `limit` of the pairs, at random and in their own order; 0 keeps all.

    Files are sorted by class, topic or paragraph, so that their head would stand for one alone. `key` says what the
    pairs are of: the same ones are drawn every time.
    """
    if not limit or len(pairs) <= limit:
        return [*pairs]
    order = rng(key, "pairs that are scored").permutation(len(pairs))
    return [pairs[place] for place in sorted(order[:limit])]


def of_task(task: Task, data: Path, split: str, language: str) -> tuple[list[Pair], str]:
    """A translated test set as pairs of texts: every text of an English example with that of its translation, by id;
    and, in words, how many labels differ.

    Raises DataError where no ids tell translations: the test is then no translation of the English one.
    """
    every, known = translations(*(task.examples(data, split, code) for code in (ENGLISH, language)))
    if not every:
        raise DataError(f"{task.name} {split}: no id says which {language} example translates which English one.")
    found = [Pair(line=line, english=one, other=two) for line, (one, two) in enumerate(every, 1)]
    return found, known.told


def translations(english: Sequence[Example], other: Sequence[Example]) -> tuple[list[tuple[str, str]], Shared]:
    """Each text of an English example with that of its translation, once; none where the ids tell no translations."""
    known = shared(answers(english), answers(other))
    here, there = ({example.id: example for example in side} for side in (english, other))
    said = [(texts(here[name]), texts(there[name])) for name in known.ids]
    every = dict.fromkeys(pair for one, two in said if len(one) == len(two) for pair in zip(one, two, strict=True))
    return [(one, two) for one, two in every if one.strip() and two.strip()], known


def parallel_text(names: Iterable[str], find: Find, data: Path, language: str) -> list[tuple[str, str]]:
    """(English, translation) lines of those parallel texts that are on the disk, a limited number of each."""
    found = [pair for name in names for pair in parallel_pairs(find(name), data, language, LINES)]
    return found[:MOST]


def usual() -> str:
    """The encoder that texts are scored with when none is named: the packaged one that is far ahead, where it is
    installed; else none, and baselines alone."""
    found = packaged.named(USUAL)
    return USUAL if found is not None and found.installed else ""


def subwords(name: str, store: Store) -> Subwords:
    """The tokenizer of an encoder, or of a run. Raises ModelError for "small"."""
    run = _run(name, store)
    return load_subwords(name) if run is None else kept_subwords(run, store)


def opened(name: str, store: Store) -> tuple[str, Callable[[], Encoder]]:
    """What an encoder is called, a run by its id in full, and a function that loads it.

    A name that stands for none is an error at once.
    """
    run = _run(name, store)
    if run is None:
        placed(name)
        return name, lambda: load(name)
    return run.run_id, lambda: kept_encoder(run, store)


def files_hash(name: str, store: Store) -> str:
    """The fingerprint of the encoder in a folder or a package; empty for a run, whose id says what it is, and a hub."""
    if _run(name, store) is not None:
        return ""
    folder = Path(placed(name)).expanduser()
    return fingerprint(folder) if folder.is_dir() else ""


def _run(name: str, store: Store) -> RunSpec | None:
    """A run of the store by its id or how that begins; None for another name, such as a folder's."""
    if Path(name).expanduser().is_dir():
        return None
    runs = [run for run in store.runs() if run.startswith(name)] if store.at.runs.is_dir() else []
    if len(runs) > 1:
        raise UnknownName(f"{len(runs)} runs begin with '{name}': {', '.join(runs)}; give more of the id.")
    return store.spec(runs[0]) if runs else None


def _scored(
    pairs: Sequence[Pair], encoder: Encoder | None, ranker: scorers.Ranker | None, language: str, notes: list[str]
) -> dict[str, scorers.Scores]:
    """Scores by the ways there are. One that is undefined is left out and named in `notes`."""
    if not pairs:
        return {}
    sides = [(pair.english, pair.other) for pair in pairs]
    scores = {"length ratio": scorers.length_ratio(sides), "lexical overlap": scorers.overlap(sides)}
    if encoder is not None:
        try:
            scores["cosine"], scores["margin"] = scorers.cosine(encoder, sides, language)
        except MetricError as error:
            notes.append(f"No cosine and no margin of the encoder's vectors: {error}")
    if ranker is not None:
        scores["trained"] = ranker(sides)
    return scores


def labels(pairs: Sequence[Pair]) -> Bool[np.ndarray, "n"] | None:
    """Which pairs are equivalent; None without labels of both classes."""
    known = [pair.equivalent for pair in pairs]
    return np.array(known, dtype=bool) if True in known and False in known else None


def _judged(way: str, scores: scorers.Scores, pairs: Sequence[Pair], by: Calibration | None, dev_known: bool) -> Scorer:
    gold = labels(pairs)
    share = None if by is None else detection.drift(scores, by)
    if gold is None:
        return Scorer(name=way, scores=scores, calibration=by, drift=share)
    named = np.array([pair.label for pair in pairs])
    by_class = {}
    for label in dict.fromkeys(named[~gold].tolist()):
        here = gold | (named == label)
        by_class[label] = detection.auc_interval(scores[here], gold[here], f"{way}/{label}")
    cut = scores >= by.threshold if by is not None and dev_known else detection.crossed(scores, gold, way)
    return Scorer(
        name=way,
        scores=scores,
        auc=detection.auc_interval(scores, gold, way),
        by_class=by_class,
        f1=detection.f1_intervals(cut, gold, way),
        calibration=by,
        drift=share,
    )


def _plain(scorer: Scorer) -> dict[str, Any]:
    found = asdict(scorer)
    del found["scores"]
    return {"name": scorer.name, **{name: value for name, value in found.items() if value is not None}}
