"""Mewsli-X: find the entity, among a million described in fifty languages, that a mention in the news means.

    query      Riga: The choir sang in { Riga } on Sunday.
    candidate  Riga is the capital of Latvia.   (key Q1773)

The query is the official baseline's: the mention, a colon, and its sentence with the mention between braces. Labels
lie beside the test files (wikinews_labels/test-de.json) or in the mentions. "sample" is the release's example file
of two articles, queries only. What is called mAP@20 in XTREME-R is MRR@20, since a mention has one entity.
"""

from bisect import bisect
from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Passage, Place
from isogloss.core.languages import codes
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import document, fetch, objects, texts

LANGUAGES = codes("ar de en es fa ja pl ro ta tr uk")
LONGEST = 10_000
"""Characters of a sentence: each of its mentions repeats it."""


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """Mentions, candidates and, where they are there, labels."""
    if split == "sample":
        return [(folder / "example_mentions.jsonl",)] if language in ("ar", "en") else []
    mentions = folder / "wikinews_mentions" / f"{split}-{language}.jsonl"
    candidates = folder / "candidate_set_entities.jsonl"
    labels = folder / "wikinews_labels" / f"{split}-{language}.json"
    return [(mentions, candidates, labels), (mentions, candidates)]


def read(folder: Path, split: str, language: str) -> Iterator[Passage]:
    """The queries of one language, then all candidates. Raises DataError."""
    mentions, *others = SOURCE.find("mewslix", places(folder, split, language))
    golds = document(others[1]) if len(others) == 2 else {}
    for line, values in objects(mentions):
        context = fetch(values, "context", dict, mentions, line)
        if fetch(context, "language", str, mentions, line, "context") == language:
            text = fetch(context, "text", str, mentions, line, "context")
            spans = list(_breaks(mentions, line, context, len(text)))
            for mention in fetch(values, "mentions", list, mentions, line):
                name = fetch(mention, "example_id", str, mentions, line, "mentions")
                given = fetch(mention, "entity_id", str, mentions, line, "mentions")
                keys = texts(golds, name, others[1], None) if golds else [given] * bool(given)
                query, at = _query(mentions, line, text, spans, mention), Place(mentions, line)
                yield Passage(id=name, side="query", text=query, keys=tuple(keys), language=language, at=at)
    for path in others[:1]:
        for line, entity in objects(path):
            name = fetch(entity, "entity_id", str, path, line)
            text = " ".join(_sentences(path, line, entity, "description"))
            code = fetch(entity, "description_language", str, path, line)
            at = Place(path, line)
            yield Passage(id=name, side="candidate", text=_plain(text), keys=(name,), language=code, at=at)


def _query(path: Path, line: int, text: str, spans: list[tuple[int, int]], mention: object) -> str:
    span = fetch(mention, "mention_span", dict, path, line, "mentions")
    start, end = (fetch(span, edge, int, path, line, "mention_span") for edge in ("start", "end"))
    name = fetch(span, "text", str, path, line, "mention_span")
    if not 0 <= start < end or text[start:end] != name:
        raise DataError.at(path, line, f"the mention {quoted(name)} is not at {start} to {end}; the span must match.")
    begin, stop = spans[bisect(spans, start, key=lambda each: each[0]) - 1] if spans else (0, 0)
    if not begin <= start < end <= stop:
        raise DataError.at(path, line, f"the mention {quoted(name)} lies in no sentence.")
    if stop - begin > LONGEST:
        raise DataError.at(path, line, f"a sentence of {stop - begin:,} characters, expected at most {LONGEST:,}.")
    return _plain(f"{name}: {_unbraced(text[begin:start])} {{ {name} }} {_unbraced(text[end:stop])}")


def _unbraced(text: str) -> str:
    """The official baseline's re.sub(r"\\{(.*?)\\}", r"(\\1)", text), in time that grows with the text."""
    return "\n".join(map(_unbraced_line, text.split("\n")))


def _unbraced_line(line: str) -> str:
    found, at = [], 0
    while (opened := line.find("{", at)) >= 0 and (closed := line.find("}", opened)) >= 0:
        found.append(f"{line[at:opened]}({line[opened + 1 : closed]})")
        at = closed + 1
    return "".join([*found, line[at:]])


def _sentences(path: Path, line: int, values: dict[str, object], key: str) -> list[str]:
    text = fetch(values, key, str, path, line)
    return [text[begin:stop] for begin, stop in _breaks(path, line, values, len(text))]


def _breaks(path: Path, line: int, values: dict[str, object], size: int) -> Iterator[tuple[int, int]]:
    before = 0
    for span in fetch(values, "sentence_spans", list, path, line):
        begin, stop = (fetch(span, edge, int, path, line, "sentence_spans") for edge in ("start", "end"))
        if not before <= begin < stop <= size:
            seen = f"a sentence from {begin} to {stop} after one that ends at {before}"
            raise DataError.at(path, line, f"{seen}, in a text of {size} characters.")
        yield begin, stop
        before = stop


def _plain(text: str) -> str:
    return " ".join(text.splitlines()).replace("  ", " ").strip()


SOURCE = Source(
    folder="mewslix",
    licence="Apache-2.0 (code); WikiNews text CC BY 2.5",
    cite="Ruder et al. 2021, XTREME-R (Mewsli-X); Botha, Shan & Gillick 2020, Entity Linking in 100 Languages",
    by_hand="The release has no article text: run its own tool (google-research, dense_representations_for_entity_"
    "retrieval/mel, mewsli-x) and put candidate_set_entities.jsonl, wikinews_mentions/ and wikinews_labels/ into "
    "mewslix/ below the data root.",
)
TASK = Task(
    name="mewslix",
    type="retrieval",
    title="Mewsli-X: entity retrieval",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    metrics=("mrr_at_20",),
    splits=("dev", "test", "sample"),
    benchmarks=("xtreme_r",),
)
