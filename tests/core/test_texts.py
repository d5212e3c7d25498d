"""What an example says, and when two texts are the same."""

from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging, Text
from isogloss.core.texts import key, sentences, texts


def test_every_type_of_example_has_its_texts() -> None:
    """Questions and contexts, prompts and choices, both sides of a pair, words joined."""
    assert texts(Tagging(id="1", tokens=("Oslo", "schläft"))) == ("Oslo schläft",)
    assert texts(Span(id="1", context="c", question="q")) == ("q", "c")
    assert texts(Choice(id="1", prompt="p", choices=("a", "b"))) == ("p", "a", "b")
    assert texts(Classification(id="1", text="a")) == ("a",)
    assert texts(Text(id="1", text="a", text_pair="b")) == ("a", "b")
    assert texts(Passage(id="1", side="query", text="q", keys=(), context="not shown")) == ("q",)


def test_white_space_makes_no_difference() -> None:
    """A tokenised sentence is the same as the plain one; ideographic and no-break spaces are white space, too."""
    assert key("Don 't go .") == key("Don't go.") == key("Don't\u3000go\u00a0.")


def test_sentences_end_at_their_marks() -> None:
    """Latin marks need a space after them, those of Chinese and Hindi none."""
    assert list(sentences("It is 3.5 m. So! Yes")) == ["It is 3.5 m.", "So!", "Yes"]
    assert list(sentences("好。不好？यह है।")) == ["好。", "不好？", "यह है।"]
