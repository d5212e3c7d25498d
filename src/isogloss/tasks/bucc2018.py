"""BUCC 2018: find the translated pairs hidden in two large sets of sentences. Nothing is trained.

    query      zh-000000001  zh  …
    candidate  en-000000007  en  The ferry was late again.

Foreign sentences are the queries and English ones the candidates; a gold pair shares a key, and most sentences have
none. As in XTREME `dev` is the released sample and `test` the released training set. Read in XTREME's layout
(zh-en.dev.zh) and as released (zh-en/zh-en.sample.zh); a test without its gold file is read as unlabelled. A test is
scored twice: at the threshold that is best for it (`bucc_best_f1`) and at the one that is best on dev (`bucc_f1`).
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Passage, Place
from isogloss.core.languages import ENGLISH, codes
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.parallel import gold_pairs, numbered

LANGUAGES = codes("de fr ru zh")
RELEASED = {"dev": "sample", "test": "training"}
HOME = "https://comparable.limsi.fr/bucc2018/bucc2018"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """Both sides and, where it is there, the gold pairs."""
    pair = f"{language}-en"
    stems = [
        folder / f"{pair}.{split}",
        folder / pair / f"{pair}.{RELEASED[split]}",
        folder / "bucc2018" / pair / f"{pair}.{RELEASED[split]}",
    ]
    sides = [tuple(stem.with_name(f"{stem.name}.{end}") for end in (language, "en", "gold")) for stem in stems]
    return [*sides, *(files[:2] for files in sides)] if split == "test" else sides


def read(folder: Path, split: str, language: str) -> Iterator[Passage]:
    """All queries, then all candidates, in file order. Raises DataError."""
    foreign, english, *gold = SOURCE.find("bucc2018", places(folder, split, language))
    queries, candidates = numbered(foreign), numbered(english)
    keys: dict[str, list[str]] = defaultdict(list)
    for path in gold:
        for line, source, target in gold_pairs(path):
            for name, known in ((source, queries), (target, candidates)):
                if name not in known:
                    raise DataError.at(path, line, f"the id {quoted(name)} is in neither sentence file.")
                keys[name].append(f"{source} {target}")
    sides = (("query", queries, language, foreign), ("candidate", candidates, ENGLISH, english))
    for side, sentences, code, path in sides:
        for line, (name, text) in enumerate(sentences.items(), 1):
            at = Place(path, line)
            yield Passage(id=name, side=side, text=text, keys=tuple(keys.get(name, ())), language=code, at=at)


SOURCE = Source(
    folder="bucc2018",
    urls=tuple(f"{HOME}-{code}-en.{part}-gold.tar.bz2" for code in LANGUAGES for part in ("sample", "training")),
    licence="BUCC shared task, for research",
    cite="Zweigenbaum, Sharoff & Rapp 2018, Overview of the Third BUCC Shared Task",
)
TASK = Task(
    name="bucc2018",
    type="retrieval",
    title="BUCC 2018: bitext mining",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    metrics=("bucc_best_f1",),
    splits=("dev", "test"),
    tuned_on="dev",
    benchmarks=("xtreme",),
)
