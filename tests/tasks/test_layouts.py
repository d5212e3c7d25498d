"""Published layouts that the pack does not have, in small files of our own: each is found by itself and read."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging
from isogloss.core.folder import load

SPAN: dict[str, Any] = {"id": "english--42-7", "question": "Where?", "answers": [{"text": "Oslo", "answer_start": 5}]}
SQUAD = json.dumps({"data": [{"paragraphs": [{"context": "Rain Oslo", "qas": [SPAN]}]}], "version": "1"})
COPA = json.dumps({"premise": "It rained.", "choice1": "a", "choice2": "b", "question": "effect", "label": 1, "idx": 4})
XNLI = "language\tgold_label\tx\tsentence1\tsentence2\nen\tneutral\t-\tp\th\nde\tcontradictory\t-\tP\tH\n"
SNLI = "\n".join(json.dumps({"sentence1": "p", "sentence2": "h", "gold_label": label}) for label in ("-", "neutral"))
ANLI = json.dumps({"uid": "u1", "context": "p", "hypothesis": "h", "label": "c"})
MEWSLI = json.dumps(
    {
        "context": {"language": "de", "text": "Der {a} Chor sang in Riga. Ende.",
         "sentence_spans": [{"start": 0, "end": 26}]},
        "mentions": [{"example_id": "e1", "entity_id": "", "mention_span": {"start": 21, "end": 25, "text": "Riga"}}],
    }
)  # fmt: skip
ENTITY = json.dumps(
    {"entity_id": "Q1", "title": "Riga", "description": "Riga is a city. It is old.", "description_language": "en",
     "sentence_spans": [{"start": 0, "end": 15}]}
)  # fmt: skip
AUTO = "ID=wsj_0001.1 X\n(<T S[dcl] 1 2> (<L NP NNP NNP Oslo NP>) (<L S[dcl]\\NP VBZ VBZ sleeps S[dcl]\\NP>) )\n"
PAIR = {"text": "p", "text_pair": "h"}

CASES: list[tuple[str, str, str, dict[str, str], Any]] = [
    ("xnli", "test", "de", {"xnli/XNLI-1.0/xnli.test.tsv": XNLI},
     Classification(id="test-0", text="P", text_pair="H", label="contradiction")),
    ("xnli", "dev", "de", {"xnli/dev-de.tsv": '"p ""q"""\th\tneutral\r\n'},
     Classification(id="dev-0", text='p "q"', text_pair="h", label="neutral")),
    ("xnli", "test", "de", {"xnli/test-de.tsv": "p\th\r\n"}, Classification(id="test-0", **PAIR)),
    ("xnli", "test", "de", {"xnli/test-de.tsv": "p\th\r\n", "xnli/labels/test.tsv": "neutral\n"},
     Classification(id="test-0", **PAIR, label="neutral")),
    ("mnli", "train", "en", {"xnli/train-en.tsv": "p\th\tcontradictory\r\n"},
     Classification(id="train-0", **PAIR, label="contradiction")),
    ("mnli", "dev", "en", {"mnli/multinli_1.0/multinli_1.0_dev_matched.jsonl": SNLI},
     Classification(id="dev-1", **PAIR, label="neutral")),
    ("snli", "train", "en", {"snli/snli_1.0/snli_1.0_train.jsonl": SNLI},
     Classification(id="train-1", **PAIR, label="neutral")),
    ("anli", "dev", "en", {f"anli/anli_v1.0/R{i}/dev.jsonl": ANLI.replace("u1", f"u{i}") for i in (1, 2, 3)},
     Classification(id="u1", **PAIR, label="contradiction")),
    ("pawsx", "test", "de", {"pawsx/test-de.tsv": "p\th\r\n", "pawsx/x-final/de/test_2k.tsv":
     'id\tsentence1\tsentence2\tlabel\n1\t"p" x\th\t1\n'},
     Classification(id="test-0", text='"p" x', text_pair="h", label="1")),
    ("pawsx", "train", "en", {"pawsx/x-final/en/train.tsv": "id\tsentence1\tsentence2\tlabel\n1\tp\th\t0\n"},
     Classification(id="train-0", **PAIR, label="0")),
    ("panx", "test", "de", {"panx/test-de.tsv": "Oslo\n", "panx/de/test": "de:Oslo\tB-LOC\n"},
     Tagging(id="test-0", tokens=("Oslo",), tags=("B-LOC",))),
    ("panx", "dev", "de", {"panx/panx_dataset/de-dev": "de:a:b\tO\n"},
     Tagging(id="dev-0", tokens=("a:b",), tags=("O",))),
    ("udpos", "test", "de", {"udpos/test-de.tsv": "Oslo\n"}, Tagging(id="test-0", tokens=("Oslo",))),
    ("udpos", "test", "de", {"udpos/test-de.tsv": "Oslo\n",
     "udpos/ud-treebanks-v2.5/UD_German-GSD/de_gsd-ud-test.conllu":
     "# sent_id = s9\n1\tOslo\t_\tPROPN\t_\t_\t0\t_\t_\t_\n\n"}, Tagging(id="s9", tokens=("Oslo",), tags=("PROPN",))),
    ("tydiqa", "train", "en", {"tydiqa/tydiqa-goldp-v1.1-train.json": SQUAD},
     Span(id="english--42-7", context="Rain Oslo", question="Where?", answers=("Oslo",), starts=(5,))),
    ("tydiqa", "train", "fi", {"tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.fi.train.json": SQUAD},
     Span(id="fi-0-english--42-7", context="Rain Oslo", question="Where?", answers=("Oslo",), starts=(5,))),
    ("tydiqa", "test", "sw", {"tydiqa/tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-swahili.json": SQUAD},
     Span(id="english--42-7", context="Rain Oslo", question="Where?", answers=("Oslo",), starts=(5,))),
    ("mlqa", "test", "vi", {"mlqa/MLQA_V1/test/test-context-vi-question-vi.json": SQUAD},
     Span(id="english--42-7", context="Rain Oslo", question="Where?", answers=("Oslo",), starts=(5,))),
    ("xcopa", "dev", "et", {"xcopa/val-et.jsonl": COPA},
     Choice(id="4", prompt="It rained. What happened as a result?", choices=("a", "b"), label=1)),
    ("copa", "train", "en", {"xcopa/COPA/train.jsonl": COPA},
     Choice(id="4", prompt="It rained. What happened as a result?", choices=("a", "b"), label=1)),
    ("xcopa", "test", "et", {"xcopa/test-et.jsonl": COPA.replace('"label": 1', '"label": 0')},
     Choice(id="4", prompt="It rained. What happened as a result?", choices=("a", "b"))),
    ("bucc2018", "dev", "de", {"bucc2018/de-en/de-en.sample.de": "de-1\tRegen\n", "bucc2018/de-en/de-en.sample.en":
     "en-1\train\n", "bucc2018/de-en/de-en.sample.gold": "de-1\ten-1\n"},
     Passage(id="de-1", side="query", text="Regen", keys=("de-1 en-1",), language="de")),
    ("bucc2018", "test", "de", {"bucc2018/de-en.test.de": "de-1\tRegen\n", "bucc2018/de-en.test.en": "en-1\train\n"},
     Passage(id="de-1", side="query", text="Regen", keys=(), language="de")),
    ("mewslix", "test", "de", {"mewslix/wikinews_mentions/test-de.jsonl": MEWSLI,
     "mewslix/candidate_set_entities.jsonl": ENTITY, "mewslix/wikinews_labels/test-de.json": '{"e1": ["Q1"]}'},
     Passage(id="e1", side="query", text="Riga: Der (a) Chor sang in { Riga } .", keys=("Q1",), language="de")),
    ("ccg", "dev", "en", {"ccgbank/data/AUTO/00/wsj_0001.auto": AUTO},
     Tagging(id="wsj_0001.1", tokens=("Oslo", "sleeps"), tags=("NP", "S[dcl]\\NP"))),
    ("ccg", "test", "en", {"ccgbank/test.stagged": "Oslo|NNP|NP\n"},
     Tagging(id="test-0", tokens=("Oslo",), tags=("NP",))),
    ("ccg", "train", "en", {"ccgbank/train.tsv": "Oslo\tNP\n"}, Tagging(id="train-0", tokens=("Oslo",), tags=("NP",))),
]  # fmt: skip


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


@pytest.mark.parametrize(("name", "split", "language", "files", "first"), CASES)
def test_a_layout_is_found_and_read(
    tmp_path: Path, name: str, split: str, language: str, files: dict[str, str], first: Any
) -> None:
    """The first example is the expected one, and the language counts as available."""
    task = load("tasks", name)
    written(tmp_path, files)
    assert language in task.available(tmp_path, split)
    assert task.examples(tmp_path, split, language)[0] == first


def test_anli_plus_needs_all_its_parts(tmp_path: Path) -> None:
    """ANLI alone is not ANLI+; with MultiNLI and SNLI beside it, all three are read under their names."""
    task = load("tasks", "anli_plus")
    written(tmp_path, {f"anli/R{i}/train.jsonl": ANLI.replace("u1", f"u{i}") for i in (1, 2, 3)})
    assert task.available(tmp_path, "train") == ()
    written(tmp_path, {"mnli/multinli_1.0_train.jsonl": SNLI, "snli/snli_1.0_train.jsonl": SNLI})
    names = [example.id for example in task.examples(tmp_path, "train", "en")]
    assert names == ["anli-u1", "anli-u2", "anli-u3", "mnli-train-1", "snli-train-1"]


def test_all_treebanks_of_a_language_are_read_and_ids_stay_unique(tmp_path: Path) -> None:
    """Two treebanks that number their sentences alike are both kept, in the order of their names."""
    text = "# sent_id = 1\n1\tx\t_\tNOUN\t_\t_\t0\t_\t_\t_\n"
    written(tmp_path, {f"udpos/conllu/UD_{n}/de_{n.lower()}-ud-test.conllu": text for n in ("PUD", "GSD")})
    names = [example.id for example in load("tasks", "udpos").examples(tmp_path, "test", "de")]
    assert names == ["1", "de_pud-ud-test-line-1"]


@pytest.mark.parametrize(
    ("name", "split", "language", "files", "message"),
    [
        ("xnli", "test", "de", {"xnli/test-de.tsv": "p\th\r\n", "xnli/labels/test.tsv": "a\nb\n"},
         "1 rows, but .* has 2 labels"),
        ("xnli", "dev", "de", {"xnli/dev-de.tsv": "p\th\tentails\r\n"},
         "label 'entails' is not one of: entailment, neutral"),
        ("xnli", "dev", "de", {"xnli/dev-de.tsv": "p\th\r\n"}, r"dev-de\.tsv, line 1: 2 columns, expected 3"),
        ("panx", "dev", "de", {"panx/dev-de.tsv": "Oslo\tB-CITY\n"}, "label 'B-CITY' is not one of"),
        ("commonsenseqa", "dev", "en", {"commonsenseqa/dev_rand_split.jsonl": json.dumps(
            {"id": "1", "answerKey": "F", "question": {"stem": "s", "choices": [
                {"label": x, "text": x} for x in "ABCDE"]}})}, "answerKey is 'F', expected one letter of ABCDE"),
        ("siqa", "dev", "en", {"siqa/socialIQa_v1.4_dev.jsonl": json.dumps({"correct": "D"})}, "correct is 'D'"),
        ("xcopa", "dev", "it", {"xcopa/val.it.jsonl": COPA.replace("effect", "why")}, "expected cause or effect"),
        ("xcopa", "dev", "it", {"xcopa/val.it.jsonl": COPA.replace('"label": 1', '"label": 2')}, "expected 0 or 1"),
        ("bucc2018", "dev", "de", {"bucc2018/de-en.dev.de": "de-1\tx\n", "bucc2018/de-en.dev.en": "en-1\ty\n",
         "bucc2018/de-en.dev.gold": "de-1\ten-9\n"}, r"gold, line 1: the id 'en-9' is in neither"),
        ("lareqa", "test", "de", {"lareqa/de.json": SQUAD}, "no sentence_breaks; this is XQuAD"),
        ("mewslix", "dev", "de",
         {"mewslix/wikinews_mentions/dev-de.jsonl": MEWSLI.replace('"start": 21', '"start": 20'),
         "mewslix/candidate_set_entities.jsonl": ENTITY}, "the mention 'Riga' is not at 20 to 25"),
        ("hellaswag", "dev", "en", {"hellaswag/hellaswag_val.jsonl": json.dumps(
            {"ctx": "c", "endings": ["a"], "label": 0})}, "1 endings and label 0, expected 4"),
        ("cosmosqa", "dev", "en", {"cosmosqa/valid.csv":
            "id,context,question,answer0,answer1,answer2,answer3,label\n1,c,q,a,b,c,d,9\n"}, "label is '9'"),
        ("anli", "dev", "en", {f"anli/R{i}/dev.jsonl": ANLI.replace('"c"', '"x"') for i in (1, 2, 3)}, "label is 'x'"),
        ("squad", "dev", "en", {"squad/dev-v1.1.json": SQUAD.replace('"answer_start": 5', '"answer_start": 4')},
         "'Oslo' at 4, where the context has ' Osl'"),
        ("squad", "dev", "en", {"squad/dev-v1.1.json": SQUAD[:-9]}, "it is not JSON"),
        ("tatoeba", "test", "de", {"tatoeba/tatoeba.deu-eng.deu": "a\nb\n", "tatoeba/tatoeba.deu-eng.eng": "a\n"},
         "translations are paired by line"),
        ("sib200", "dev", "en", {"sib200/eng_Latn/dev.tsv": "index_id\tcategory\ttext\n1\tsports\ta\n1\tsports\tb\n"},
         "the id '1' occurs twice"),
    ],
)  # fmt: skip
def test_a_bad_file_says_what_is_wrong(
    tmp_path: Path, name: str, split: str, language: str, files: dict[str, str], message: str
) -> None:
    """Labels that are not the task's, columns, spans, ids and pairs that do not fit: each has its own message."""
    with pytest.raises(DataError, match=message):
        load("tasks", name).examples(written(tmp_path, files), split, language)
