"""Small valid files of our own, for every reader: what each format's module reads, and what each task may find."""

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.folder import load, names
from isogloss.core.task import Task


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What reads the files below a folder, and files that it can read."""

    name: str
    read: Callable[[Path], object]
    files: Mapping[str, bytes]


def plain(value: Any) -> bytes:
    """As a JSON file."""
    return json.dumps(value, ensure_ascii=False).encode()


def lines(*values: Any) -> bytes:
    """As JSON Lines."""
    return b"".join(plain(value) + b"\n" for value in values)


def word(index: int | str, form: str, tag: str, head: int | str, enhanced: str = "_") -> str:
    """A line of CoNLL-U."""
    return "\t".join([str(index), form, "_", tag, "_", "_", str(head), "_", enhanced, "_"]) + "\n"


TREEBANK = (
    "# sent_id = s1\n# text = I'm home now.\n" + word("1-2", "I'm", "_", "_") + word(1, "I", "PRON", 3, "3:nsubj|4:x")
    + word(2, "'m", "AUX", 3) + word(3, "home", "ADV", 0) + word("3.1", "x", "NOUN", "_") + word(4, "now", "ADV", 3)
    + "\n# sent_id = s2\n" + word(1, "Oslo", "PROPN", 2) + word(2, "sleeps", "VERB", 0) + "\n"
).encode()  # fmt: skip
CONTEXT = "Rain fell on Oslo. The mill closed in 1921."
QUESTIONS = [
    {"id": "arabic-1-0", "question": "Where did rain fall?", "answers": [{"text": "Oslo", "answer_start": 13}]},
    {"id": "bengali-1-1", "question": "When did it close?", "answers": [{"text": "1921", "answer_start": 38}]},
    {"id": "english-1-2", "question": "Where?", "answers": [{"text": "Oslo", "answer_start": 13}]},
]
SQUAD = plain({"version": "1.1", "data": [{"title": "Rain", "paragraphs": [
    {"context": CONTEXT, "sentence_breaks": [[0, 18], [19, 43]], "qas": QUESTIONS}]}]})  # fmt: skip
SQUAD2 = plain({"data": [{"title": f"T{n}", "paragraphs": [{"context": f"{n} {CONTEXT}", "qas": [
    {"id": f"{n}-a", "question": "Who?", "is_impossible": True, "answers": [], "plausible_answers": []},
    {"id": f"{n}-b", "question": "Where?", "is_impossible": False, "answers": [{"text": "Oslo", "answer_start": 15}]},
    ]}]} for n in range(8)]})  # fmt: skip
TAGGED = b"Anna\tB-PER\nmoved\tO\nto\tO\nOslo\tB-LOC\n\nRain\tO\nfell\tO\n"
NLI = b'sentence1\tsentence2\tgold_label\nA man sleeps.\t"He said ""no""."\tentailment\nRain.\tSun.\tcontradiction\n'
JSON_NLI = lines(
    {"sentence1": "A man sleeps.", "sentence2": "He rests.", "gold_label": "entailment"},
    {"sentence1": "Rain.", "sentence2": "Sun.", "gold_label": "-"},
    {"sentence1": "Rain.", "sentence2": "Wind.", "gold_label": "neutral"},
)
COPA = lines(
    {"premise": "The lamp went out.", "choice1": "The bulb was old.", "choice2": "It was blue.", "question": "cause",
     "label": 0, "idx": 0, "changed": False},
    {"premise": "It rained.", "choice1": "We got wet.", "choice2": "We slept.", "question": "effect", "label": 1,
     "idx": 1},
)  # fmt: skip
BIBLE = b"""<?xml version="1.0" encoding="utf-8"?>
<cesDoc><text><body><div id="b.JON" type="book"><div id="b.JON.1" type="chapter">
<seg id="b.JON.1.1" type="verse">Neno la Bwana.</seg><seg id="b.JON.1.2" type="verse">Ondoka, <i>uende</i>.</seg>
</div></div></body></text></cesDoc>"""
RIGHTS = b"""<udhr xmlns="http://www.unhchr.ch/udhr"><title>x</title><preamble><para>Whereas.</para></preamble>
<article number="1"><title>1</title><para>All are born free.</para><orderedlist><listitem><para>a</para></listitem>
</orderedlist></article></udhr>"""
AUTO = (
    b"ID=wsj_0001.1 PARSER=GOLD NUMPARSE=1\n"
    b"(<T S[dcl] 1 2> (<L NP NNP NNP Oslo NP>) (<L S[dcl]\\NP VBZ VBZ sleeps S[dcl]\\NP_1>) )\n"
)
CHECKLIST = "\n".join("\t".join(row) for row in [
    ("Field", "en", "en-placeholders", "af", "af-placeholders"),
    ("Name", "Animal vs Vehicle", "", "", ""),
    ("Capability", "Taxonomy", "", "", ""),
    ("Context", "{first_name} has {a:animal} and {a:vehicle}.", "", "{first_name} hat {animal} und {vehicle}.", ""),
    ("Question", "What animal does {first_name} have?", "", "Welches Tier hat {first_name}?", ""),
    ("Question", "What vehicle does {first_name} have?", "", "Was fährt {first_name}?", ""),
    ("Answer", "{a:animal}", "", "{animal}", ""),
    ("Answer", "{a:vehicle}", "", "{vehicle}", ""),
    ("animal", "a dog", "", "einen Hund", "dog"),
    ("animal", "a cat, the cat", "", "eine Katze", ""),
    ("vehicle", "a car", "", "ein Auto", ""),
]).encode()  # fmt: skip
NEWS = "It rained. The choir {in} Riga {sang}."
MENTIONS = lines(*({"context": {"document_title": "Riga", "language": language, "text": NEWS,
    "sentence_spans": [{"start": 0, "end": 10}, {"start": 11, "end": len(NEWS)}]}, "mentions": [
    {"example_id": f"{language}1", "entity_id": "Q1773",
     "mention_span": {"start": NEWS.index("Riga"), "end": NEWS.index("Riga") + 4, "text": "Riga"}}]}
    for language in ("ar", "de", "en")))  # fmt: skip
ENTITIES = lines({"entity_id": "Q1773", "description": "Riga is a city.", "description_language": "en",
                  "sentence_spans": [{"start": 0, "end": 15}]})  # fmt: skip
SENTENCES = ("The ferry leaves at seven.\nMy neighbour keeps bees here.\nFour more words stand there.\n" * 8).encode()

CONTENT: tuple[tuple[str, bytes], ...] = (
    (r"anli/.*jsonl", b""),  # a uid of its own in each file, see `content`
    (r"bible/", BIBLE),
    (r"bucc2018/.*\.gold$", b"f-1\te-2\n"),
    (r"bucc2018/.*en\.(dev|test|sample|training)\.en$", b"e-1\tThe ferry was late.\ne-2\tA mill.\n"),
    (r"bucc2018/", "f-1\t渡船晚点。\nf-2\t磨坊。\n".encode()),
    (r"cad_nli/|kornli/", NLI),
    (r"ccgbank/.*\.stagged$", b"# made by C&C\nOslo|NNP|NP sleeps|VBZ|S[dcl]\\NP\n"),
    (r"ccgbank/", b"Oslo\tNP\nsleeps\tS[dcl]\\NP\n"),
    (r"commonsenseqa/", lines({"answerKey": "A", "id": "q1", "question": {"question_concept": "x", "stem": "Where?",
     "choices": [{"label": letter, "text": f"text {letter}"} for letter in "ABCDE"]}})),
    (r"scifact/claims|scifact/data/claims|citint/claims", lines(
        {"id": 1, "claim": "Rain.", "evidence": {"7": [{"sentences": [1], "label": "SUPPORT"}]}, "cited_doc_ids": [7]},
        *({"id": n, "claim": "Bees fly.", "evidence": {}, "cited_doc_ids": [7]} for n in range(2, 12)))),
    (r"(scifact|citint)/", lines({"doc_id": 7, "title": "Rain", "abstract": ["It was dry.", "Then rain fell."]})),
    (r"healthver/", b'id,evidence,claim,label,topic_ip,question\n1,"Masks, ""thick"" ones.",Masks help,Supports,1,q\n'
     b"2,Rain.,Masks harm,Refutes,1,q\n"),
    (r"climate_fever/", lines({"claim_id": "1", "claim": "Ice grows.", "evidences": [
        {"evidence": "Ice shrinks.", "evidence_label": "REFUTES"}, {"evidence": "x", "evidence_label": "SUPPORTS"}]})),
    (r"cosmosqa/", b'id,context,question,answer0,answer1,answer2,answer3,label\n'
     b'1##a##q1,"It rained, and ""we"" ran.",Why?,a,b,c,d,2\n2##a##q1,Sun.,Why?,a,b,c,d,0\n'
     b'3##a##q1,Sun.,Why?,a,b,c,d,0\n4##a##q1,Sun.,Why?,a,b,c,d,1\n'),
    (r"hellaswag/", lines(*({"ind": n, "ctx": "He opens.", "endings": ["a", "b", "c", "d"], "label": 2}
                            for n in range(8)))),
    (r"(squad|xquad|mlqa|lareqa)/(?!.*v2\.0)", SQUAD),
    (r"squad/", SQUAD2),
    (r"tydiqa/", SQUAD),
    (r"masakhaner2/", b"Amina B-PER\nanaishi O\nO O\n\nMombasa B-LOC\nleo B-DATE\n"),
    (r"mewslix/candidate", ENTITIES),
    (r"mewslix/wikinews_labels", plain({"ar1": ["Q1773"], "de1": ["Q1773"]})),
    (r"mewslix/", MENTIONS),
    (r"mnli/.*jsonl$|snli/", JSON_NLI),
    (r"mnli/train-en", b'A man sleeps.\t"He ""rests""."\tentailment\r\nRain.\tSun.\tcontradictory\r\n'),
    (r"mnli/|multinli", b"premise\thypo\tlabel\nA man sleeps.\tHe rests.\tentailment\nRain.\tSun.\tcontradictory\n"),
    (r"multichecklist/", CHECKLIST),
    (r"ntrex/|tatoeba/|(^|/)text/", SENTENCES),
    (r"panx/.*\.tsv$", TAGGED),
    (r"panx/", b"ar:Anna\tB-PER\nar:moved\tO\n\nar:Oslo\tB-LOC\nstray\n"),
    (r"pawsx/.*/test-", b'The "river" flows.\tIt flows.\r\n'),
    (r"pawsx/test-", b"The river flows.\tIt flows.\r\n"),
    (r"pawsx/.*(-..\.tsv)$", b'"The ""river"" flows."\tIt flows.\t1\r\nA.\tB.\t0\r\n'),
    (r"pawsx/", b'id\tsentence1\tsentence2\tlabel\n1\tThe "river".\tIt flows.\t1\n2\tA.\tB.\t0\n'),
    (r"qqp/", b'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\tHow?\tWhat "for"?\t1\n'
     b"1\t3\t4\tA?\tB?\t0\n"),
    (r"refresd/", b"#binary_label\tlabel\tEnglish\tFrench\ndivergent\tunrelated\tThe bridge.\tLe pont.\n"
     b"equivalent\tno_meaning_difference\tRain.\tLa pluie.\n"),
    (r"semdiverge/", b"the bridge.\tle pont.\t1\t5\nrain.\tsoleil.\t0\t4\n"),
    (r"sib200/", b'index_id\tcategory\ttext\n1\tsports\tThe "team" won.\n2\ttravel\tA ferry.\n'),
    (r"siqa/", lines({"context": "It rained.", "question": "Why?", "answerA": "a", "answerB": "b", "answerC": "c",
                      "correct": "B"})),
    (r"xcopa/", COPA),
    (r"udhr/", RIGHTS),
    (r"udpos/.*\.conllu$", TREEBANK),
    (r"udpos/.*", b"The\tDET\nferry\tNOUN\nleft\tVERB\n\nRain\tNOUN\n"),
    (r"xnli/labels/", b"entailment\ncontradiction\n"),
    (r"xnli/XNLI-1\.0/", b"language\tgold_label\tsentence1\tsentence2\nar\tentailment\tA\tB\nbg\tentailment\tA\tB\n"
     b"en\tneutral\tA \"x\"\tB\nar\tcontradiction\tC\tD\nbg\tcontradiction\tC\tD\n"),
    (r"xnli/.*test-", b'A man sleeps.\t"He ""rests""."\r\nRain.\tSun.\r\n'),
    (r"xnli/", b'A man sleeps.\t"He ""rests""."\tentailment\r\nRain.\tSun.\tcontradiction\r\n'),
)  # fmt: skip
"""Path below the data root → what may stand there; the first that fits."""


def content(path: str) -> bytes:
    """What a task may find at a path. Raises KeyError for a path that no line above is about."""
    if path.startswith("anli/"):
        pair = {"context": "The mill closed.", "hypothesis": "It is shut."}
        return lines(*({"uid": f"{path}-{label}", **pair, "label": label} for label in "enc"))
    if path.endswith(".auto"):
        return AUTO.replace(b"wsj_0001.1", path.rpartition("/")[2].encode())
    for pattern, found in CONTENT:
        if re.search(pattern, path):
            return found
    raise KeyError(path)


GLOBBED = {
    "udpos": [["udpos/{home}UD_X-A/{language}_a-ud-{split}.conllu"]],
    "ccg": [[f"ccgbank/{home}/{section:02}/wsj_{section:02}01.auto" for section in range(24)]
            for home in ("AUTO", "data/AUTO")],
    "english_text": [["mnli/train-en.tsv", "cad_nli/train.tsv", "squad/train-v1.1.json", "siqa/train.jsonl"]],
}  # fmt: skip
"""Files that a task only names once they are there."""


def of_tasks() -> Iterator[Reader]:
    """Every task that reads files, with each split and each place in which they may lie, in one or two languages."""
    for name in names("tasks"):
        task: Task = load("tasks", name)
        if task.places is None:
            continue
        for split in task.splits:
            for language in task.languages[:2] if "-" not in task.languages[0] else task.languages[:1]:
                for number, paths in enumerate(_alternatives(task, split, language)):
                    yield Reader(
                        name=f"{name} {split} {language} {number}",
                        read=lambda root, task=task, split=split, language=language: task.examples(  # type: ignore[misc]
                            root, split, language
                        ),
                        files={path: content(path) for path in paths},
                    )


def _alternatives(task: Task, split: str, language: str) -> Iterator[list[str]]:
    root = Path("/nowhere")
    assert task.places is not None
    for paths in task.places(root / task.source.folder, split, language):
        if paths and not any("/" not in str(path) for path in paths):
            yield [str(path.relative_to(root)) for path in dict.fromkeys(paths)]
    for patterns in GLOBBED.get(task.name, ()):
        homes = ("", "conllu/", "ud-treebanks-v2.5/") if task.name == "udpos" else ("",)
        for home in homes:
            yield [pattern.format(home=home, language=language, split=split) for pattern in patterns]


def _bodies() -> dict[str, bytes]:
    """What databases of literature and reference managers send, as small as it may be."""
    work = {"id": "https://openalex.org/W1", "title": "Bridges", "doi": "https://doi.org/10.5555/a", "type": "article",
            "publication_year": 2020, "authorships": [{"author": {"display_name": "A B"}}], "is_retracted": False,
            "abstract_inverted_index": {"Rain": [0], "fell.": [1]}, "ids": {"openalex": "https://openalex.org/W1"},
            "open_access": {"oa_url": "https://example.org/a.pdf"}}  # fmt: skip
    cross = {"DOI": "10.5555/a", "prefix": "10.5555", "title": ["Bridges"], "type": "journal-article",
             "author": [{"given": "A", "family": "B"}], "issued": {"date-parts": [[2020, 1]]},
             "abstract": "<jats:p>Rain &amp; sun.</jats:p>", "container-title": ["J"]}  # fmt: skip
    paper = {"paperId": "abc", "title": "Bridges", "abstract": "Rain.", "year": 2020, "authors": [{"name": "A B"}],
             "externalIds": {"DOI": "10.5555/a", "ArXiv": "2001.00001"}, "venue": "ACL"}  # fmt: skip
    return {
        "openalex": plain({"meta": {"count": 1, "next_cursor": "x"}, "results": [work]}),
        "crossref": plain({"status": "ok", "message": {"total-results": 1, "next-cursor": "x", "items": [cross]}}),
        "semantic_scholar": plain({"total": 1, "next": 10, "data": [paper]}),
        "unpaywall": plain({"doi": "10.5555/a", "title": "Bridges", "is_oa": True, "best_oa_location": {
            "url": "https://example.org", "url_for_pdf": "https://example.org/a.pdf", "license": "cc-by"}}),
        "acl_xml": b'<collection id="2031.demo"><volume id="main"><meta><booktitle>Demo</booktitle><year>2031</year>'
        b"</meta><paper id='1'><title>Bridge <fixed-case>T</fixed-case>raining</title><author><first>A</first>"
        b"<last>B</last></author><abstract>Rain &amp; sun.</abstract><doi>10.5555/a</doi></paper></volume>"
        b"</collection>",
        "arxiv_atom": b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2001.00001v1</id>'
        b"<title>Bridges</title><summary>Rain.</summary><published>2020-01-01T00:00:00Z</published><author><name>A B"
        b"</name></author></entry></feed>",
        "bibtex": b"@article{a, title = {Bridges \\'and {R}ain}, author = {A, B and C, D}, year = 2020,\n"
        b" doi={10.5555/a}}\n",
        "ris": b"TY  - JOUR\nTI  - Bridges\nAU  - A, B\nPY  - 2020\nDO  - 10.5555/a\nER  - \n",
        "exported": lines({"title": "Bridges", "abstract": "Rain.", "year": 2020, "id": "a"},
                          {"title": "Mills", "authors": ["A B"], "id": "b"}),
        "exported csv": b'Title,Authors,Year,DOI\n"Bridges, and ""rain""",A B,2020,10.5555/a\nMills,C D,2021,\n',
        "retraction_watch": b"Record ID,OriginalPaperDOI,RetractionNature,RetractionDate,Reason\n"
        b"1,10.5555/a,Retraction,1/2/2021 0:00,+Error;\n",
        "jats": b"<article><front><article-meta><title-group><article-title>Bridges</article-title></title-group>"
        b"<abstract><p>Rain.</p></abstract></article-meta></front><body><sec><title>One</title><p>It <i>rained</i>.</p>"
        b"<table-wrap><p>x</p></table-wrap></sec></body></article>",
    }  # fmt: skip


def of_bodies() -> Iterator[Reader]:
    """Readers of what a database sends, or a reference manager exports: bytes, and the name they are called by."""
    functions = {"exported": "json_page", "exported csv": "csv_page", "retraction_watch": "notices", "jats": "article"}
    for name, sample in _bodies().items():
        module = importlib.import_module(f"isogloss.formats.{name.split()[0]}")
        function = getattr(module, functions.get(name, "page"))
        yield Reader(
            name=f"formats {name}",
            read=lambda root, function=function: function((root / "file").read_bytes(), str(root / "file")),  # type: ignore[misc]
            files={"file": sample},
        )


def of_formats() -> Iterator[Reader]:
    """Readers of a file's path, and what reads a text that they have read."""
    from isogloss.formats import (  # fmt: skip
        body,
        ccgbank,
        ces_xml,
        checklist,
        conll,
        conllu,
        json_text,
        latex_text,
        parallel,
        pdf_text,
        sentence_labels,
        squad_json,
        tsv,
        udhr_xml,
        xml_tree,
    )  # fmt: skip
    from isogloss.formats import (
        lines as plain_lines,
    )

    table = b'a\tb\n"c"\td\n'
    latex = b"\\documentclass{x}\\begin{document}\\section{One} It \\emph{rained} on $x^2$ {\\'e}.\\end{document}"
    found: dict[str, tuple[Callable[[Path], object], bytes]] = {
        "lines": (plain_lines.read_lines, b"one\r\ntwo\n"),
        "tsv rows": (lambda path: list(tsv.rows(path, ("a", "b"))), table),
        "tsv rows quoted": (lambda path: list(tsv.rows(path, ("a", "b"), quoted=True)), b'"a ""x"""\tb\r\nc\td\r\n'),
        "tsv table": (lambda path: list(tsv.table(path, ("a",), quoted=None)), table),
        "tsv table csv": (lambda path: list(tsv.table(path, ("a",), quoted=True, delimiter=",")), b'a,b\n"c, d",e\n'),
        "json_text document": (json_text.document, b'{"a": [1, "\\u00e9", null], "b": {"c": 1.5}}'),
        "json_text objects": (lambda path: list(json_text.objects(path)), b'{"a": 1}\n{"a": "2"}\n'),
        "squad_json": (lambda path: list(squad_json.paragraphs(path)), SQUAD),
        "squad_json 2": (lambda path: list(squad_json.spans(path)), SQUAD2),
        "conll": (lambda path: list(conll.sentences(path)), TAGGED),
        "conll panx": (lambda path: list(conll.sentences(path, prefix=True)), b"de:Oslo\tB-LOC\n\nde:x\tO\n"),
        "conllu": (lambda path: list(conllu.sentences(path, "fr")), TREEBANK),
        "parallel": (lambda path: parallel.pairs(path, path), SENTENCES),
        "parallel numbered": (parallel.numbered, b"zh-1\tone\nzh-2\ttwo\n"),
        "parallel gold": (parallel.gold_pairs, b"zh-1\ten-2\n"),
        "sentence_labels": (sentence_labels.pairs, b"divergent\tunrelated\tThe bridge.\tLe pont.\n"),
        "udhr_xml": (udhr_xml.articles, RIGHTS),
        "ces_xml": (ces_xml.verses, BIBLE),
        "xml_tree": (xml_tree.parse, BIBLE),
        "ccgbank derivations": (lambda path: list(ccgbank.derivations(path)), AUTO),
        "ccgbank piped": (lambda path: list(ccgbank.piped(path)), b"x|NN|N y|NN|N\n"),
        "checklist": (lambda path: checklist.templates(path, "af"), CHECKLIST),
        "body": (lambda path: body.abstract(body.text(path.read_bytes(), str(path))), b"Abstract: <p>Rain &amp;.</p>"),
        "latex_text": (lambda path: latex_text.document(body.text(path.read_bytes(), str(path))), latex),
        "pdf_text": (lambda path: pdf_text.read(path, str(path)), _pdf()),
    }  # fmt: skip
    for name, (function, sample) in found.items():
        yield Reader(
            name=f"formats {name}",
            read=lambda root, function=function: function(root / "file"),  # type: ignore[misc]
            files={"file": sample},
        )


def of_tables() -> Iterator[Reader]:
    """Readers of a user's own tables, which go by the end of a file's name, and of claims."""
    from isogloss.formats import scifact
    from isogloss.formats.records import records
    from isogloss.formats.table import Table

    def examples(path: Path, kind: str) -> object:
        made = Table(name="mine", files={"train": {"en": path}}, kind=kind, columns={}, header=())
        return list(made.split("train"))

    choice = plain({"prompt": "It rained, so", "choices": ["it is wet", "bees sing"], "label": 0}) + b"\n"
    span = (
        plain({"question": "Who?", "context": "Ada sleeps.", "answers": {"text": ["Ada"], "answer_start": [0]}}) + b"\n"
    )
    claim = plain({"id": 2, "claim": "Rain falls.", "cited_doc_ids": [7],
                   "evidence": {"7": [{"sentences": [0], "label": "SUPPORT"}]}}) + b"\n"  # fmt: skip
    paper = plain({"doc_id": 7, "title": "Rain", "abstract": ["Rain falls.", "It is wet."]}) + b"\n"
    found: dict[str, tuple[str, Callable[[Path], object], bytes]] = {
        "records tsv": ("a.tsv", lambda path: list(records(path)), b'text\tlabel\nit rains\tweather\n'),
        "records csv": ("a.csv", lambda path: list(records(path)), b'label,text\nweather,"it, rains"\n'),
        "records header": ("a.tsv", lambda path: list(records(path, ("a", "b"))), b"x\ty\nz\tw\n"),
        "records jsonl": ("a.jsonl", lambda path: list(records(path)), b'{"text": "it rains"}\n{"text": "x"}\n'),
        "table text": ("a.tsv", lambda path: examples(path, "classification"), b"text\tlabel\nit rains\tweather\n"),
        "table choice": ("a.jsonl", lambda path: examples(path, "choice"), choice),
        "table span": ("a.jsonl", lambda path: examples(path, "span"), span),
        "scifact claims": ("a.jsonl", lambda path: list(scifact.claims(path)), claim),
        "scifact corpus": ("a.jsonl", scifact.corpus, paper),
    }  # fmt: skip
    for name, (file, function, sample) in found.items():
        yield Reader(
            name=f"formats {name}",
            read=lambda root, function=function, file=file: function(root / file),  # type: ignore[misc]
            files={file: sample},
        )


def _pdf() -> bytes:
    """One page of one line."""
    text = b"BT /F1 12 Tf 72 720 Td (Rain fell on Oslo and the mill by the river closed.) Tj ET"
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources %s >>" % font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    return made + table + b"trailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF\n" % len(made)


def readers() -> list[Reader]:
    """All of them."""
    return [*of_formats(), *of_tables(), *of_bodies(), *of_tasks()]
