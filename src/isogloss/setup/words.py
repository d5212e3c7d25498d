"""What people call the columns of their tables."""

import re

LABEL = "label labels gold gold_label class category intent topic sentiment target stance emotion relation answer y"
TEXT = "text sentence utterance content query review tweet message comment document body title"
PAIRS = (
    "premise hypothesis", "premise hypo", "sentence1 sentence2", "sentence_1 sentence_2", "sentence_a sentence_b",
    "text text_pair", "text1 text2", "text_1 text_2", "text_a text_b", "question1 question2", "s1 s2",
    "question sentence", "query passage", "query document",
)  # fmt: skip
TOKENS = "tokens words"
TAGS = "tags ner_tags pos_tags ner pos upos labels"
QUESTION, CONTEXT = "question query", "context passage paragraph"
ANSWERS, STARTS = "answers answer", "starts start answer_start"
PROMPT = "prompt premise context ctx question stem startphrase query"
ID = "id idx index guid uid example_id pair_id"
CHOICE = re.compile(r"(?P<stem>.*?[a-z])[_ ]?(?P<number>\d|[a-e])", re.IGNORECASE)
CHOICES = "choice choices ending endings option options answer answers solution alternative alternatives candidate"
_KNOWN = {word for words in (LABEL, TEXT, *PAIRS, TOKENS, TAGS, QUESTION, CONTEXT, ANSWERS, STARTS, PROMPT, ID, CHOICES)
         for word in words.split()}  # fmt: skip


def names_a_column(cell: str) -> bool:
    """Whether a cell is one of these names, which no row of data is likely to begin with."""
    numbered = CHOICE.fullmatch(plain(cell))
    return plain(cell) in _KNOWN or (numbered is not None and numbered["stem"].rstrip("_") in CHOICES.split())


def plain(name: str) -> str:
    """A column's name as the lists here write it."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def called(columns: tuple[str, ...], names: str) -> str:
    """The first of these names that a column has, as the table writes it; empty where none does."""
    by_name = {plain(column): column for column in reversed(columns)}
    return next((by_name[name] for name in names.split() if name in by_name), "")
