"""What a table asks: layouts, headers, types and columns, by files as people have them."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError, SpecError
from isogloss.setup.guess import Guess, guess
from isogloss.setup.table import Seen, look

TEXTS = (
    "my card was stolen last night",
    "when will the money arrive",
    "the new card does not work",
    "send it abroad now",
)


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def objects(*rows: dict[str, Any]) -> str:
    return lines(*map(json.dumps, rows))


def asked(folder: Path, name: str, text: str, kind: str = "", header: bool | None = None, given: str = "") -> Guess:
    pairs = (each.split("=") for each in given.split(",") if each)
    return guess(seen(folder, name, text, header), kind, dict(pairs))


def seen(folder: Path, name: str, text: str, header: bool | None = None) -> Seen:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return look(path, header)


NAMED = ["intent\tutterance", *(f"{label}\t{text}" for text, label in zip(TEXTS, "abab", strict=True))]
BARE = [f"{text}\t{label}" for text, label in zip(TEXTS, "abab", strict=True)]
PAIRS = [f"{text}\t{text} indeed\t{label}" for text, label in zip(TEXTS, ("yes", "no") * 2, strict=True)]
COPA = {"premise": "It rained.", "choice1": "The street is wet.", "choice2": "Ada sings."}
SQUAD = {"question": "Who sleeps?", "context": "Ada sleeps.", "answers": {"text": ["Ada"], "answer_start": [0]}}


@pytest.mark.parametrize(
    ("name", "text", "kind", "columns"),
    [
        ("a.tsv", lines(*NAMED), "classification", {"text": "utterance", "label": "intent"}),
        ("a.tsv", lines(*BARE), "classification", {"text": "1", "label": "2"}),
        ("a.txt", lines(*BARE), "classification", {"text": "1", "label": "2"}),
        ("a.csv", "text,label\n" + '"one, two",x\nthree,y\n', "classification", {"text": "text", "label": "label"}),
        ("a.txt", lines("id,review,stars", "1,so good,5", "2,so bad,1", "3,fine then,5", "4,oh well,1"),
         "classification", {"text": "review", "label": "stars"}),
        ("a.tsv", lines("premise\thypothesis\tgold_label", *PAIRS), "classification",
         {"text": "premise", "text_pair": "hypothesis", "label": "gold_label"}),
        ("a.tsv", lines(*PAIRS), "classification", {"text": "1", "text_pair": "2", "label": "3"}),
        ("a.jsonl", objects(*({"id": n, "sentence": text, "topic": n % 2} for n, text in enumerate(TEXTS))),
         "classification", {"text": "sentence", "label": "topic"}),
        ("a.jsonl", objects({**COPA, "label": 0}, {**COPA, "label": 1}), "choice",
         {"prompt": "premise", "choices": ("choice1", "choice2"), "label": "label"}),
        ("a.tsv", lines("ctx\tending0\tending1\tending2\tlabel", "a b\tc d\te f\tg h\t2", "i\tj\tk\tl\t0"), "choice",
         {"prompt": "ctx", "choices": ("ending0", "ending1", "ending2"), "label": "label"}),
        ("a.jsonl", objects({"prompt": "It rained", "choices": ["wet", "dry"], "label": 0}), "choice",
         {"prompt": "prompt", "choices": "choices", "label": "label"}),
        ("a.jsonl", objects(SQUAD), "span", {"question": "question", "context": "context", "answers": "answers"}),
        ("a.tsv", lines("question\tpassage\tanswer", "Who sleeps?\tAda sleeps.\tAda"), "span",
         {"question": "question", "context": "passage", "answers": "answer"}),
        ("a.jsonl", objects({"tokens": ["Ada", "sleeps"], "ner_tags": ["B-PER", "O"]}), "tagging",
         {"tokens": "tokens", "tags": "ner_tags"}),
        ("a.tsv", lines("Ada sleeps now\tN V A", "Bob runs here\tN V A"), "tagging", {"tokens": "1", "tags": "2"}),
        ("a.conll", lines("Ada B-PER", "sleeps O", "", "Bob B-PER"), "tagging", {"tokens": "1", "tags": "2"}),
        ("a.tsv", lines("Ada\tB-PER", "sleeps\tO", "", "Bob\tB-PER", ""), "tagging", {"tokens": "1", "tags": "2"}),
        ("a.txt", lines("-DOCSTART- -X- -X- O", "", "EU NNP B-NP B-ORG", "calls VBZ B-VP O", "", "Ada NNP B-NP B-PER"),
         "tagging", {"tokens": "1", "tags": "4"}),
        ("a.txt", lines(*["# licence: free"] * 60, "Ada NNP B-NP B-PER", "calls VBZ B-VP O", "", "EU NNP B-NP B-ORG"),
         "tagging", {"tokens": "1", "tags": "4"}),
        ("a.conllu", lines("# text = Ada sleeps", "1\tAda\tAda\tPROPN\t_\t_\t2\tnsubj\t_\t_",
                           "2\tsleeps\tsleep\tVERB\t_\t_\t0\troot\t_\t_", ""), "tagging",
         {"tokens": "tokens", "tags": "tags"}),
    ],
)  # fmt: skip
def test_type_and_columns_are_told_from_the_table(
    tmp_path: Path, name: str, text: str, kind: str, columns: dict[str, Any]
) -> None:
    """By the names of columns, else by what they hold."""
    found = asked(tmp_path, name, text, header=None if name[-3:] != "tsv" or "Ada sleeps now" not in text else False)
    assert (found.kind, found.columns) == (kind, columns)


@pytest.mark.parametrize("change", ["\ufeff{}", "{}\n", "{crlf}"])
def test_marks_of_other_systems_change_nothing(tmp_path: Path, change: str) -> None:
    """A byte order mark and CRLF."""
    text = lines(*NAMED)
    text = change.format(text.removesuffix("\n"), crlf=text.replace("\n", "\r\n"))
    assert asked(tmp_path, "a.tsv", text).columns == {"text": "utterance", "label": "intent"}


def test_the_header_is_told_with_its_reason(tmp_path: Path) -> None:
    """By a known name, a value that comes again, numbers below, or the length of its cells; else it is asked for."""
    assert "'intent' of line 1 is the name" in seen(tmp_path, "a.tsv", lines(*NAMED)).told
    assert "'a' of line 1 stands in other lines" in seen(tmp_path, "a.tsv", lines(*BARE)).told
    assert "words where all others have numbers" in seen(tmp_path, "a.tsv", lines("what\tn", "x y\t1", "z z\t2")).told
    assert "a cell of 6 words" in seen(tmp_path, "a.tsv", lines(*BARE).replace("\ta", "\tc", 1)).told
    unsure = lines("so good\tplus", "so bad\tminus", "so so\tminus")
    with pytest.raises(SpecError, match=r"line 1: .*may name the columns or be a row; say which with `--header yes`"):
        seen(tmp_path, "a.tsv", unsure)
    assert len(seen(tmp_path, "a.tsv", unsure, header=True).rows) == 2
    assert len(seen(tmp_path, "a.tsv", unsure, header=False).rows) == 3


@pytest.mark.parametrize("answers", ["12", "AB", "ab"])
def test_choices_may_be_counted_from_one_or_by_letters(tmp_path: Path, answers: str) -> None:
    """As the label's column writes them."""
    rows = [{**COPA, "label": each} for each in answers]
    assert asked(tmp_path, "a.jsonl", objects(*rows)).answers == tuple(answers)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tsv", lines("text\tlabel", *(f"{text}\tcard" for text in TEXTS)), r"two labels or more.*`--columns label="),
        ("a.tsv", lines("text\tlabel", *(f"{TEXTS[0]} {n}\t{n}.{n}" for n in range(30))), "numbers such as"),
        ("a.tsv", lines("a b c d\te f g h", "i j k l\tm n o p"), "none has few values that come again"),
        ("a.jsonl", objects({"a": "x y", "b": "u v", "c": "w w", "label": "1"},
                            {"a": "y x", "b": "v u", "c": "z z", "label": "2"}), "`--columns text=COLUMN`"),
        ("a.conll", lines("1 Ada PROPN n", "2 runs VERB v", "", "1 Bob PROPN n"), "which of its 4 columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_asked_for(tmp_path: Path, name: str, text: str, said: str) -> None:
    """In a sentence that names the option."""
    with pytest.raises(SpecError, match=said) as caught:
        asked(tmp_path, name, text)
    assert "--columns" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.tsv", b"", "it is empty"),
        ("a.tsv", b"\n\n", "it is empty"),
        ("a.tsv", b"\xef\xbb\xbf\n", "it is empty"),
        ("a.jsonl", "\u00a0\n".encode(), "it is empty"),
        ("a.tsv", b"\x89PNG\r\n\x1a\n\0\0", "line 1: bytes 89"),
        ("a.tsv", b"PK\x03\x04\0\0\tx\n", "a zero byte"),
        ("a.tsv", b"text\tlabel\none\tx\ntwo\tx\ty\n", r"line 3: 3 columns, expected 2"),
        ("a.tsv", b"one column\nand no label\n", "line 1: 'one column' is one column"),
        ("a.csv", b"a;b\nc;d\n", "line 1: 'a;b' is one column"),
        ("a.csv", b'text,label\n"never closed,x\n', "the quoting is broken"),
        ("a.json", b'[{"text": "a", "label": "b"}]', "expected one JSON object on each line"),
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', "line 2: it is not JSON"),
        ("a.parquet", b"PAR1 and no more", "cannot be read as Parquet"),
        ("a.conll", b"Ada B-PER\nsleeps\n\nBob O\n", "line 2: 1 column, expected 2"),
    ],
)
def test_what_is_not_a_table_is_one_error(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """With file and line."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=said):
        guess(look(tmp_path / name, None))


def test_what_the_user_says_counts(tmp_path: Path) -> None:
    """Type and columns; a column that is not there is an error that lists those that are."""
    text = lines("a b\tx\tp", "c d\ty\tq", "e f\tx\tp", "g h\ty\tq")
    found = asked(tmp_path, "a.tsv", text, header=False, given="label=3,text=1")
    assert found.columns == {"text": "1", "label": "3"}
    assert found.named(("1", "2", "3")) == (("text", "column2", "label"), {})
    with pytest.raises(SpecError, match="no column '9'; its columns are 1, 2, 3"):
        asked(tmp_path, "a.tsv", text, header=False, given="label=9")
    with pytest.raises(SpecError, match="--columns colour=1: no such field; the fields are label, text, text_pair"):
        asked(tmp_path, "a.tsv", text, kind="classification", header=False, given="colour=1")
    with pytest.raises(SpecError, match="question=COLUMN,context=COLUMN,answers=COLUMN"):
        asked(tmp_path, "a.tsv", text, kind="span", header=False)


def test_fields_that_the_user_names_tell_the_type(tmp_path: Path) -> None:
    """A type without them is not guessed: what is wrong with a column is said instead."""
    rows = {"tokens": "Ada sleeps", "tags": "N V", "label": "p", "text": "one text"}, {
        "tokens": "Bob runs", "tags": "N V", "label": "q", "text": "another one",
    }  # fmt: skip
    assert asked(tmp_path, "a.jsonl", objects(*rows), given="tokens=tokens,tags=tags").kind == "tagging"
    damaged = objects(rows[0], {**rows[1], "tags": "N"})
    with pytest.raises(SpecError, match="hold as many tokens as tags"):
        asked(tmp_path, "a.jsonl", damaged, given="tokens=tokens,tags=tags")
    assert asked(tmp_path, "a.jsonl", damaged).kind == "classification"
    with pytest.raises(SpecError, match="which of 2 choices is right"):
        asked(tmp_path, "a.jsonl", damaged, given="choices=text+tokens,prompt=tags")
    with pytest.raises(SpecError, match=r"no type has all of tokens, text\. classification has text, label,"):
        asked(tmp_path, "a.jsonl", damaged, given="tokens=tokens,text=text")


def test_an_object_in_a_cell_is_no_words(tmp_path: Path) -> None:
    """SQuAD's answers, written as text, have as many parts as a question of four words has words."""
    rows = [{**SQUAD, "question": question} for question in ("Who sleeps this evening?", "Which cat sleeps there?")]
    assert len(str(SQUAD["answers"]).split()) == 4
    assert asked(tmp_path, "a.jsonl", objects(*rows)).kind == "span"


def test_cells_of_another_kind_are_no_crash(tmp_path: Path) -> None:
    """A row without choices, a list among texts, a number for an answer: the guess stands or a question is asked."""
    rows = [
        {"prompt": "It rained", "options": ["wet", "dry"], "label": 1},
        {"prompt": "So", "options": None, "label": 0},
    ]
    assert asked(tmp_path, "a.jsonl", objects(*rows), given="choices=options").kind == "choice"
    mixed = [{"what": text, "topic": topic, "more": more} for text, topic, more in
             zip(TEXTS * 2, "abababab", ["x", "y", ["z"], "x", "y", "x", "y", "x"], strict=True)]  # fmt: skip
    assert asked(tmp_path, "a.jsonl", objects(*mixed), given="label=topic,text=what").columns["label"] == "topic"
    with pytest.raises(SpecError, match="which column holds the label"):
        asked(tmp_path, "a.jsonl", objects(*({"what": row["what"], "some": row["topic"], "more": row["more"]}
                                             for row in mixed)))  # fmt: skip
    with pytest.raises(SpecError, match="which column holds answers"):
        asked(tmp_path, "a.jsonl", objects({**SQUAD, "answers": 5}), kind="span")


def test_a_damaged_treebank_is_still_one(tmp_path: Path) -> None:
    """The name decides between layouts, and the error names the line."""
    good = "1\tAda\tAda\tPROPN\t_\t_\t2\tnsubj\t_\t_"
    with pytest.raises(DataError, match=r"a\.conllu, line 2: 4 columns, expected 10 .CoNLL-U"):
        seen(tmp_path, "a.conllu", lines(good, "2\tsleeps\tsleep\tVERB", ""))
