"""A translated task is a task: same ids and labels, other languages, and a hash that needs no translation."""

import dataclasses
from pathlib import Path

import pytest

from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import Choice, Classification, Example, Tagging
from isogloss.core.task import Source, Task, data_hash
from isogloss.translation import translated as module
from isogloss.translation.apertium import Apertium
from isogloss.translation.translated import translated

from .conftest import Dictionary

SOURCE = Source(folder="", licence="ours", cite="ours", generated="1")
EXAMPLES = (
    Classification(id="1", text="One. Two.", text_pair="Two.", label="yes"),
    Classification(id="2", text="Three.", text_pair="One.", label="no"),
)


def task(*examples: Example, kind: str = "classification") -> Task:
    return Task(
        name="asked", type=kind, title="Asked.", languages=("en", "fr"), labels=("yes", "no"), source=SOURCE,
        read=lambda *_: examples,
    )  # fmt: skip


def quiet(done: int, total: int) -> None:
    """Nobody listens."""


def test_every_field_is_translated_and_ids_and_labels_stay(tmp_path: Path) -> None:
    """Sentence by sentence; what has no translation drops its example, and the record says so."""
    engine = Dictionary({"One.": "Uno.", "Two.": "Dos.", "Three.": None})
    made = translated(task(*EXAMPLES), engine, ("en", "es"), cache=tmp_path)
    assert made.examples(tmp_path, "train", "es") == [
        Classification(id="1", text="Uno. Dos.", text_pair="Dos.", label="yes")
    ]
    assert made.examples(tmp_path, "train", "en") == list(EXAMPLES)
    assert made.derived is not None
    record = made.derived.make(tmp_path, "train", "es", cache=tmp_path, report=quiet)
    assert (record["examples"], record["kept"], record["dropped"]) == (2, 1, {"not translated": 1})
    assert record["data"] == data_hash(made.examples(tmp_path, "train", "es"))


def test_a_sentence_is_translated_once_for_all_tasks(tmp_path: Path) -> None:
    """Two tasks share the cache: the second asks only for what the first did not have."""
    engine = Dictionary({})
    translated(task(EXAMPLES[0]), engine, ("es",), cache=tmp_path).examples(tmp_path, "train", "es")
    assert engine.asked == ["One.", "Two."]
    translated(task(*EXAMPLES), engine, ("es",), cache=tmp_path).examples(tmp_path, "train", "es")
    assert engine.asked == ["One.", "Two.", "Three."]


def test_a_kill_loses_the_batch_in_flight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was translated before is not asked for again."""
    monkeypatch.setattr(module, "BATCH", 1)

    class Dying(Dictionary):
        def translate(self, sentences, language):  # type: ignore[no-untyped-def]
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            return super().translate(sentences, language)

    with pytest.raises(KeyboardInterrupt):
        translated(task(*EXAMPLES), Dying({}), ("es",), cache=tmp_path).examples(tmp_path, "train", "es")
    engine = Dictionary({})
    assert len(translated(task(*EXAMPLES), engine, ("es",), cache=tmp_path).examples(tmp_path, "train", "es")) == 2
    assert engine.asked == ["Three."]


def test_the_hash_follows_source_engine_language_and_settings() -> None:
    """Each of them changes it, and none asks for a translation."""
    engine, other = Dictionary({}), Dictionary({}, edition=2)
    digests = [
        made.derived.digest(source, languages)
        for made, source, languages in (
            (translated(task(*EXAMPLES), engine, ("es", "ca")), "a", ("es",)),
            (translated(task(*EXAMPLES), engine, ("es", "ca")), "b", ("es",)),
            (translated(task(*EXAMPLES), engine, ("es", "ca")), "a", ("ca",)),
            (translated(task(*EXAMPLES), engine, ("es", "ca"), first=1), "a", ("es",)),
            (translated(task(*EXAMPLES), other, ("es", "ca")), "a", ("es",)),
        )
        if made.derived
    ]
    assert len(set(digests)) == 5
    assert engine.asked == []


def test_choices_that_become_one_are_dropped(tmp_path: Path) -> None:
    """A choice between the same and the same has no right answer; if nothing is left, that is an error."""
    source = Choice(id="1", prompt="Big", choices=("large", "huge"), label=0)
    made = translated(task(source, kind="choice"), Dictionary({"huge": "large"}), ("es",), cache=tmp_path)
    assert made.derived is not None
    with pytest.raises(DataError, match="two choices became one: 1"):
        made.derived.make(tmp_path, "train", "es", cache=tmp_path, report=quiet)


def test_what_cannot_be_translated_is_said_at_once(tmp_path: Path) -> None:
    """Tags without marks, a task without English, a language named twice; reading outside a study without a cache."""
    tagged = task(Tagging(id="1", tokens=("a",), tags=("yes",)), kind="tagging")
    with pytest.raises(SpecError, match="carries marks"):
        translated(tagged, Dictionary({}), ("es",))
    with pytest.raises(SpecError, match="twice"):
        translated(task(*EXAMPLES), Dictionary({}), ("es", "es"))
    with pytest.raises(UnknownName, match="'en'"):
        translated(dataclasses.replace(task(*EXAMPLES), languages=("fr",)), Dictionary({}), ("es",))
    with pytest.raises(SpecError, match="cache=FOLDER"):
        translated(task(*EXAMPLES), Dictionary({}), ("es",)).examples(tmp_path, "train", "es")


@pytest.mark.real
@pytest.mark.parametrize(("name", "least"), [("mnli", 1.0), ("squad", 0.8), ("udpos", 0.1), ("panx", 0.7)])
def test_real_tasks_survive_apertium(real: Path, apertium: Apertium, tmp_path: Path, name: str, least: float) -> None:
    """Of 20 real examples of each type some are kept; answers stand where they say, and every word has a tag."""
    made = translated(name, apertium, ("es",), first=20, cache=tmp_path)
    assert made.derived is not None
    record = made.derived.make(real, "train", "es", cache=tmp_path, report=quiet)
    assert record["kept"] >= least * record["examples"] == least * 20
    for example in made.examples(real, "train", "es"):
        for answer, start in zip(getattr(example, "answers", ()), getattr(example, "starts", ()), strict=True):
            assert example.context[start : start + len(answer)] == answer  # type: ignore[union-attr]
        if isinstance(example, Tagging):
            assert example.tags is not None
            assert len(example.tags) == len(example.tokens)


def test_sentences_of_kept_examples_are_read_without_the_engine(tmp_path: Path) -> None:
    """Beside their English, each once, from the cache alone; of a dropped example none; None without the cache."""
    engine = Dictionary({"One.": "Uno.", "Two.": "Dos.", "Three.": None})
    source = task(*EXAMPLES)
    made = translated(source, engine, ("en", "es"), cache=tmp_path / "cache").derived
    assert made is not None
    record = made.make(tmp_path, "train", "es", cache=tmp_path / "cache", report=quiet)
    asked = len(engine.asked)
    found = module.sentences(source, tmp_path, record, tmp_path / "cache")
    assert found == [("One.", "Uno."), ("Two.", "Dos.")]
    assert len(engine.asked) == asked
    assert module.sentences(source, tmp_path, record, tmp_path / "elsewhere") is None
