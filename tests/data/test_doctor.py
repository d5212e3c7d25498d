"""The data check: each thing that makes results wrong is found, and what is clean is proved clean."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from transformers import AutoTokenizer

from isogloss.cli import main
from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.core.folder import load
from isogloss.core.task import Source, Task
from isogloss.data.checks import Tokenizer
from isogloss.data.doctor import examine
from isogloss.data.findings import Finding, Report

Sets = Mapping[tuple[str, str], list[Any]]
LONG = "The ferry to the island leaves at noon every day."


def task(name: str, sets: Sets, kind: str = "classification", **more: Any) -> Task:
    """A task whose examples are given; what is not given is not on disk."""

    def read(folder: Path, split: str, language: str) -> list[Example]:
        del folder
        if isinstance(sets[split, language], str):
            raise DataError(f"dev-de.tsv, line 3: {sets[split, language]}")
        return sets[split, language]

    def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
        del folder
        return [(Path(__file__),)] if (split, language) in sets else []

    fields: dict[str, Any] = {
        "labels": ("0", "1"),
        "source": Source(folder=name, licence="CC0", cite="ours", by_hand="Ask."),
    }
    return Task(
        name=name, type=kind, title=name, read=read, places=places,
        languages=tuple(dict.fromkeys(["en", *(language for _, language in sets)])), **(fields | more),
    )  # fmt: skip


def pairs(count: int, *, start: int = 0, label: str | None = "", text: str = "Sentence number") -> list[Classification]:
    """So many different inputs; labels take turns unless one is given."""
    return [
        Classification(
            id=str(i), text=f"{text} {i}.", text_pair="And so on.", label=str(i % 2) if label == "" else label
        )
        for i in range(start, start + count)
    ]


def say(report: Report, severity: str, check: str) -> list[str]:
    return [finding.message for finding in report.findings if (finding.severity, finding.check) == (severity, check)]


GOOD = {("train", "en"): pairs(20), ("dev", "en"): pairs(10, start=100), ("test", "en"): pairs(10, start=200)}


def test_lines_that_were_left_out_are_counted(tmp_path: Path) -> None:
    """A tag without a word is no error, and its number is a note with the first place."""
    lines = ["Amina B-PER", " O", "", " O", "sings O"]
    path = tmp_path / "masakhaner2" / "xho" / "test.txt"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = examine([load("tasks", "masakhaner2")], tmp_path)
    assert not report.failed
    assert say(report, "note", "reading") == [
        f"2 lines with the tag O and no word: left out, the first at {path}, line 2."
    ]  # fmt: skip


def test_good_data_passes() -> None:
    """Nothing but notes, one row per set, and no exit status 1."""
    report = examine([task("toy", GOOD)], Path("/nowhere"))
    assert not report.failed
    assert {finding.severity for finding in report.findings} <= {"note"}
    assert [(row.split, row.count, dict(row.labels)) for row in report.rows] == [
        ("train", 20, {"0": 10, "1": 10}), ("dev", 10, {"0": 5, "1": 5}), ("test", 10, {"0": 5, "1": 5})
    ]  # fmt: skip


def test_a_file_that_cannot_be_read_is_an_error_and_the_rest_is_examined() -> None:
    """The reader's own message is passed on."""
    report = examine([task("toy", {**GOOD, ("test", "de"): "2 columns"})], Path("/nowhere"))
    assert say(report, "error", "reading") == ["dev-de.tsv, line 3: 2 columns"]
    assert len(report.rows) == 3


def test_a_readers_slip_is_an_error_of_that_split(tmp_path: Path) -> None:
    """A user's reader that does not check its input is told of, with what it met; the rest is examined."""

    def read(folder: Path, split: str, language: str) -> list[Example]:
        text, label = (folder / f"{split}-{language}.txt").read_text("utf-8").split("|")
        return [Classification(id="1", text=text, label=label)]

    own = Task(
        name="own", type="classification", title="Own", languages=("en", "de"), read=read, labels=("0", "1"),
        source=Source(folder="", licence="ours", cite="ours"), splits=("train",),
    )  # fmt: skip
    (tmp_path / "train-en.txt").write_text("Yes.|1")
    (tmp_path / "train-de.txt").write_text("Ja.")
    report = examine([own], tmp_path)
    (error,) = [each for each in report.findings if each.check == "reading"]
    assert error.message.startswith("its reader failed: ValueError: not enough values to unpack")
    assert (error.split, error.language) == ("train", "de")
    assert [row.language for row in report.rows] == ["en"]


def test_counts_stand_beside_the_published_ones() -> None:
    """Fewer is a part, more is not the published set."""
    toy = task("toy", GOOD, counts={("train", "en"): 25, ("dev", "en"): 9, ("test", "en"): 10})
    report = examine([toy], Path("/nowhere"))
    messages = say(report, "warning", "count")
    assert [message.split(";")[0] for message in messages] == [
        "20 examples, published are 25",
        "10 examples, published are 9",
    ]
    assert "it is a part" in messages[0]
    assert [row.published for row in report.rows] == [25, 9, 10]


@pytest.mark.parametrize(
    ("sets", "severity", "message"),
    [
        ({("train", "en"): pairs(9, label="1")}, "error", "every example is '1'"),
        ({("train", "en"): pairs(9, label=None)}, "error", "no gold labels"),
        ({("test", "en"): pairs(9, label=None)}, "note", "no gold labels"),
        ({("test", "en"): [*pairs(9), *pairs(1, start=50, label=None)]}, "warning", "1 of 10 have no gold label"),
    ],
)
def test_labels_that_spoil_a_result(sets: Sets, severity: str, message: str) -> None:
    """One label only, none at all, and none for some."""
    found = say(examine([task("toy", sets)], Path("/nowhere")), severity, "labels")
    assert len(found) == 1
    assert message in found[0]


def test_a_label_that_training_never_shows_is_named() -> None:
    """It can never be predicted."""
    report = examine([task("toy", GOOD, labels=("0", "1", "2"))], Path("/nowhere"))
    assert say(report, "warning", "labels") == ["never seen in training: 2."]


def test_repeated_inputs_and_torn_ones_are_counted() -> None:
    """The same input twice is a repetition; with two gold labels it is a contradiction."""
    twice = [*pairs(20), Classification(id="x", text="Sentence number 0.", text_pair="And  so on.", label="1")]
    report = examine([task("toy", {("train", "en"): twice, ("dev", "en"): pairs(2, start=90)})], Path("/nowhere"))
    assert say(report, "warning", "duplicates") == [
        "1 input with different gold labels; no answer can be right for both.", "1 repeat an earlier example."
    ]  # fmt: skip
    assert report.rows[0].duplicates == 1


def test_an_input_in_another_encoding_is_a_repetition() -> None:
    """Decomposed letters and a zero-width joiner make no other input, neither within a set nor between two."""
    plain = Classification(id="a", text="Thời tiết ở Hà Nội hôm nay đẹp.", text_pair="Trời nắng.", label="1")
    other = Classification(id="b", text=normalize("NFD", plain.text), text_pair="Tr\u200bời nắng.", label="0")
    report = examine([task("toy", {**GOOD, ("train", "en"): [*pairs(98), plain, other]})], Path("/nowhere"))
    assert report.rows[0].duplicates == 1
    assert say(report, "warning", "duplicates")[0].startswith("1 input with different gold labels")
    report = examine([task("toy", {**GOOD, ("train", "en"): [*pairs(98), plain], ("test", "en"): [other]})], Path("/n"))
    assert report.failed


def test_pretraining_text_in_another_encoding_is_found() -> None:
    """What is called a proof that nothing is shared must not rest on how letters are encoded."""
    said = "Cô ấy đã đến Hà Nội vào tháng trước."
    text = task("wiki", {("train", "vi"): [Text(id="1", text=normalize("NFD", said))]}, "text")
    target = task("toy", {("test", "vi"): [Classification(id="1", text=said, label="1")]})
    report = examine([text, target], Path("/nowhere"), together=True)
    (found,) = say(report, "error", "leakage")
    assert found.startswith("1 of its 1 texts are in the pretraining text of wiki, such as vi 1 (vi 1 there).")


def test_the_same_input_in_two_splits_is_leakage() -> None:
    """A few are a warning with an example; a test set that is mostly its training set is an error."""
    few = {**GOOD, ("test", "en"): [*pairs(9, start=200), *pairs(1, start=3)]}
    report = examine([task("toy", few)], Path("/nowhere"))
    assert say(report, "warning", "leakage")[0].startswith("1 of its 10 inputs are in train, too, such as 3;")
    assert examine([task("toy", {**GOOD, ("test", "en"): pairs(10)})], Path("/nowhere")).failed


def span(name: str, context: str, question: str = "When does the ferry leave for the island?") -> Span:
    return Span(id=name, context=context, question=question, answers=("noon",), starts=(context.index("noon"),))


def test_a_targets_paragraphs_in_its_training_task_are_an_error() -> None:
    """In the dev set of what trains it, they are a warning: choosing a model sees them (SQuAD dev and XQuAD)."""
    sets = {("test", "en"): [span("a", LONG)], ("test", "de"): [span("a", "Die Fähre fährt um noon ab.")]}
    target = task("quiz", sets, "span", trained_on=("questions",))
    for source, severity in (("train", "error"), ("dev", "warning")):
        spaced = span("b", LONG.replace("The", "The "), "Why?")
        trained = task("questions", {(source, "en"): [spaced]}, "span")
        report = examine([trained, target], Path("/nowhere"))
        (message,) = say(report, severity, "leakage")
        assert f"1 of its 3 texts are in the {source} set of questions, such as en a (en b there)" in message
        assert report.failed == (severity == "error")


def test_test_sentences_in_pretraining_text_are_found_inside_paragraphs() -> None:
    """Tokenised or not; an error when the two are used together, a warning otherwise, with what to write."""
    paragraph = f"Something else . {LONG.replace('.', ' .')} And more."
    text = task("news", {("train", "de"): [Text(id="7", text=paragraph)]}, "text")
    words = Tagging(id="a", tokens=(*LONG[:-1].split(), "."))
    target = task("tags", {("test", "de"): [words]}, "tagging")
    loose = examine([text, target], Path("/nowhere"))
    assert not loose.failed
    (message,) = say(loose, "warning", "leakage")
    assert "1 of its 1 texts are in the pretraining text of news, such as de a (de 7 there)" in message
    assert "without=('tags/test',)" in message
    assert examine([text, target], Path("/nowhere"), together=True).failed


def test_clean_pretraining_text_is_proved_clean() -> None:
    """The note says how many texts were compared with how many; "Yes." in both does not count."""
    said = [Text(id="1", text="Yes. Nothing of the kind was ever written here.")]
    text = task("news", {("train", "en"): said}, "text")
    target = task("tags", {("test", "en"): [Classification(id="1", text="Yes.", text_pair=LONG, label="0")]})
    report = examine([text, target], Path("/nowhere"), together=True)
    assert say(report, "warning", "leakage") == []
    (note,) = say(report, "note", "leakage")
    assert note == "none of its 1 texts of 15 characters or more is among the 3 of news."


def test_the_script_is_held_against_the_language() -> None:
    """Greek text in a file for Russian is an error; half Latin text is a warning; each side of a pair has its own."""
    greek = [Classification(id="1", text="Το πλοίο φεύγει το μεσημέρι", label="0")]
    mixed = [Classification(id="1", text="Паром Ferry boat island", label="0")]
    crossed = [Classification(id="1", text="Das Schiff", text_pair="Паром уходит", label="0")]
    report = examine(
        [
            task("toy", {("test", "ru"): greek}),
            task("half", {("test", "ru"): mixed}),
            task("pair", {("test", "de-ru"): crossed}),
        ],
        Path("/nowhere"),
    )
    assert [(f.task, f.severity) for f in report.findings if f.check == "script"] == [
        ("toy", "error"),
        ("half", "warning"),
    ]
    assert say(report, "error", "script") == ["0% of the letters are Cyrl, the script of Russian; most are Grek."]
    assert report.rows[-1].script == 1.0


def test_damaged_and_empty_texts_are_counted() -> None:
    """U+FFFD, UTF-8 read as Latin-1, and nothing at all."""
    texts = ["Fa\ufffdhre", "FÃ¤hre", "", "Fähre"]
    damaged = [Classification(id=str(i), text=text, label=str(i % 2)) for i, text in enumerate(texts)]
    report = examine([task("toy", {("test", "de"): damaged})], Path("/nowhere"))
    assert [message.split(":")[0] for message in say(report, "warning", "encoding")] == [
        "2 examples with U+FFFD or UTF-8 read as Latin-1 (Ã¤)", "1 example with an empty text."
    ]  # fmt: skip


def letters_of_latin(text: str) -> list[str]:
    """A tokenizer that knows ASCII letters, one by one."""
    return [letter if letter.isascii() else "<unk>" for letter in text if not letter.isspace()]


def test_lengths_and_unknown_sub_tokens_are_measured() -> None:
    """Ten letters and their three special tokens are cut at 12; a script the tokenizer does not know is an error."""
    english = [Classification(id=str(i), text="abcde", text_pair="fghij", label=str(i % 2)) for i in range(4)]
    russian = [Classification(id=str(i), text="аб" + str(i), label=str(i % 2)) for i in range(4)]
    sets = {("test", "en"): english, ("test", "ru"): russian}
    tokenizer = Tokenizer(tokenize=letters_of_latin, length=12)
    report = examine([task("toy", sets)], Path("/nowhere"), tokenizer)
    first, second = report.rows
    assert (first.length, first.longest, first.cut, first.unknown) == (13.0, 13, 1.0, 0.0)
    assert (second.longest, second.cut, second.unknown) == (5, 0.0, 2 / 3)
    assert say(report, "warning", "length") == ["100.0% are longer than 12 sub-tokens and are cut off."]
    assert say(report, "error", "unknown") == ["66.7% of the sub-tokens are unknown to the tokenizer."]


def test_the_verb_measures_as_the_encoder_reads(xlmr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With sub-words of its own tokenizer; "</s>" in a text is four letters, as it is in training."""
    (tmp_path / "train.tsv").write_text("text\tlabel\nthe </s> ferry\tx\nthe ferry\ty\n")
    (tmp_path / "mine.py").write_text(
        "from isogloss import Task\n"
        f"TASK = Task.from_table('mine', {{'train': {{'en': {str(tmp_path / 'train.tsv')!r}}}}})\n"
    )
    main(["doctor", str(tmp_path / "mine.py"), "--encoder", str(xlmr), "--json"])
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    ended = AutoTokenizer.from_pretrained(xlmr)("the </s> ferry")["input_ids"]  # one sub-word for all four
    assert row["longest"] > len(ended)


def test_long_contexts_are_read_in_windows_not_cut() -> None:
    """For spans and tags a long input is a note; a choice is as long as its longest alternative."""
    sets = {("test", "en"): [span("a", LONG)]}
    tokenizer = Tokenizer(tokenize=letters_of_latin, length=12)
    report = examine([task("quiz", sets, "span")], Path("/nowhere"), tokenizer)
    assert say(report, "note", "length") == ["100.0% are longer than 12 sub-tokens and are read in windows."]
    choice = [Choice(id="1", prompt="ab", choices=("c", "cdefg"), label=0)]
    report = examine([task("pick", {("test", "en"): choice}, "choice", labels=())], Path("/nowhere"), tokenizer)
    assert report.rows[0].longest == 10


def test_a_missing_dev_set_and_missing_languages_are_said() -> None:
    """Training data without dev is a warning; languages and whole tasks that are not there are notes."""
    alone = task("toy", {("train", "en"): pairs(4), ("test", "de"): pairs(4, start=10)})
    report = examine([alone, task("gone", {})], Path("/nowhere"))
    assert "a checkpoint can only be chosen by its last step" in say(report, "warning", "missing")[0]
    assert say(report, "note", "missing") == ["not on disk: de.", "not on disk: en.", "nothing is on disk. Ask."]


def test_retrieval_without_gold_pairs_cannot_be_scored() -> None:
    """BUCC's test without its gold file."""
    sides = [Passage(id=side, side=side, text=LONG, keys=(), language="de") for side in ("query", "candidate")]
    report = examine([task("mine", {("test", "de"): sides}, "retrieval")], Path("/nowhere"))
    assert say(report, "warning", "labels") == ["no gold pairs: it can be predicted, not scored."]


def test_a_task_across_languages_is_sampled_and_says_so() -> None:
    """Six of its pairs are examined."""
    codes = ["de-en", "en-de", "de-fr", "fr-de", "en-fr", "fr-en", "de-ru", "ru-de"]
    report = examine([task("cross", {("test", code): pairs(4) for code in codes})], Path("/nowhere"))
    assert len(report.rows) == 6
    assert "6 of 8 pairs of languages are examined" in " ".join(say(report, "note", "missing"))


def test_the_table_is_aligned_and_errors_stand_first() -> None:
    """What is said of several languages stands in one line; columns without a value are left out."""
    sets = {("test", code): pairs(4, label=None) for code in ("de", "es", "fr")} | {
        ("train", "en"): pairs(9, label="1")
    }
    report = examine([task("toy", sets)], Path("/nowhere"))
    lines = report.lines()
    assert lines[0].split() == ["task", "split", "language", "examples", "labels", "script"]
    places = {line.index(f" {code} ") for line, code in zip(lines[1:5], ("en", "de", "es", "fr"), strict=True)}
    assert len(places) == 1
    findings = lines[lines.index("") + 1 :]
    assert findings[0].startswith("error: toy train en: every example is '1'")
    assert "note: toy test de es fr: no gold labels: it can be predicted, not scored." in findings
    assert lines[-1] == "1 error, 1 warning, 5 notes"
    assert not any(line.startswith("note:") for line in report.lines(notes=False))
    assert report.plain()["failed"] is True


def test_many_languages_of_one_kind_are_one_line() -> None:
    """With the worst of them."""
    found = [
        Finding(
            severity="warning", check="script", task="toy", split="test", language=code, message=f"{i}%", share=i / 10
        )
        for i, code in enumerate(("de", "es", "fr", "ru"))
    ]
    assert Report(rows=[], findings=found).lines()[2] == "warning: toy test: in 4 languages, most in ru: 3%"


@pytest.mark.real
def test_the_real_pack_shows_its_known_overlap(real: Path) -> None:
    """XQuAD's English paragraphs are in SQuAD's dev set, 26 of them here (MANIFEST.md), and none in its train set.

    SIB-200, the Declaration and the Bibles share no sentence with one another, which the check must prove.
    """
    found = examine([load("tasks", name) for name in ("squad", "xquad")], real)
    assert not found.failed
    leaks = [finding for finding in found.findings if finding.check == "leakage"]
    assert [(leak.severity, leak.task) for leak in leaks] == [("warning", "xquad")]
    assert "dev set of squad" in leaks[0].message
    clean = examine([load("tasks", name) for name in ("udhr", "bible", "sib200")], real, together=True)
    assert not clean.failed
    notes = [finding.message for finding in clean.findings if finding.check == "leakage"]
    assert len(notes) == 1
    assert notes[0].startswith("none of its 9,408 texts")
    assert notes[0].endswith("of udhr, bible.")
