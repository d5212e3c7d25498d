"""Which records are one paper, and which are versions of one. Nothing is merged on its title alone.

Same: a DOI or other identifier in common and titles that agree; or the same year, and titles and authors that agree
(almost equal with one author in common, or near with half of them). Version of: the same title and authors in another
year or as a preprint, or a relation that Crossref states. Candidates are pairs that share one of a title's three rarest
words. Figures on DBLP-ACM: docs/evidence.md.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from isogloss.core.record import Merge, Record, family, simple

RAREST, COMMON = 3, 150
"""Words of a title that bring it together with others; a word in more titles than this brings nothing."""
EQUAL, NEAR = 97, 85
"""Likeness of titles (rapidfuzz's ratio, 0 to 100) that counts as equal, and as near."""
YEARS = 3
"""Versions of one paper lie at most this many years apart."""
IDS = ("doi", "arxiv", "acl", "openalex", "s2")
_RECURRING = re.compile(
    r"^(?:editorial|introduction|preface|foreword|guest editors?|book reviews?|letters?|news|errata|erratum"
    r"|reminiscences|treasurer|chair|message|report from|editor s notes|industry perspectives|panel|keynote"
    r"|abstracts? of|conference)\b"
    r"|\b(?:column|corner|message|preface|editorial)$"
)
_SHOWN = re.compile(
    r"\((?:[\w-]+ )*(?:abstract|session|paper|demonstration|tutorial|panel|demo)\)|^(?:tutorial|panel):", re.IGNORECASE
)


def merges(records: Sequence[Record]) -> tuple[list[Merge], list[str]]:
    """Merges, each record away into the one that is kept, and conflicts in words. Order of records does not matter."""
    from rapidfuzz.fuzz import ratio

    ordered = sorted(records, key=lambda record: record.id)
    titles = [_title(record) for record in ordered]
    authors = [frozenset(filter(None, map(family, record.authors))) for record in ordered]
    counts = Counter(titles)
    groups = _Groups(len(ordered))
    versions: dict[tuple[int, int], str] = {}
    conflicts: list[str] = []
    rules: dict[tuple[int, int], str] = {}
    for first, second in _pairs(ordered, titles):
        a, b = ordered[first], ordered[second]
        likeness = ratio(titles[first], titles[second]) if titles[first] and titles[second] else 0.0
        if _subtitled(titles[first], titles[second]) and authors[first] == authors[second]:
            likeness = max(likeness, NEAR)
        relation, rule = _judged(a, b, likeness, authors[first], authors[second], counts[titles[first]])
        if relation == "same":
            groups.join(first, second)
            rules[first, second] = rule
        elif relation == "version of":
            versions[first, second] = rule
        elif relation == "conflict":
            conflicts.append(f"{a.id} and {b.id}: {rule}")
    merged = []
    for members in groups.members():
        kept = min(members, key=lambda place: _preference(ordered[place]))
        for other in members:
            if other != kept:
                rule = next((rules[p] for p in ((kept, other), (other, kept)) if p in rules), "through another record")
                merged.append(Merge(kept=ordered[kept].id, other=ordered[other].id, rule=rule))
    for (first, second), rule in versions.items():
        if groups.of(first) != groups.of(second):
            early, late = sorted((ordered[first], ordered[second]), key=_preference)
            merged.append(Merge(kept=early.id, other=late.id, rule=rule, relation="version of"))
    return merged, sorted(conflicts)


def _judged(
    a: Record, b: Record, likeness: float, ours: frozenset[str], theirs: frozenset[str], namesakes: int
) -> tuple[str, str]:
    """(relation or "", rule) of a pair."""
    share = len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0
    shared = [name for name in IDS if name in a.ids and a.ids.get(name) == b.ids.get(name)]
    if shared:
        if likeness >= NEAR or not (a.title and b.title) or (share >= 0.5 and likeness >= 60):
            other = [name for name in IDS if name in a.ids and name in b.ids and a.ids[name] != b.ids[name]]
            if a.source == b.source and other and shared != ["doi"]:
                return "version of", f"same {shared[0]}, another {other[0]}"
            return "same", f"same {shared[0]}"
        return "conflict", f"the same {shared[0]} {a.ids[shared[0]]}, but the titles differ"
    stated = {*a.related.values()} & {b.ids.get("doi", "-")} or {*b.related.values()} & {a.ids.get("doi", "-")}
    if stated:
        return "version of", "stated by its publisher"
    if likeness < NEAR or not titles_can_tell(a, b):
        return "", ""
    near_years = a.year is not None and b.year is not None and abs(a.year - b.year) <= YEARS
    different = [name for name in ("doi", "acl") if name in a.ids and name in b.ids]
    preprint = (a.kind == "preprint") != (b.kind == "preprint")
    recurring = bool(_RECURRING.search(simple(a.title))) or namesakes > 4 or len(simple(a.title).split()) < 3
    agree = (likeness >= EQUAL and share > 0 and not recurring) or (
        likeness >= NEAR and share >= 0.5 and len(ours & theirs) > 0
    )
    if recurring:
        agree = likeness >= EQUAL and ours == theirs and bool(ours)
    if not agree:
        return "", ""
    if a.year == b.year and not different and not preprint:
        return "same", "year, title and authors"
    if (a.year is None or b.year is None) and not different and not preprint:
        return "same", "title and authors; a year is missing"
    if near_years and likeness >= EQUAL and share >= 0.5:
        return "version of", "title and authors, " + (
            "a preprint" if preprint else "other year" if a.year != b.year else "other DOI"
        )
    return "", ""


def _title(record: Record) -> str:
    """A title without what says how it was presented: "(abstract)", "(tutorial session)", "Panel:"."""
    found = _SHOWN.sub(" ", record.title)
    return simple(found) or simple(record.title)


def _subtitled(first: str, second: str) -> bool:
    """Whether one title is the other and more: databases drop subtitles."""
    short, long = sorted((first, second), key=len)
    return len(short.split()) >= 4 and long.startswith(short + " ")


def titles_can_tell(a: Record, b: Record) -> bool:
    """Whether both titles say enough, and do not tell parts of one work apart ("Part I", "Part II")."""
    numbers = [re.findall(r"\b(?:\d+|[ivx]+)\b", simple(each.title)) for each in (a, b)]
    return bool(a.title and b.title) and numbers[0] == numbers[1]


def _pairs(records: Sequence[Record], titles: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs that may be one paper: a rare word of the title, an identifier or a stated relation in common."""
    counts = Counter(word for title in titles for word in set(title.split()))
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (record, title) in enumerate(zip(records, titles, strict=True)):
        words = sorted(set(title.split()), key=lambda word: (counts[word], word))[:RAREST]
        for word in words:
            blocks["word", word].append(place)
        for name in IDS:
            if name in record.ids:
                blocks[name, record.ids[name]].append(place)
        for other in record.related.values():
            blocks["doi", other].append(place)
    seen: set[tuple[int, int]] = set()
    for (kind, _), places in sorted(blocks.items()):
        if kind == "word" and len(places) > COMMON:
            continue
        for at, first in enumerate(places):
            for second in places[at + 1 :]:
                pair = (min(first, second), max(first, second))
                if first != second and pair not in seen:
                    seen.add(pair)
                    yield pair


def _preference(record: Record) -> tuple[bool, bool, bool, str]:
    """The record of a group that stands for it: published, with an abstract, with a DOI."""
    return record.kind == "preprint", not record.abstract, "doi" not in record.ids, record.id


class _Groups:
    """Sets that are joined."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def of(self, place: int) -> int:
        while self.parent[place] != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.of(first), self.of(second)))
        self.parent[high] = low

    def members(self) -> Iterable[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self.parent)):
            found[self.of(place)].append(place)
        return (members for members in found.values() if len(members) > 1)
