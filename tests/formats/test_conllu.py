"""CoNLL-U by XTREME's rule for multiword tokens."""

import time
from pathlib import Path

import networkx
import numpy as np
import pytest

from isogloss.core.errors import DataError
from isogloss.formats.conllu import LONGEST, sentences


def word(index: str, form: str, tag: str, head: int | str, enhanced: str = "_") -> str:
    return "\t".join([index, form, "_", tag, "_", "_", str(head), "_", enhanced, "_"])


def read(folder: Path, *lines: str, language: str = "en") -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    path = folder / "en_x-ud-test.conllu"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [(s.name, s.tokens, s.tags) for s in sentences(path, language)]


def test_a_multiword_token_keeps_its_form_and_takes_the_tag_of_its_highest_word(tmp_path: Path) -> None:
    """`dámelo` is three words; the verb, which the others hang on, gives the tag. Empty nodes are left out."""
    found = read(
        tmp_path,
        "# sent_id = s1",
        word("1-3", "dámelo", "_", "_"),
        word("1", "da", "VERB", 0),
        word("2", "me", "PRON", 1),
        word("3", "lo", "PRON", 1),
        word("3.1", "nada", "NOUN", "_"),
        word("4", "ya", "ADV", 1),
        "",
        language="es",
    )
    assert found == [("s1", ("dámelo", "ya"), ("VERB", "ADV"))]


@pytest.mark.parametrize(("language", "tag"), [("en", "PRON"), ("es", "AUX")])
def test_ties_go_by_the_precedence_of_the_language(tmp_path: Path, language: str, tag: str) -> None:
    """Two words that hang on the same head are equally high: PRON stands before AUX, but not in Spanish."""
    found = read(
        tmp_path,
        word("1-2", "I'm", "_", "_"),
        word("1", "I", "PRON", 3),
        word("2", "'m", "AUX", 3),
        word("3", "here", "ADV", 0),
        language=language,
    )
    assert found == [("", ("I'm", "here"), (tag, "ADV"))]


def test_enhanced_dependencies_count_as_ancestors(tmp_path: Path) -> None:
    """An extra head puts a word lower, so the other gives the tag, as in the official converter's graph."""
    found = read(
        tmp_path,
        word("1-2", "zum", "_", "_"),
        word("1", "zu", "ADP", 3, "3:case"),
        word("2", "dem", "DET", 3, "3:det|4:x"),
        word("3", "Haus", "NOUN", 0),
        word("4", "hin", "ADV", 3),
    )
    assert found[0][2] == ("ADP", "NOUN", "ADV")


def test_spaces_and_joiners_leave_tokens_and_sentences_of_blanks_are_dropped(tmp_path: Path) -> None:
    """XTREME removes spaces and U+200C inside tokens, and drops sentences that are all `_` but for one token."""
    found = read(
        tmp_path,
        word("1", "می\u200cشود", "VERB", 0),
        word("2", "10 000", "NUM", 1),
        "",
        word("1", "_", "NOUN", 0),
        word("2", "_", "NOUN", 1),
        word("3", ".", "PUNCT", 1),
    )
    assert found == [("", ("میشود", "10000"), ("VERB", "NUM"))]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1\tx"], r"en_x-ud-test\.conllu, line 1: 2 columns, expected 10"),
        ([word("2", "x", "NOUN", 0)], "line 1: the word's number is '2', expected 1"),
        ([word("1", "x", "NOUN", "_")], "line 1: the head is '_', expected a number"),
        ([word("1", "x", "NOUN", 4)], "word 1 has head 4 in a sentence of 1 words"),
        ([word("1-3", "xy", "_", "_"), word("1", "x", "NOUN", 0)], "1-3 goes beyond word 1"),
        ([word("2-3", "xy", "_", "_")], "does not begin at word 1"),
        ([word("1", " ", "NOUN", 0)], "the form is empty"),
        (["# only a comment"], "no sentence"),
    ],
)
def test_a_broken_sentence_is_named(tmp_path: Path, lines: list[str], message: str) -> None:
    """Wrong columns, numbers, heads and ranges name file and line."""
    with pytest.raises(DataError, match=message):
        read(tmp_path, *lines)


def test_a_circle_of_heads_ends(tmp_path: Path) -> None:
    """Heads that go in a circle are counted once each; nothing loops."""
    found = read(tmp_path, word("1-2", "ab", "_", "_"), word("1", "a", "NOUN", 2), word("2", "b", "VERB", 1))
    assert found == [("", ("ab",), ("VERB",))]


def test_the_height_of_a_word_is_its_number_of_ancestors(tmp_path: Path) -> None:
    """networkx.ancestors, which the official converter counts, on random graphs with several heads and circles."""
    random = np.random.default_rng(0)
    for size in [*range(2, 12), 40] * 12:
        heads = [set(random.integers(size + 1, size=random.integers(1, 4)).tolist()) for _ in range(size)]
        graph = networkx.DiGraph([(head, word) for word, above in enumerate(heads, 1) for head in above])
        expected = [len(networkx.ancestors(graph, word)) for word in range(1, size + 1)]
        first, tags = size // 2, [f"{count:03}" for count in expected]
        lines = [
            word(str(i), "x", tag, min(above), "|".join(f"{head}:x" for head in above))
            for i, (above, tag) in enumerate(zip(heads, tags, strict=True), 1)
        ]
        lines.insert(first - 1, word(f"{first}-{size}", "xx", "_", "_"))
        ((_, _, found),) = read(tmp_path, *lines)
        assert found[-1] == min(tags[first - 1 :])


@pytest.mark.parametrize("heads", ["chain", "circle", "all", "backwards"])
def test_time_grows_with_the_file(tmp_path: Path, heads: str) -> None:
    """One multiword token over the longest sentence that is read, each word below the next: some tenths of a second."""
    size = LONGEST
    above = {
        "chain": lambda i: str(i + 1 if i < size else 0),
        "backwards": lambda i: str(i - 1),
        "circle": lambda i: str(i % size + 1),
        "all": lambda _: "0",
    }[heads]
    every = "|".join(f"{i}:x" for i in range(1, size))
    lines = [word(str(i), "x", "X", above(i), every if heads == "all" and i < 20 else "_") for i in range(1, size + 1)]
    begun = time.process_time()
    read(tmp_path, word(f"1-{size}", "xx", "_", "_"), *lines)
    assert time.process_time() - begun < 5


def test_more_words_or_heads_than_a_sentence_can_have_are_refused(tmp_path: Path) -> None:
    """With the line, and before they fill the memory."""
    with pytest.raises(DataError, match=r"line 10001: more than 10,000 words or heads"):
        read(tmp_path, *(word(str(i), "x", "X", 0) for i in range(1, LONGEST + 2)))
    with pytest.raises(DataError, match=r"line 1: more than 10,000 words or heads"):
        read(tmp_path, word("1", "x", "X", 0, "0:x|" * LONGEST))
