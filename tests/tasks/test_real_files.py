"""The real files beside the checkout: every one is read whole, in every language, with the counts its manifest states.

A language whose file was left out of the pack is skipped by asking the task what is there.
"""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging, Text
from isogloss.core.folder import load
from isogloss.core.task import Task

pytestmark = pytest.mark.real

Read = Callable[[str, str, str], list[Any]]


@pytest.fixture(scope="session")
def read(real: Path) -> Read:
    """(task, split, language) → examples, read once a session; skips a language that is not in the pack."""
    known: dict[tuple[str, str, str], list[Any]] = {}

    def reading(name: str, split: str, language: str) -> list[Any]:
        key = (name, split, language)
        if key not in known:
            task = load("tasks", name)
            if language not in task.available(real, split):
                pytest.skip(f"{name} {split} {language} is not in this pack")
            known[key] = task.examples(real, split, language)
        return known[key]

    return reading


MANIFEST = {
    ("xnli", "dev"): 2490, ("xnli", "test"): 1200, ("pawsx", "dev"): 2000, ("pawsx", "test"): 2000,
    ("sib200", "train"): 701, ("sib200", "dev"): 99, ("sib200", "test"): 204, ("xquad", "test"): 1190,
    ("panx", "train"): 20000, ("panx", "test"): 100, ("udpos", "train"): 6000, ("xcopa", "dev"): 100,
    ("xcopa", "test"): 500, ("copa", "train"): 400, ("copa", "dev"): 100, ("copa", "test"): 500,
    ("squad", "train"): 10002, ("squad", "dev"): 2003, ("squad2", "dev"): 5001, ("hellaswag", "dev"): 4000,
    ("hellaswag", "test"): 500, ("cosmosqa", "dev"): 2985, ("commonsenseqa", "train"): 9741,
    ("commonsenseqa", "dev"): 1221, ("siqa", "train"): 12000, ("siqa", "dev"): 1954, ("mnli", "train"): 5000,
    ("mnli", "dev"): 1236, ("qqp", "train"): 5000, ("qqp", "dev"): 1000, ("cad_nli", "train"): 8330,
    ("cad_nli", "dev"): 1000, ("ntrex", "train"): 1997, ("refresd", "test"): 520,
    ("semdiverge", "commoncrawl"): 300,
}  # fmt: skip
"""Examples per language, from MANIFEST.md's table."""
NAMED = {
    ("mlqa", "dev"): {"ar": 301, "de": 300, "en": 300, "es": 301, "hi": 300, "vi": 300, "zh": 300},
    ("mlqa_cross", "dev"): {"de-es": 100, "es-de": 100, "en-de": 100},
    ("tydiqa", "train"): {"en": 3696, "sw": 2755, "ko": 700},
    ("tydiqa", "test"): {"sw": 499},
    ("masakhaner2", "test"): {"sw": 1883, "wo": 1312, "yo": 1964},
}
KORNLI = ("ko", 1200)
"""KorNLI's files, which the manifest names without a count: their own number of rows under the header."""


@pytest.mark.parametrize(("name", "split"), MANIFEST)
def test_counts_are_the_manifests(real: Path, read: Read, name: str, split: str) -> None:
    """Every language that is there has the number of examples MANIFEST.md states."""
    languages = load("tasks", name).available(real, split)
    assert languages
    for language in languages:
        expected = KORNLI[1] if (name, language) == ("xnli", KORNLI[0]) else MANIFEST[name, split]
        assert len(read(name, split, language)) == expected, language


@pytest.mark.parametrize(("name", "split"), NAMED)
def test_counts_by_language_are_the_manifests(real: Path, read: Read, name: str, split: str) -> None:
    """The same where the manifest gives a number for each language."""
    languages = load("tasks", name).available(real, split)
    assert languages
    assert {language: len(read(name, split, language)) for language in languages} == {
        language: NAMED[name, split][language] for language in languages
    }


def test_udpos_treebanks_hold_the_sentences_their_table_states(real: Path) -> None:
    """TREEBANKS.tsv says how many sentences each file has; all of its files are read, English EWT's three included."""
    folder = real / "udpos" / "conllu"
    stated: Counter[tuple[str, str]] = Counter()
    with (folder / "TREEBANKS.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if (folder / row["treebank"]).is_dir():
                split, _, rest = row["sentences"].partition(":")
                stated[row["lang"], split] += int(rest.split()[1])
    assert len(stated) > 20
    reader = load("tasks", "udpos").read
    assert {key: sum(1 for _ in reader(folder, key[1], key[0])) for key in stated} == dict(stated)


def test_udpos_english_agrees_with_xtremes_own_preprocessing(real: Path, read: Read) -> None:
    """EWT's dev sentences that are one word per token are, word for word, what XTREME wrote for the same sentences.

    XTREME used UD 2.5, the pack's treebank is newer: it fuses "don't" and changed some tags, so tokens are compared
    for the sentences both have, and tags by how often they agree.
    """
    xtreme = {" ".join(example.tokens): example.tags for example in read("udpos", "dev", "en")}
    reader = load("tasks", "udpos").read
    ours = {" ".join(example.tokens): example.tags for example in reader(real / "udpos" / "conllu", "dev", "en")}
    shared = xtreme.keys() & ours.keys()
    assert len(shared) > 300
    pairs = [(one, other) for text in shared for one, other in zip(xtreme[text], ours[text], strict=True)]
    assert sum(one == other for one, other in pairs) / len(pairs) > 0.98


def test_udpos_dev_files_hold_at_most_400_sentences_of_labelled_tokens(real: Path, read: Read) -> None:
    """As MANIFEST.md says; every tag is one of the 17."""
    for language in load("tasks", "udpos").available(real, "dev"):
        examples = read("udpos", "dev", language)
        assert 0 < len(examples) <= 400
        assert all(isinstance(example, Tagging) and len(example.tokens) == len(example.tags) for example in examples)


def test_panx_dev_is_labelled_and_its_xtreme_test_is_not(real: Path, read: Read) -> None:
    """At most 400 labelled dev sentences a language, and test-de.tsv without tags, as MANIFEST.md says."""
    for language in load("tasks", "panx").available(real, "dev"):
        examples = read("panx", "dev", language)
        assert len(examples) <= 400
        assert all(example.tags is not None for example in examples)
    assert all(example.tags is None for example in read("panx", "test", "de"))


def test_labels_are_as_the_manifest_counts_them(read: Read) -> None:
    """MultiNLI's, QQP's and REFreSD's label counts; SQuAD v2.0's unanswerable questions."""
    assert Counter(e.label for e in read("mnli", "train", "en")) == {
        "neutral": 1616, "contradiction": 1661, "entailment": 1723
    }  # fmt: skip
    assert Counter(e.label for e in read("qqp", "train", "en"))["1"] == 1870
    assert Counter(e.label for e in read("refresd", "test", "en-fr")) == {
        "no_meaning_difference": 185, "some_meaning_difference": 209, "unrelated": 126
    }  # fmt: skip
    assert sum(not e.answerable for e in read("squad2", "dev", "en")) == 2533


def test_xnli_rows_are_parallel_and_balanced(real: Path, read: Read) -> None:
    """Row i has the same id and label in every language, and the three labels are equally frequent in English test."""
    languages = [code for code in load("tasks", "xnli").available(real, "test") if code != "ko"]
    golds = {code: [(e.id, e.label) for e in read("xnli", "test", code)] for code in languages}
    assert all(gold == golds["en"] for gold in golds.values())
    assert set(Counter(label for _, label in golds["en"]).values()) == {400}


def test_xnli_across_languages_takes_each_side_from_its_language(read: Read) -> None:
    """The premise is the first language's and the hypothesis the second's."""
    cross, german, french = (read(*key) for key in (
        ("xnli_cross", "test", "de-fr"), ("xnli", "test", "de"), ("xnli", "test", "fr")
    ))  # fmt: skip
    assert [(e.text, e.text_pair) for e in cross] == [
        (one.text, other.text_pair) for one, other in zip(german, french, strict=True)
    ]


def test_xnli_text_gives_each_sentence_of_dev_once(read: Read) -> None:
    """830 premises and 2,490 hypotheses, with the same rows in German and English."""
    english, german = read("xnli_text", "train", "en"), read("xnli_text", "train", "de")
    assert len(english) == 830 + 2490
    assert [text.row for text in english] == [text.row for text in german]


def test_quotes_in_pawsx_are_unquoted(read: Read) -> None:
    """XTREME wrote the files with csv quoting: no sentence begins with a quote that it does not also close.

    Up to 207 of 2,000 French lines hold one (FORMATS.md, defect 1).
    """
    french = read("pawsx", "dev", "fr")
    assert sum('"' in e.text or '"' in e.text_pair for e in french) == 207
    assert not any('""' in e.text for e in french)


def test_spans_and_questions_of_xquad_are_parallel(real: Path, read: Read) -> None:
    """The same 1,190 ids in every language."""
    ids = [[span.id for span in read("xquad", "test", code)] for code in load("tasks", "xquad").available(real, "test")]
    assert all(found == ids[0] for found in ids)


def test_stripped_tydiqa_answers_are_unlabelled(read: Read) -> None:
    """XTREME's dev file of Swahili has no answers, and its own ids; train ids are made unique."""
    assert all(span.answers == () and span.answerable for span in read("tydiqa", "test", "sw"))
    assert read("tydiqa", "test", "sw")[0].id.startswith("swahili-")
    assert all(span.answers for span in read("tydiqa", "train", "en"))


def test_tatoeba_is_read_in_every_language_there(real: Path, read: Read) -> None:
    """Every published pair of files is reached, has 100 to 1,000 pairs, and query i shares its key with candidate i."""
    task = load("tasks", "tatoeba")
    there = {path.name.split(".")[1].split("-")[0] for path in (real / "tatoeba" / "v1").glob("tatoeba.*-eng.eng")}
    available = task.available(real, "test")
    assert len(available) == len(there & {path.suffix[1:] for path in (real / "tatoeba" / "v1").glob("tatoeba.*")})
    for language in available:
        passages = read("tatoeba", "test", language)
        half = len(passages) // 2
        assert 100 <= half <= 1000
        assert {p.side for p in passages[:half]} == {"query"}
        assert [p.keys for p in passages[:half]] == [p.keys for p in passages[half:]]
        assert {p.language for p in passages[half:]} == {language}


def test_bucc_pairs_are_those_of_the_gold_file(read: Read) -> None:
    """8,624 Chinese and 13,589 English sentences; the 257 gold pairs share a key, all others have none."""
    passages: list[Passage] = read("bucc2018", "dev", "zh")
    sides = Counter(p.side for p in passages)
    assert (sides["query"], sides["candidate"]) == (8624, 13589)
    keys = {key for p in passages if p.side == "query" for key in p.keys}
    assert len(keys) == 257
    assert keys == {key for p in passages if p.side == "candidate" for key in p.keys}


def test_lareqa_makes_one_pool(real: Path, read: Read) -> None:
    """1,190 questions a language, ids unique over languages, and every question has one sentence in each language."""
    languages = load("tasks", "lareqa").available(real, "test")
    pool: list[Passage] = [p for code in languages for p in read("lareqa", "test", code)]
    assert len({p.id for p in pool}) == len(pool)
    queries = [p for p in pool if p.side == "query"]
    assert len(queries) == 1190 * len(languages)
    relevant = Counter(key for p in pool if p.side == "candidate" for key in p.keys)
    assert {relevant[q.keys[0]] for q in queries} == {len(languages)}
    assert all(p.text in p.context for p in pool if p.side == "candidate")


def test_mewslix_queries_are_the_baselines(read: Read) -> None:
    """Three mentions in two articles; the mention, a colon, and its sentence with the mention between braces."""
    (english,) = read("mewslix", "sample", "en")
    assert english.keys == ("Q1757",)
    assert english.text.startswith("Helsinki: In { Helsinki } , the Finnish trade union")
    assert len(read("mewslix", "sample", "ar")) == 2


def test_multichecklist_is_made_for_all_fifty_languages(real: Path, read: Read) -> None:
    """Six tests, both capabilities, no question twice; Georgian keeps 684 of 1,200, every other language over 950."""
    task = load("tasks", "multichecklist")
    found = {code: read(*_key(code)) for code in task.available(real, "test")}
    assert len(found) == 50
    assert sorted(code for code, spans in found.items() if len(spans) < 950) == ["ka"]
    assert len(found["ka"]) == 684
    assert Counter(span.id.split("/")[0] for span in found["en"]) == {"Vocabulary": 384, "Taxonomy": 792}
    begun = {span.id.rsplit("/", keep)[0] for span in found["en"] for keep in (2, 3)}
    assert begun == set(task.parts)
    for spans in found.values():
        assert len({(span.context, span.question) for span in spans}) == len(spans)
        assert not any("{" in span.context + span.question for span in spans)


def _key(code: str) -> tuple[str, str, str]:
    return "multichecklist", "test", code


def test_pretraining_text_is_read_in_all_its_languages(real: Path, read: Read) -> None:
    """47 languages of Wikipedia and of NTREX, two Bibles, fifty translations of the Declaration."""
    expected = {"wiki": 47, "ntrex": 47, "bible": 2, "udhr": 50}
    for name, count in expected.items():
        languages = load("tasks", name).available(real, "train")
        assert len(languages) == count
        for code in languages:
            assert all(isinstance(text, Text) and text.text for text in read(name, "train", code))
    assert {len(read("bible", "train", code)) // 100 for code in ("sw", "wo")} == {78, 79}


def test_articles_of_the_declaration_are_aligned(real: Path, read: Read) -> None:
    """Every translation has the rows of most of the thirty articles and the preamble, and none that English lacks."""
    english = {text.row for text in read("udhr", "train", "en")}
    for code in load("tasks", "udhr").available(real, "train"):
        rows = [text.row for text in read("udhr", "train", code)]
        assert len(rows) == len(set(rows))
        assert set(rows) <= english
        assert sum("-" not in str(row) for row in rows) >= 29


def test_every_data_file_belongs_to_a_task(real: Path) -> None:
    """Nothing in the pack is overlooked: each file, but for notes and copies, is in the places of some task."""
    claimed: set[Path] = set()
    for name in _with_places():
        task: Task = load("tasks", name)
        assert task.places is not None
        for split in task.splits:
            for language in task.languages:
                for paths in task.places(real / task.source.folder, split, language):
                    claimed.update(paths)
    notes = {"MANIFEST.md", "FORMATS.md", "README.md", "README", "LICENSE", "LICENCE-CC-BY-4.txt", "TREEBANKS.tsv",
             "LANGUAGES.tsv", "DOCUMENT_IDS.tsv", "XTREME_CODES.tsv", "labels.txt", "answer_start_inferred_ids.txt",
             "REFreSD_rationale"}  # fmt: skip
    files = {path for path in real.rglob("*") if path.is_file() and path.name not in notes}
    files -= set((real / "evidence").rglob("*"))  # answers of bibliographic databases
    files -= set((real / "refresd").rglob("*/*"))  # the tokenised copies of its sentence labels
    assert files - claimed == set()


def _with_places() -> list[str]:
    from isogloss.core.folder import names

    return [name for name in names("tasks") if load("tasks", name).places is not None]


def test_choices_and_pairs_are_complete(read: Read) -> None:
    """A choice has its alternatives and a gold index among them; a pair has both texts."""
    keys = [("commonsenseqa", "train", 5), ("siqa", "train", 3), ("hellaswag", "dev", 4), ("cosmosqa", "dev", 4)]
    for name, split, size in keys:
        found: list[Choice] = read(name, split, "en")
        assert all(len(choice.choices) == size and choice.label in range(size) for choice in found)
    pairs: list[Classification] = read("cad_nli", "train", "en")
    assert all(pair.text and pair.text_pair and pair.label for pair in pairs)


def test_stand_ins_divide_what_they_read(read: Read) -> None:
    """Train and dev share no item; CosmosQA's stories are on one side; SQuAD's shares no paragraph with XQuAD."""
    hella = [read("hellaswag_val", split, "en") for split in ("train", "dev")]
    assert [len(part) for part in hella] == [3000, 1000]
    cosmos = [{c.id.split("##q")[0] for c in read("cosmosqa_val", split, "en")} for split in ("train", "dev")]
    assert cosmos[0].isdisjoint(cosmos[1])
    spans: list[list[Span]] = [read("squad2_val", split, "en") for split in ("train", "dev")]
    contexts = [{span.context for span in part} for part in spans]
    assert contexts[0].isdisjoint(contexts[1])
    held_out = {span.context for span in read("xquad", "test", "en")}
    assert held_out & {span.context for span in read("squad2", "dev", "en")}
    assert held_out.isdisjoint(contexts[0] | contexts[1])


def test_real_or_fake_is_half_fake_and_fakes_keep_their_length(real: Path, read: Read) -> None:
    """Half of train and of dev is fake; real sentences are in the text word for word, fakes are not."""
    lines = {" ".join(line.split()) for line in (real / "text" / "wiki" / "en.txt").read_text("utf-8").split("\n")}
    for split in ("train", "dev"):
        found: list[Classification] = read("real_or_fake", split, "en")
        fakes = [example for example in found if example.label == "fake"]
        assert 0.47 < len(fakes) / len(found) < 0.53
        assert all(example.text in lines for example in found if example.label == "real")
        assert sum(example.text in lines for example in fakes) == 0
