"""What finding papers and checking claims is worth, in figures: python bench/evidence.py COMMAND …

    retrieve  --corpus XML… --claims FILE.jsonl   claim → its paper (top1, top5, top20) → its sentence (best2)
    figures   --corpus XML… --claims FILE.jsonl   "agree" and "differ" against gold; 1,000 tampered figures and quotes
    question  --corpus XML… [--question TEXT --first ID --wanted ID…]   the founding question over the collections
    speed     --corpus XML…                       5,000 records: search, ten claims, peak memory
    kills     --corpus XML… [--times 100]         kill -9 during search, read, verify: the same lock
    verify    --corpus JSONL|XML… --claims FILE.jsonl [--verifier NAME --store DIR]   a verifier against gold

CLAIMS are in SciFact's layout; `cited_doc_ids` are Anthology ids; `kind` "number" marks number claims. The gold's
sentences are counted in abstracts split at (?<=[.!?])\\s+(?=[A-Z]). The last line is one JSON object.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _tamper
from _needs import needs
from isogloss.core.errors import SourceError
from isogloss.core.reading import Candidate
from isogloss.core.record import Record
from isogloss.core.seeds import rng
from isogloss.evidence import corpus as corpora
from isogloss.evidence.checks import figures as figures_check
from isogloss.evidence.checks import verbatim
from isogloss.evidence.figures import figures
from isogloss.formats import acl_xml
from isogloss.literature.candidates import breaks_off
from isogloss.literature.retrieve import Index

QUESTION = (
    "What is the impact of semantic divergence between English intermediate tasks and target non-English tasks in "
    "XTREME-R on the robustness of zero-shot cross-lingual transfer?"
)
FIRST = "2020.aacl-main.56"
WANTED = (
    "2020.emnlp-main.40", "2020.emnlp-main.368", "2020.emnlp-main.121", "2020.emnlp-main.363", "2020.emnlp-main.618",
    "2021.naacl-main.197", "2021.eacl-main.270", "2021.acl-long.244", "2020.acl-main.467", "2020.acl-main.747",
)  # fmt: skip
"""Ten papers picked by hand as relevant, before this search existed."""
TAMPERED = 1000
_GOLD = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def main() -> None:
    if not sys.argv[1:]:
        needs("a command and collections of papers")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("retrieve", "figures", "question", "speed", "kills", "verify"))
    parser.add_argument("--corpus", nargs="+", type=Path, required=True, metavar="XML")
    parser.add_argument("--claims", type=Path, metavar="FILE")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--first", default=FIRST)
    parser.add_argument("--wanted", nargs="*", default=WANTED)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--tampered", type=int, default=TAMPERED)
    parser.add_argument("--verifier", default="", help="words, words+minilm (default where it is there), or a study")
    parser.add_argument("--store", default="", metavar="DIR", help="of the study that --verifier names")
    parser.add_argument("--json", action="store_true", help="nothing else is printed by verify")
    asked = parser.parse_args()
    if asked.command == "verify":
        print(json.dumps(verified(asked)))
        return
    files = [path for each in asked.corpus for path in (sorted(each.glob("*.xml")) if each.is_dir() else [each])]
    if asked.command in ("retrieve", "figures") and asked.claims is None:
        parser.error(f"{asked.command} needs --claims")
    found = {
        "retrieve": lambda: retrieve(read(files), gold(asked.claims)),
        "figures": lambda: agreement(read(files), gold(asked.claims), asked.tampered),
        "question": lambda: question(files, asked.question, asked.first, asked.wanted),
        "speed": lambda: speed(files, asked.question),
        "kills": lambda: kills(files, asked.question, asked.times),
    }[asked.command]()
    print(json.dumps(found))


def verified(asked: argparse.Namespace) -> dict[str, Any]:
    """What a verifier is worth on a file of claims."""
    import _claims
    import _verify
    from isogloss.core.errors import IsoglossError
    from isogloss.evidence.verifier import MINILM, WORDS
    from isogloss.store.store import Store
    from isogloss.verbs.verifier import verifier_of

    if asked.claims is None:
        raise SystemExit("verify needs --claims")
    files = [path for each in asked.corpus for path in (sorted(each.glob("*.xml")) if each.is_dir() else [each])]
    corpus, given = _claims.papers(files), _claims.claims(asked.claims)
    names = [asked.verifier] if asked.verifier else [MINILM, WORDS]
    for name in names:
        try:
            asked.verifier = name
            verifier = verifier_of(asked, Store(Path(asked.store or "store")))
        except IsoglossError as error:
            if name == names[-1]:
                raise SystemExit(str(error)) from None
            continue
        return _verify.verify(given, corpus, verifier)
    raise SystemExit("no verifier")


def read(files: Sequence[Path]) -> list[Record]:
    """The papers of collections. Ends with one sentence where there is none: nothing can be measured on it."""
    if not files:
        raise SystemExit("--corpus: no XML in it; name collections of the ACL Anthology, or a folder of them.")
    try:
        found = [record for path in files for record in acl_xml.page(path.read_bytes(), path.name).records]
    except (SourceError, OSError) as error:
        raise SystemExit(f"--corpus: {error}") from None
    if not found:
        raise SystemExit(f"--corpus: no paper in {', '.join(path.name for path in files)}.")
    return found


def gold(path: Path) -> list[dict[str, Any]]:
    """The claims of a file in SciFact's layout. Ends with one sentence for a file in another."""
    try:
        found = [dict(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise SystemExit(f"{path}: no JSON lines in SciFact's layout ({error}).") from None
    for number, claim in enumerate(found, 1):
        lacking = [key for key in ("id", "claim", "cited_doc_ids", "evidence") if key not in claim]
        if lacking:
            raise SystemExit(f"{path}, claim {number}: no `{lacking[0]}`; expected SciFact's layout.")
    if not found:
        raise SystemExit(f"{path}: no claim in it.")
    return found


def known(records: Sequence[Record], claims: Sequence[Mapping[str, Any]]) -> None:
    """End with one sentence where no claim cites a paper of the corpus."""
    held = {record.ids["acl"] for record in records if "acl" in record.ids}
    cited = {str(name) for claim in claims for name in claim["cited_doc_ids"]}
    lost = sorted(cited - held)
    if not cited & held:
        raise SystemExit(f"None of the {len(cited)} papers that the claims cite is in the corpus, such as {lost[:1]}.")
    if lost:
        print(f"not in the corpus: {', '.join(lost)}")


def candidate(claim: Mapping[str, Any]) -> Candidate:
    text = claim["claim"]
    cites = tuple(map(str, claim["cited_doc_ids"]))
    return Candidate(id=str(claim["id"]), text=text, kind="given", cites=cites, truncated=bool(breaks_off(text)))


def retrieve(records: Sequence[Record], claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Recall of the cited paper by rank, and of the deciding sentence among the two nearest of its abstract."""
    known(records, claims)
    index = Index([f"{record.title}\n{record.abstract}" for record in records])
    places = {record.ids["acl"]: place for place, record in enumerate(records) if "acl" in record.ids}
    corpus = corpora.of(records)
    ranks, hits, sentences = [], 0, 0
    for claim in claims:
        ranked = index.ranked(claim["claim"])
        wanted = [places[name] for name in map(str, claim["cited_doc_ids"]) if name in places]
        ranks.append(min((ranked.index(place) for place in wanted if place in ranked), default=len(records)))
        for name, evidence in claim["evidence"].items():
            if name not in places:
                continue
            text = corpora.abstract(records[places[name]])
            spans = gold_spans(text.text)
            deciding = [spans[at] for each in evidence for at in each["sentences"]]
            best = [text.spans[place] for place in corpus.best(claim["claim"], text, 2)]
            hits += any(a < d and c < b for a, b in best for c, d in deciding)
            sentences += 1
            if not any(a < d and c < b for a, b in best for c, d in deciding):
                print(f"sentence missed: {claim['claim']}")
    for claim, rank in zip(claims, ranks, strict=True):
        if rank >= 5:
            print(f"rank {rank + 1}: {claim['claim']}")
    n = max(1, len(claims))
    return {
        "claims": len(claims), "papers": len(records), "top1": round(sum(rank < 1 for rank in ranks) / n, 3),
        "top5": round(sum(rank < 5 for rank in ranks) / n, 3), "top20": round(sum(rank < 20 for rank in ranks) / n, 3),
        "best2": round(hits / max(1, sentences), 3), "sentences": sentences,
    }  # fmt: skip


def gold_spans(text: str) -> list[tuple[int, int]]:
    """The gold's sentences, by offsets."""
    found, start = [], 0
    for part in _GOLD.split(text):
        begin = text.index(part, start)
        found.append((begin, begin + len(part)))
        start = begin + len(part)
    return found


def agreement(records: Sequence[Record], claims: Sequence[Mapping[str, Any]], tampered: int) -> dict[str, Any]:
    """What "agree" and "differ" are worth against gold, and how many tampered sentences pass."""
    known(records, claims)
    corpus = corpora.of(records)
    counts: Counter[tuple[str, str, bool]] = Counter()
    for claim in claims:
        one = candidate(claim)
        if not figures(one.text):
            continue
        says = figures_check.run(one, corpus, {}).says
        labels = {each["label"] for evidence in claim["evidence"].values() for each in evidence} or {"NEI"}
        label = labels.pop() if len(labels) == 1 else "MIXED"
        counts[says, label, claim.get("kind") == "number"] += 1
        wrong = (says == "agree" and label != "SUPPORT") or (says == "differ" and label != "REFUTE")
        print(f"{'WRONG ' if wrong else ''}{says:8} {label:8} {one.text}")
    numbers = {key: count for key, count in counts.items() if key[2]} or counts

    def total(says: str, right: str, same: bool) -> int:
        return sum(count for key, count in numbers.items() if key[0] == says and (key[1] == right) == same)

    return {
        "number_claims": sum(numbers.values()),
        "agree": total("agree", "SUPPORT", True) + total("agree", "SUPPORT", False),
        "wrong_agree": total("agree", "SUPPORT", False),
        "differ": total("differ", "REFUTE", True) + total("differ", "REFUTE", False),
        "wrong_differ": total("differ", "REFUTE", False), **caught(records, tampered),
    }  # fmt: skip


def caught(records: Sequence[Record], wanted: int) -> dict[str, Any]:
    """1,000 tampered figures and quotes, made from the sentences of the corpus: how many are accepted."""
    draw = rng("bench/evidence", "tampered claims")
    corpus = corpora.of(records)
    texts = [corpora.abstract(record) for record in records if record.abstract]
    sentences = [(text, passage) for text in texts for passage in text.passages if 40 < len(passage) < 400]
    found: dict[str, Any] = {}
    for way, make in _tamper.WAYS.items():
        quotes = way in ("word", "splice", "name", "negation")
        tried = accepted = untouched = 0
        order = draw.permutation(len(sentences))
        for place in order[: wanted * 40]:
            text, passage = sentences[int(place)]
            if tried == wanted:
                break
            if not quotes and not figures(passage):
                continue
            others = [sentences[int(each)][1] for each in draw.integers(len(sentences), size=3)]
            changed = make(passage, draw, others)
            if not changed or bare(changed) in bare(text.text):
                continue
            one = Candidate(id="t", text=changed, kind="given", cites=(text.document.record,))
            check = verbatim.run if quotes else figures_check.run
            says = check(one, corpus, {}).says
            tried += 1
            if says in (("quoted", "quoted in part") if quotes else ("agree",)):
                accepted += 1
                if accepted < 4:
                    print(f"accepted ({way}): {changed}\n   of: {passage}")
            if not quotes and tried % 5 == 0:
                plain = Candidate(id="t", text=passage, kind="given", cites=(text.document.record,))
                untouched += figures_check.run(plain, corpus, {}).says == "agree"
        found[f"tampered_{way}"], found[f"accepted_{way}"] = tried, accepted
        if not quotes:
            found[f"untouched_agree_{way}"] = round(untouched / max(1, tried // 5), 3)
    return found


def bare(text: str) -> str:
    return verbatim.Folded.of(text).text.rstrip(" .")


def question(files: Sequence[Path], text: str, first: str, wanted: Sequence[str]) -> dict[str, Any]:
    """The rank of the one paper, how many of the ten are among the forty, and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        used = isogloss(folder, "search", text, "--in", *map(str, files), "--name", "q", "--json")
        seconds = time.monotonic() - began
        included = [each["ids"].get("acl") for each in json.loads(used.stdout)["included"]]
    among = [name for name in wanted if name in included[:40]]
    return {
        "first": included[0], "rank": included.index(first) + 1 if first in included else None, "wanted": len(wanted),
        "in_top_40": len(among), "seconds": round(seconds, 2), "processor_seconds": round(children(), 2),
    }  # fmt: skip


def speed(files: Sequence[Path], text: str, size: int = 5000) -> dict[str, Any]:
    """A search over 5,000 records (the collections, repeated under other names as far as it takes), and ten claims."""
    records = read(files)
    rows: list[dict[str, Any]] = [
        {"id": f"{record.ids['acl']}-{turn}", "title": record.title + (f" {turn}" if turn else ""),
         "abstract": record.abstract, "authors": list(record.authors), "year": record.year}
        for turn in range(1 + size // max(1, len(records))) for record in records
    ][:size]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        source, claims = Path(folder, "records.jsonl"), Path(folder, "claims.txt")
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        picked = [row["abstract"].split(". ")[0] + "." for row in rows if row["abstract"]][:: max(1, len(rows) // 10)]
        claims.write_text("\n".join(" ".join(each.split()) for each in picked[:10]) + "\n", "utf-8")
        took: dict[str, Any] = {"records": len(rows)}
        for name, words in (
            ("search", ("search", text, "--in", str(source), "--name", "q", "--most", str(size))),
            ("read", ("read", "q")),
            ("verify", ("verify", "q", "--claims", str(claims))),
        ):
            began, before = time.monotonic(), children()
            isogloss(folder, *words)
            took[f"{name}_seconds"] = round(time.monotonic() - began, 2)
            took[f"{name}_processor_seconds"] = round(children() - before, 2)
    took["peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    return took


def kills(files: Sequence[Path], text: str, times: int) -> dict[str, Any]:
    """Killed at random moments until each step is through, a search ends with the bytes of an undisturbed one."""
    moments = random.Random(20310101)
    claims = ["Zero-shot transfer gains 5.4 points.", "Nine intermediate tasks are compared."]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "claims.txt").write_text("\n".join(claims) + "\n", "utf-8")
        steps = (
            ("search", text, "--in", *map(str, files), "--name", "q"), ("read", "q"),
            ("verify", "q", "--claims", str(Path(folder, "claims.txt"))),
        )  # fmt: skip
        alone = str(Path(folder, "alone"))
        whole = []
        for words in steps:
            began = time.monotonic()
            isogloss(alone, *words)
            whole.append(time.monotonic() - began)
        expected = contents(Path(alone, "evidence", "q"))
        done = differ = 0
        while done < times:
            store = str(Path(folder, f"killed{done}"))
            for words, seconds in zip(steps, whole, strict=True):
                for _ in range(3):
                    if done == times:
                        break
                    done += killed(store, words, moments.uniform(0, seconds))
                isogloss(store, *words)
            differ += contents(Path(store, "evidence", "q")) != expected
            shutil.rmtree(store)
    return {"kills": done, "different_locks": differ}


def killed(store: str, words: Sequence[str], seconds: float) -> int:
    """1 when the command was killed before it ended."""
    command = [sys.executable, "-m", "isogloss", *words, "--store", store]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return 1
    return 0


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that the lock names, and the lock."""
    named = [*json.loads((folder / "lock.json").read_text())["files"], "lock.json"]
    return {name: (folder / name).read_bytes() for name in named}


def isogloss(store: str, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "isogloss", *words, "--store", store], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"isogloss {words[0]} ended with {done.returncode}: {done.stderr}")
    return done


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
