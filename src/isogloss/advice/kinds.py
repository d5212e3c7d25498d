"""Kinds of tasks: what of one task's history says something about another that was never run.

Grouped as in Phang et al. 2020 and TaskWeb (Kim et al. 2023), by the words of a task's or a published model's name.
"""

import re
from collections.abc import Sequence

from isogloss.core.controls import NONE
from isogloss.core.task import Task

MULTI = "multi-task"
"""The arm of all intermediate tasks at once, and the kind of any mixture."""
OTHER = "other"

_WORDS: dict[str, str] = {
    "inference": "nli anli mnli multinli snli esnli xnli rte cb qnli scitail wnli inference entailment fever",
    "paraphrase": "mrpc qqp stsb sts paws pawsx paraphrase similarity",
    "sentiment": "imdb sst sst2 sst5 rotten sentiment reviews amazon yelp poem financial emotion isear absa hate "
    "offensive irony emoji hatespeech memes",
    "commonsense": "copa xcopa cosmosqa hellaswag piqa socialiqa siqa winogrande quartz commonsenseqa csqa swag choice "
    "commonsense",
    "semantics": "wic wsc ccg cola semantics coreference",
    "answers": "squad squad2 squadv2 xquad mlqa tydiqa boolq multirc qa qasper triviaqa nq newsqa quail race",
    "tagging": "ner pos udpos panx wikiann masakhaner masakhaner2 conll conll2003 conllpp bc5cdr tagging",
    "topic": "20 news newsgroup topic ag dbpedia yahoo trec sib200 taxi1500 massive banking banking77 intent",
    "retrieval": "bucc bucc2018 tatoeba lareqa mewslix msmarco ance retrieval",
    "text": "mlm lm wiki text bible pretraining",
}
_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_FORMS = {"span": "answers", "tagging": "tagging", "retrieval": "retrieval", "choice": "commonsense", "text": "text"}
"""Task type → kind, where no word of the name says more."""
_MANY = re.compile(r"multi.?task|fusion|muppet|\bflan|\bt0\b|\bmt.?dnn|ext5|tk.?instruct")
"""What names a model of many tasks."""


def kind_of(name: str, form: str = "") -> str:
    """The kind of a task, mixture ("a+b") or published model by its name; else by its task type `form`."""
    told = re.sub(r" \(.*", "", name.lower())
    if told in (NONE, ""):
        return NONE
    if "+" in told or told == MULTI:
        return MULTI
    if _MANY.search(told):
        return MULTI
    words = re.split(r"[^a-z0-9]+", told)
    for word in words:
        if word in _OF:
            return _OF[word]
    return _FORMS.get(form, OTHER)


def kind_of_task(task: Task) -> str:
    """The kind of a task of the package or of a user's own: by its name, then by the tasks that train it, then type."""
    for name in (task.name, *task.trained_on):
        if (found := kind_of(name)) != OTHER:
            return found
    return kind_of(task.name, task.type)


def alike(kinds: Sequence[str], kind: str) -> list[bool]:
    """Which are of one kind; "other" is like nothing, itself included."""
    return [each == kind and kind != OTHER for each in kinds]
