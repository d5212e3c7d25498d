"""UDPOS: the universal part of speech of every word, in Universal Dependencies treebanks.

    tokens  The/DET old/ADJ ferry/NOUN left/VERB ./PUNCT

Read as XTREME writes it (`xtreme/` or the folder itself: dev-de.tsv) and from the treebanks as published
(UD_German-PUD/de_pud-ud-test.conllu, below `conllu/` or ud-treebanks-*/; all treebanks of a language in sorted order).
XTREME's rule for multiword tokens holds for both. An XTREME test file without tags is used only where no treebank is.
The treebanks' own sent_ids are the ids, so that the parallel PUD sentences share them across languages.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Place, Tagging
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.formats import conll, conllu

LANGUAGES = codes("af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh")
ADDED = codes("lt pl uk wo ro")
"""What XTREME-R adds."""
UPOS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XTREME's file, then the treebanks; for test, treebanks first: they have the tags."""
    xtreme = [(home / f"{split}-{language}.tsv",) for home in (folder / "xtreme", folder)]
    releases = sorted(folder.glob("ud-treebanks-*"), reverse=language in ADDED)  # 2.5, but 2.7 for what XTREME-R adds
    homes = [folder / "conllu", folder, *releases]
    treebanks = [
        tuple(sorted(home.glob(f"UD_*/{language}_*-ud-{split}.conllu"), key=lambda path: path.name)) for home in homes
    ]
    return [*treebanks, *xtreme] if split == "test" else [*xtreme, *treebanks]


def read(folder: Path, split: str, language: str) -> Iterator[Tagging]:
    """One language. Raises DataError."""
    paths = SOURCE.find("udpos", places(folder, split, language))
    if paths[0].suffix == ".tsv":
        for number, sentence in enumerate(conll.sentences(paths[0])):
            at = Place(paths[0], sentence.line)
            yield Tagging(id=f"{split}-{number}", tokens=sentence.tokens, tags=sentence.tags, at=at)
        return
    seen: set[str] = set()
    for path in paths:
        for tagged in conllu.sentences(path, language):
            name = tagged.name
            if not name or name in seen:  # two treebanks may number their sentences alike
                name = f"{path.stem}-line-{tagged.line}"
            seen.add(name)
            yield Tagging(id=name, tokens=tagged.tokens, tags=tagged.tags, at=Place(path, tagged.line))


SOURCE = Source(
    folder="udpos",
    urls=(
        "https://lindat.mff.cuni.cz/repository/xmlui/bitstream/handle/11234/1-3105/ud-treebanks-v2.5.tgz",
        "https://lindat.mff.cuni.cz/repository/xmlui/bitstream/handle/11234/1-3424/ud-treebanks-v2.7.tgz",
    ),
    licence="per treebank; most CC BY-SA, some non-commercial (eu, he, hu, ta)",
    cite="Nivre et al. 2020, Universal Dependencies v2; Hu et al. 2020, XTREME",
)
TASK = Task(
    name="udpos",
    type="tagging",
    title="UDPOS: part-of-speech tagging",
    languages=LANGUAGES + ADDED,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("udpos",),
    labels=tuple(UPOS.split()),
    metrics=("run_f1", "token_accuracy"),
    counts={("train", "en"): 21253, ("dev", "en"): 3974},
    benchmarks=("xtreme", "xtreme_r"),
)
